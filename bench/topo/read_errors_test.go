package topo

import (
	"strings"
	"testing"
)

// broken are documents with the error of each.
var broken = []struct {
	read       reader
	text, want string
}{
	{ReadGraphML, "<graphml>\n<graph></grph>", "f: line 2: "},
	{ReadGraphML, "<network/>", "f: line 1: expected element type <graphml>"},
	{ReadGraphML, "<graphml><graph/></graphml>", `graph "f" has no nodes`},
	{ReadGraphML, `<graphml><graph><node id="a"/><node id="a"/></graph></graphml>`, `f: node "a": another node has the id "a"`},
	{ReadGraphML, `<graphml><graph><node/></graph></graphml>`, `f: node "": it has no id`},
	{ReadGraphML, `<graphml><graph><node id="a"/><edge source="a" target="b"/></graph></graphml>`, `f: edge 1: there is no node "b"`},
	{ReadGraphML, `<graphml><key id="k" attr.name="Latitude"/><graph><node id="a"><data key="k">91</data></node></graph></graphml>`, `f: node "a": Latitude is "91"`},
	{ReadGML, "graph [\n node [\n id 0 ]", "f:3: a list is not closed"},
	{ReadGML, "graph [\n label \"x", "f:2: a text is not closed"},
	{ReadGML, "graph ]", `f:1: "]", want a value of "graph"`},
	{ReadGML, "graph [ ] ]", `f:1: "]", want a key`},
	{ReadGML, "graph", `f:1: the end, want a value`},
	{ReadGML, strings.Repeat("a [ ", 40) + strings.Repeat("] ", 40), "f:1: lists are nested more than 32 deep"},
	{ReadGML, "graph [ node [ id 0 ]\nedge [ source 0 target 5 ] ]", `f: line 2: edge: there is no node "5"`},
	{ReadGML, "graph [ node [ id 0 ] node [ id 1 ]\n\nedge [ source 0 target 1 LinkSpeedRaw -3 ] ]", `f: line 3: edge: LinkSpeedRaw is "-3"`},
	{ReadGML, "graph [ node [ id 0 ] node [ id 1 ] edge [ source 0 target 1 LinkSpeedRaw NaN ] ]", `LinkSpeedRaw is "NaN"`},
	{ReadSNDlibXML, "<graphml/>", "f: line 1: expected element type <network>"},
	{ReadSNDlibXML, "<network><meta><unit>PARSEC</unit></meta></network>", `f: unit is "PARSEC"`},
	{ReadSNDlibXML, `<network><networkStructure><links><link id="L"><source>a</source></link></links></networkStructure></network>`, `f: link "L": there is no node "a"`},
	{ReadSNDlibXML, `<network><demands><demand id="D"/></demands></network>`, `f: demand "D": there is no node ""`},
	{ReadSNDlibNative, "hello\n", `f:1: "hello", want a section`},
	{ReadSNDlibNative, "\nWHAT (\n)\n", `f:2: there is no section "WHAT"`},
	{ReadSNDlibNative, "NODES (\n a ( 1 2 )\n", "f:2: section NODES is not closed"},
	{ReadSNDlibNative, "NODES (\n a ( 1 x )\n", `f:2: y is "x"`},
	{ReadSNDlibNative, "NODES (\n a ( 1 )\n", `f:2: "a ( 1 )", want a node`},
	{ReadSNDlibNative, "LINKS (\n l ( a b ) 1 2 3 4\n", "f:2: "},
	{ReadSNDlibNative, "LINKS (\n l ( a b ) 1 2 3 4 ( 5 )\n", "want a link"},
	{ReadSNDlibNative, "NODES (\n a\n b\n)\nLINKS (\n l ( a b ) -1 2 3 4 ( )\n", `f:6: preinstalled capacity is "-1"`},
	{ReadSNDlibNative, "DEMANDS (\n d a b 1\n", "f:2: "},
	{ReadSNDlibNative, "DEMANDS (\n d ( a b ) 1 2 3\n", `f:2: there is no node "a"`},
	{ReadNodeLink, "{\n\"nodes\": [}", "f: line 2: "},
	{ReadNodeLink, "{\n\"nodes\": 3}", "f: line 2: "},
	{ReadNodeLink, `{"nodes": [{"id": 0}, {"id": "0"}]}`, `f: node 2 ("0"): another node`},
	{ReadNodeLink, `{"nodes": [{"id": [0]}]}`, `an id is "[0]"`},
	{ReadNodeLink, `{"nodes": [{"id": 0, "pos": [1]}]}`, `f: node 1 ("0"): pos has 1 numbers`},
	{ReadNodeLink, `{"nodes": [{"id": 0}], "edges": [{"source": 0, "target": 9}]}`, `f: edge 1 ("0" to "9"): there is no node "9"`},
	{ReadNodeLink, `{"nodes": [{"id": 0}], "graph": {"demands": {"0": {"0": -1}}}}`, `f: demand from "0" to "0" is -1`},
	{ReadRelationships, "", `graph "f" has no nodes`},
	{ReadRelationships, "# c\n1|2\n", `f:2: "1|2", want AS|AS|-1`},
	{ReadRelationships, "1|2|7\n", `f:1: "1|2|7", want`},
	{ReadRelationships, "1|4294967296|0\n", `f:1: "4294967296" is no AS number`},
	{ReadRelationships, "1|2|-1\n1|2|0\n", `f:2: peering from "AS1" to "AS2", which was transit from "AS2" to "AS1" before`},
	{ReadRelationships, "1|2|-1\n2|1|-1\n", "f:2: transit"},
	{ReadRelationships, strings.Repeat("1", 1<<17), "f:1: "},
	{ReadRelationships, "\x1f\x8bno", "f: "},
	{ReadRelationships, "BZh9no such block", "f:1: bzip2"},
	{ReadLHCONE, "links: [\n", "f: yaml: line "},
	{ReadLHCONE, "nodes: {A: {asn: 1}}", `f: node "A" has no id`},
	{ReadLHCONE, "nodes: {A: null}", `f: node "A" has no id`},
	{ReadLHCONE, "nodes: {A: {id: 1}, B: {id: 1}}", `f: node "B": another node has the id "1"`},
	{ReadLHCONE, "nodes: {A: {id: 1, peers: [2]}}", `f: node "A": there is no node "2"`},
	{ReadLHCONE, "nodes: {A: {id: 1, peers: [2]}, B: {id: 2, providers: [1]}}", `f: node "B": transit from "B" to "A", which was peering`},
	{ReadLHCONE, "nodes: {A: {id: 1}}\nlinks: [[1]]", "f: link 1 has 1 ends"},
}

func TestErrorsNameThePlace(t *testing.T) {
	for _, c := range broken {
		g, err := c.read(strings.NewReader(c.text), "f")
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%.80q: got %v and %v, want %s", c.text, g, err, c.want)
		}
	}
}

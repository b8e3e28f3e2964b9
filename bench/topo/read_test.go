package topo

import (
	"bytes"
	"compress/gzip"
	"encoding/hex"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// document is a small network in one of the formats.
type document struct {
	format string
	read   func(io.Reader, string) (*Graph, error)
	file   string
	text   string
	want   string // as dump tells it
}

var documents = []document{
	{"GraphML", ReadGraphML, "zoo.graphml", graphmlText, `
n London "United Kingdom" 0 51.50 -0.12
n Zürich "Switzerland" 0 47.36 8.55
n n2 "" 0 NaN NaN
l London Zürich 2.5e+08 5.439ms 0 internal
l Zürich n2 +Inf 5ms 0 internal
`},
	{"GML", ReadGML, "zoo.gml", gmlText, `
n London "United Kingdom" 0 51.50 -0.12
n Zürich "Switzerland" 0 47.36 8.55
n 7 "" 0 NaN NaN
l London Zürich 1.25e+08 5.439ms 0 internal
l Zürich 7 +Inf 5ms 0 internal
`},
	{"SNDlibXML", ReadSNDlibXML, "abilene.xml", sndlibXMLText, `
n ATLAM5 "" 0 33.75 -84.38
n ATLAng "" 0 33.75 -85.50
n IPLSng "" 0 39.78 -86.16
l ATLAM5 ATLAng 1.24e+09 722µs 133 internal
l ATLAng IPLSng 6e+09 4.711ms 2 internal
l ATLAM5 IPLSng +Inf 4.822ms 0 internal
d ATLAM5 ATLAng 2.5e+07
d IPLSng ATLAM5 1.25e+06
`},
	{"SNDlibNative", ReadSNDlibNative, "abilene.txt", sndlibNativeText, `
n ATLAM5 "" 0 33.75 -84.38
n ATLAng "" 0 33.75 -85.50
n IPLSng "" 0 39.78 -86.16
l ATLAM5 ATLAng 1.24e+06 722µs 133 internal
l ATLAng IPLSng 6e+06 4.711ms 2 internal
l ATLAM5 IPLSng +Inf 4.822ms 0 internal
d ATLAM5 ATLAng 25000
d IPLSng ATLAM5 1250
`},
	{"NodeLink", ReadNodeLink, "small.json", nodeLinkText, `
n London "" 0 51.50 -0.12
n Zürich "" 0 47.36 8.55
n c "" 0 NaN NaN
l London Zürich +Inf 5.439ms 0 internal
l Zürich c 2.5e+08 5ms 0 internal
d London Zürich 1.25e+06
d London c 250000
d c London 125000
`},
	{"Relationships", ReadRelationships, "20260101.as-rel2.txt", relationshipsText, `
n AS3356 "" 1 NaN NaN
n AS64500 "" 2 NaN NaN
n AS1299 "" 3 NaN NaN
l AS64500 AS3356 +Inf 10ms 0 transit
l AS3356 AS1299 +Inf 10ms 0 peering
`},
	{"LHCONE", ReadLHCONE, "lhcone.yaml", lhconeText, `
n ESNET "" 1 NaN NaN
n BNL "" 2 NaN NaN
n CERN "" 3 NaN NaN
n KIT "" 4 NaN NaN
l BNL ESNET +Inf 10ms 0 transit
l ESNET CERN +Inf 10ms 0 peering
l KIT CERN +Inf 10ms 0 transit
l KIT BNL +Inf 10ms 0 peering
`},
}

func dump(g *Graph) string {
	var b strings.Builder
	for _, n := range g.Nodes {
		fmt.Fprintf(&b, "n %s %q %d %.2f %.2f\n", n.Name, n.Country, n.ISP, n.Lat, n.Lon)
	}
	for _, l := range g.Links {
		fmt.Fprintf(&b, "l %s %s %g %v %g %v\n", g.Nodes[l.A].Name, g.Nodes[l.B].Name, l.Capacity, l.Delay.Truncate(1000), l.Weight, l.Relation)
	}
	for _, d := range g.Demands {
		fmt.Fprintf(&b, "d %s %s %g\n", g.Nodes[d.From].Name, g.Nodes[d.To].Name, d.Rate)
	}
	return b.String()
}

func TestReadersTakeWhatTheFormatTells(t *testing.T) {
	for _, d := range documents {
		t.Run(d.format, func(t *testing.T) {
			g, err := d.read(strings.NewReader(d.text), "small")
			if err != nil {
				t.Fatal(err)
			}
			if got := "\n" + dump(g); got != d.want {
				t.Errorf("got %swant %s", got, d.want)
			}
			if g.Name != "small" {
				t.Errorf("the graph is called %q", g.Name)
			}
		})
	}
}

func packGzip(t *testing.T, text string) string {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	io.WriteString(z, text)
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestFormatIsToldByEndingOrBeginning(t *testing.T) {
	for _, d := range documents {
		for _, c := range []struct{ file, text string }{
			{d.file, d.text},
			{d.file + ".gz", packGzip(t, d.text)},
			{"unnamed", d.text},
			{"unnamed.txt", "\ufeff\n" + d.text},
		} {
			if strings.HasPrefix(c.text, "\ufeff") && strings.HasPrefix(d.text, "<?xml") {
				continue // nothing may stand before the declaration
			}
			t.Run(d.format+"/"+c.file, func(t *testing.T) {
				path := filepath.Join(t.TempDir(), c.file)
				if err := os.WriteFile(path, []byte(c.text), 0o600); err != nil {
					t.Fatal(err)
				}
				g, err := ReadFile(path)
				if err != nil {
					t.Fatal(err)
				}
				if got := "\n" + dump(g); got != d.want {
					t.Errorf("got %swant %s", got, d.want)
				}
				if want := strings.TrimSuffix(strings.TrimSuffix(c.file, ".gz"), filepath.Ext(strings.TrimSuffix(c.file, ".gz"))); g.Name != want {
					t.Errorf("the graph is called %q, want %q", g.Name, want)
				}
			})
		}
	}
}

func TestReadFileOfNoFormat(t *testing.T) {
	for _, text := range []string{"", "hello\n", "# only a comment\n", "\x00\x01\x02"} {
		path := filepath.Join(t.TempDir(), "unnamed")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := ReadFile(path); err == nil || !strings.Contains(err.Error(), path+": neither") {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestRelationshipsPackedByBzip2(t *testing.T) {
	packed, err := hex.DecodeString(bzip2Relationships)
	if err != nil {
		t.Fatal(err)
	}
	g, err := ReadRelationships(bytes.NewReader(packed), "as-rel")
	if err != nil {
		t.Fatal(err)
	}
	if got, want := dump(g), "n AS1 \"\" 1 NaN NaN\nn AS2 \"\" 2 NaN NaN\nl AS2 AS1 +Inf 10ms 0 transit\n"; got != want {
		t.Errorf("got %s", got)
	}
}

func TestCapacityOfLinksThereAndBack(t *testing.T) {
	for _, c := range []struct {
		directed string
		want     float64
	}{{"0", 4e6}, {"1", 3e6}} {
		text := "graph [ directed " + c.directed + ` node [ id 0 ] node [ id 1 ]
			edge [ source 0 target 1 LinkSpeedRaw 8e6 ]
			edge [ source 1 target 0 LinkSpeedRaw 16e6 ]
			edge [ source 1 target 0 LinkSpeedRaw 8e6 ] ]`
		g, err := ReadGML(strings.NewReader(text), "small")
		if err != nil {
			t.Fatal(err)
		}
		if len(g.Links) != 1 || g.Links[0].Capacity != c.want {
			t.Errorf("directed %s: %+v, want one link of %g", c.directed, g.Links, c.want)
		}
	}
}

func TestPlacesOfADrawingAreNotKnown(t *testing.T) {
	for _, c := range []struct {
		name string
		read reader
		text string
	}{
		{"native", ReadSNDlibNative, "NODES (\n a ( 200.0 175.0 )\n b ( 20 30 )\n)\nLINKS (\n l ( a b ) 1 0 0 0 ( )\n)\n"},
		{"node-link", ReadNodeLink, `{"nodes":[{"id":0,"pos":[200,175]},{"id":1,"pos":[20,30]}],"edges":[{"source":0,"target":1}]}`},
		{"xml", ReadSNDlibXML, `<network><networkStructure><nodes coordinatesType="pixel"><node id="a"><coordinates><x>20</x><y>17</y></coordinates></node>
			<node id="b"><coordinates><x>20</x><y>30</y></coordinates></node></nodes>
			<links><link id="l"><source>a</source><target>b</target></link></links></networkStructure></network>`},
	} {
		g, err := c.read(strings.NewReader(c.text), c.name)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if !math.IsNaN(g.Nodes[1].Lat) || !math.IsNaN(g.Nodes[1].Lon) || len(g.Links) != 1 || g.Links[0].Delay != TrunkDelay {
			t.Errorf("%s: %+v", c.name, g)
		}
	}
}

func TestUnits(t *testing.T) {
	for _, c := range []struct {
		unit string
		want float64
	}{{"BITPERSEC", 1}, {"BITSPERSEC", 1}, {"kbitpersec", 1e3}, {"MBITPERSEC", 1e6}, {"GBITPERSEC", 1e9}} {
		text := "META (\n unit = " + c.unit + "\n)\nNODES (\n a\n b\n)\nLINKS (\n l ( a b ) 8 0 0 0 ( )\n)\nDEMANDS (\n d ( a b ) 1 8 UNLIMITED\n)\nADMISSIBLE_PATHS ( )\n"
		g, err := ReadSNDlibNative(strings.NewReader(text), "small")
		if err != nil {
			t.Fatal(err)
		}
		if len(g.Demands) != 1 || g.Demands[0].Rate != c.want || len(g.Links) != 1 || g.Links[0].Capacity != c.want {
			t.Errorf("%s: %+v, want %g", c.unit, g, c.want)
		}
	}
}

// zeroes never end.
type zeroes struct{}

func (zeroes) Read(p []byte) (int, error) { clear(p); return len(p), nil }

func TestDocumentsThatAreTooLarge(t *testing.T) {
	for _, read := range []reader{ReadGraphML, ReadGML, ReadNodeLink, ReadLHCONE, ReadSNDlibXML} {
		if _, err := read(zeroes{}, "endless"); err == nil || !strings.Contains(err.Error(), "endless: more than 32 MiB") {
			t.Errorf("got %v", err)
		}
	}
}

func TestCappedFailsWhereItIsFull(t *testing.T) {
	got, err := io.ReadAll(&capped{strings.NewReader("12345"), 4})
	if string(got) != "1234" || err == nil {
		t.Errorf("%q, %v", got, err)
	}
	if got, err = io.ReadAll(&capped{strings.NewReader("1234"), 4}); string(got) != "1234" || err != nil {
		t.Errorf("%q, %v", got, err)
	}
}

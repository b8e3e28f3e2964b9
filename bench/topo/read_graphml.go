package topo

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"io"

	"golang.org/x/net/html/charset"
)

// ReadGraphML reads a network in GraphML with the attributes of the Internet Topology Zoo:
// label, Latitude, Longitude and Country of nodes, LinkSpeedRaw (bit/s) of edges. The speed
// of an edge without LinkSpeedRaw is not known: +Inf. Parallel edges are added up to one
// link; edges from a node to itself are dropped.
func ReadGraphML(r io.Reader, name string) (*Graph, error) {
	var doc graphML
	if err := decodeXML(r, &doc); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	b := newGraphBuilder(name)
	b.directed = len(doc.Graphs) > 0 && doc.Graphs[0].Default == "directed"
	keys := map[string]string{}
	for _, k := range doc.Keys {
		keys[k.ID] = k.Name
	}
	for _, g := range doc.Graphs {
		if err := b.addZoo(g.attributes(keys)); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	return b.build()
}

type graphML struct {
	XMLName xml.Name `xml:"graphml"`
	Keys    []struct {
		ID   string `xml:"id,attr"`
		Name string `xml:"attr.name,attr"`
	} `xml:"key"`
	Graphs []graphMLGraph `xml:"graph"`
}

type graphMLGraph struct {
	Default string `xml:"edgedefault,attr"`
	Nodes   []struct {
		ID   string        `xml:"id,attr"`
		Data []graphMLData `xml:"data"`
	} `xml:"node"`
	Edges []struct {
		Source string        `xml:"source,attr"`
		Target string        `xml:"target,attr"`
		Data   []graphMLData `xml:"data"`
	} `xml:"edge"`
}

type graphMLData struct {
	Key  string `xml:"key,attr"`
	Text string `xml:",chardata"`
}

func (g graphMLGraph) attributes(keys map[string]string) (nodes, edges []zooElement) {
	for _, n := range g.Nodes {
		e := zooElement{place: fmt.Sprintf("node %.80q", n.ID), values: named(n.Data, keys)}
		e.values["id"] = n.ID
		nodes = append(nodes, e)
	}
	for i, l := range g.Edges {
		e := zooElement{place: fmt.Sprintf("edge %d", i+1), values: named(l.Data, keys)}
		e.values["source"], e.values["target"] = l.Source, l.Target
		edges = append(edges, e)
	}
	return nodes, edges
}

func named(data []graphMLData, keys map[string]string) map[string]string {
	values := map[string]string{}
	for _, d := range data {
		values[keys[d.Key]] = d.Text
	}
	return values
}

// decodeXML reads a document of any encoding that it declares.
func decodeXML(r io.Reader, into any) error {
	text, err := unpackDocument(r)
	if err != nil {
		return err
	}
	d := xml.NewDecoder(bytes.NewReader(text))
	d.CharsetReader = charset.NewReaderLabel
	if err := d.Decode(into); err != nil {
		line, _ := d.InputPos()
		return fmt.Errorf("line %d: %w", line, err)
	}
	return nil
}

package topo

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"strings"
)

// ReadNodeLink reads the node-link JSON of NetworkX as TopoHub publishes it: nodes with id,
// name and pos (longitude and latitude), edges (or links) with source and target, and
// graph.demands from id to id, in Mbit/s. Nodes and edges that came from the Internet Topology
// Zoo may have its attributes instead, as in [ReadGraphML]; speeds are +Inf else, because
// TopoHub has none. Where a pos is none of the earth, all are of a drawing and no place is
// known. Parallel edges are added up to one link; edges from a node to itself are dropped.
func ReadNodeLink(r io.Reader, name string) (*Graph, error) {
	text, err := unpackDocument(r)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	var doc nodeLink
	if err := json.Unmarshal(text, &doc); err != nil {
		return nil, fmt.Errorf("%s: %w", name, placedJSON(text, err))
	}
	b := newGraphBuilder(name)
	b.directed = doc.Directed
	if err := doc.addTo(b); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return b.build()
}

// placedJSON adds the line to an error of package json.
func placedJSON(text []byte, err error) error {
	var offset int64
	if e, ok := errors.AsType[*json.SyntaxError](err); ok {
		offset = e.Offset
	} else if e, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		offset = e.Offset
	} else {
		return err
	}
	before := text[:min(offset, int64(len(text)))]
	return fmt.Errorf("line %d: %w", 1+strings.Count(string(before), "\n"), err)
}

type nodeLink struct {
	Directed bool
	Graph    struct {
		Demands map[string]map[string]float64
	}
	Nodes []nodeLinkNode
	Edges []nodeLinkEdge
	Links []nodeLinkEdge // older versions of NetworkX
}

type nodeLinkNode struct {
	ID        nodeID
	Name      string
	Label     string
	Country   string
	Pos       []float64 // longitude, latitude
	Latitude  *float64
	Longitude *float64
}

type nodeLinkEdge struct {
	Source, Target nodeID
	LinkSpeedRaw   float64 // bit/s
}

// nodeID is a number or text, as it is written.
type nodeID string

func (id *nodeID) UnmarshalJSON(text []byte) error {
	switch c := text[0]; {
	case c == '"':
		return json.Unmarshal(text, (*string)(id))
	case c == '-' || c >= '0' && c <= '9':
		*id = nodeID(text)
		return nil
	}
	return fmt.Errorf("an id is %.80q, want a number or text", text)
}

func (doc *nodeLink) addTo(b *graphBuilder) error {
	for i, n := range doc.Nodes {
		if err := n.addTo(b); err != nil {
			return fmt.Errorf("node %d (%.80q): %w", i+1, n.ID, err)
		}
	}
	b.forgetDrawing()
	for i, e := range slices.Concat(doc.Edges, doc.Links) {
		if err := e.addTo(b); err != nil {
			return fmt.Errorf("edge %d (%.80q to %.80q): %w", i+1, e.Source, e.Target, err)
		}
	}
	for _, from := range slices.Sorted(maps.Keys(doc.Graph.Demands)) {
		for to, rate := range doc.Graph.Demands[from] {
			if !isAmount(rate) {
				return fmt.Errorf("demand from %.80q to %.80q is %v Mbit/s", from, to, rate)
			}
			if err := b.demand(from, to, rate*mbit); err != nil {
				return fmt.Errorf("demand from %.80q to %.80q: %w", from, to, err)
			}
		}
	}
	slices.SortFunc(b.graph.Demands, func(x, y Demand) int {
		return cmp.Or(cmp.Compare(x.From, y.From), cmp.Compare(x.To, y.To))
	})
	return nil
}

func (n nodeLinkNode) addTo(b *graphBuilder) error {
	node := Node{Name: cmp.Or(n.Name, n.Label), Country: n.Country, Lat: math.NaN(), Lon: math.NaN()}
	switch {
	case len(n.Pos) == 2:
		node.Lon, node.Lat = n.Pos[0], n.Pos[1]
	case len(n.Pos) > 0:
		return fmt.Errorf("pos has %d numbers, want longitude and latitude", len(n.Pos))
	case n.Latitude != nil && n.Longitude != nil:
		node.Lon, node.Lat = *n.Longitude, *n.Latitude
	}
	return b.add(string(n.ID), node)
}

func (e nodeLinkEdge) addTo(b *graphBuilder) error {
	if !isAmount(e.LinkSpeedRaw) {
		return fmt.Errorf("LinkSpeedRaw is %v", e.LinkSpeedRaw)
	}
	x, y, err := b.ends(string(e.Source), string(e.Target))
	if err != nil {
		return err
	}
	return b.join(Link{A: x, B: y, Capacity: capacityOf(e.LinkSpeedRaw, 1.0/8)})
}

package topo

import (
	"fmt"
	"io"
	"maps"
	"math"
	"slices"

	"go.yaml.in/yaml/v3"
)

type lhconeNode struct {
	ID                          int
	Providers, Peers, Customers []int
}

// ReadLHCONE reads a network of autonomous systems in the YAML of OpenALTO's simulator: links
// of two ids, and nodes by name with id, providers, peers and customers. Each system is a node and
// an ISP of its own; a link whose ends do not say what they are to one another is a peering.
func ReadLHCONE(r io.Reader, name string) (*Graph, error) {
	var file struct {
		Links [][2]int
		Nodes map[string]lhconeNode
	}
	if err := yaml.NewDecoder(r).Decode(&file); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	g, at := &Graph{Name: name}, map[int]int{}
	var nodes []lhconeNode
	for i, key := range slices.Sorted(maps.Keys(file.Nodes)) {
		n := file.Nodes[key]
		if _, ok := at[n.ID]; ok {
			return nil, fmt.Errorf("%s: nodes.%s: a second node %d", name, key, n.ID)
		}
		at[n.ID] = i
		nodes = append(nodes, n)
		g.Nodes = append(g.Nodes, Node{Name: key, ISP: i + 1, Lat: math.NaN(), Lon: math.NaN()})
	}
	for i, ends := range file.Links {
		a, ok := at[ends[0]]
		b, ok2 := at[ends[1]]
		if !ok || !ok2 {
			return nil, fmt.Errorf("%s: links[%d]: joins nodes %d and %d, of which one is not there", name, i, ends[0], ends[1])
		}
		l := Link{A: a, B: b, Capacity: math.Inf(1), Delay: InterDelay, Relation: Peering}
		switch {
		case slices.Contains(nodes[a].Providers, ends[1]) || slices.Contains(nodes[b].Customers, ends[0]):
			l.Relation = Transit
		case slices.Contains(nodes[b].Providers, ends[0]) || slices.Contains(nodes[a].Customers, ends[1]):
			l.A, l.B, l.Relation = b, a, Transit
		}
		g.Links = append(g.Links, l)
	}
	if err := g.Check(); err != nil {
		return nil, err
	}
	return g.largestPart(), nil
}

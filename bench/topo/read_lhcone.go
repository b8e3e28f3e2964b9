package topo

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"strconv"

	"go.yaml.in/yaml/v3"
)

// ReadLHCONE reads a graph of ASes in YAML as the one of LHCONE is published: nodes by name
// with id, asn, type (transit or edge) and lists of the ids of providers, peers and customers;
// and links between ids. Each node is an ISP of its own, numbered from 1 in the order of ids.
// A link that no list tells the relation of is transit for a node of type edge that meets one
// of type transit, and peering between others. Speeds and places are not in the data: links
// have no limit and take 10 ms.
func ReadLHCONE(r io.Reader, name string) (*Graph, error) {
	text, err := unpackDocument(r)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	var doc lhcone
	if err := yaml.Unmarshal(text, &doc); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	b := newGraphBuilder(name)
	if err := doc.addTo(b); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return b.build()
}

type lhcone struct {
	Links [][]int
	Nodes map[string]*lhconeNode
}

type lhconeNode struct {
	name      string
	ID        *int
	ASN       uint32
	Type      string
	Providers []int
	Peers     []int
	Customers []int
}

func (doc *lhcone) addTo(b *graphBuilder) error {
	nodes, err := doc.ordered()
	if err != nil {
		return err
	}
	for i, n := range nodes {
		if err := b.add(strconv.Itoa(*n.ID), Node{Name: n.name, ISP: i + 1, Lat: math.NaN(), Lon: math.NaN()}); err != nil {
			return fmt.Errorf("node %.80q: %w", n.name, err)
		}
	}
	for _, n := range nodes {
		if err := n.addLinks(b); err != nil {
			return fmt.Errorf("node %.80q: %w", n.name, err)
		}
	}
	for i, l := range doc.Links {
		if len(l) != 2 {
			return fmt.Errorf("link %d has %d ends", i+1, len(l))
		}
		if err := b.joinByType(nodes, l[0], l[1]); err != nil {
			return fmt.Errorf("link %d: %w", i+1, err)
		}
	}
	return nil
}

// ordered returns the nodes in the order of their ids.
func (doc *lhcone) ordered() ([]*lhconeNode, error) {
	for name, n := range doc.Nodes {
		if n == nil || n.ID == nil {
			return nil, fmt.Errorf("node %.80q has no id", name)
		}
		n.name = name
	}
	byID := func(x, y *lhconeNode) int { return cmp.Or(cmp.Compare(*x.ID, *y.ID), cmp.Compare(x.name, y.name)) }
	return slices.SortedFunc(maps.Values(doc.Nodes), byID), nil
}

func (n *lhconeNode) addLinks(b *graphBuilder) error {
	for _, of := range []struct {
		ids      []int
		relation Relation
		down     bool
	}{{n.Providers, Transit, false}, {n.Customers, Transit, true}, {n.Peers, Peering, false}} {
		for _, id := range of.ids {
			x, y, err := b.ends(strconv.Itoa(*n.ID), strconv.Itoa(id))
			if err != nil {
				return err
			}
			if of.down {
				x, y = y, x
			}
			if err := b.join(Link{A: x, B: y, Capacity: math.Inf(1), Relation: of.relation}); err != nil {
				return err
			}
		}
	}
	return nil
}

func (b *graphBuilder) joinByType(nodes []*lhconeNode, from, to int) error {
	x, y, err := b.ends(strconv.Itoa(from), strconv.Itoa(to))
	if err != nil {
		return err
	}
	if _, told := b.links[[2]int{min(x, y), max(x, y)}]; told {
		return nil
	}
	l := Link{A: x, B: y, Capacity: math.Inf(1), Relation: Peering}
	switch {
	case nodes[x].Type == "edge" && nodes[y].Type == "transit":
		l.Relation = Transit
	case nodes[x].Type == "transit" && nodes[y].Type == "edge":
		l.A, l.B, l.Relation = y, x, Transit
	}
	return b.join(l)
}

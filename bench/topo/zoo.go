package topo

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
)

// zooNetwork is a line of the embedded Internet Topology Zoo.
type zooNetwork struct {
	File  string
	Nodes []struct {
		ID       int
		Name     string
		Country  string
		Lat, Lon *float64
	}
	Links []struct {
		A, B int
		Bps  *float64 // bit/s, of one of perhaps several cables
		Km   *float64
	}
}

// readZoo returns the network of a name, in small letters, from the lines of the Zoo; nil if
// there is none.
func readZoo(r io.Reader, name string) (*Graph, error) {
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var z zooNetwork
		if err := json.Unmarshal(lines.Bytes(), &z); err != nil {
			return nil, fmt.Errorf("topology zoo: %w", err)
		}
		if strings.ToLower(z.File) == name {
			return z.graph()
		}
	}
	return nil, lines.Err()
}

// graph turns a network into a Graph. Several cables between two nodes are one link; nodes
// that stand apart from the largest part are left out, as some maps of the Zoo have them.
func (z zooNetwork) graph() (*Graph, error) {
	b := newGraphBuilder(strings.ToLower(z.File))
	for _, n := range z.Nodes {
		node := Node{Name: n.Name, Country: n.Country, Lat: math.NaN(), Lon: math.NaN()}
		if n.Lat != nil && n.Lon != nil {
			node.Lat, node.Lon = *n.Lat, *n.Lon
		}
		if err := b.add(strconv.Itoa(n.ID), node); err != nil {
			return nil, fmt.Errorf("topology zoo: %s: %w", z.File, err)
		}
	}
	for _, l := range z.Links {
		from, to, err := b.ends(strconv.Itoa(l.A), strconv.Itoa(l.B))
		if err != nil {
			return nil, fmt.Errorf("topology zoo: %s: %w", z.File, err)
		}
		link := Link{A: from, B: to, Capacity: math.Inf(1), Delay: TrunkDelay}
		if l.Bps != nil {
			link.Capacity = *l.Bps / 8
		}
		if l.Km != nil {
			link.Delay = CableDelay(*l.Km)
		}
		if err := b.join(link); err != nil {
			return nil, fmt.Errorf("topology zoo: %s: %w", z.File, err)
		}
	}
	return b.graph.largestPart(), nil
}

// largestPart returns the graph without the nodes that no path joins to most others.
func (g *Graph) largestPart() *Graph {
	part := make([]int, len(g.Nodes)) // by node; the number of a node of the same part
	for i := range part {
		part[i] = i
	}
	var root func(int) int
	root = func(i int) int {
		if part[i] != i {
			part[i] = root(part[i])
		}
		return part[i]
	}
	for _, l := range g.Links {
		part[root(l.A)] = root(l.B)
	}
	size := make([]int, len(g.Nodes))
	for i := range g.Nodes {
		size[root(i)]++
	}
	largest := 0
	for i, n := range size {
		if n > size[largest] {
			largest = i
		}
	}
	kept, at := &Graph{Name: g.Name}, make([]int, len(g.Nodes))
	for i, n := range g.Nodes {
		if root(i) == largest {
			at[i] = len(kept.Nodes)
			kept.Nodes = append(kept.Nodes, n)
		}
	}
	for _, l := range g.Links {
		if root(l.A) == largest {
			l.A, l.B = at[l.A], at[l.B]
			kept.Links = append(kept.Links, l)
		}
	}
	return kept
}

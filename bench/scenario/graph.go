package scenario

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/altracker/altracker/bench/topo"
)

// Network returns the graph that the scenario asks for.
func (t *Topology) Network() (*topo.Graph, error) {
	load, name := topo.Builtin, t.Graph
	if t.File != "" {
		load, name = topo.ReadFile, t.File
	}
	read, err := load(name)
	if err != nil {
		return nil, fmt.Errorf("topology: %w", err)
	}
	g := *read
	g.Nodes, g.Links = slices.Clone(read.Nodes), slices.Clone(read.Links)
	for i := range g.Nodes {
		switch t.ISPs {
		case "each":
			g.Nodes[i].ISP = i
		case "one":
			g.Nodes[i].ISP = 0
		}
	}
	t.limit(&g)
	if t.Outside.ISPs > 0 {
		t.Outside.join(&g)
	}
	number(&g)
	return &g, nil
}

// number gives ISPs dense numbers, in the order of their first nodes.
func number(g *topo.Graph) {
	seen := map[int]int{}
	for i := range g.Nodes {
		isp := &g.Nodes[i].ISP
		if _, ok := seen[*isp]; !ok {
			seen[*isp] = len(seen)
		}
		*isp = seen[*isp]
	}
}

// limit replaces what links carry.
func (t *Topology) limit(g *topo.Graph) {
	for i := range g.Links {
		l := &g.Links[i]
		rate := t.Internal
		switch {
		case l.Relation == topo.Transit:
			rate = t.Transit
		case l.Relation == topo.Peering || g.Nodes[l.A].ISP != g.Nodes[l.B].ISP:
			rate = t.Peering
		}
		if rate > 0 {
			l.Capacity = float64(rate)
		}
	}
}

// transitName is the network that sells transit to everybody. It has no peers.
const transitName = "transit"

// join adds the outside ISPs, and the network that all buy transit from. It has no
// place on the earth.
func (o *Outside) join(g *topo.Graph) {
	nowhere := math.NaN()
	capacity, delay := float64(or(o.Capacity, Rate(math.Inf(1)))), or(time.Duration(o.Delay), 15*time.Millisecond)
	isp := 0
	for _, n := range g.Nodes {
		isp = max(isp, n.ISP)
	}
	add := func(name string) int {
		isp++
		g.Nodes = append(g.Nodes, topo.Node{Name: name, ISP: isp, Lat: nowhere, Lon: nowhere})
		return len(g.Nodes) - 1
	}
	gateways := busiest(g, or(o.Gateways, 2))
	core := add(transitName)
	buy := func(node int) {
		g.Links = append(g.Links, topo.Link{A: node, B: core, Capacity: capacity, Delay: delay, Relation: topo.Transit})
	}
	for _, node := range gateways {
		buy(node)
	}
	for i := range o.ISPs {
		buy(add(fmt.Sprintf("outside-%d", i+1)))
	}
}

// busiest returns the nodes with the most links.
func busiest(g *topo.Graph, n int) []int {
	degree := degrees(g)
	nodes := make([]int, len(g.Nodes))
	for i := range nodes {
		nodes[i] = i
	}
	slices.SortStableFunc(nodes, func(a, b int) int { return cmp.Compare(degree[b], degree[a]) })
	return nodes[:min(n, len(nodes))]
}

func degrees(g *topo.Graph) []int {
	degree := make([]int, len(g.Nodes))
	for _, l := range g.Links {
		degree[l.A]++
		degree[l.B]++
	}
	return degree
}

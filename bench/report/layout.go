package report

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/graph"
	"gonum.org/v1/gonum/graph/layout"
	"gonum.org/v1/gonum/graph/simple"
	"gonum.org/v1/gonum/graph/topo"
)

// place is where a node stands, right and down.
type place struct{ x, y float64 }

// places puts the nodes of some links where their coordinates say, or, if any lacks
// them, where springs along the links would (Eades 1984, by gonum). Nodes without a link
// among those are left out.
func (n *network) places(links []int) map[int]place {
	at, known := map[int]place{}, true
	for _, l := range links {
		for _, node := range []int{n.links[l].A, n.links[l].B} {
			lat, lon := n.nodes[node].Lat, n.nodes[node].Lon
			known = known && !math.IsNaN(lat) && !math.IsNaN(lon)
			at[node] = place{lon, -lat}
		}
	}
	if !known {
		return n.springs(links)
	}
	var middle float64
	for _, p := range at {
		middle += p.y / float64(len(at))
	}
	shrink := math.Cos(middle * math.Pi / 180)
	for node, p := range at {
		at[node] = place{p.x * shrink, p.y}
	}
	return at
}

func (n *network) springs(links []int) map[int]place {
	g := simple.NewUndirectedGraph()
	for _, l := range links {
		a, b := simple.Node(n.links[l].A), simple.Node(n.links[l].B)
		if a != b {
			g.SetEdge(simple.Edge{F: a, T: b})
		}
	}
	bind(g)
	eades := layout.EadesR2{Updates: 150, Repulsion: 1, Rate: 0.05, Theta: 0.2, Src: rand.NewPCG(1, 1)}
	optimizer := layout.NewOptimizerR2(g, eades.Update)
	for optimizer.Update() {
	}
	at := map[int]place{}
	for nodes := g.Nodes(); nodes.Next(); {
		id := nodes.Node().ID()
		v := optimizer.Coord2(id)
		at[int(id)] = place{v.X, v.Y}
	}
	return at
}

// bind ties the components of a graph together, or they would flee from each other: the
// node with most links of each, to that of the largest.
func bind(g *simple.UndirectedGraph) {
	parts := topo.ConnectedComponents(g)
	hubs := make([]graph.Node, len(parts))
	largest := 0
	for i, part := range parts {
		hubs[i] = slices.MaxFunc(part, func(a, b graph.Node) int {
			return cmp.Or(cmp.Compare(g.From(a.ID()).Len(), g.From(b.ID()).Len()), cmp.Compare(b.ID(), a.ID()))
		})
		if len(part) > len(parts[largest]) || len(part) == len(parts[largest]) && hubs[i].ID() < hubs[largest].ID() {
			largest = i
		}
	}
	for i, hub := range hubs {
		if i != largest {
			g.SetEdge(simple.Edge{F: hubs[largest], T: hub})
		}
	}
}

// fit scales places into b, keeping their proportions.
func fit(at map[int]place, b box) map[int]place {
	low, high := place{math.Inf(1), math.Inf(1)}, place{math.Inf(-1), math.Inf(-1)}
	for _, p := range at {
		low, high = place{min(low.x, p.x), min(low.y, p.y)}, place{max(high.x, p.x), max(high.y, p.y)}
	}
	by := min(b.w/max(high.x-low.x, 1e-9), b.h/max(high.y-low.y, 1e-9))
	x, y := b.x+(b.w-by*(high.x-low.x))/2, b.y+(b.h-by*(high.y-low.y))/2
	fitted := make(map[int]place, len(at))
	for node, p := range at {
		fitted[node] = place{x + by*(p.x-low.x), y + by*(p.y-low.y)}
	}
	return fitted
}

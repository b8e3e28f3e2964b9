package scenario

import (
	"github.com/altracker/altracker/bench/topo"
)

// matrix returns the costs between all nodes.
func (m *Map) matrix(g *topo.Graph, routes *topo.Routes) [][]float64 {
	costs := make([][]float64, len(g.Nodes))
	for from := range costs {
		costs[from] = make([]float64, len(g.Nodes))
		for to := range costs[from] {
			costs[from][to] = m.cost(g, routes, from, to)
		}
	}
	return costs
}

// cost is at least 1: policies weigh by the inverse of it.
func (m *Map) cost(g *topo.Graph, routes *topo.Routes, from, to int) float64 {
	switch m.Costs {
	case "delay":
		return 1 + float64(routes.Delay(from, to).Microseconds())/1e3
	case "igp":
		return 1 + along(g, routes.Path(from, to), func(l topo.Link) float64 { return or(l.Weight, 1) })
	case "price":
		return 1 + along(g, routes.Path(from, to), func(l topo.Link) float64 { return price(g, l) })
	}
	return 1 + float64(routes.Hops(from, to))
}

// What an operator pays for a link, as a multiple of one of its own: ours, after the
// order of settlement-free and paid that operators have.
const (
	pricePeering = 5
	priceTransit = 20
)

func price(g *topo.Graph, l topo.Link) float64 {
	switch {
	case l.Relation == topo.Transit:
		return priceTransit
	case l.Relation == topo.Peering || g.Nodes[l.A].ISP != g.Nodes[l.B].ISP:
		return pricePeering
	}
	return 1
}

func along(g *topo.Graph, path []int32, of func(topo.Link) float64) (sum float64) {
	for _, l := range path {
		sum += of(g.Links[l/2])
	}
	return sum
}

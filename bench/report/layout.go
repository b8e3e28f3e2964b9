package report

import (
	"maps"
	"math"
	"slices"
)

// place is where a node stands, right and down.
type place struct{ x, y float64 }

// places puts the nodes of some links where their coordinates say, or, if any lacks
// them, where springs along the links would. Other nodes are left out.
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
		return n.springs(slices.Sorted(maps.Keys(at)), links)
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

// springs lays nodes out as Fruchterman and Reingold do (Graph drawing by force-directed
// placement, 1991): links pull by the square of their length, nodes push by its inverse,
// and steps grow shorter. A pull to the middle keeps parts without links together. It
// begins on a spiral, so the same graph always looks the same.
func (n *network) springs(nodes, links []int) map[int]place {
	const rounds, gravity = 400, 0.35
	spot, index := make([]place, len(nodes)), make(map[int]int, len(nodes))
	for i, node := range nodes {
		r, turn := math.Sqrt(float64(i)+0.5), float64(i)*math.Pi*(3-math.Sqrt(5))
		spot[i], index[node] = place{r * math.Cos(turn), r * math.Sin(turn)}, i
	}
	force := make([]place, len(nodes))
	for round := range rounds {
		for i, p := range spot {
			force[i] = place{-gravity * p.x, -gravity * p.y}
			for j, q := range spot {
				if i != j {
					force[i].push(p.x-q.x, p.y-q.y, 1/max(square(p.x-q.x)+square(p.y-q.y), 1e-4))
				}
			}
		}
		for _, l := range links {
			a, b := index[n.links[l].A], index[n.links[l].B]
			dx, dy := spot[b].x-spot[a].x, spot[b].y-spot[a].y
			force[a].push(dx, dy, math.Hypot(dx, dy))
			force[b].push(-dx, -dy, math.Hypot(dx, dy))
		}
		longest := math.Sqrt(float64(len(nodes))) / 5 * (1 - float64(round)/rounds)
		for i, f := range force {
			spot[i].push(f.x, f.y, min(1, longest/max(math.Hypot(f.x, f.y), 1e-9)))
		}
	}
	at := make(map[int]place, len(nodes))
	for i, node := range nodes {
		at[node] = spot[i]
	}
	return at
}

func (p *place) push(dx, dy, by float64) { p.x, p.y = p.x+by*dx, p.y+by*dy }

func square(v float64) float64 { return v * v }

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

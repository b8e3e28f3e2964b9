package run

import "github.com/altracker/altracker/bench/sim"

// overlay is who is joined with whom at one moment.
type overlay struct {
	sim.Overlay
	place    []int  // of each peer
	complete []bool // of each peer, by then
}

// components is in how many parts the overlay falls that hold a leecher; one without a
// neighbour is a part. Those who are complete have nothing to do with each other.
func (o overlay) components() int {
	f := newForest(len(o.place))
	for _, e := range o.Edges {
		f.join(e[0], e[1])
	}
	parts := map[int32]bool{}
	for _, i := range o.Present {
		if !o.complete[i] {
			parts[f.root(i)] = true
		}
	}
	return len(parts)
}

// forest is the parts of a graph: each node points to one of its part, the root to itself.
type forest []int32

func newForest(nodes int) forest {
	f := make(forest, nodes)
	for i := range f {
		f[i] = int32(i)
	}
	return f
}

func (f forest) root(i int32) int32 {
	for f[i] != i {
		f[i] = f[f[i]]
		i = f[i]
	}
	return i
}

// join makes one part of two.
func (f forest) join(a, b int32) { f[f.root(a)] = f.root(b) }

// leastCut is the fewest edges between a group that has peers and all others; -1 if there
// are not two groups.
func (o overlay) leastCut(g grouping) int {
	crossing, peopled := make([]int, g.groups), make([]bool, g.groups)
	groups := 0
	for _, i := range o.Present {
		if group := g.of[o.place[i]]; group >= 0 && !peopled[group] {
			peopled[group] = true
			groups++
		}
	}
	for _, e := range o.Edges {
		if a, b := g.of[o.place[e[0]]], g.of[o.place[e[1]]]; a != b {
			if a >= 0 {
				crossing[a]++
			}
			if b >= 0 {
				crossing[b]++
			}
		}
	}
	least := -1
	for group, n := range crossing {
		if peopled[group] && groups > 1 && (least < 0 || n < least) {
			least = n
		}
	}
	return least
}

package run

import "math"

// flow is a network for maximum flows, by Dinic's algorithm: shortest augmenting ways,
// all of one length at a time.
type flow struct {
	edges [][]edge
	level []int
	next  []int
}

type edge struct {
	to, back int // the edge the other way is edges[to][back]
	room     float64
}

func newFlow(nodes int) *flow {
	return &flow{edges: make([][]edge, nodes), level: make([]int, nodes), next: make([]int, nodes)}
}

// join adds an edge of a capacity.
func (f *flow) join(from, to int, capacity float64) {
	if capacity <= 0 {
		return
	}
	f.edges[from] = append(f.edges[from], edge{to, len(f.edges[to]), capacity})
	f.edges[to] = append(f.edges[to], edge{from, len(f.edges[from]) - 1, 0})
}

// speck is the least room that counts: what rounding leaves must not be chased.
const speck = 1e-6

// most returns the greatest flow, and uses it up.
func (f *flow) most(source, sink int) (total float64) {
	for f.measure(source, sink) {
		clear(f.next)
		for {
			pushed := f.push(source, sink, math.Inf(1))
			if pushed <= speck {
				break
			}
			total += pushed
		}
	}
	return total
}

// measure finds how far each node is from the source; false if the sink is out of reach.
func (f *flow) measure(source, sink int) bool {
	for i := range f.level {
		f.level[i] = -1
	}
	f.level[source] = 0
	queue := []int{source}
	for len(queue) > 0 {
		node := queue[0]
		queue = queue[1:]
		for _, e := range f.edges[node] {
			if e.room > speck && f.level[e.to] < 0 {
				f.level[e.to] = f.level[node] + 1
				queue = append(queue, e.to)
			}
		}
	}
	return f.level[sink] >= 0
}

func (f *flow) push(node, sink int, room float64) float64 {
	if node == sink {
		return room
	}
	for ; f.next[node] < len(f.edges[node]); f.next[node]++ {
		e := &f.edges[node][f.next[node]]
		if e.room <= speck || f.level[e.to] != f.level[node]+1 {
			continue
		}
		if pushed := f.push(e.to, sink, min(room, e.room)); pushed > speck {
			e.room -= pushed
			f.edges[e.to][e.back].room += pushed
			return pushed
		}
	}
	return 0
}

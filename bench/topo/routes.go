package topo

import (
	"container/heap"
	"fmt"
	"sync/atomic"
	"time"
)

// Routes is the way from each node of a graph to each other one. Ways to a node are worked
// out when they are first asked for; a Routes may be used from any goroutine.
//
// Within a network the way is the one of least weight. Between networks it is what their
// relations allow and prefer (Gao and Rexford, Stable Internet routing without global
// coordination, 2001): through a customer rather than a peer, and through a peer rather
// than a provider; and nobody carries traffic from one peer or provider to another. Among
// those, the least weight decides. Of ways as long as each other the same one is taken in
// every run, whatever was asked for before. A way that no relations allow is taken only
// where there is no other.
type Routes struct {
	graph *Graph
	edges [][]edge
	trees []atomic.Pointer[tree] // by destination
}

// edge is a link as seen from a node: to the other end.
type edge struct {
	to     int
	link   int32 // directed, from this node: 2*link from A to B, 2*link+1 from B to A
	weight float64
	up     bool // the other end is the provider
	down   bool // the other end is the customer
	across bool // the other end is a peer
}

// tree says for each node which directed link comes next on the way to one destination, -1
// at the destination itself.
type tree []int32

// Route prepares the ways through g. It fails if no path joins two nodes.
func (g *Graph) Route() (*Routes, error) {
	if err := g.Check(); err != nil {
		return nil, err
	}
	r := &Routes{graph: g, edges: make([][]edge, len(g.Nodes)), trees: make([]atomic.Pointer[tree], len(g.Nodes))}
	for i, l := range g.Links {
		weight := l.Weight
		if weight == 0 {
			weight = 1
		}
		transit, peering := l.Relation == Transit, l.Relation == Peering
		r.edges[l.A] = append(r.edges[l.A], edge{l.B, int32(2 * i), weight, transit, false, peering})
		r.edges[l.B] = append(r.edges[l.B], edge{l.A, int32(2*i + 1), weight, false, transit, peering})
	}
	for node, next := range *r.to(0) {
		if next < 0 && node != 0 {
			return nil, fmt.Errorf("graph %q: no path joins %q and %q", g.Name, g.Nodes[node].Name, g.Nodes[0].Name)
		}
	}
	return r, nil
}

// Path returns the directed links from one node to another, in order: 2*link from A to B
// of that link, 2*link+1 from B to A. It is empty from a node to itself.
func (r *Routes) Path(from, to int) (path []int32) {
	next := *r.to(to)
	for at := from; at != to; at = r.end(next[at]) {
		path = append(path, next[at])
	}
	return path
}

// Hops returns how many links the path has.
func (r *Routes) Hops(from, to int) int { return len(r.Path(from, to)) }

// Delay returns how long the path takes, one way.
func (r *Routes) Delay(from, to int) (d time.Duration) {
	for _, link := range r.Path(from, to) {
		d += r.graph.Links[link/2].Delay
	}
	return d
}

// end returns the node that a directed link leads to.
func (r *Routes) end(link int32) int {
	l := r.graph.Links[link/2]
	if link%2 == 1 {
		return l.A
	}
	return l.B
}

// to returns the tree of a destination.
func (r *Routes) to(node int) *tree {
	if t := r.trees[node].Load(); t != nil {
		return t
	}
	t := r.grow(node)
	r.trees[node].CompareAndSwap(nil, &t)
	return r.trees[node].Load()
}

// kinds of ways, from the best to the last resort.
const (
	viaCustomer = iota
	viaPeer
	viaProvider
	against // what the relations allow
)

// way is one to the destination: of a kind, and so long.
type way struct {
	kind   int
	length float64
	node   int
	next   int32 // link from node
}

func (w way) before(v way) bool {
	if w.kind != v.kind {
		return w.kind < v.kind
	}
	if w.length != v.length {
		return w.length < v.length
	}
	return w.node < v.node
}

// grow finds the best way to a destination from each node, the best ones first: the way of
// a node goes on from that of the next one, and is never better (Dijkstra).
func (r *Routes) grow(destination int) tree {
	next, settled := make(tree, len(r.edges)), make([]bool, len(r.edges))
	for i := range next {
		next[i] = -1
	}
	found := &ways{{viaCustomer, 0, destination, -1}}
	for found.Len() > 0 {
		w := heap.Pop(found).(way)
		if settled[w.node] {
			continue
		}
		settled[w.node], next[w.node] = true, w.next
		for _, e := range r.edges[w.node] {
			if !settled[e.to] {
				heap.Push(found, way{e.extend(w.kind), w.length + e.weight, e.to, e.link ^ 1})
			}
		}
	}
	return next
}

// extend returns the kind of way that the other end of an edge has through this one, which
// has one of a kind.
func (e edge) extend(kind int) int {
	switch {
	case e.down: // the other end is the customer, and hears of every way
		return max(viaProvider, kind)
	case e.up && kind == viaCustomer:
		return viaCustomer
	case e.across && kind == viaCustomer:
		return viaPeer
	case e.up || e.across:
		return against
	}
	return kind
}

// ways is a heap.
type ways []way

func (w ways) Len() int           { return len(w) }
func (w ways) Less(i, j int) bool { return w[i].before(w[j]) }
func (w ways) Swap(i, j int)      { w[i], w[j] = w[j], w[i] }
func (w *ways) Push(x any)        { *w = append(*w, x.(way)) }
func (w *ways) Pop() any {
	last := (*w)[len(*w)-1]
	*w = (*w)[:len(*w)-1]
	return last
}

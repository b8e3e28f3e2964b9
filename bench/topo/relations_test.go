package topo

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// hierarchy draws networks that buy transit from lower numbers only, so that nobody is its
// own provider, and peer at random. The first few sell to all others and peer with each
// other: every two are joined by a way that relations allow. Weights are unlike each other,
// so that no two ways are as long.
func hierarchy(rng *rand.Rand, n int) *Graph {
	const top = 3
	g := &Graph{Name: "hierarchy"}
	joined := map[[2]int]bool{}
	link := func(a, b int, r Relation) {
		if pair := [2]int{min(a, b), max(a, b)}; !joined[pair] {
			joined[pair] = true
			g.Links = append(g.Links, Link{A: a, B: b, Capacity: math.Inf(1), Weight: 1 + rng.Float64(), Relation: r})
		}
	}
	for i := range n {
		g.Nodes = append(g.Nodes, Node{Name: fmt.Sprint(i), ISP: i + 1})
		switch {
		case i < top:
			for j := range i {
				link(i, j, Peering)
			}
		default:
			for range 1 + rng.IntN(2) {
				link(i, rng.IntN(i), Transit)
			}
			if rng.IntN(2) == 0 {
				link(i, rng.IntN(i), Peering)
			}
		}
	}
	return g
}

// announced is a way as a network tells its neighbours of it.
type announced struct {
	kind   int
	length float64
	known  bool
}

// learn has networks tell each other of their ways to a destination until nobody changes
// its own, as BGP does, and knows nothing of the order in which Routes settles them.
func learn(g *Graph, destination int) []announced {
	best := make([]announced, len(g.Nodes))
	best[destination] = announced{kind: viaCustomer, known: true}
	for changed := true; changed; {
		changed = false
		next := make([]announced, len(best))
		next[destination] = best[destination]
		hear := func(at, from int, kind int, exported bool, weight float64) {
			w := announced{kind, best[from].length + weight, true}
			if at == destination || !best[from].known || !exported {
				return
			}
			if was := next[at]; !was.known || w.kind < was.kind || w.kind == was.kind && w.length < was.length {
				next[at] = w
			}
		}
		for _, l := range g.Links {
			ofA, ofB := best[l.A].kind == viaCustomer, best[l.B].kind == viaCustomer
			if l.Relation == Transit { // the provider hears of customers' ways, the customer of all
				hear(l.B, l.A, viaCustomer, ofA, l.Weight)
				hear(l.A, l.B, viaProvider, true, l.Weight)
				continue
			}
			hear(l.A, l.B, viaPeer, ofB, l.Weight)
			hear(l.B, l.A, viaPeer, ofA, l.Weight)
		}
		for i := range next {
			changed = changed || next[i] != best[i]
		}
		best = next
	}
	return best
}

// kindOf tells which way the first link of a path goes, and whether the path ever leaves a
// valley: goes up or across after it went across or down.
func kindOf(g *Graph, path []int32) (kind int, valley bool) {
	fell := false
	for i, link := range path {
		step := viaPeer
		if g.Links[link/2].Relation == Transit {
			step = viaProvider
			if link%2 == 1 {
				step = viaCustomer
			}
		}
		if i == 0 {
			kind = step
		}
		valley = valley || fell && step != viaCustomer
		fell = fell || step != viaProvider
	}
	return kind, valley
}

func TestWaysAreThoseThatNetworksWouldLearn(t *testing.T) {
	for seed := range uint64(40) {
		g := hierarchy(rand.New(rand.NewPCG(seed, 1)), 40)
		r, err := g.Route()
		if err != nil {
			t.Fatal(err)
		}
		for to := range g.Nodes {
			want := learn(g, to)
			for from := range g.Nodes {
				if from == to {
					continue
				}
				path, length := r.Path(from, to), 0.0
				for _, link := range path {
					length += g.Links[link/2].Weight
				}
				kind, valley := kindOf(g, path)
				if valley || kind != want[from].kind || math.Abs(length-want[from].length) > 1e-9 {
					t.Fatalf("seed %d, %d to %d: kind %d, length %v, valley %v, want %+v", seed, from, to, kind, length, valley, want[from])
				}
			}
		}
	}
}

// TestTiesAreBrokenAlike routes a network of many ways that are as long as each other,
// asked for in another order.
func TestTiesAreBrokenAlike(t *testing.T) {
	const side = 6
	g := &Graph{Name: "grid", Nodes: make([]Node, side*side)}
	for i := range g.Nodes {
		if i%side < side-1 {
			g.Links = append(g.Links, Link{A: i, B: i + 1, Capacity: 1})
		}
		if i+side < len(g.Nodes) {
			g.Links = append(g.Links, Link{A: i, B: i + side, Capacity: 1})
		}
	}
	one, errOne := g.Route()
	other, errOther := g.Route()
	if errOne != nil || errOther != nil {
		t.Fatal(errOne, errOther)
	}
	for to := len(g.Nodes) - 1; to >= 0; to-- {
		other.to(to)
	}
	for from := range g.Nodes {
		for to := range g.Nodes {
			if a, b := fmt.Sprint(one.Path(from, to)), fmt.Sprint(other.Path(from, to)); a != b {
				t.Fatalf("%d to %d: %s and %s", from, to, a, b)
			}
		}
	}
}

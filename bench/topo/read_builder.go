package topo

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// More than any network that is known: there are 80,000 ASes and half a million links.
const (
	maxNodes   = 1 << 20
	maxLinks   = 1 << 22
	maxDemands = 1 << 22
)

// graphBuilder makes a graph of nodes that have keys, and has one link for any two nodes:
// parallel ones are added up, and one from a node to itself is left out.
type graphBuilder struct {
	graph    Graph
	directed bool // links there and back are the two directions of one

	nodes map[string]int
	links map[[2]int]int // lower node and higher one, to the link
	back  []float64      // capacity of links from B to A, where directed
}

func newGraphBuilder(name string) *graphBuilder {
	return &graphBuilder{graph: Graph{Name: name}, nodes: map[string]int{}, links: map[[2]int]int{}}
}

func (b *graphBuilder) add(key string, n Node) error {
	switch {
	case key == "":
		return fmt.Errorf("it has no id")
	case len(b.graph.Nodes) == maxNodes:
		return fmt.Errorf("more than %d nodes", maxNodes)
	}
	if _, twice := b.nodes[key]; twice {
		return fmt.Errorf("another node has the id %.80q", key)
	}
	if n.Name == "" {
		n.Name = key
	}
	b.nodes[key] = len(b.graph.Nodes)
	b.graph.Nodes = append(b.graph.Nodes, n)
	return nil
}

func (b *graphBuilder) ends(from, to string) (int, int, error) {
	x, ok := b.nodes[from]
	if !ok {
		return 0, 0, fmt.Errorf("there is no node %.80q", from)
	}
	y, ok := b.nodes[to]
	if !ok {
		return 0, 0, fmt.Errorf("there is no node %.80q", to)
	}
	return x, y, nil
}

// join adds a link. One that was there gets the capacity too, and keeps the lesser weight.
func (b *graphBuilder) join(l Link) error {
	if l.A == l.B {
		return nil
	}
	pair := [2]int{min(l.A, l.B), max(l.A, l.B)}
	i, ok := b.links[pair]
	if !ok {
		if len(b.graph.Links) == maxLinks {
			return fmt.Errorf("more than %d links", maxLinks)
		}
		b.links[pair] = len(b.graph.Links)
		b.graph.Links = append(b.graph.Links, l)
		b.back = append(b.back, 0)
		return nil
	}
	was := &b.graph.Links[i]
	if was.Relation != l.Relation || l.Relation == Transit && was.A != l.A {
		nodes := b.graph.Nodes
		return fmt.Errorf("%s from %q to %q, which was %s from %q to %q before", l.Relation, nodes[l.A].Name, nodes[l.B].Name,
			was.Relation, nodes[was.A].Name, nodes[was.B].Name)
	}
	if b.directed && was.A != l.A {
		b.back[i] += l.Capacity
	} else {
		was.Capacity += l.Capacity
	}
	was.Weight = lesserWeight(was.Weight, l.Weight)
	return nil
}

// lesserWeight knows that a weight of 0 means 1.
func lesserWeight(x, y float64) float64 {
	meant := func(w float64) float64 {
		if w == 0 {
			return 1
		}
		return w
	}
	if meant(y) < meant(x) {
		return y
	}
	return x
}

// demand adds traffic, except from a node to itself.
func (b *graphBuilder) demand(from, to string, rate float64) error {
	x, y, err := b.ends(from, to)
	if err != nil || x == y {
		return err
	}
	if len(b.graph.Demands) == maxDemands {
		return fmt.Errorf("more than %d demands", maxDemands)
	}
	b.graph.Demands = append(b.graph.Demands, Demand{From: x, To: y, Rate: rate})
	return nil
}

// forgetDrawing takes the places from all nodes if one of them is not on the earth: they
// are of a drawing then, in pixels.
func (b *graphBuilder) forgetDrawing() {
	for _, n := range b.graph.Nodes {
		if math.Abs(n.Lat) > 90 || math.Abs(n.Lon) > 180 {
			b.forgetPlaces()
			return
		}
	}
}

func (b *graphBuilder) forgetPlaces() {
	for i := range b.graph.Nodes {
		b.graph.Nodes[i].Lat, b.graph.Nodes[i].Lon = math.NaN(), math.NaN()
	}
}

// build puts delays to the links and checks all.
func (b *graphBuilder) build() (*Graph, error) {
	g := &b.graph
	for i := range g.Links {
		l := &g.Links[i]
		// The way that carries more is the one that the data has right.
		l.Capacity = max(l.Capacity, b.back[i])
		x, y := g.Nodes[l.A], g.Nodes[l.B]
		switch km := Distance(x, y); {
		case !math.IsNaN(km):
			l.Delay = CableDelay(km)
		case x.ISP == y.ISP:
			l.Delay = TrunkDelay
		default:
			l.Delay = InterDelay
		}
	}
	if err := g.Check(); err != nil {
		return nil, err
	}
	return g, nil
}

const mbit = 1e6 / 8 // bytes

// capacityOf is a capacity in bytes a second; 0 is one that is not known.
func capacityOf(x, unit float64) float64 {
	if x == 0 {
		return math.Inf(1)
	}
	return x * unit
}

// amount reads a number that is 0 or more; an empty text is 0.
func amount(what, text string) (float64, error) {
	text = strings.TrimSpace(text)
	if text == "" {
		return 0, nil
	}
	x, err := strconv.ParseFloat(text, 64)
	if err != nil || !isAmount(x) {
		return 0, fmt.Errorf("%s is %.80q, want a number from 0 to %g", what, text, maxAmount)
	}
	return x, nil
}

// maxAmount leaves room to multiply and to add up.
const maxAmount = 1e24

func isAmount(x float64) bool { return x >= 0 && x <= maxAmount }

// degrees reads a latitude or longitude; an empty text is one that is not known.
func degrees(what, text string, limit float64) (float64, error) {
	text = strings.TrimSpace(text)
	if text == "" {
		return math.NaN(), nil
	}
	x, err := strconv.ParseFloat(text, 64)
	if err != nil || !(math.Abs(x) <= limit) {
		return 0, fmt.Errorf("%s is %.80q, want a number from %g to %g", what, text, -limit, limit)
	}
	return x, nil
}

package scenario

import (
	"maps"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/altracker/altracker/bench/topo"
)

// lines draws the access classes of the peers of a world.
type lines struct {
	access *Access
	graph  *topo.Graph
	rng    *rand.Rand
	names  []string // of classes
	upTo   []float64
	fixed  []string       // by node: what Access.At says
	drawn  map[int]string // by ISP or node
}

func (a *Access) lines(g *topo.Graph, rng *rand.Rand) *lines {
	l := &lines{access: a, graph: g, rng: rng, names: slices.Sorted(maps.Keys(a.Classes)), drawn: map[int]string{}}
	sum := 0.0
	for _, name := range l.names {
		sum += or(a.Classes[name].Share, 1)
		l.upTo = append(l.upTo, sum)
	}
	l.fixed = make([]string, len(g.Nodes))
	for i, n := range g.Nodes {
		for _, at := range a.At {
			if l.fixed[i] == "" && matches(at.At, n.Name) {
				l.fixed[i] = at.Class
			}
		}
	}
	if a.Draw != "peer" { // whoever is asked first
		for i := range g.Nodes {
			l.class(i)
		}
	}
	return l
}

// class returns the class of a peer at a node.
func (l *lines) class(node int) string {
	if l.fixed[node] != "" {
		return l.fixed[node]
	}
	key := node
	switch l.access.Draw {
	case "peer":
		return l.draw()
	case "", "isp":
		key = l.graph.Nodes[node].ISP
	}
	if l.drawn[key] == "" {
		l.drawn[key] = l.draw()
	}
	return l.drawn[key]
}

func (l *lines) draw() string {
	at := l.rng.Float64() * l.upTo[len(l.upTo)-1]
	i, _ := slices.BinarySearch(l.upTo, at)
	return l.names[min(i, len(l.names)-1)]
}

// rates draws what one peer of a class has, bytes a second.
func (l *lines) rates(class string) (up, down float64) {
	factor := math.Exp(l.access.Vary * l.rng.NormFloat64())
	k := l.access.Classes[class]
	return float64(k.Up) * factor, float64(k.Down) * factor
}

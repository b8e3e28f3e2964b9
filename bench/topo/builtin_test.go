package topo

import (
	"encoding/json"
	"errors"
	"io"
	"math"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestBuiltinsAreWhole routes every listed network, and compares it with what is published
// of it.
func TestBuiltinsAreWhole(t *testing.T) {
	published := map[string][2]int{ // nodes, links
		"abilene": {12, 15}, "germany50": {50, 88}, "nobel-germany": {17, 26}, "france": {25, 45}, "cost266": {37, 57},
		"geant2009": {34, 52}, "iij": {37, 65}, "deutschetelekom": {30, 55}, "lhcone": {76, 120}, "chinatelecom": {21, 20}, "comcast-coarse": {31, 30}, "bindal": {15, 14}, "comcast-fine": {1 + 21 + 21*55 + 9, 21 + 21*55 + 9}, "isp1700": {1700, 1705},
	}
	for _, l := range Builtins() {
		t.Run(l.Name, func(t *testing.T) {
			g, err := Builtin(l.Name)
			if err != nil {
				t.Fatal(err)
			}
			if want, ok := published[l.Name]; ok && want != [2]int{len(g.Nodes), len(g.Links)} {
				t.Errorf("%d nodes and %d links, want %v", len(g.Nodes), len(g.Links), want)
			}
			if g.Name != l.Name {
				t.Errorf("it calls itself %q", g.Name)
			}
			r, err := g.Route()
			if err != nil {
				t.Fatal(err)
			}
			for _, n := range g.Nodes {
				if math.Abs(n.Lat) > 90 || math.Abs(n.Lon) > 180 {
					t.Errorf("%s is at %v, %v", n.Name, n.Lat, n.Lon)
				}
			}
			if d := r.Delay(0, len(g.Nodes)-1); d <= 0 || d > 300*time.Millisecond {
				t.Errorf("%v from the first node to the last", d)
			}
		})
	}
}

func TestAbileneHasItsNarrowLink(t *testing.T) {
	g, err := Builtin("abilene")
	if err != nil {
		t.Fatal(err)
	}
	narrow := 0
	for _, l := range g.Links {
		if l.Capacity == abileneNarrow {
			narrow++
		}
	}
	if narrow != 1 || len(g.Demands) != 12*11 {
		t.Errorf("%d narrow links and %d demands, want 1 and 132", narrow, len(g.Demands))
	}
}

func TestEveryNetworkOfTheZooCanBeRouted(t *testing.T) {
	seen := map[string]bool{}
	inParts, leftOut, limited := 0, 0, 0
	_, err := embedded("networks/topology-zoo/topologies.jsonl.gz", func(r io.Reader) (*Graph, error) {
		for lines := json.NewDecoder(r); ; {
			var z zooNetwork
			if err := lines.Decode(&z); errors.Is(err, io.EOF) {
				return nil, nil
			} else if err != nil {
				return nil, err
			}
			g, err := z.graph()
			if err != nil {
				t.Error(err)
				continue
			}
			if _, err := g.Route(); err != nil || seen[g.Name] {
				t.Errorf("%s: seen before: %v, %v", g.Name, seen[g.Name], err)
			}
			seen[g.Name] = true
			if lost := len(z.Nodes) - len(g.Nodes); lost > 0 {
				inParts, leftOut = inParts+1, leftOut+lost
			}
			if !slices.ContainsFunc(g.Links, func(l Link) bool { return math.IsInf(l.Capacity, 1) }) {
				limited++
			}
		}
	})
	if err != nil || len(seen) != 276 {
		t.Errorf("%d networks, want 276: %v", len(seen), err)
	}
	if inParts != 23 || leftOut != 148 || limited != 60 { // as docs/benchmarks.md has it
		t.Errorf("%d networks lose %d nodes, %d have all speeds", inParts, leftOut, limited)
	}
	for _, name := range []string{"zoo/abilene", "cogentco", "kdl"} {
		if g, err := Builtin(name); err != nil || g.Name != strings.TrimPrefix(name, "zoo/") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestNamesOfNoNetwork(t *testing.T) {
	for _, name := range []string{"nowhere", "", "zoo/", "zoo/nowhere", "../lhcone/LICENSE", "Abilene"} {
		if g, err := Builtin(name); err == nil || g != nil {
			t.Errorf("%q: %v, %v", name, g, err)
		}
	}
}

func TestCheck(t *testing.T) {
	good := func() *Graph {
		return &Graph{Nodes: make([]Node, 2), Links: []Link{{A: 0, B: 1, Capacity: 1}}}
	}
	if err := good().Check(); err != nil {
		t.Error(err)
	}
	for name, spoil := range map[string]func(*Graph){
		"no nodes":          func(g *Graph) { g.Nodes = nil },
		"a node too many":   func(g *Graph) { g.Links[0].B = 2 },
		"a loop":            func(g *Graph) { g.Links[0].B = 0 },
		"no capacity":       func(g *Graph) { g.Links[0].Capacity = 0 },
		"a strange one":     func(g *Graph) { g.Links[0].Capacity = math.NaN() },
		"a weight below 0":  func(g *Graph) { g.Links[0].Weight = -1 },
		"a delay below 0":   func(g *Graph) { g.Links[0].Delay = -1 },
		"demand of nowhere": func(g *Graph) { g.Demands = []Demand{{0, 5, 1}} },
	} {
		g := good()
		if spoil(g); g.Check() == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

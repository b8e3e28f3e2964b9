package run

import (
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/altracker/altracker/bench/scenario"
	"github.com/altracker/altracker/selector"
)

// triangle is three cities on a meridian, a degree of latitude apart. The link from the
// first to the last weighs more than the way through the middle.
const triangle = `?SNDlib native format; type: network; version: 1.0
NODES (
  a ( 10.0 50.0 )
  b ( 10.0 51.0 )
  c ( 10.0 52.0 )
)
LINKS (
  ab ( a b ) 1000 0 2 0 ( )
  bc ( b c ) 1000 0 3 0 ( )
  ac ( a c ) 1000 0 9 0 ( )
)
`

// valley is four ASes: AS1 sells to AS2 and AS3, which peer, and AS2 sells to AS4.
const valley = "1|2|-1\n1|3|-1\n2|4|-1\n2|3|0\n"

// degreeDelay is what a cable along a degree of latitude takes, in milliseconds: 1.4 times
// a 360th of the earth's circumference (6371 km around its middle), at 200 km a millisecond.
const degreeDelay = 2 * math.Pi * 6371 / 360 * 1.4 / 200

// fetchedCosts has altoservers serve the maps of a network in a file, and returns what
// the client that fetched them makes of them: by who asks, costs by PID.
func fetchedCosts(t *testing.T, file, text, kind string, outward bool) map[string]map[string]float64 {
	t.Helper()
	path := filepath.Join(t.TempDir(), file)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	s := smallScenario(t, "map: {costs: "+kind+"}\n")
	s.Topology = scenario.Topology{File: path}
	s.Peers.Where = nil // as many everywhere
	w := worldOf(t, s)
	g, err := fetch(t.Context(), w.Servers)
	if err != nil {
		t.Fatal(err)
	}
	defer g.close()
	known := map[string]map[string]float64{}
	for _, p := range w.Peers {
		home := w.PIDs[p.Place]
		if known[home] != nil {
			continue
		}
		m := g.current()
		view, ok := selector.Look(m, selector.Requester{PID: m.PID(p.Addr.Addr()), Seeder: outward})
		if !ok {
			t.Fatalf("nobody guides %s", home)
		}
		known[home] = map[string]float64{}
		for _, run := range view.Runs {
			for pid := run.Lo; pid < run.Hi; pid++ {
				if !math.IsNaN(float64(run.Cost)) {
					known[home][view.Name(pid)] = float64(run.Cost)
				}
			}
		}
	}
	return known
}

// TestCostsArriveAsTheNetworkHasThem: from a file of somebody's network to what the client
// fetched over HTTP. Costs are worked out by hand.
func TestCostsArriveAsTheNetworkHasThem(t *testing.T) {
	for _, c := range []struct {
		kind, file, text string
		want             map[[2]string]float64 // either way
	}{
		{"hops", "triangle.txt", triangle, map[[2]string]float64{{"a", "a"}: 1, {"a", "b"}: 2, {"b", "c"}: 2, {"a", "c"}: 3}},
		{"igp", "triangle.txt", triangle, map[[2]string]float64{{"a", "a"}: 1, {"a", "b"}: 3, {"b", "c"}: 4, {"a", "c"}: 6}},
		{"delay", "triangle.txt", triangle, map[[2]string]float64{{"a", "a"}: 1, {"a", "b"}: 1 + degreeDelay, {"b", "c"}: 1 + degreeDelay, {"a", "c"}: 1 + 2*degreeDelay}},
		{"price", "triangle.txt", triangle, map[[2]string]float64{{"a", "b"}: 2, {"a", "c"}: 3}},
		{"price", "as-rel.txt", valley, map[[2]string]float64{
			{"AS2", "AS2"}: 1, {"AS2", "AS3"}: 1 + 5, {"AS1", "AS3"}: 1 + 20, {"AS4", "AS3"}: 1 + 20 + 5, {"AS4", "AS1"}: 1 + 20 + 20,
		}},
		{"hops", "as-rel.txt", valley, map[[2]string]float64{{"AS2", "AS3"}: 2, {"AS4", "AS3"}: 3, {"AS4", "AS1"}: 3}},
	} {
		t.Run(c.kind+" of "+c.file, func(t *testing.T) {
			for _, outward := range []bool{false, true} {
				got := fetchedCosts(t, c.file, c.text, c.kind, outward)
				for ends, want := range c.want {
					for _, pair := range [][2]string{ends, {ends[1], ends[0]}} {
						// Delays are in whole microseconds, costs are written with six digits.
						if cost, ok := got[pair[0]][pair[1]]; !ok || math.Abs(cost-want) > 1e-3 {
							t.Errorf("outward %v: %s has %v of %s, stated %v, want %v", outward, pair[0], cost, pair[1], ok, want)
						}
					}
				}
			}
		})
	}
}

package selector

import (
	"math/rand/v2"
	"reflect"
	"testing"
)

// Rings are what one gets who sorts all runs by cost, cuts the tiers into groups, and puts
// each group back in order.
func TestRingsAreTiersInGroups(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for _, costs := range []int{1, 5, 6, 7, 13, 1000} {
		runs := make([]Run, 300)
		for i := range runs {
			runs[i] = Run{Lo: PID(3 * i), Hi: PID(3*i + 2), Cost: float32(rng.IntN(costs)) / 4}
		}
		ts := tiers(runs)
		each := (len(ts) + mostRings - 1) / mostRings
		rs := rings(runs)
		if want := (len(ts) + each - 1) / each; len(rs) != want {
			t.Fatalf("%d costs: %d rings, want %d", costs, len(rs), want)
		}
		for i, ring := range rs {
			group := ts[i*each : min((i+1)*each, len(ts))]
			var want []Run
			for _, r := range runs {
				if group[0].cost <= r.Cost && r.Cost <= group[len(group)-1].cost {
					want = append(want, r)
				}
			}
			if ring.cost != group[0].cost || !reflect.DeepEqual(ring.runs, want) {
				t.Errorf("%d costs, ring %d: from %v with %d runs, want from %v with %d", costs, i, ring.cost, len(ring.runs), group[0].cost, len(want))
			}
		}
	}
	if rs := rings(nil); rs != nil {
		t.Errorf("rings of nothing: %v", rs)
	}
}

package selector_test

import (
	"iter"
	"math"
	"math/rand/v2"
	"reflect"
	"testing"

	"github.com/altracker/altracker/selector"
	"github.com/altracker/altracker/selector/selectortest"
	"pgregory.net/rapid"
)

// linear shows in weights what a plan says: nothing softens, caps or mixes them.
func linear(options map[string]float64) map[string]float64 {
	all := map[string]float64{"rho": 0, "beta": 0.8, "gamma": 1, "random": 0, "cap": 0}
	for name, value := range options {
		all[name] = value
	}
	return all
}

// weightsOf returns the weights of a named step by PID, the largest as 1.
func weightsOf(t testing.TB, p selector.Policy, m selector.Map, r selector.Requester, step string) map[selector.PID]float64 {
	t.Helper()
	v, ok := selector.Look(m, r)
	if !ok {
		t.Fatalf("nobody guides %+v", r)
	}
	weights := map[selector.PID]float64{}
	for _, st := range p.List(v).Steps {
		if st.Name == step {
			for _, sp := range st.Spans {
				for pid := sp.Lo; pid < sp.Hi; pid++ {
					weights[pid] = math.Round(float64(sp.Weight)*1000) / 1000
				}
			}
		}
	}
	return weights
}

type weights = map[selector.PID]float64

// TestMatchingVectors: three PIDs in a line, to each other at costs of 5 and 9; all peers
// upload 1.
func TestMatchingVectors(t *testing.T) {
	seeds := census(selector.Unknown, [2]uint32{10, 0}, [2]uint32{0, 10}, [2]uint32{0, 10}) // PID 1 leeches, 2 and 3 seed 10 each
	equal := oneISP(3)
	for i := range equal.Costs {
		equal.Costs[i] = []float32{5, 5, 5}
	}
	for _, c := range []struct {
		name    string
		world   selectortest.World
		census  selector.Census
		options map[string]float64
		seeder  bool
		home    selector.PID
		want    weights
	}{
		// 8 of 10 are sent, by PID 2 alone.
		{"demand below supply", oneISP(3), seeds, map[string]float64{"demand": 1}, false, 1, weights{2: 1}},
		// 16 of 20 are: 10 by PID 2, 6 by PID 3. Were costs alike, 8 by each.
		{"demand of about supply", oneISP(3), seeds, map[string]float64{"demand": 2}, false, 1, weights{2: 1, 3: 0.6}},
		// Demand is cut to what there is, 27; 20 of it is in other PIDs.
		{"demand above supply", oneISP(3), seeds, map[string]float64{"demand": 100}, false, 1, weights{2: 1, 3: 0.6}},
		{"beta is 1: all is sent", oneISP(3), seeds, map[string]float64{"demand": 2, "beta": 1}, false, 1, weights{2: 1, 3: 1}},
		{"beta is 0: nothing is, costs rule", oneISP(3), seeds, map[string]float64{"beta": 0}, false, 1, weights{2: 1, 3: 0.556}},
		// The plan leaves PID 3 out. By cost it weighs 1/9 to 1/5: 0.071 to 0.129 of the tenth that goes by cost.
		{"a floor", oneISP(3), seeds, map[string]float64{"demand": 1, "rho": 0.1}, false, 1, weights{2: 1, 3: 0.037}},
		{"a softened floor", oneISP(3), seeds, map[string]float64{"demand": 1, "rho": 0.1, "gamma": 0.5}, false, 1, weights{2: 1, 3: 0.192}},
		{"a lone seed PID sends to both sides alike", oneISP(3), census(selector.Unknown, [2]uint32{20, 0}, [2]uint32{0, 1}, [2]uint32{20, 0}),
			nil, true, 2, weights{1: 1, 3: 1}},
		// PID 2 has 70 % of PID 3's upload for each peer, and twice the peers: a weight is a peer's.
		{"equal costs are no bias", equal, census(selector.Slow, [2]uint32{5, 0}, [2]uint32{40, 0}, [2]uint32{0, 20}), nil, false, 1, weights{2: 0.7, 3: 1}},
		{"nor is size", equal, census(selector.Slow, [2]uint32{5, 1}, [2]uint32{500, 100}, [2]uint32{10, 2}), nil, false, 1, weights{2: 1, 3: 1}},
		{"no class, no estimate: all alike", equal, selector.Census{Populations: census(selector.Unknown, [2]uint32{5, 1}, [2]uint32{500, 100}, [2]uint32{10, 2}).Populations},
			nil, false, 1, weights{2: 1, 3: 1}},
		{"classes without estimates, too", equal, selector.Census{Populations: census(selector.Fast, [2]uint32{5, 1}, [2]uint32{500, 100}, [2]uint32{10, 2}).Populations},
			nil, false, 1, weights{2: 1, 3: 1}},
		{"one PID has peers", oneISP(3), census(selector.Slow, [2]uint32{5, 5}), nil, false, 1, weights{2: 1, 3: 0.556}},
		{"one PID there is", oneISP(1), census(selector.Slow, [2]uint32{5, 5}), nil, false, 1, weights{}},
	} {
		p := advised(t, "matching", linear(c.options), c.world, c.census)
		if got := weightsOf(t, p, c.world, selector.Requester{PID: c.home, Seeder: c.seeder}, "home ISP"); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: weights %v, want %v", c.name, got, c.want)
		}
	}
}

// TestMatchingLeavesTheNeedyTheirs: PID 2 is the nearest to PID 1, but the only one near PID
// 3; PID 4, which PID 1 can do with, has plenty. So PID 1 is sent to that.
func TestMatchingLeavesTheNeedyTheirs(t *testing.T) {
	w := oneISP(4)
	w.Costs = [][]float32{{1, 9, 99, 9}, {2, 1, 2, 9}, {99, 9, 1, 99}, {3, 9, 99, 1}}
	c := census(selector.Slow, [2]uint32{20, 0}, [2]uint32{0, 20}, [2]uint32{20, 0}, [2]uint32{0, 40})
	p := advised(t, "matching", linear(map[string]float64{"demand": 1, "beta": 1}), w, c)
	got := weightsOf(t, p, w, selector.Requester{PID: 1}, "home ISP")
	if got[2] != 0 || got[4] != 1 {
		t.Errorf("PID 1: weights %v", got)
	}
	if got := weightsOf(t, p, w, selector.Requester{PID: 3}, "home ISP"); got[2] != 1 || got[4] != 0 {
		t.Errorf("PID 3: weights %v", got)
	}
}

// TestMatchingCountsClasses: a peer of a PID of fast seeders weighs as much more than one of
// slow ones as it uploads.
func TestMatchingCountsClasses(t *testing.T) {
	c := census(selector.Slow, [2]uint32{400, 0}, [2]uint32{0, 20})
	fast := selector.Population{PID: 3}
	fast.Seeders[selector.Fast] = 40
	c.Populations = append(c.Populations, fast)
	w := selectortest.Square(3, func(int, int) float32 { return 5 })
	w.Internal = []bool{true, true, true}
	got := weightsOf(t, advised(t, "matching", linear(nil), w, c), w, selector.Requester{PID: 1}, "home ISP")
	if want := (weights{2: 0.01, 3: 1}); !reflect.DeepEqual(got, want) {
		t.Errorf("weights %v, want %v", got, want)
	}
}

// TestMatchingHasDirections: a leecher is judged by what it costs to send to it, a seeder by
// what it costs to send.
func TestMatchingHasDirections(t *testing.T) {
	w := oneISP(3)
	w.Costs = [][]float32{{1, 9, 1}, {1, 1, 5}, {9, 1, 1}}
	c := census(selector.Medium, [2]uint32{30, 30}, [2]uint32{30, 30}, [2]uint32{30, 30})
	p := advised(t, "matching", linear(map[string]float64{"demand": 1}), w, c)
	leecher := weightsOf(t, p, w, selector.Requester{PID: 1}, "home ISP")
	seeder := weightsOf(t, p, w, selector.Requester{PID: 1, Seeder: true}, "home ISP")
	if leecher[2] <= leecher[3] || seeder[3] <= seeder[2] {
		t.Errorf("leecher %v, seeder %v", leecher, seeder)
	}
}

// TestMatchingFollowsRisingCosts: a PID that gets dearer to one other is told less to it.
func TestMatchingFollowsRisingCosts(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		n := rapid.IntRange(2, 6).Draw(rt, "PIDs")
		w := oneISP(n)
		counts := make([][2]uint32, n)
		for i := range n {
			for j := range n {
				w.Costs[i][j] = float32(rapid.IntRange(1, 5).Draw(rt, "cost"))
			}
			counts[i] = [2]uint32{rapid.Uint32Range(1, 20).Draw(rt, "leechers"), rapid.Uint32Range(0, 20).Draw(rt, "seeders")}
		}
		from, to := rapid.IntRange(1, n-1).Draw(rt, "from"), n
		w.Costs[to-1][to-1] = 0 // it stays its own nearest
		c := census(selector.Slow, counts...)
		share := func() float64 {
			got := weightsOf(t, advised(t, "matching", linear(map[string]float64{"rho": 0.1}), w, c), w, selector.Requester{PID: selector.PID(to)}, "home ISP")
			all := 0.0
			for pid, weight := range got {
				all += weight * float64(counts[pid-1][0]+counts[pid-1][1])
			}
			return got[selector.PID(from)] * float64(counts[from-1][0]+counts[from-1][1]) / all
		}
		before := share()
		w.Costs[from-1][to-1] += float32(rapid.IntRange(1, 9).Draw(rt, "dearer"))
		if after := share(); after > before+0.01 {
			rt.Fatalf("PID %d has a share of %.3f, and of %.3f when it is dearer", from, before, after)
		}
	})
}

func TestMatchingWithoutAPlanIsTheMatrix(t *testing.T) {
	w := oneISP(4)
	options := map[string]float64{"random": 0.1}
	matrix := mustNew(t, "matrix", options)
	v, _ := selector.Look(w, selector.Requester{PID: 2})
	for name, p := range map[string]selector.Policy{
		"nobody looked":     mustNew(t, "matching", options),
		"home has no peers": advised(t, "matching", options, w, census(selector.Slow, [2]uint32{5, 5})),
		"nobody at all":     advised(t, "matching", options, w, selector.Census{}),
	} {
		if got, want := p.List(v), matrix.List(v); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %+v, want %+v", name, got, want)
		}
	}
	w.Ranks = true
	v, _ = selector.Look(w, selector.Requester{PID: 2})
	ranked := advised(t, "matching", options, w, census(selector.Slow, [2]uint32{5, 5}, [2]uint32{5, 5}, [2]uint32{5, 5}))
	if got, want := ranked.List(v), matrix.List(v); !reflect.DeepEqual(got, want) {
		t.Errorf("ranks: %+v, want %+v", got, want)
	}
}

// twoSources is a map of two sources: one guides the PIDs up to a border, one the others.
type twoSources struct {
	selectortest.World
	border selector.PID
}

func (w twoSources) Name(pid selector.PID) (source, name string) {
	if _, name = w.World.Name(pid); pid <= w.border {
		return "near", name
	}
	return "far", name
}

// TestMatchingComparesNoCostsOfTwoSources: costs a thousand times as high in the other
// source's units change nothing.
func TestMatchingComparesNoCostsOfTwoSources(t *testing.T) {
	w := twoSources{oneISP(5), 3}
	c := census(selector.Slow, [2]uint32{9, 1}, [2]uint32{1, 9}, [2]uint32{9, 3}, [2]uint32{5, 5}, [2]uint32{2, 8})
	before := weightsOf(t, advised(t, "matching", nil, w, c), w, selector.Requester{PID: 1}, "home ISP")
	for i := range w.Costs {
		w.Costs[i][3] *= 1000 // to PIDs 4 and 5, as these see it
		w.Costs[i][4] *= 1000
	}
	after := weightsOf(t, advised(t, "matching", nil, w, c), w, selector.Requester{PID: 1}, "home ISP")
	if len(before) != 4 || !reflect.DeepEqual(before, after) {
		t.Errorf("weights %v, then %v", before, after)
	}
}

// halves is twoSources with PID 2 in pieces, of which the other source judges one.
type halves struct{ twoSources }

func (w halves) Homes(home selector.PID) iter.Seq2[selector.PID, selector.PID] {
	return cutSeeds{w.World}.Homes(home)
}

// TestMatchingGoesByTheOwnSource: the other piece of the home PID is in another source's plan.
func TestMatchingGoesByTheOwnSource(t *testing.T) {
	w := halves{twoSources{oneISP(5), 3}}
	c := census(selector.Slow, [2]uint32{9, 1}, [2]uint32{}, [2]uint32{9, 3}, [2]uint32{5, 5}, [2]uint32{2, 8})
	v, _ := selector.Look(w, selector.Requester{PID: 2})
	if got, want := advised(t, "matching", nil, w, c).List(v), mustNew(t, "matrix", nil).List(v); !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, want %+v", got, want)
	}
}

// cutSeeds is a map in which another source has cut PID 2 in two: the other half is 4.
type cutSeeds struct{ selectortest.World }

func (cutSeeds) Homes(home selector.PID) iter.Seq2[selector.PID, selector.PID] {
	return func(yield func(selector.PID, selector.PID) bool) {
		if home == 2 || home == 4 {
			_ = yield(2, 3) && yield(4, 5)
			return
		}
		yield(home, home+1)
	}
}

// TestMatchingOfAPIDInPieces: what one piece sends to the other is no traffic between PIDs.
func TestMatchingOfAPIDInPieces(t *testing.T) {
	line := selectortest.Square(4, func(from, to int) float32 {
		from, to = min(from, 6-from), min(to, 6-to) // 4 is where 2 is
		return float32(1 + 4*max(from-to, to-from))
	})
	line.Internal = []bool{true, true, true, true}
	whole, cut := census(selector.Slow, [2]uint32{20, 4}, [2]uint32{20, 40}, [2]uint32{20, 4}), census(selector.Slow, [2]uint32{20, 4}, [2]uint32{10, 20}, [2]uint32{20, 4}, [2]uint32{10, 20})
	for _, home := range []selector.PID{1, 2} {
		want := weightsOf(t, advised(t, "matching", linear(nil), oneISP(3), whole), oneISP(3), selector.Requester{PID: home}, "home ISP")
		got := weightsOf(t, advised(t, "matching", linear(nil), cutSeeds{line}, cut), cutSeeds{line}, selector.Requester{PID: home}, "home ISP")
		if home == 1 {
			want[4] = want[2]
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("home %d: weights %v, want %v", home, got, want)
		}
	}
}

// TestMatchingManyPIDs: more PIDs than a plan tells apart, in no order. Peers of the nearest
// fifth weigh more than those of the farthest, and there is nobody without a weight.
func TestMatchingManyPIDs(t *testing.T) {
	const pids = 900
	w := newPlane(pids)
	p := advised(t, "matching", nil, w, crowded(pids, 2))
	rng := rand.New(rand.NewPCG(1, 1))
	for range 20 {
		home := 1 + rng.Uint32N(pids)
		got := weightsOf(t, p, w, selector.Requester{PID: home}, "home ISP")
		if len(got) != pids-1 {
			t.Errorf("home %d: %d PIDs have a weight, want %d", home, len(got), pids-1)
		}
		near, far, nears, fars := 0.0, 0.0, 0.0, 0.0
		for pid, weight := range got {
			switch d := w.distance(home, pid); {
			case d < 0.2*0.2:
				near, nears = near+weight, nears+1
			case d > 0.6*0.6:
				far, fars = far+weight, fars+1
			}
		}
		if near/nears < 2*far/fars {
			t.Errorf("home %d: near PIDs weigh %.3f, far ones %.3f", home, near/nears, far/fars)
		}
	}
}

package selector_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"testing"

	"github.com/altracker/altracker/selector"
	"github.com/altracker/altracker/selector/selectortest"
)

// census counts peers by PID: leechers and seeders of each from PID 1 on, all of one class.
func census(class selector.Class, counts ...[2]uint32) (c selector.Census) {
	c.Upload = [selector.NumClasses]float64{0, 10e3, 100e3, 1e6}
	for i, n := range counts {
		p := selector.Population{PID: selector.PID(i + 1)}
		p.Leechers[class], p.Seeders[class] = n[0], n[1]
		if n != [2]uint32{} {
			c.Populations = append(c.Populations, p)
		}
	}
	return c
}

func advised(t testing.TB, name string, options map[string]float64, m selector.Map, c selector.Census) selector.Policy {
	t.Helper()
	p, err := selector.New(name, options)
	if err != nil {
		t.Fatal(err)
	}
	return p.(selector.Adviser).Advise(m, c)
}

// weightsOf returns the weights of a named step, by PID.
func weightsOf(t *testing.T, p selector.Policy, m selector.Map, r selector.Requester, step string) map[selector.PID]float64 {
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

// oneISP is a line of PIDs of one ISP: the farther, the dearer.
func oneISP(pids int) selectortest.World {
	w := selectortest.Square(pids, func(from, to int) float32 { return float32(1 + 4*max(from-to, to-from)) })
	w.Internal = make([]bool, pids)
	for i := range w.Internal {
		w.Internal[i] = true
	}
	return w
}

var exact = map[string]float64{"rho": 0, "beta": 1, "random": 0, "cap": 0}

// TestMatchingFollowsSupply: all that can be sent is in PID 3, dear as it is: to a leecher
// of PID 1 it is worth everything, and PID 2, near but without supply, nothing.
func TestMatchingFollowsSupply(t *testing.T) {
	c := census(selector.Medium, [2]uint32{10, 0}, [2]uint32{0, 0}, [2]uint32{0, 50})
	c.Populations = append(c.Populations[:1], selector.Population{PID: 2, Leechers: [4]uint32{}, Seeders: [4]uint32{}}, c.Populations[1])
	c.Populations[1].Leechers[selector.Unknown] = 0
	c.Populations = []selector.Population{c.Populations[0], c.Populations[2]}
	p := advised(t, "matching", exact, oneISP(3), c)
	if got, want := weightsOf(t, p, oneISP(3), selector.Requester{PID: 1}, "home ISP"), (map[selector.PID]float64{3: 1}); !reflect.DeepEqual(got, want) {
		t.Errorf("weights %v, want %v", got, want)
	}
}

// TestMatchingPrefersTheCheap: where supply is plenty, the nearest sends all.
func TestMatchingPrefersTheCheap(t *testing.T) {
	c := census(selector.Medium, [2]uint32{10, 0}, [2]uint32{0, 100}, [2]uint32{0, 100})
	options := map[string]float64{"rho": 0, "beta": 0.8, "random": 0, "cap": 0, "demand": 1}
	p := advised(t, "matching", options, oneISP(3), c)
	if got, want := weightsOf(t, p, oneISP(3), selector.Requester{PID: 1}, "home ISP"), (map[selector.PID]float64{2: 1}); !reflect.DeepEqual(got, want) {
		t.Errorf("weights %v, want %v", got, want)
	}
	// With a floor, the other keeps its share of what goes by the number of peers.
	options["rho"] = 0.1
	p = advised(t, "matching", options, oneISP(3), c)
	if got, want := weightsOf(t, p, oneISP(3), selector.Requester{PID: 1}, "home ISP"), (map[selector.PID]float64{2: 0.95, 3: 0.05}); !reflect.DeepEqual(got, want) {
		t.Errorf("weights %v with a floor, want %v", got, want)
	}
}

// TestMatchingSharesASeedOut: a seeder of PID 2 is sent to where its plan sends it: as much
// to each side, which want the same and cost the same.
func TestMatchingSharesASeedOut(t *testing.T) {
	c := census(selector.Medium, [2]uint32{20, 0}, [2]uint32{0, 1}, [2]uint32{20, 0})
	p := advised(t, "matching", exact, oneISP(3), c)
	got := weightsOf(t, p, oneISP(3), selector.Requester{PID: 2, Seeder: true}, "home ISP")
	if got[1]+got[3] < 0.999 {
		t.Errorf("weights %v", got)
	}
}

// TestMatchingCountsClasses: a PID of fast seeders sends more than one of as many slow ones.
func TestMatchingCountsClasses(t *testing.T) {
	c := census(selector.Slow, [2]uint32{400, 0}, [2]uint32{0, 20})
	fast := selector.Population{PID: 3}
	fast.Seeders[selector.Fast] = 20
	c.Populations = append(c.Populations, fast)
	w := oneISP(3)
	for i := range w.Costs {
		for j := range w.Costs[i] {
			w.Costs[i][j] = 5
		}
	}
	got := weightsOf(t, advised(t, "matching", exact, w, c), w, selector.Requester{PID: 1}, "home ISP")
	if ratio := got[3] / got[2]; ratio < 50 { // a hundred times the upload
		t.Errorf("weights %v", got)
	}
}

// TestMatchingHasDirections: a leecher is judged by what it costs to send to it, a seeder by
// what it costs to send.
func TestMatchingHasDirections(t *testing.T) {
	w := oneISP(3)
	w.Costs = [][]float32{{1, 9, 1}, {1, 1, 5}, {9, 1, 1}}
	c := census(selector.Medium, [2]uint32{30, 30}, [2]uint32{30, 30}, [2]uint32{30, 30})
	options := map[string]float64{"rho": 0, "beta": 1, "random": 0, "cap": 0, "demand": 1}
	p := advised(t, "matching", options, w, c)
	leecher := weightsOf(t, p, w, selector.Requester{PID: 1}, "home ISP")
	seeder := weightsOf(t, p, w, selector.Requester{PID: 1, Seeder: true}, "home ISP")
	if leecher[2] <= leecher[3] || seeder[3] <= seeder[2] {
		t.Errorf("leecher %v, seeder %v", leecher, seeder)
	}
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

// TestMatchingManyPIDs: more PIDs than a plan tells apart, and each still has a weight.
func TestMatchingManyPIDs(t *testing.T) {
	const pids = 900
	w := oneISP(pids)
	c := selector.Census{}
	rng := rand.New(rand.NewPCG(1, 1))
	for pid := selector.PID(1); pid <= pids; pid++ {
		p := selector.Population{PID: pid}
		p.Leechers[selector.Unknown], p.Seeders[selector.Unknown] = 1+rng.Uint32N(5), rng.Uint32N(3)
		c.Populations = append(c.Populations, p)
	}
	p := advised(t, "matching", nil, w, c)
	for _, home := range []selector.PID{1, 450, pids} {
		got := weightsOf(t, p, w, selector.Requester{PID: home}, "home ISP")
		if len(got) != pids-1 {
			t.Errorf("home %d: %d PIDs have a weight, want %d", home, len(got), pids-1)
		}
		near, far := 0.0, 0.0
		for pid, weight := range got {
			if d := math.Abs(float64(pid) - float64(home)); d < 100 {
				near += weight
			} else if d > 400 {
				far += weight
			}
		}
		if near <= far {
			t.Errorf("home %d: near PIDs weigh %v, far ones %v", home, near, far)
		}
	}
}

func TestBudgetIsSharedByTheISP(t *testing.T) {
	w := oneISP(4)
	w.Internal[3] = false
	for _, c := range []struct {
		name           string
		leechers       uint32 // in each of the ISP's three PIDs
		seeders        uint32
		spare          float64
		most           int
		options        map[string]float64
		wantNoOutsider bool
	}{
		{"a large ISP", 300, 100, 4.0 / 1200, 1201, nil, true},
		{"a large ISP without a seeder", 400, 0, 4.0/1200 + 1, 1202, nil, true},
		{"a small ISP", 2, 1, 1, 10, nil, true},
		{"one peer", 0, 0, 4 + 1, 5, nil, true},
	} {
		counts := [][2]uint32{{c.leechers, c.seeders}, {c.leechers, c.seeders}, {c.leechers, c.seeders}, {500, 500}}
		if c.name == "one peer" {
			counts[0][0] = 1
			c.spare, c.most = 4+1, 6
		}
		l := func() selector.List {
			v, _ := selector.Look(w, selector.Requester{PID: 1})
			return advised(t, "budget", c.options, w, census(selector.Medium, counts...)).List(v)
		}()
		if st := l.Steps[0]; st.Name != "home ISP" || math.Abs(st.Spare-c.spare) > 1e-9 || l.Most != c.most || len(l.Outside) > 0 {
			t.Errorf("%s: spare %v, at most %d peers; want %v and %d (%v)", c.name, st.Spare, l.Most, c.spare, c.most, l.Outside)
		}
	}
}

// TestBudgetIsKept draws replies for all peers of an ISP and counts the outsiders.
func TestBudgetIsKept(t *testing.T) {
	w := oneISP(3)
	w.Internal[2] = false
	const peers = 200
	p := advised(t, "budget", nil, w, census(selector.Medium, [2]uint32{peers/2 - 20, 20}, [2]uint32{peers/2 - 20, 20}, [2]uint32{400, 100}))
	v, _ := selector.Look(w, selector.Requester{PID: 1})
	rng := rand.New(rand.NewPCG(1, 1))
	outsiders := 0
	const rounds = 40
	for range rounds * peers {
		outsiders += selectortest.Fill(p.List(v), selectortest.Crowd{0, 100, 100, 500}, 50, rng)[3]
	}
	if mean := float64(outsiders) / rounds; mean < 3.5 || mean > 4.5 {
		t.Errorf("%v introductions from outside in the time of an announce of each, want 4", mean)
	}
}

func TestAdvisersObeyTheLaws(t *testing.T) {
	for _, info := range selector.Infos() {
		p := mustNew(t, info.Name, nil)
		adviser, ok := p.(selector.Adviser)
		if !ok {
			continue
		}
		for name, c := range map[string]selector.Census{
			"nobody":        {},
			"small":         census(selector.Unknown, [2]uint32{3, 1}, [2]uint32{0, 2}, [2]uint32{1, 0}),
			"large":         census(selector.Medium, [2]uint32{900, 300}, [2]uint32{500, 10}, [2]uint32{70, 700}, [2]uint32{8, 8}, [2]uint32{60, 1}, [2]uint32{40, 40}),
			"seeders only":  census(selector.Fast, [2]uint32{0, 30}, [2]uint32{0, 20}, [2]uint32{0, 10}, [2]uint32{0, 40}),
			"leechers only": census(selector.Slow, [2]uint32{30, 0}, [2]uint32{20, 0}, [2]uint32{10, 0}, [2]uint32{40, 0}),
		} {
			t.Run(info.Name+"/"+name, func(t *testing.T) {
				selectortest.ObeysAdvised(t, adviser, c)
			})
		}
	}
}

func BenchmarkAdvise(b *testing.B) {
	for _, pids := range []int{20, 200, 2000} {
		w := oneISP(pids)
		c := selector.Census{Upload: [selector.NumClasses]float64{0, 1e4, 1e5, 1e6}}
		rng := rand.New(rand.NewPCG(1, 1))
		for pid := range pids {
			p := selector.Population{PID: selector.PID(pid + 1)}
			for class := range selector.NumClasses {
				p.Leechers[class], p.Seeders[class] = rng.Uint32N(40), rng.Uint32N(10)
			}
			c.Populations = append(c.Populations, p)
		}
		b.Run(fmt.Sprintf("policy=matching/pids=%d", pids), func(b *testing.B) {
			p := mustNewB(b, "matching").(selector.Adviser)
			for b.Loop() {
				p.Advise(w, c)
			}
		})
	}
}

// BenchmarkList compiles lists on maps whose costs hang on both PIDs, so that every run is
// one PID.
func BenchmarkList(b *testing.B) {
	for _, pids := range []int{12, 1700, 10_000} {
		row := make([]float32, pids)
		for i := range row {
			row[i] = float32(1 + i*7%100)
		}
		w := selectortest.World{Costs: make([][]float32, pids)}
		for i := range w.Costs {
			w.Costs[i] = row // the same from everywhere
		}
		w.Internal = make([]bool, pids)
		for i := range pids / 2 {
			w.Internal[i] = true
		}
		for _, name := range selector.Names() {
			b.Run(fmt.Sprintf("policy=%s/pids=%d", name, pids), func(b *testing.B) {
				p := mustNewB(b, name)
				for b.Loop() {
					v, _ := selector.Look(w, selector.Requester{PID: 1, Seeder: true})
					p.List(v)
				}
			})
		}
	}
}

func mustNewB(b *testing.B, name string) selector.Policy {
	p, err := selector.New(name, nil)
	if err != nil {
		b.Fatal(err)
	}
	return p
}

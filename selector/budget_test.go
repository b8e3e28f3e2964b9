package selector_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/altracker/altracker/selector"
	"github.com/altracker/altracker/selector/selectortest"
)

func TestBudgetIsSharedByTheISP(t *testing.T) {
	w := oneISP(4)
	w.Internal[3] = false
	for _, c := range []struct {
		name    string
		counts  [2]uint32 // leechers and seeders in each of the ISP's three PIDs
		seeder  bool
		options map[string]float64
		spare   float64
		most    int
	}{
		{"a large ISP", [2]uint32{300, 100}, false, nil, 4.0 / 1200, 1199},
		{"a large ISP without a seeder", [2]uint32{400, 0}, false, nil, 4.0/1200 + 1, 1200},
		{"a seeder is told of leechers alone", [2]uint32{300, 100}, true, nil, 4.0 / 1200, 900},
		{"a small ISP", [2]uint32{2, 1}, false, nil, 1, 9},
		{"a small ISP without a seeder", [2]uint32{3, 0}, false, nil, 2, 10},
		{"fewer peers than the budget", [2]uint32{0, 1}, false, nil, 4.0 / 3, 4},
		{"a budget of its own", [2]uint32{300, 100}, false, map[string]float64{"budget": 120}, 0.1, 1199},
		{"no budget", [2]uint32{2, 1}, false, map[string]float64{"budget": 0}, 0, 8},
		{"merging is off", [2]uint32{400, 0}, false, map[string]float64{"merge": 0}, 4.0 / 1200, 1199},
	} {
		v, _ := selector.Look(w, selector.Requester{PID: 1, Seeder: c.seeder})
		l := advised(t, "budget", c.options, w, census(selector.Medium, c.counts, c.counts, c.counts, [2]uint32{500, 500})).List(v)
		if st := l.Steps[0]; st.Name != "home ISP" || math.Abs(st.Spare-c.spare) > 1e-9 || l.Most != c.most || len(l.Outside) > 0 {
			t.Errorf("%s: spare %v, at most %d peers; want %v and %d (%v)", c.name, st.Spare, l.Most, c.spare, c.most, l.Outside)
		}
	}
}

// TestBudgetIsKept draws replies for all peers of an ISP and counts the outsiders; also
// where a reply could hold more than all of the ISP.
func TestBudgetIsKept(t *testing.T) {
	w := oneISP(3)
	w.Internal[2] = false
	const peers = 200
	p := advised(t, "budget", nil, w, census(selector.Medium, [2]uint32{peers/2 - 20, 20}, [2]uint32{peers/2 - 20, 20}, [2]uint32{400, 100}))
	v, _ := selector.Look(w, selector.Requester{PID: 1})
	rng := rand.New(rand.NewPCG(1, 1))
	for _, want := range []int{50, 300} {
		outsiders := 0
		const rounds = 40
		for range rounds * peers {
			outsiders += selectortest.Fill(p.List(v), selectortest.Crowd{0, peers/2 - 1, peers / 2, 500}, want, rng)[3]
		}
		if mean := float64(outsiders) / rounds; mean < 3.5 || mean > 4.5 {
			t.Errorf("replies of %d: %v introductions from outside in the time of an announce of each, want 4", want, mean)
		}
	}
}

// TestBudgetOfNewISPs: who is the first of its ISP is answered as if nobody had looked.
func TestBudgetOfNewISPs(t *testing.T) {
	w := oneISP(3)
	w.Internal[2] = false
	v, _ := selector.Look(w, selector.Requester{PID: 1})
	l := advised(t, "budget", nil, w, census(selector.Medium, [2]uint32{}, [2]uint32{}, [2]uint32{400, 100})).List(v)
	if l.Most != 0 || len(l.Outside) == 0 || l.Steps[0].Spare != 1 {
		t.Errorf("list %+v", l)
	}
}

package sim_test

import (
	"iter"
	"net/netip"
	"reflect"
	"testing"
	"time"

	"github.com/altracker/altracker/bench/sim"
	"github.com/altracker/altracker/selector"
	"github.com/altracker/altracker/tracker"
	"github.com/altracker/altracker/tracker/swarm"
)

// places is a map in which place p of the addresses of this test, 10.p.x.y, is PID p+1, and
// all others cost the same.
type places selector.PID

func (p places) Epoch() uint64   { return 1 }
func (p places) Version() uint64 { return 1 }

func (p places) PID(a netip.Addr) selector.PID {
	if b := a.As4(); selector.PID(b[1]) < selector.PID(p) {
		return selector.PID(b[1]) + 1
	}
	return 0
}

func (p places) Name(selector.PID) (source, name string) { return "test", "place" }

func (p places) Row(home selector.PID, _ bool) (ends []selector.PID, costs []float32, internal []bool) {
	return []selector.PID{home, home + 1, selector.PID(p) + 1}, []float32{2, 1, 2}, []bool{false, true, false}
}

func (p places) NameFor(_, _ selector.PID) string { return "place" }

func (p places) Labels(selector.PID, string) (ends []selector.PID, texts []string) { return nil, nil }

func (p places) Homes(home selector.PID) iter.Seq2[selector.PID, selector.PID] {
	return func(yield func(selector.PID, selector.PID) bool) { yield(home, home+1) }
}

func (p places) Ordinal(selector.PID) bool { return false }

// guided returns the real tracker with a policy and a map of places.
func guided(t *testing.T, policy string, n int, c swarm.Config) *tracker.Tracker {
	t.Helper()
	p, err := selector.New(policy, nil)
	if err != nil {
		t.Fatal(err)
	}
	store, err := swarm.New(c)
	if err != nil {
		t.Fatal(err)
	}
	tr, err := tracker.New(tracker.Config{Store: store, Policy: p, Map: func() selector.Map { return places(n) }, Interval: 2 * time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(tr.Close)
	return tr
}

// TestPoliciesOfTheRealTrackerDecideWhereBytesGo: the tracker's replies are what
// clients live by.
func TestPoliciesOfTheRealTrackerDecideWhereBytesGo(t *testing.T) {
	share := func(policy string) float64 {
		c := sim.Config{Peers: crowd(300, 6, 128*kib), Pieces: 128, PieceBytes: 256 * kib, Seed: 1}
		c.Peers[0].Up *= 2
		tr := guided(t, policy, 6, swarm.Config{Seed: 1})
		c.Tracker = sim.Virtual(tr)
		r := run(t, c)
		last(t, r)
		if s := tr.Stats(); s.Completed != 300 || policy != "random" && s.PeersFromHome == 0 {
			t.Errorf("%s: the tracker saw %+v", policy, s)
		}
		return intraShare(r)
	}
	random, staged, biased := share("random"), share("staged"), share("biased")
	if random > 0.22 || staged < 2*random || biased < staged {
		t.Errorf("at home: random %.3f, staged %.3f, biased %.3f", random, staged, biased)
	}
}

// TestTrackerDoesItsChoresInVirtualTime: it looks at the swarm for policies that want
// to, learns the classes of uploads, and forgets those who fell silent.
func TestTrackerDoesItsChoresInVirtualTime(t *testing.T) {
	tr := guided(t, "matching", 6, swarm.Config{Seed: 1, Capacities: true})
	c := sim.Config{Tracker: sim.Virtual(tr), Peers: crowd(200, 6, 128*kib), Pieces: 256, PieceBytes: 256 * kib, Seed: 1}
	for i := range c.Peers {
		c.Peers[i].Up *= float64(1 + i%3)
	}
	last(t, run(t, c))
	if s := tr.Stats(); s.Reviews == 0 || s.Expired != 0 {
		t.Errorf("the tracker saw %+v", s)
	}
	_, populations := tr.Store().Census(swarm.InfoHash{'s', 'i', 'm'}, places(6))
	known := uint32(0)
	for _, p := range populations {
		for class := 1; class < swarm.NumClasses; class++ {
			known += p.Leechers[class] + p.Seeders[class]
		}
	}
	if known < 150 {
		t.Errorf("the upload of %d peers is known", known)
	}
	sim.Virtual(tr).Tick(time.Date(2026, 1, 1, 3, 0, 0, 0, time.UTC))
	if s := tr.Stats(); s.Expired != 201 {
		t.Errorf("%d peers were forgotten", s.Expired)
	}
}

// TestGuidedRunsAreRepeatable: neither caches nor censuses bring chance into the tracker.
func TestGuidedRunsAreRepeatable(t *testing.T) {
	for _, info := range selector.Infos() {
		result := func() *sim.Result {
			tr := guided(t, info.Name, 6, swarm.Config{Seed: 1, Capacities: true, Stable: true, MaxIntroductions: 200})
			return run(t, sim.Config{Tracker: sim.Virtual(tr), Peers: crowd(120, 6, 128*kib), Pieces: 32, PieceBytes: 256 * kib, Seed: 1})
		}
		if !reflect.DeepEqual(result(), result()) {
			t.Errorf("two runs with %s differ", info.Name)
		}
	}
}

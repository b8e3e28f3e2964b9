package tracker_test

import (
	"sync/atomic"
	"testing"
	"time"

	"github.com/altracker/altracker/selector"
	"github.com/altracker/altracker/selector/selectortest"
	"github.com/altracker/altracker/tracker"
	"github.com/altracker/altracker/tracker/swarm"
)

// busiest sends everybody to the PID that has most of the swarm. It counts how often it
// was asked, and keeps what it was shown last.
type busiest struct {
	selector.Random
	asked *atomic.Int64
	shown *atomic.Pointer[selector.Census]
}

func newBusiest() busiest {
	return busiest{asked: new(atomic.Int64), shown: new(atomic.Pointer[selector.Census])}
}

type sendTo struct{ pid selector.PID }

func (s sendTo) List(selector.View) selector.List {
	all := []selector.Span{{Lo: 0, Hi: ^selector.PID(0), Weight: 1}}
	return selector.List{Steps: []selector.Step{
		{Name: "busiest", Target: 1, Spans: []selector.Span{{Lo: s.pid, Hi: s.pid + 1, Weight: 1}}},
		{Name: "anyone", Target: 1, Spans: all},
	}}
}

func (b busiest) Advise(_ selector.Map, c selector.Census) selector.Policy {
	b.asked.Add(1)
	b.shown.Store(&c)
	best, most := selector.PID(0), 0
	for _, p := range c.Populations {
		if l, s := p.Count(); l+s > most {
			best, most = p.PID, l+s
		}
	}
	return sendTo{best}
}

// share returns which part of a leecher's reply is from a PID of the lab.
func share(t *testing.T, tr *tracker.Tracker, pid int, now time.Time) float64 {
	t.Helper()
	peers := peersOf(t, announce(t, tr, tracker.AnnounceRequest{Addr: peer(1, 1), Left: 1, NumWant: 30, Now: now}))
	n := 0
	for _, p := range peers {
		if p.Addr().As4()[2] == byte(pid) {
			n++
		}
	}
	return float64(n) / float64(len(peers))
}

func TestAdviceIsGivenAndFollowed(t *testing.T) {
	p := newBusiest()
	tr := newTracker(t, tracker.Config{Map: lab, Policy: p, CensusSize: 100, CensusInterval: 5 * time.Minute})
	now := noon
	review := func(wait time.Duration, want int64, why string) {
		t.Helper()
		now = now.Add(wait)
		before := p.asked.Load()
		share(t, tr, 1, now)
		tr.Review(now)
		if got := p.asked.Load() - before; got != want {
			t.Errorf("%s: asked %d times, want %d", why, got, want)
		}
	}
	enter := func(pid, n int) {
		for i := range n {
			announce(t, tr, tracker.AnnounceRequest{Addr: peer(pid, i), Left: int64(i % 2), Now: now})
		}
	}

	enter(1, 40)
	review(time.Second, 0, "a small swarm")
	enter(2, 100)
	if got := share(t, tr, 2, now); got == 1 {
		t.Error("advice is followed that nobody gave")
	}
	review(time.Second, 1, "a swarm that has grown")
	if got := share(t, tr, 2, now); got != 1 {
		t.Errorf("%.0f %% of a reply are from the busiest PID, want all", 100*got)
	}
	e := tr.Explain(tracker.Question{InfoHash: hash, IP: peer(1, 1).Addr(), NumWant: 30})
	if e.Steps[0].Name != "busiest" || e.Steps[0].Taken != 30 {
		t.Errorf("explained by %+v", e.Steps)
	}
	p.asked.Store(0)
	review(time.Minute, 0, "nothing new")
	enter(3, 200)
	review(time.Second, 1, "more than a third more")
	if got := share(t, tr, 3, now); got != 1 {
		t.Errorf("%.0f %% of a reply are from the PID that is the busiest now", 100*got)
	}
	review(5*time.Minute, 1, "the interval is over")
	if got := tr.Stats().Reviews; got != 3 {
		t.Errorf("%d reviews counted, want 3", got)
	}

	c := p.shown.Load()
	leechers, seeders := c.Count()
	if leechers+seeders != 340 || len(c.Populations) != 3 || c.Populations[2].PID != 3 {
		t.Errorf("census %+v", c)
	}
}

func TestAdviceOnOldNumbersIsNotFollowed(t *testing.T) {
	p := newBusiest()
	var inForce atomic.Pointer[selector.Map]
	use := func(m selector.Map) { inForce.Store(&m) }
	use(theLab)
	tr := newTracker(t, tracker.Config{Map: func() selector.Map { return *inForce.Load() }, Policy: p})
	populate(t, tr, 2, 60)
	tr.Review(noon)
	if len(tr.Explain(tracker.Question{InfoHash: hash, IP: peer(1, 1).Addr(), NumWant: 10}).Steps) != 2 {
		t.Fatal("no advice was given")
	}
	use(turned{theLab.(selectortest.World)})
	before := p.asked.Load()
	if got := share(t, tr, 1, noon); got == 1 {
		t.Error("advice by old numbers is followed")
	}
	tr.Review(noon)
	if p.asked.Load() != before+1 {
		t.Error("a renumbered swarm was not looked at again")
	}
	tr.Review(noon.Add(time.Hour)) // nobody has announced: forgotten
	share(t, tr, 1, noon.Add(time.Hour))
}

// turned numbers PIDs 1 and 2 the other way round.
type turned struct{ selectortest.World }

func (turned) Epoch() uint64   { return 9 }
func (turned) Version() uint64 { return 9 }

func TestAdvisedAnnounceAllocatesNothing(t *testing.T) {
	for name, p := range map[string]selector.Policy{"lists of its own": newBusiest(), "shared lists": policy(t, "adaptive", nil)} {
		tr := newTracker(t, tracker.Config{Map: lab, Policy: p})
		populate(t, tr, 4, 100)
		tr.Review(noon)
		req := tracker.AnnounceRequest{InfoHash: hash, Addr: peer(1, 1), Left: 1, NumWant: 50, Now: noon}
		resp := tracker.AnnounceResponse{Peers: make([]byte, 0, 1200)}
		if n := testing.AllocsPerRun(1000, func() {
			resp.Reset()
			if err := tr.Announce(&req, &resp); err != nil {
				t.Fatal(err)
			}
		}); n != 0 {
			t.Errorf("%s: %v allocations an announce, want 0", name, n)
		}
	}
}

// TestSwarmsShareLists has lists compiled for PIDs, not for PIDs in swarms.
func TestSwarmsShareLists(t *testing.T) {
	tr := newTracker(t, tracker.Config{Map: lab, Policy: policy(t, "adaptive", nil)})
	const swarms, pids, each = 30, 4, 30
	everybody := func() {
		for s := range swarms {
			for i := range pids * each {
				announce(t, tr, tracker.AnnounceRequest{
					InfoHash: swarm.InfoHash{byte(s)}, Addr: peer(1+i%pids, i/pids), Left: int64(1 + s), NumWant: 20, Now: noon,
				})
			}
		}
	}
	everybody()
	tr.Review(noon)
	before := tr.Lists().Misses
	everybody()
	// Ristretto takes in what it is given after a while; until then a list is compiled again.
	if n := tr.Lists().Misses - before; n > swarms*pids/4 {
		t.Errorf("%d lists were compiled for %d PIDs", n, pids)
	}
}

// byClass names the class it is asked for.
type byClass struct{}

func (byClass) List(v selector.View) selector.List {
	all := []selector.Span{{Lo: 0, Hi: ^selector.PID(0), Weight: 1}}
	return selector.List{ByClass: true, Steps: []selector.Step{{Name: v.Class.String(), Target: 1, Spans: all}}}
}

func TestUploadsMakeClasses(t *testing.T) {
	store, err := swarm.New(swarm.Config{Seed: 1, Capacities: true})
	if err != nil {
		t.Fatal(err)
	}
	tr := newTracker(t, tracker.Config{Store: store, Map: lab, Policy: byClass{}})
	now := noon
	for round := range int64(2) {
		for i := range 90 {
			event := tracker.None
			if round == 0 {
				event = tracker.Started
			}
			rate := int64(20_000 << (i / 30 * 3)) // 20, 160 and 1280 kB/s
			announce(t, tr, tracker.AnnounceRequest{Addr: peer(1, i), Uploaded: round * rate * 1800, Event: event, Now: now})
		}
		tr.Expire(now)
		now = now.Add(30 * time.Minute)
	}
	for i := range 90 { // classes are drawn at a sweep, and entered at the next announce
		announce(t, tr, tracker.AnnounceRequest{Addr: peer(1, i), Uploaded: int64(20_000<<(i/30*3)) * 3600, Now: now})
	}
	for i, want := range map[int]selector.Class{0: selector.Slow, 45: selector.Medium, 89: selector.Fast} {
		e := tr.Explain(tracker.Question{InfoHash: hash, IP: peer(1, i).Addr(), NumWant: 5})
		if e.Class != want || e.Steps[0].Name != want.String() {
			t.Errorf("peer %d is %v, answered by %q; want %v", i, e.Class, e.Steps[0].Name, want)
		}
	}
}

// TestSoonIsTheLeastInterval has leechers come back early while they outnumber seeders, once
// somebody has looked at their swarm.
func TestSoonIsTheLeastInterval(t *testing.T) {
	tr := newTracker(t, tracker.Config{Map: lab, Policy: policy(t, "adaptive", nil), Interval: time.Hour, MinInterval: 10 * time.Minute})
	interval := func(left int64) time.Duration {
		return announce(t, tr, tracker.AnnounceRequest{Addr: peer(1, 1), Left: left, NumWant: 30, Now: noon}).Interval
	}
	populate(t, tr, 4, 50)
	if got := interval(1); got != time.Hour {
		t.Errorf("a leecher of a swarm that nobody has looked at comes back after %v", got)
	}
	tr.Review(noon)
	if got := interval(1); got != 10*time.Minute {
		t.Errorf("a leecher comes back after %v", got)
	}
	if got := interval(0); got != time.Hour {
		t.Errorf("a seeder comes back after %v", got)
	}
}

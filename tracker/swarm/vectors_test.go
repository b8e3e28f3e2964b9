package swarm

import (
	"math"
	"net/netip"
	"testing"
)

// enter puts n peers of a PID into a swarm.
func enter(s *Store, pid PID, n int) {
	var r Reply
	for i := range n {
		addr := netip.AddrFrom4([4]byte{10, byte(pid), byte(i >> 8), byte(i)})
		s.Announce(&Announce{PID: pid, Groups: byPID{}, Walks: Random, Peer: Peer{Addr: netip.AddrPortFrom(addr, 6881)}}, &r)
	}
}

// byPID groups addresses by their second octet.
type byPID struct{}

func (byPID) Epoch() uint64            { return 0 }
func (byPID) PID(a netip.Addr) PID     { return PID(a.As4()[1]) }
func only(pid PID) []Span              { return []Span{{pid, pid + 1, 1}} }
func to(target float64, s []Span) Step { return Step{Target: target, Spans: s} }

// TestDraftYangVectors walks the worked examples of
// draft-yang-tracker-peer-selection-00. Figure 2: the tree ROOT -> {ISP1 {n4, n5},
// ISP2 = n2, ISP3 = n3}. Figure 3: every PID to 75 %, the rest by the sibling
// distribution 50/30/20.
func TestDraftYangVectors(t *testing.T) {
	const n4, n5, n2, n3 = 4, 5, 2, 3
	for _, c := range []struct {
		name  string
		home  PID
		want  int
		steps []Step
		reply map[PID]int
	}{
		{"figure 2, home n4", n4, 100,
			[]Step{to(0.50, only(n4)), to(0.80, only(n5)), to(0.95, only(n2)), to(1, only(n3))},
			map[PID]int{n4: 50, n5: 30, n2: 15, n3: 5}},
		{"figure 2, home n5", n5, 100,
			[]Step{to(0.20, only(n4)), to(0.60, only(n5)), to(0.95, only(n2)), to(1, only(n3))},
			map[PID]int{n4: 20, n5: 40, n2: 35, n3: 5}},
		{"figure 3, home PID1", 1, 200,
			[]Step{to(0.75, only(1)), {Target: 1, ByPID: true, Spans: []Span{{2, 3, 0.5}, {3, 4, 0.3}, {4, 5, 0.2}}}},
			map[PID]int{1: 150, 2: 25, 3: 15, 4: 10}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newStore(t, Config{})
			for pid := PID(1); pid <= 5; pid++ {
				enter(s, pid, 300)
			}
			for range 20 {
				var r Reply
				s.Announce(&Announce{
					PID: c.home, Groups: byPID{}, Walks: walkOf(c.steps, nil), Want: c.want,
					Peer: Peer{Addr: netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, byte(c.home), 0, 1}), 6881)},
				}, &r)
				got := map[PID]int{}
				for _, a := range decode(t, r.V4, 6) {
					got[byPID{}.PID(a.Addr())]++
				}
				for pid, n := range c.reply {
					if got[pid] != n {
						t.Fatalf("PID %d has %d peers in the reply, want %d (%v)", pid, got[pid], n, got)
					}
				}
			}
		})
	}
}

// TestExhaustedNodePassesOn: what a step cannot fill, later steps do.
func TestExhaustedNodePassesOn(t *testing.T) {
	s := newStore(t, Config{})
	for pid, n := range map[PID]int{1: 10, 2: 300, 3: 5, 4: 300} {
		enter(s, pid, n)
	}
	var r Reply
	s.Announce(&Announce{
		Groups: byPID{}, Want: 100, Asking: true,
		Walks: walkOf([]Step{to(0.5, only(1)), to(0.8, only(2)), {Target: 1, ByPID: true, Spans: []Span{{3, 4, 0.5}, {4, 5, 0.5}}}}, nil),
		Peer:  Peer{Addr: netip.MustParseAddrPort("10.9.0.1:1")},
	}, &r)
	got := map[PID]int{}
	for _, a := range decode(t, r.V4, 6) {
		got[byPID{}.PID(a.Addr())]++
	}
	if got[1] != 10 || got[2] != 70 || got[3] != 5 || got[4] != 15 {
		t.Errorf("got %v, want 10, 70, 5 and 15", got)
	}
}

// TestDrawsAreUniform compares how often each peer of a group is drawn with what
// chance allows: chi-squared with as many degrees of freedom as peers, less one,
// lies within five standard deviations of its mean.
func TestDrawsAreUniform(t *testing.T) {
	const draws = 4000
	for _, c := range []struct {
		name        string
		peers, want int
		step        Step
	}{
		{"everyone, few of many", 900, 9, to(1, allPIDs)},
		{"everyone, most of few", 40, 30, to(1, allPIDs)},
		{"everyone, nearly half of few", 60, 27, to(1, allPIDs)},
		{"everyone, a third of some", 300, 100, to(1, allPIDs)},
		{"some PIDs, few of many", 900, 9, to(1, []Span{{1, 3, 1}, {3, 4, 1}})},
		{"some PIDs, most of few", 40, 30, to(1, []Span{{1, 3, 1}, {3, 4, 1}})},
		{"some PIDs, a third of some", 300, 100, to(1, []Span{{1, 3, 1}, {3, 4, 1}})},
		{"by weight, all alike", 90, 20, Step{Target: 1, ByPID: true, Spans: []Span{{1, 4, 1}}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newStore(t, Config{Seed: 7})
			for pid := PID(1); pid <= 3; pid++ {
				enter(s, pid, c.peers/3)
			}
			peers := c.peers / 3 * 3
			times := map[netip.AddrPort]float64{}
			a := &Announce{Groups: byPID{}, Want: c.want, Asking: true, Walks: walkOf([]Step{c.step}, nil),
				Peer: Peer{Addr: netip.MustParseAddrPort("10.9.0.1:1")}}
			for range draws {
				var r Reply
				s.Announce(a, &r)
				for _, p := range decode(t, r.V4, 6) {
					times[p]++
				}
			}
			mean := float64(draws*c.want) / float64(peers)
			spread := mean * (1 - float64(c.want)/float64(peers)) // of one peer's count
			sum := 0.0
			for _, n := range times {
				sum += (n - mean) * (n - mean) / spread
			}
			sum += float64(peers-len(times)) * mean * mean / spread
			freedom := float64(peers - 1)
			if off := (sum - freedom) / math.Sqrt(2*freedom); math.Abs(off) > 5 {
				t.Errorf("chi-squared is %.0f for %v degrees of freedom, %.1f deviations off", sum, freedom, off)
			}
		})
	}
}

// TestTargetsAreMetOnAverage: 75 % of 50 is 37.5.
func TestTargetsAreMetOnAverage(t *testing.T) {
	s := newStore(t, Config{})
	enter(s, 1, 200)
	enter(s, 2, 200)
	a := &Announce{Groups: byPID{}, Want: 50, Asking: true, PID: 1, Walks: walkOf([]Step{to(0.75, only(1)), to(1, only(2))}, nil),
		Peer: Peer{Addr: netip.MustParseAddrPort("10.1.250.1:1")}}
	home := 0
	for range 2000 {
		var r Reply
		s.Announce(a, &r)
		home += r.Home
	}
	if mean := float64(home) / 2000; mean < 37.44 || mean > 37.56 {
		t.Errorf("%v peers of the home PID on average, want 37.5", mean)
	}
}

// TestManyPIDs draws where a step has more groups than are worth listing, by spans
// of two weights: per peer, a heavy PID is drawn three times as often as a light
// one, and nobody is of a PID without weight.
func TestManyPIDs(t *testing.T) {
	const pids, each, draws, want = 240, 3, 3000, 20
	s := newStore(t, Config{Seed: 3})
	for pid := PID(1); pid <= pids; pid++ {
		enter(s, pid, each)
	}
	for _, c := range []struct {
		name         string
		spans        []Span
		heavy, light int // PIDs of each weight
	}{
		{"most of the swarm", []Span{{1, 101, 3}, {101, 221, 1}}, 100, 120},
		{"little of the swarm", []Span{{1, 6, 3}, {11, 31, 1}}, 5, 20},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := &Announce{Groups: byPID{}, Want: want, Asking: true, Walks: walkOf([]Step{to(1, c.spans)}, nil),
				Peer: Peer{Addr: netip.MustParseAddrPort("10.255.0.1:1")}}
			heavy, light := 0.0, 0.0
			for range draws {
				var r Reply
				s.Announce(a, &r)
				if len(r.V4) != 6*want {
					t.Fatalf("%d peers", len(r.V4)/6)
				}
				for _, p := range decode(t, r.V4, 6) {
					switch weightOf(c.spans, byPID{}.PID(p.Addr())) {
					case 3:
						heavy++
					case 1:
						light++
					default:
						t.Fatalf("%v has no weight", p)
					}
				}
			}
			heavy, light = heavy/float64(draws*c.heavy*each), light/float64(draws*c.light*each)
			// Without replacement, the heavy ones run out sooner: a little under 3.
			least := 3 * (1 - float64(want)/float64(each*(c.heavy+c.light)))
			if ratio := heavy / light; ratio < least-0.1 || ratio > 3.1 {
				t.Errorf("heavy PIDs are drawn %.2f times as often, want %.2f to 3", ratio, least)
			}
		})
	}
}

package swarm

import (
	"fmt"
	"math"
	"net/netip"
	"testing"
)

var stableKinds = []struct {
	name  string
	peers int // in each of three PIDs
	step  Step
}{
	{"few, ranked", 60, Step{Target: 1, Spans: []Span{{1, 4, 1}}, Stable: true}},
	{"many, pointed at", 2000, Step{Target: 1, Spans: allPIDs, Stable: true}},
	{"weighed, few", 60, Step{Target: 1, Spans: []Span{{1, 2, 2}, {2, 3, 1}, {3, 4, 1}}, Stable: true}},
	{"weighed, many", 2000, Step{Target: 1, Spans: []Span{{1, 2, 2}, {2, 3, 1}, {3, 4, 1}}, Stable: true}},
}

// TestStableDrawsStay asks for ten peers over and over while one in ten of the swarm
// leaves and as many come: nine in ten of a requester's peers are still there, and of those all
// but some that give way to better newcomers are named again.
func TestStableDrawsStay(t *testing.T) {
	for _, c := range stableKinds {
		t.Run(c.name, func(t *testing.T) {
			s := newStore(t, Config{Seed: 4, Stable: true})
			for pid := PID(1); pid <= 3; pid++ {
				enter(s, pid, c.peers)
			}
			walks := walkOf([]Step{c.step}, nil)
			stay := 0
			const requesters, want = 100, 10
			before := make([]map[netip.AddrPort]bool, requesters)
			for i := range before {
				before[i] = asked(t, s, walks, i, want)
				for range 3 {
					if again := asked(t, s, walks, i, want); fmt.Sprint(again) != fmt.Sprint(before[i]) {
						t.Fatalf("requester %d is told of others at once: %v, %v", i, before[i], again)
					}
				}
			}
			for pid := PID(1); pid <= 3; pid++ {
				for i := range c.peers / 10 {
					replacePeer(s, pid, i)
				}
			}
			for i := range before {
				for p := range asked(t, s, walks, i, want) {
					if before[i][p] {
						stay++
					}
				}
			}
			if share := float64(stay) / (requesters * want); share < 0.78 {
				t.Errorf("%.0f %% of the peers stay, of 90 %% that are still there", 100*share)
			}
		})
	}
}

// replacePeer has a peer of a PID leave and another come.
func replacePeer(s *Store, pid PID, i int) {
	var r Reply
	for _, leaving := range []bool{true, false} {
		port := uint16(6881)
		if !leaving {
			port++
		}
		addr := netip.AddrFrom4([4]byte{10, byte(pid), byte(i >> 8), byte(i)})
		s.Announce(&Announce{PID: pid, Groups: byPID{}, Walks: Random, Leaving: leaving, Peer: Peer{Addr: netip.AddrPortFrom(addr, port)}}, &r)
	}
}

func asked(t *testing.T, s *Store, walks *Walks, requester, want int) map[netip.AddrPort]bool {
	var r Reply
	s.Announce(&Announce{Groups: byPID{}, Walks: walks, Want: want, Asking: true,
		Peer: Peer{Addr: netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, 9, byte(requester >> 8), byte(requester)}), 1)}}, &r)
	set := map[netip.AddrPort]bool{}
	for _, p := range decode(t, r.V4, 6) {
		set[p] = true
	}
	if len(set) != want {
		t.Fatalf("%d peers, want %d", len(set), want)
	}
	return set
}

// TestStableDrawsFavourNobody compares, over many requesters, how often each peer is
// drawn with what chance allows; a heavy PID's peers come twice as often.
func TestStableDrawsFavourNobody(t *testing.T) {
	for _, c := range stableKinds {
		t.Run(c.name, func(t *testing.T) {
			s := newStore(t, Config{Seed: 9, Stable: true})
			for pid := PID(1); pid <= 3; pid++ {
				enter(s, pid, c.peers)
			}
			walks := walkOf([]Step{c.step}, nil)
			const requesters, want = 6000, 6
			times := map[netip.AddrPort]float64{}
			for i := range requesters {
				for p := range asked(t, s, walks, i, want) {
					times[p]++
				}
			}
			weights := 0.0
			for pid := PID(1); pid <= 3; pid++ {
				weights += float64(weightOf(c.step.Spans, pid)) * float64(c.peers)
			}
			sum := 0.0
			for pid := PID(1); pid <= 3; pid++ {
				mean := requesters * want * float64(weightOf(c.step.Spans, pid)) / weights
				for i := range c.peers {
					n := times[netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, byte(pid), byte(i >> 8), byte(i)}), 6881)]
					sum += (n - mean) * (n - mean) / mean
				}
			}
			freedom := float64(3*c.peers - 1)
			if off := (sum - freedom) / math.Sqrt(2*freedom); math.Abs(off) > 6 {
				t.Errorf("chi-squared is %.0f for %v degrees of freedom, %.1f deviations off", sum, freedom, off)
			}
		})
	}
}

package swarm

import (
	"net/netip"
	"testing"
)

func TestStridesComeToAll(t *testing.T) {
	for n := 1; n <= 600; n++ {
		seen := make([]bool, n)
		for i, at := 0, 0; i < n; i, at = i+1, (at+strideOf(n))%n {
			if seen[at] {
				t.Fatalf("of %d, number %d twice within %d strides of %d", n, at, i+1, strideOf(n))
			}
			seen[at] = true
		}
	}
}

// The front of a reply is of as many PIDs as all of it: of 20 PIDs ten peers are of five at
// least, and the first is anybody.
func TestTheFrontOfAReplyIsMixed(t *testing.T) {
	s := newStore(t, Config{Seed: 1})
	for pid := PID(1); pid <= 20; pid++ {
		enter(s, pid, 40)
	}
	a := &Announce{Groups: byPID{}, Want: 50, Asking: true, Walks: Random, Peer: Peer{Addr: netip.MustParseAddrPort("10.99.0.1:1")}}
	firsts := map[PID]bool{}
	for range 200 {
		var r Reply
		s.Announce(a, &r)
		front := map[PID]bool{}
		for i, p := range decode(t, r.V4, 6) {
			pid := byPID{}.PID(p.Addr())
			if i == 0 {
				firsts[pid] = true
			}
			if i < 10 {
				front[pid] = true
			}
		}
		if len(front) < 5 {
			t.Fatalf("the first ten peers are of %d PIDs", len(front))
		}
	}
	if len(firsts) < 18 {
		t.Errorf("the first peer was of %d PIDs, want nearly all of 20", len(firsts))
	}
}

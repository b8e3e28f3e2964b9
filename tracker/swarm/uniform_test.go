package swarm

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"testing"
)

// TestNoPlaceIsDrawnMoreOften compares how often peers are drawn with where they stand: the
// borders of the sequence, of blocks and of PIDs are like anywhere else. Blocks are filled
// unevenly, since peers have gone; wants are small, as a draw's rests are.
func TestNoPlaceIsDrawnMoreOften(t *testing.T) {
	for _, peers := range []int{120, 2000} {
		s := newStore(t, Config{Seed: 7})
		unevenly(s, peers)
		parts := partsOf(&the(s).v4, 20)
		for _, want := range []int{1, 2, 5, 30} {
			t.Run(fmt.Sprintf("%d of %d", want, peers), func(t *testing.T) { comparePlaces(t, s, parts, want) })
		}
	}
}

// unevenly enters peers into fifty PIDs, and has most of every third PID's leave.
func unevenly(s *Store, peers int) {
	var r Reply
	var leaving []Announce
	rng := rand.New(rand.NewPCG(1, 2))
	for i := range 2 * peers {
		a := Announce{PID: PID(1 + i%50), Groups: byPID{}, Walks: Random}
		a.Peer = Peer{Addr: netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, byte(a.PID), byte(i >> 8), byte(i)}), 6881), Seeder: i%2 == 0}
		s.Announce(&a, &r)
		if a.Leaving = rng.IntN(10) < 4+4*int(a.PID%3/2); a.Leaving {
			leaving = append(leaving, a)
		}
	}
	for i := range leaving {
		s.Announce(&leaving[i], &r)
	}
}

// partsOf returns, by peer, in which of so many equal parts of the sequence it stands.
func partsOf(p *pool[[6]byte], parts int) map[netip.AddrPort]int {
	at := map[netip.AddrPort]int{}
	all := stretch{hi: p.end()}
	p.each(&all, func(h handle, r *record[[6]byte]) bool {
		at[addrPort(&r.key)] = int(p.rank(h)) * parts / p.len()
		return true
	})
	return at
}

func comparePlaces(t *testing.T, s *Store, parts map[netip.AddrPort]int, want int) {
	size, drawn := map[int]float64{}, map[int]float64{}
	for _, part := range parts {
		size[part]++
	}
	a := &Announce{Groups: byPID{}, Want: want, Asking: true, Walks: Random, Peer: Peer{Addr: netip.MustParseAddrPort("10.99.0.1:1")}}
	const draws = 400_000
	for range draws / want {
		var r Reply
		s.Announce(a, &r)
		for _, p := range decode(t, r.V4, 6) {
			drawn[parts[p]]++
		}
	}
	squares := 0.0
	for part, n := range size {
		e := draws * n / float64(len(parts))
		squares += (drawn[part] - e) * (drawn[part] - e) / e
	}
	// 19 degrees of freedom: once in 100,000 it is above 57.
	if squares > 57 {
		t.Errorf("chi squared is %.0f, parts have %v", squares, drawn)
	}
}

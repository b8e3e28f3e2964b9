package swarm

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"testing"
	"unsafe"
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

// TestLongListsAreDrawnFromEverywhere draws from a list that is too long for volleys, of blocks
// that are half full.
func TestLongListsAreDrawnFromEverywhere(t *testing.T) {
	const darts, parts, draws = 20, 10, 5000
	const blocks = darts * widest / blockMax * 2
	d := draw[[6]byte]{sampler: &sampler{dice: dice{1}}, heads: make([]unsafe.Pointer, blocks), filled: make([]uint8, blocks)}
	for i := range d.filled {
		d.filled[i] = blockMax / 2
	}
	list := []stretch{{hi: handleOf(blocks, 0), n: blocks * blockMax / 2}}
	var hits [parts]float64
	for range draws {
		d.aim(list, darts)
		for _, h := range d.darts {
			if !d.there(h) {
				t.Fatalf("nobody stands at %d", h)
			}
			hits[h.block()*parts/blocks]++
		}
	}
	squares := 0.0
	for _, n := range hits {
		const e = darts * draws / parts
		squares += (n - e) * (n - e) / e
	}
	if squares > 40 { // 9 degrees of freedom: once in 100,000
		t.Errorf("chi squared is %.0f, parts have %v", squares, hits)
	}
}

// TestLargeRepliesNameNobodyTwice asks for more than a filter of fixed size is good for.
func TestLargeRepliesNameNobodyTwice(t *testing.T) {
	s := newStore(t, Config{Seed: 3})
	enter(s, 1, 3000)
	enter(s, 2, 3000)
	for name, walks := range map[string]*Walks{"random": Random, "in steps": walkOf([]Step{to(0.3, allPIDs), to(0.8, only(1)), to(1, allPIDs)}, only(2))} {
		for _, want := range []int{manyPicks - 1, manyPicks + 1, 2000, 4500} {
			var r Reply
			s.Announce(&Announce{Groups: byPID{}, Walks: walks, Want: want, Asking: true, Peer: Peer{Addr: netip.MustParseAddrPort("10.9.0.1:1")}}, &r)
			named := map[netip.AddrPort]bool{}
			for _, p := range decode(t, r.V4, 6) {
				named[p] = true
			}
			if len(named) != want || len(r.V4) != 6*want {
				t.Errorf("%s: a reply of %d names %d, want %d", name, len(r.V4)/6, len(named), want)
			}
		}
	}
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

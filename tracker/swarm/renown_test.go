package swarm

import (
	"maps"
	"math"
	"net/netip"
	"testing"
)

func TestRenownCounts(t *testing.T) {
	d := dice{1}
	for _, n := range []int{1, 10, 300, 8000} {
		const trials = 400
		sum := 0.0
		for range trials {
			is := markOf(placeOf(Seeder, 7), Fast)
			for range n {
				is = is.introduced(uint32(d.roll()))
			}
			sum += (math.Pow(renownBase, float64(is.renown())) - 1) / (renownBase - 1)
		}
		if mean := sum / trials; math.Abs(mean/float64(n)-1) > 0.08 {
			t.Errorf("%d introductions count as %.1f on average", n, mean)
		}
	}
}

// Whoever is as well known as can be noted stays so, and stays who he is.
func TestTheGreatestRenownDoesNotRise(t *testing.T) {
	is := markOf(placeOf(Seeder, maxPID), Fast).with(1<<renownBits - 1)
	for random := range uint32(1000) {
		if got := is.introduced(random); got != is {
			t.Fatalf("%x became %x", is, got)
		}
	}
}

// TestNobodyBecomesATarget has a map that sends everybody to one host, first of all: it
// is introduced until it is well known, and again when it has announced. The replies are
// full all the same. Each introduction is counted, or one in eight.
func TestNobodyBecomesATarget(t *testing.T) {
	t.Run("all counted", func(t *testing.T) { checkTarget(t, 200, 1500) })
	t.Run("some counted", func(t *testing.T) { checkTarget(t, countAll, 6000) })
}

func checkTarget(t *testing.T, most, asks int) {
	const want = 20
	s := newStore(t, Config{MaxIntroductions: most})
	enter(s, 1, 300)
	enter(s, 2, 1)
	target := netip.MustParseAddrPort("10.2.0.0:6881")
	for name, walks := range map[string]*Walks{
		"alone in a step":    walkOf([]Step{to(0.5, only(2)), to(1, allPIDs)}, nil),
		"guaranteed outside": walkOf([]Step{to(1, only(1)), to(1, allPIDs)}, only(2)),
		"weighed":            walkOf([]Step{to(0.5, []Span{{1, 2, 1}, {2, 3, 1e6}}), to(1, allPIDs)}, nil),
		"stable": walkOf([]Step{{Target: 0.5, Spans: only(2), Stable: true},
			{Target: 1, Spans: allPIDs, Stable: true}}, nil),
	} {
		t.Run(name, func(t *testing.T) {
			ask := func() (times int) {
				enter(s, 2, 1) // the target announces
				for i := range asks {
					if i%40 == 0 {
						enter(s, 1, 300) // so do the others, as peers do
					}
					var r Reply
					s.Announce(&Announce{Groups: byPID{}, Walks: walks, Want: want, PID: 1, Asking: true,
						Peer: Peer{Addr: netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, 9, byte(i >> 8), byte(i)}), 1)}}, &r)
					if len(r.V4) != 6*want {
						t.Fatalf("a reply of %d peers", len(r.V4)/6)
					}
					for _, p := range decode(t, r.V4, 6) {
						if p == target {
							times++
						}
					}
				}
				return times
			}
			for _, when := range []string{"first", "after it announced"} {
				if n := ask(); n < most/3 || n > 3*most {
					t.Errorf("%s: introduced %d times in %d replies, want about %d", when, n, asks, most)
				}
			}
		})
	}
}

// TestOnlyWhoIsToldOfIsKnownBetter: a draw that met somebody who is known too well and is done
// anew leaves no trace, nor does a trial.
func TestOnlyWhoIsToldOfIsKnownBetter(t *testing.T) {
	const most, want = countAll - 1, 20
	s := newStore(t, Config{MaxIntroductions: most})
	enter(s, 1, 300)
	enter(s, 2, 1)
	a := Announce{
		Groups: byPID{}, Walks: walkOf([]Step{to(0.5, only(2)), to(1, allPIDs)}, nil), Want: want, PID: 1, Asking: true,
		Peer: Peer{Addr: netip.MustParseAddrPort("10.9.0.1:1")},
	}
	sh, sum := s.shard(a.InfoHash)
	p := &sh.find(&a.InfoHash, sum).v4
	known := func() map[netip.AddrPort]renown {
		all := map[netip.AddrPort]renown{}
		p.each(&stretch{hi: p.end()}, func(_ handle, r *record[[6]byte]) bool {
			all[addrPort(&r.key)] = r.is.renown()
			return true
		})
		return all
	}
	target := p.record(p.begin(edge(Leecher, 2)))
	limit, _ := renownOf(most)
	target.is = target.is.with(limit)
	expected := known()
	s.Try(&a)
	if got := known(); !maps.Equal(got, expected) {
		t.Errorf("after a trial %v, before %v", got, expected)
	}
	sh.draw.wary = 0
	var r Reply
	s.Announce(&a, &r)
	if sh.draw.wary == 0 {
		t.Fatal("the target was not met")
	}
	for _, peer := range decode(t, r.V4, 6) {
		expected[peer] = 1 // who is unknown is known better for certain
	}
	if got := known(); len(r.V4) != 6*want || !maps.Equal(got, expected) {
		t.Errorf("a reply of %d peers, known are %v, want %v", len(r.V4)/6, got, expected)
	}
}

// TestAUniformDrawTiresNobody: where the network favours nobody, the limit is not felt.
func TestAUniformDrawTiresNobody(t *testing.T) {
	s := newStore(t, Config{MaxIntroductions: 8000})
	enter(s, 1, 500)
	times := map[netip.AddrPort]int{}
	for range 5000 {
		var r Reply
		s.Announce(&Announce{Groups: byPID{}, Walks: Random, Want: 50, Asking: true, Peer: Peer{Addr: netip.MustParseAddrPort("10.9.0.1:1")}}, &r)
		for _, p := range decode(t, r.V4, 6) {
			times[p]++
		}
	}
	for p, n := range times {
		if n < 380 || n > 620 {
			t.Errorf("%v is introduced %d times, want 500 or so", p, n)
		}
	}
}

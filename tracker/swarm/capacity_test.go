package swarm

import (
	"math"
	"math/rand/v2"
	"net/netip"
	"testing"
	"unsafe"
)

func TestCapacityIsFourBytes(t *testing.T) {
	if n := unsafe.Sizeof(capacity(0)); n != 4 {
		t.Errorf("%d bytes a peer, promised 4", n)
	}
}

func TestLevelsAreRightToAHundredth(t *testing.T) {
	for rate := 1024.0; rate < 1<<30; rate *= 1.37 {
		if got := levelOf(rate).rate(); math.Abs(got/rate-1) > 0.01 {
			t.Errorf("%.0f B/s is kept as %.0f", rate, got)
		}
	}
	if levelOf(0) != 1 || levelOf(math.Inf(1)) != levels-1 {
		t.Errorf("the ends are %d and %d", levelOf(0), levelOf(math.Inf(1)))
	}
}

// TestCapacityFollowsTheCounter announces every half hour at one rate, past the end of
// the counter's range.
func TestCapacityFollowsTheCounter(t *testing.T) {
	const half = 1800
	for _, rate := range []float64{3e3, 125e3, 1e7, 125e6} {
		c := capacity(0).next(0, 0, true)
		uploaded := 0.0
		for range 40 {
			uploaded += rate * half
			c = c.next(int64(uploaded), half/tickSeconds, false)
		}
		if got := c.level().rate(); math.Abs(got/rate-1) > 0.02 {
			t.Errorf("%.0f B/s is estimated as %.0f", rate, got)
		}
	}
}

func TestCapacityKnowsWhatSaysNothing(t *testing.T) {
	const mib = 1 << 20
	c := capacity(0).next(500*mib, 0, true)
	if c = c.next(500*mib, 100, false); c.level() != 0 {
		t.Errorf("a peer that nobody asked for anything is estimated at %.0f B/s", c.level().rate())
	}
	c = c.next(900*mib, 100, false) // 400 MiB in 400 s
	if got := c.level().rate() / mib; math.Abs(got-1) > 0.02 {
		t.Fatalf("a MiB/s is estimated as %.2f", got)
	}
	known := c.level()
	for what, next := range map[string]capacity{
		"a new session":              c.next(0, 100, true),
		"a counter that went back":   c.next(100*mib, 100, false),
		"an announce just after":     c.next(950*mib, 1, false),
		"the same counter once more": c.next(950*mib, 1, false).next(950*mib, 1, false),
	} {
		if next.level() != known {
			t.Errorf("%s changed the estimate to %.0f B/s", what, next.level().rate())
		}
	}
	if quiet := c.next(900*mib, 100, false).level().rate() / mib; math.Abs(quiet-7./8) > 0.02 {
		t.Errorf("after a time without uploads the estimate is %.2f MiB/s, want 7/8", quiet)
	}
}

// TestClassesAreThirds has three hundred peers upload at rates of their own, and one
// claim to be a thousand times as fast as anybody.
func TestClassesAreThirds(t *testing.T) {
	const peers = 300
	s := newStore(t, Config{Capacities: true})
	rng := rand.New(rand.NewPCG(8, 8))
	announce := func(i int, now, uploaded int64) {
		var r Reply
		s.Announce(&Announce{
			Groups: Ungrouped{}, Walks: Random, Now: now, Uploaded: uploaded, Fresh: uploaded == 0,
			Peer: Peer{Addr: netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, 0, byte(i >> 8), byte(i)}), 6881), Seeder: i%2 == 0},
		}, &r)
	}
	rates := make([]float64, peers)
	for i := range rates {
		rates[i] = 20e3 * math.Exp(4*rng.Float64())
	}
	rates[0] = 1e9
	for round := range int64(3) {
		for i, rate := range rates {
			announce(i, 1000+600*round, int64(rate*600)*round)
		}
		s.Expire(1000+600*round, 3600)
	}
	_, populations := s.Census(InfoHash{}, Ungrouped{})
	upload := s.Upload()
	for class := Slow; class <= Fast; class++ {
		n := populations[0].Leechers[class] + populations[0].Seeders[class]
		if n < 95 || n > 105 {
			t.Errorf("%d peers of class %d, want a third of %d", n, class, peers)
		}
		if class > Slow && upload[class] <= upload[class-1] {
			t.Errorf("classes upload %v B/s", upload)
		}
	}
	if populations[0].Leechers[Unknown]+populations[0].Seeders[Unknown] != 0 {
		t.Errorf("unknown peers: %+v", populations)
	}
}

func TestWithoutCapacitiesNothingIsKept(t *testing.T) {
	s := newStore(t, Config{})
	fill(s, InfoHash{}, 100, 2)
	if s.Expire(0, 3600); the(s).v4.block(0).more != nil || s.Upload() != [NumClasses]float64{} {
		t.Error("the store keeps what nobody asked for")
	}
}

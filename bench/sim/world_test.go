package sim_test

import (
	"context"
	"math/rand/v2"
	"net/netip"
	"testing"
	"time"

	"github.com/altracker/altracker/bench/sim"
	"github.com/altracker/altracker/selector"
	"github.com/altracker/altracker/tracker"
	"github.com/altracker/altracker/tracker/swarm"
)

const (
	kib = 1 << 10
	mib = 1 << 20
)

// realTracker returns the real tracker without a map: every reply is a uniform draw.
func realTracker(t testing.TB, seed uint64) sim.Tracker {
	t.Helper()
	store, err := swarm.New(swarm.Config{Seed: seed, Shards: 1})
	if err != nil {
		t.Fatal(err)
	}
	tr, err := tracker.New(tracker.Config{Store: store, Policy: selector.Random{}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(tr.Close)
	return sim.Virtual(tr)
}

// address is that of peer n of a place.
func address(place, n int) netip.AddrPort {
	return netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, byte(place), byte(n >> 8), byte(n)}), 6881)
}

// crowd is one seed, in place 0, and leechers that are there from the start, in turns
// over the places. All have the same access, ten times as fast down as up.
func crowd(leechers, places int, up float64) []sim.Peer {
	peers := []sim.Peer{{Addr: address(0, 0), Up: up, Down: 10 * up, Seed: true, SeedFor: -1}}
	for i := range leechers {
		peers = append(peers, sim.Peer{Addr: address(i%places, i+1), Place: i % places, Up: up, Down: 10 * up, SeedFor: -1})
	}
	return peers
}

// flat is a network without links, with 60 ms between places and 10 ms within.
var flat = sim.Network{RTT: func(from, to int) time.Duration {
	if from == to {
		return 10 * time.Millisecond
	}
	return 60 * time.Millisecond
}}

func run(t testing.TB, c sim.Config) *sim.Result {
	t.Helper()
	r, err := sim.Run(context.Background(), c)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// exponential returns a time of a mean.
func exponential(rng *rand.Rand, mean time.Duration) time.Duration {
	return time.Duration(rng.ExpFloat64() * float64(mean))
}

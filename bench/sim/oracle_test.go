package sim_test

import (
	"testing"

	"github.com/altracker/altracker/bench/sim"
)

// TestOracleKeepsBytesHomeAndNobodyWaitsForIt compares it with chance in one flash crowd.
func TestOracleKeepsBytesHomeAndNobodyWaitsForIt(t *testing.T) {
	const leechers = 300
	check := func(places int, eta, slowdown float64) {
		t.Helper()
		peers := crowd(leechers, places, 128*kib)
		peers[0].Up *= 4
		c := sim.Config{Peers: peers, Pieces: 256, PieceBytes: 256 * kib, Seed: 1, Network: flat}
		c.Tracker = realTracker(t, 1)
		random := run(t, c)
		c.Tracker = sim.Oracle(sim.OracleConfig{Peers: peers, Seed: 1})
		best := run(t, c)
		chance, most := intraShare(random), 1-float64(places-1)/leechers
		if got := (intraShare(best) - chance) / (most - chance); got < eta || got > 1 {
			t.Errorf("%d places: %.3f of what is possible beyond random, want %.2f", places, got, eta)
		}
		if got := meanDownload(best, 0, 0) / meanDownload(random, 0, 0); got > slowdown {
			t.Errorf("%d places: took %.3f times as long as with chance", places, got)
		}
	}
	check(6, 0.92, 1.04)
	check(30, 0.86, 1.04)
	check(100, 0.54, 1.03)
}

func TestOracleKnowsOnlyThoseOfItsRun(t *testing.T) {
	c := sim.Config{Peers: crowd(10, 2, 128*kib), Pieces: 16, PieceBytes: 256 * kib}
	c.Tracker = sim.Oracle(sim.OracleConfig{Peers: c.Peers[:10]})
	c.Until = 3600e9
	if r := run(t, c); r.Peers[10].Completed != sim.Never || r.Peers[10].Known != 0 || r.Peers[9].Completed == sim.Never {
		t.Error("a stranger got an answer, or a peer of the run none")
	}
}

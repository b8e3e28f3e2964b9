package run

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/altracker/altracker/bench/sim"
)

func TestFlashLimitIsTheWorstOfThree(t *testing.T) {
	leecher := supply{up: 1, down: 100}
	for _, c := range []struct {
		name  string
		peers []supply
		want  float64
	}{
		{"the seed sends one copy", []supply{{seed: true, up: 0.5}, {up: 10, down: 100}}, 200},
		{"the slowest receives one", []supply{{seed: true, up: 50}, {up: 10, down: 2}, {up: 10, down: 100}}, 50},
		{"all send one for each", []supply{{seed: true, up: 2}, leecher, leecher, leecher, leecher}, 4 * 100 / 6.},
		{"seeds add up", []supply{{seed: true, up: 2}, {seed: true, up: 3}, {up: 10, down: 100}}, 20},
	} {
		want(t, c.name, (&crowd{file: 100, peers: c.peers}).limit(), c.want)
	}
}

// TestSteadyLimit: who sends 1 and seeds for 20 seconds needs 80 for a file of 100, and
// no less than its line takes.
func TestSteadyLimit(t *testing.T) {
	c := crowd{file: 100, horizon: 1000, peers: []supply{{up: 1, down: 10, stays: 20}, {up: 1, down: 10, stays: 20}}}
	want(t, "shared", c.limit(), 80)
	c.peers = append(c.peers, supply{seed: true, up: 0.05, stays: math.Inf(1)})
	want(t, "with a seed", c.limit(), (200-50-40)/2.)
	for i := range c.peers {
		c.peers[i].stays = 1000
	}
	want(t, "the line", c.limit(), 10)
}

func TestImportsNeedTheLinksIn(t *testing.T) {
	c := crowd{file: 100, peers: []supply{{seed: true, group: 0, up: 1}, {group: 0, up: 1, down: 1}, {group: 1, up: 1, down: 1}}}
	want(t, "imports", c.imports([]float64{0.1, 4}), 25)
	want(t, "imports without limit", c.imports([]float64{1, math.Inf(1)}), 0)
}

// TestIsolatedGroupsLiveOffTheSeed is data-methods 5.1: four PIDs of which each knows the
// seed and nobody else outside. The seed is in the first, so that three copies leave it;
// each PID alone would be done in 16 seconds.
func TestIsolatedGroupsLiveOffTheSeed(t *testing.T) {
	c := crowd{file: 16}
	c.peers = append(c.peers, supply{group: 0, seed: true, up: 1})
	var edges [][2]int32
	for group := range 4 {
		first := int32(len(c.peers))
		for range 6 {
			c.peers = append(c.peers, supply{group: group, up: 1, down: 100})
		}
		for a := first; a < first+6; a++ {
			edges = append(edges, [2]int32{0, a})
			for b := first; b < a; b++ {
				edges = append(edges, [2]int32{a, b})
			}
		}
	}
	network := c.limit()
	want(t, "network", network, 16)
	// 3 copies leave the first PID by the seed; those within it come from its six leechers
	// and what is left of the seed.
	if got := c.overlayLimit(4, edges, network); math.Abs(got-48) > 0.01 {
		t.Errorf("the policy's limit is %v, want 48", got)
	}
	edges = append(edges, [2]int32{1, 7}, [2]int32{2, 13}, [2]int32{3, 19})
	if got := c.overlayLimit(4, edges, network); got > 24.1 || got < network {
		t.Errorf("with a neighbour in each the policy's limit is %v, want at most 24", got)
	}
}

// TestStretchIsOfThoseWhoWereThere: the first peer had left, the third was complete.
func TestStretchIsOfThoseWhoWereThere(t *testing.T) {
	c := crowd{file: 100, peers: []supply{{seed: true, up: 9}, {group: 0, up: 1, down: 100}, {group: 0, up: 2, down: 100}, {group: 1, up: 1, down: 100}}}
	r := sim.Result{Peers: make([]sim.Outcome, 4)}
	for i := range r.Peers {
		r.Peers[i].Completed = sim.Never
	}
	r.Peers[2].Completed = time.Second
	r.Overlay = sim.Overlay{At: time.Minute, Present: []int32{1, 2, 3}, Edges: [][2]int32{{1, 2}, {3, 1}}}
	// Without an overlay two copies come from 2+1+1 in 50 s. Peer 3 has no other neighbour
	// than peer 1, which needs 100 s for a copy.
	if got := c.stretch(&r, 2); math.Abs(got-2) > 1e-3 {
		t.Errorf("stretch %v, want 2", got)
	}
	r.Overlay.Present, r.Overlay.Edges = []int32{1, 3}, [][2]int32{{3, 1}}
	if got := c.stretch(&r, 2); !math.IsNaN(got) {
		t.Errorf("stretch without a copy %v, want none", got)
	}
}

func TestOverlayLimitOfAFullMeshIsTheNetworks(t *testing.T) {
	c := crowd{file: 100, peers: []supply{{seed: true, up: 3}}}
	for i := range 12 {
		c.peers = append(c.peers, supply{group: i % 3, up: 1, down: 50})
	}
	var edges [][2]int32
	for a := range int32(13) {
		for b := range a {
			edges = append(edges, [2]int32{a, b})
		}
	}
	want(t, "limit", c.overlayLimit(3, edges, c.limit()), c.limit())
}

func TestGroupThatNobodyFeedsNeverEnds(t *testing.T) {
	c := crowd{file: 100, peers: []supply{{seed: true, up: 3}, {group: 0, up: 1, down: 5}, {group: 1, up: 1, down: 5}}}
	if got := c.overlayLimit(2, [][2]int32{{0, 1}}, c.limit()); !math.IsInf(got, 1) {
		t.Errorf("limit %v, want none", got)
	}
}

// TestFlowIsTheLeastCut: on random small networks the greatest flow is the least cut over
// all of them.
func TestFlowIsTheLeastCut(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	const nodes = 7
	for range 200 {
		var capacity [nodes][nodes]float64
		f := newFlow(nodes)
		for range 16 {
			a, b, c := rng.IntN(nodes), rng.IntN(nodes), float64(rng.IntN(20))
			if a != b {
				capacity[a][b] += c
				f.join(a, b, c)
			}
		}
		least := math.Inf(1)
		for cut := range 1 << nodes {
			if cut&1 == 0 || cut&2 != 0 { // the source, 0, is in it, the sink, 1, is not
				continue
			}
			across := 0.0
			for a := range nodes {
				for b := range nodes {
					if cut>>a&1 == 1 && cut>>b&1 == 0 {
						across += capacity[a][b]
					}
				}
			}
			least = min(least, across)
		}
		want(t, "flow", f.most(0, 1), least)
	}
}

package run

import (
	"math"
	"testing"
	"time"

	"github.com/altracker/altracker/bench/report"
	"github.com/altracker/altracker/bench/scenario"
	"github.com/altracker/altracker/bench/sim"
)

func TestOverlayFallsIntoComponents(t *testing.T) {
	o := overlay{
		Overlay:  sim.Overlay{Present: []int32{0, 1, 2, 3, 4}, Edges: [][2]int32{{0, 1}, {1, 2}, {2, 0}}},
		place:    []int{0, 0, 1, 1, 1, 2}, // peer 5 has left
		complete: make([]bool, 6),
	}
	if got := o.components(); got != 3 {
		t.Errorf("%d components, want 3", got)
	}
	o.complete[0], o.complete[3] = true, true
	if got := o.components(); got != 2 {
		t.Errorf("%d components with a leecher, want 2", got)
	}
	o.Edges = append(o.Edges, [2]int32{3, 4}, [2]int32{4, 2})
	if got := o.components(); got != 1 {
		t.Errorf("%d components, want 1", got)
	}
}

func TestLeastCut(t *testing.T) {
	g := grouping{of: []int{0, 1, 2}, groups: 3}
	o := overlay{
		Overlay: sim.Overlay{Present: []int32{0, 1, 2, 3}, Edges: [][2]int32{{0, 1}, {0, 2}, {1, 2}, {2, 3}}},
		place:   []int{0, 0, 1, 2},
	}
	if got := o.leastCut(g); got != 1 { // 2 leave group 0, 3 group 1, 1 group 2
		t.Errorf("least cut %d, want 1", got)
	}
	o.Present = []int32{0, 1}
	if got := o.leastCut(g); got != -1 {
		t.Errorf("least cut of one group %d, want none", got)
	}
}

func TestBurstIsOfTheGreaterWay(t *testing.T) {
	c := crossings{bin: time.Minute, in: make([]float64, 20), out: make([]float64, 20)}
	for i := range 20 {
		c.in[i], c.out[i] = 60, 30
	}
	c.out[3] = 6000
	want(t, "of minutes", c.burst(time.Minute), 1+0.05*(100-1)) // between the 19th and the 20th of 20
	want(t, "of 5 minutes", c.burst(5*time.Minute), 1+0.85*((6000+4*30)/300.-1))
	want(t, "of an hour", c.burst(time.Hour), (6000+19*30)/1200.)
}

func TestUnitBDPWeighsHopsByBytes(t *testing.T) {
	hops := func(a, b int) int { return 3 * (a ^ b) }
	want(t, "unit BDP", unitBDP([][]float64{{6, 1}, {1, 0}}, hops), 6./8)
}

func TestMostLoadedLinkHasTheBusiestBin(t *testing.T) {
	l := loads{
		bins: [][]float32{{10, 20}, nil, {30, 0}}, seconds: 10,
		capacity: []float64{4, math.Inf(1), 10}, background: []float64{1, 5, 2},
	}
	link, peak := l.most()
	if link != 0 {
		t.Errorf("link %d, want 0", link)
	}
	want(t, "peak", peak, (2+1)/4.)
	if _, peak := (loads{capacity: []float64{math.Inf(1)}, background: []float64{0}}).most(); !math.IsNaN(peak) {
		t.Errorf("peak of an unlimited link %v, want NaN", peak)
	}
}

// TestTimesAreFromArrival: a seed does not count, nor who never came; one gave up, one was
// there at the end.
func TestTimesAreFromArrival(t *testing.T) {
	s := time.Second
	w := &scenario.World{Peers: []sim.Peer{{Seed: true}, {}, {}, {}, {}, {}}}
	r := &sim.Result{Peers: []sim.Outcome{
		{Completed: 0, Left: sim.Never, Sent: 9},
		{Arrived: 1 * s, First: 2 * s, Completed: 11 * s, Left: 12 * s, Sent: 2, Received: 2},
		{Arrived: 2 * s, First: 5 * s, Completed: 32 * s, Left: sim.Never, Sent: 1, Received: 1},
		{Arrived: 3 * s, First: sim.Never, Completed: sim.Never, Left: 4 * s},
		{Arrived: 3 * s, First: 5 * s, Completed: sim.Never, Left: sim.Never, Received: 1},
		{Arrived: sim.Never, First: sim.Never, Completed: sim.Never, Left: sim.Never},
	}}
	d := timesOf(w, r, everybody)
	var got report.Record
	d.record(&got)
	want(t, "mean", got.CompletionMean, 20)
	want(t, "p50", got.CompletionP50, 20)
	want(t, "max", got.CompletionMax, 30)
	want(t, "start-up", got.StartupP50, 2)
	if got.Leechers != 4 || got.Unfinished != 1 || got.Aborted != 1 {
		t.Errorf("%d leechers, %d unfinished, %d aborted, want 4, 1, 1", got.Leechers, got.Unfinished, got.Aborted)
	}
	want(t, "Jain", fairness(w, r), 4/(3*2.)) // ratios 1, 1, 0
}

func TestISPsLoseBesideTheBaseline(t *testing.T) {
	base := []report.ISP{{P50: 100, Ingress: 10}, {P50: 100, Ingress: 10}, {P50: 100, Ingress: 0}, {P50: math.NaN()}}
	isps := []report.ISP{{P50: 104, Ingress: 11}, {P50: 106, Ingress: 2}, {P50: math.NaN(), Ingress: 0}, {P50: math.NaN()}}
	var r report.Record
	compare(&r, isps, base)
	want(t, "losing time", r.ISPsLosingTime, 2)
	want(t, "losing traffic", r.ISPsLosingTraffic, 1)
}

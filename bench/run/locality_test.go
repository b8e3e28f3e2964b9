package run

import (
	"math"
	"testing"
)

// near tells whether two figures are the same but for rounding.
func near(a, b float64) bool { return math.Abs(a-b) <= 1e-9*math.Max(1, math.Abs(b)) }

func want(t *testing.T, name string, got, want float64) {
	t.Helper()
	if !near(got, want) {
		t.Errorf("%s is %v, want %v", name, got, want)
	}
}

// two groups: 0 has a seed and two leechers, 1 three leechers, all complete; the file is
// 10 bytes.
func twoGroups() (grouping, []member) {
	g := grouping{of: []int{0, 0, 1}, groups: 2} // places 0 and 1 are of group 0
	return g, []member{
		{place: 0, copied: true},
		{place: 0, received: 10},
		{place: 1, received: 10},
		{place: 2, received: 10},
		{place: 2, received: 10},
		{place: 2, received: 10},
	}
}

func TestFlowsCountWhatCrossesBorders(t *testing.T) {
	g, _ := twoGroups()
	f := g.flows([][]float64{{1, 2, 4}, {8, 16, 32}, {64, 128, 256}})
	want(t, "total", f.total, 511)
	want(t, "inside", f.inside, 1+2+8+16+256)
	want(t, "into group 0", f.in[0], 64+128)
	want(t, "out of group 0", f.out[0], 4+32)
	want(t, "into group 1", f.in[1], 4+32)
	want(t, "share", f.share(), 283./511)
}

func TestPlacesWithoutGroupAreOutsideAll(t *testing.T) {
	g := grouping{of: []int{0, -1}, groups: 1}
	f := g.flows([][]float64{{1, 2}, {4, 8}})
	want(t, "inside", f.inside, 1)
	want(t, "in", f.in[0], 4)
	want(t, "out", f.out[0], 2)
}

// TestLimitsOfLocality: 2 leechers of 3 peers and 3 of 3, of 6: (2*2 + 3*2) / (5*5); one
// of 5 copies must be imported.
func TestLimitsOfLocality(t *testing.T) {
	g, members := twoGroups()
	want(t, "unbiased", g.unbiased(members), (2*2.+3*2.)/(5*5.))
	want(t, "limit", g.limit(members), 1-1./5)
	want(t, "eta of unbiased", g.eta(g.unbiased(members), members), 0)
	want(t, "eta of the limit", g.eta(g.limit(members), members), 1)
	want(t, "eta between", g.eta(0.6, members), 0.5)
}

func TestGroupsWithoutCompletePeersImportLess(t *testing.T) {
	g, members := twoGroups()
	for i := 3; i < 6; i++ {
		members[i].received = 4
	}
	want(t, "limit", g.limit(members), 1-4./32)
}

func TestEtaIsUnknownWithNothingToGain(t *testing.T) {
	g := grouping{of: []int{0}, groups: 1}
	if e := g.eta(1, []member{{copied: true}, {received: 1}}); !math.IsNaN(e) {
		t.Errorf("eta of one group is %v, want NaN", e)
	}
}

func TestRedundancyIsOfGroupsWithoutCopy(t *testing.T) {
	g := grouping{of: []int{0, 1, 2}, groups: 3}
	members := []member{{place: 0, copied: true}, {place: 1, received: 10}, {place: 2, received: 10}}
	f := g.flows([][]float64{{0, 15, 10}, {20, 0, 20}, {0, 0, 0}})
	copies := g.redundancy(f, members, 10)
	if len(copies) != 2 || copies[0] != 1.5 || copies[1] != 3 {
		t.Errorf("copies %v, want 1.5 and 3", copies)
	}
	median, most := medianAndMost(copies)
	want(t, "median", median, 2.25)
	want(t, "most", most, 3)
}

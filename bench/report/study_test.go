package report

import (
	"math"
	"strings"
	"testing"
)

// runs makes records of one scenario: p50 by policy and seed.
func runs(scenario, set string, p50 map[string][]float64) []Record {
	var records []Record
	for policy, times := range p50 {
		for i, v := range times {
			r := Blank()
			r.Scenario, r.Set, r.Policy, r.Seed = scenario, set, policy, uint64(i)
			r.CompletionP50, r.TMin, r.Eta = v, 10, 0.5
			records = append(records, r)
		}
	}
	return records
}

// TestRatiosGoBySeed: a run is compared with the baseline's of its own seed, not with
// the baseline's median, and left out where there is none.
func TestRatiosGoBySeed(t *testing.T) {
	records := runs("s", "", map[string][]float64{"random": {100, 10, 40}, "p": {110, 20, 60, 999}})
	g := newStudy(About{}, records).groups[0]
	over := g.rows[1].p50Over
	if over.Median != 1.5 || over.N != 3 {
		t.Errorf("median of %d ratios is %v, want 1.5 of 3", over.N, over.Median)
	}
	if got := g.rows[0].p50Over; got.Median != 1 || got.Low != 1 || got.High != 1 {
		t.Errorf("the baseline over itself is %+v", got)
	}
	if got := g.rows[1].p50Limit; got != 8.5 {
		t.Errorf("p50 over T_min is %v, want 8.5", got)
	}
}

func TestSetsStandApartAndScenariosCountOnce(t *testing.T) {
	var records []Record
	records = append(records, runs("a", "design", map[string][]float64{"random": {10, 10, 10}, "p": {9, 9, 9}})...)
	records = append(records, runs("b", "design", map[string][]float64{"random": {10}, "p": {11}})...)
	records = append(records, runs("c", "design", map[string][]float64{"random": {10}, "p": {12}})...)
	records = append(records, runs("d", "confirm", map[string][]float64{"random": {10}, "p": {20}})...)
	s := newStudy(About{}, records)
	sets := s.sets()
	if len(sets) != 2 || sets[0].name != "design" || sets[1].name != "confirm" {
		t.Fatalf("sets are %+v", sets)
	}
	p := sets[0].rows[1]
	if p.policy != "p" || p.scenarios != 3 || p.p50 != 1.1 || p.p50Worst != 1.2 {
		t.Errorf("design: %+v, want median 1.1 and worst 1.2 of 3", p)
	}
	if p := sets[1].rows[1]; p.p50 != 2 || p.p50Worst != 2 {
		t.Errorf("confirm: %+v, want 2", p)
	}
}

func TestBaselineComesFirstThenByLocality(t *testing.T) {
	records := makeRuns(t, t.TempDir(), 2)
	got := strings.Join(newStudy(About{}, records).policies, " ")
	if want := "random biased staged adaptive xunlei-alto"; got != want {
		t.Errorf("order is %s, want %s", got, want)
	}
}

func TestWhoWinsIsPairedByName(t *testing.T) {
	isps := func(a, b float64) map[string]ISP {
		return map[string]ISP{"a": {Name: "a", Ingress: a}, "b": {Name: "b", Ingress: b}}
	}
	base := &portrait{policy: Baseline, isps: map[uint64]map[string]ISP{1: isps(10, 100), 2: isps(20, 100), 3: isps(5, 5)}}
	q := &portrait{policy: "p", isps: map[uint64]map[string]ISP{1: isps(5, 120), 2: isps(10, 140)}}
	ingress := func(i ISP) float64 { return i.Ingress }
	if got := q.over(base, "a", ingress); got != 0.5 {
		t.Errorf("a has %v of random's ingress, want 0.5", got)
	}
	if got := q.over(base, "b", ingress); math.Abs(got-1.3) > 1e-12 {
		t.Errorf("b has %v of random's ingress, want 1.3", got)
	}
	if got := q.over(base, "c", ingress); !math.IsNaN(got) {
		t.Errorf("c, which is not there, has %v", got)
	}
	drawing := string(q.winLose("f", "t", base, []string{"a", "b"}).inline())
	for _, want := range []string{`class="win"`, `class="lose"`, ">0.50<", ">1.30<", "1 of 2 ISPs lose on something", "b, bytes in: 1.30 × random"} {
		if !strings.Contains(drawing, want) {
			t.Errorf("the matrix does not hold %q", want)
		}
	}
}

func TestTrafficIsMeanOverRunsInCopies(t *testing.T) {
	d := &Detail{ISPs: []ISP{{Name: "x"}}, PIDs: []PID{{"b", 0}, {"a", 0}}}
	d.Traffic.Add(0, 0, 300)
	d.Traffic.Add(0, 1, 100)
	r := rowsOf(d)
	q := new(portrait)
	q.addNetwork(d, r)
	q.addNetwork(d, r)
	h := q.heatmap(r, 100)
	if r.names[0] != "a" || h.cells[1][1] != 3 || h.cells[1][0] != 1 || h.cells[0][0] != 0 || h.local != 0.75 {
		t.Errorf("heat map is %+v", h)
	}
}

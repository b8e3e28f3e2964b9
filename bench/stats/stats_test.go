package stats

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

func near(a, b float64) bool {
	return math.Abs(a-b) < 1e-12 || math.IsNaN(a) && math.IsNaN(b) || a == b
}

// TestQuantilesAreOfType7: values as R gives them, quantile(x, p, type = 7).
func TestQuantilesAreOfType7(t *testing.T) {
	ten := []float64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}
	for _, c := range []struct {
		values  []float64
		p, want float64
	}{
		{nil, 0.5, math.NaN()}, {[]float64{3}, 0.95, 3}, {[]float64{1, 2}, 0.5, 1.5},
		{ten, 0, 1}, {ten, 0.25, 3.25}, {ten, 0.5, 5.5}, {ten, 0.95, 9.55}, {ten, 0.99, 9.91}, {ten, 1, 10},
		{ten, -1, 1}, {ten, 2, 10}, {ten, math.NaN(), math.NaN()},
		{[]float64{1, math.Inf(1), math.Inf(1)}, 0.75, math.Inf(1)},
	} {
		if got := Quantile(c.values, c.p); !near(got, c.want) {
			t.Errorf("Quantile(%v, %v) is %v, want %v", c.values, c.p, got, c.want)
		}
	}
}

func TestMedianLeavesOutTheUnknownAndItsArgumentAlone(t *testing.T) {
	values := []float64{9, math.NaN(), 1, 4}
	if got := Median(values); got != 4 {
		t.Errorf("median is %v, want 4", got)
	}
	if values[0] != 9 || values[2] != 1 {
		t.Errorf("the argument is now %v", values)
	}
}

func TestFairness(t *testing.T) {
	for _, c := range []struct {
		values     []float64
		jain, gini float64
	}{
		{[]float64{2, 2, 2, 2}, 1, 0},
		{[]float64{5, 0, 0, 0}, 0.25, 0.75},
		{[]float64{1, 3}, 0.8, 0.25},
		{[]float64{0, 0}, math.NaN(), math.NaN()},
		{nil, math.NaN(), math.NaN()},
	} {
		if got := Jain(c.values); !near(got, c.jain) {
			t.Errorf("Jain(%v) is %v, want %v", c.values, got, c.jain)
		}
		if got := Gini(c.values); !near(got, c.gini) {
			t.Errorf("Gini(%v) is %v, want %v", c.values, got, c.gini)
		}
	}
}

func TestECDFCountsThoseWithoutValue(t *testing.T) {
	got := ECDF([]float64{1, 2, 2, 5}, 8, 0)
	want := []Step{{1, 0.125}, {2, 0.375}, {5, 0.5}}
	if !slices.Equal(got, want) {
		t.Errorf("steps are %v, want %v", got, want)
	}
	if got := ECDF(nil, 3, 0); len(got) != 0 {
		t.Errorf("steps of nothing are %v", got)
	}
}

func TestThinECDFKeepsItsEnds(t *testing.T) {
	values := make([]float64, 1000)
	for i := range values {
		values[i] = float64(i)
	}
	got := ECDF(values, len(values), 50)
	if len(got) != 50 || got[0] != (Step{0, 0.001}) || got[49] != (Step{999, 1}) {
		t.Errorf("%d steps from %v to %v", len(got), got[0], got[len(got)-1])
	}
}

func TestRatiosArePaired(t *testing.T) {
	got := Ratios([]float64{2, 0, math.NaN(), 3}, []float64{4, 0, 1, 1})
	want := []float64{0.5, math.NaN(), math.NaN(), 3}
	if !slices.EqualFunc(got, want, near) {
		t.Errorf("ratios are %v, want %v", got, want)
	}
}

func TestIntervalsFollowFromTheirSeed(t *testing.T) {
	values := []float64{1.2, 0.9, 1.1, 1.05, 0.97, 1.4, 1.01}
	a, b := Resampling{Seed: 7}.MedianInterval(values), Resampling{Seed: 7}.MedianInterval(values)
	if a != b {
		t.Errorf("one seed gave %v and %v", a, b)
	}
	slices.Reverse(values)
	if c := (Resampling{Seed: 7}).MedianInterval(values); c != a {
		t.Errorf("another order of the values gave %v, not %v", c, a)
	}
	if a.Median != 1.05 || a.N != 7 || a.Low < 0.9 || a.Low > a.Median || a.High < a.Median || a.High > 1.4 {
		t.Errorf("interval is %+v", a)
	}
}

func TestIntervalsOfTooLittle(t *testing.T) {
	for _, values := range [][]float64{nil, {math.NaN()}, {2}, {math.NaN(), 2}} {
		i := Resampling{}.MedianInterval(values)
		if !math.IsNaN(i.Low) || !math.IsNaN(i.High) || !near(i.Median, Median(values)) {
			t.Errorf("interval of %v is %+v", values, i)
		}
	}
}

// TestIntervalsCover: of many samples from one distribution, about as many intervals
// hold its median as their level says. Ten values are few, so the bounds are wide.
func TestIntervalsCover(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	const rounds = 400
	held := 0
	for range rounds {
		values := make([]float64, 10)
		for i := range values {
			values[i] = random.NormFloat64()
		}
		if i := (Resampling{Times: 500}).MedianInterval(values); i.Low <= 0 && 0 <= i.High {
			held++
		}
	}
	if share := float64(held) / rounds; share < 0.88 || share > 0.99 {
		t.Errorf("%.3f of the intervals hold the median, want about 0.95", share)
	}
}

func FuzzQuantileLiesWithin(f *testing.F) {
	f.Add(1.0, 2.0, 3.0, 0.3)
	f.Fuzz(func(t *testing.T, a, b, c, p float64) {
		known := Known([]float64{a, b, c})
		q := Quantile(known, p)
		if len(known) == 0 || math.IsNaN(p) || math.IsInf(known[0], 0) || math.IsInf(known[len(known)-1], 0) || known[len(known)-1]-known[0] > math.MaxFloat64 {
			return
		}
		if !(q >= known[0] && q <= known[len(known)-1]) {
			t.Errorf("Quantile(%v, %v) is %v", known, p, q)
		}
	})
}

package stats

import (
	"math"
	"math/rand/v2"
	"slices"
)

// An Interval is an estimate, and where it would lie if the seeds had been others.
type Interval struct {
	Median    float64
	Low, High float64 // NaN of fewer than two values
	N         int     // values that it rests on
}

// Resampling is how intervals are made.
type Resampling struct {
	Level float64 // of confidence; 0 means 0.95
	Times int     // samples drawn; 0 means 10,000
	Seed  uint64  // of the samples: the same seed, the same interval
}

// MedianInterval returns the median of values, with its bootstrap percentile interval.
// Values that are NaN are left out. The interval lies within the values: of five, it
// cannot hold more than 1-2/2⁵, 94 %, whatever Level says.
func (r Resampling) MedianInterval(values []float64) Interval {
	known := Known(values)
	i := Interval{Quantile(known, 0.5), math.NaN(), math.NaN(), len(known)}
	if len(known) < 2 {
		return i
	}
	if r.Level == 0 {
		r.Level = 0.95
	}
	if r.Times == 0 {
		r.Times = 10_000
	}
	random := rand.New(rand.NewPCG(r.Seed, uint64(len(known))))
	sample, medians := make([]float64, len(known)), make([]float64, r.Times)
	for t := range medians {
		for j := range sample {
			sample[j] = known[random.IntN(len(known))]
		}
		slices.Sort(sample)
		medians[t] = Quantile(sample, 0.5)
	}
	slices.Sort(medians)
	i.Low, i.High = Quantile(medians, (1-r.Level)/2), Quantile(medians, (1+r.Level)/2)
	return i
}

// Ratios returns of[i]/to[i], NaN where either is missing (NaN) or both are zero: a pair
// is one seed under two policies.
func Ratios(of, to []float64) []float64 {
	ratios := make([]float64, min(len(of), len(to)))
	for i := range ratios {
		ratios[i] = of[i] / to[i]
	}
	return ratios
}

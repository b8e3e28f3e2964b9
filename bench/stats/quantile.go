package stats

import (
	"math"
	"slices"
)

// Quantile returns the p-quantile of values in ascending order, type 7: linear between
// the order statistics, the smallest at 0 and the largest at 1. Of no values it is NaN.
func Quantile(sorted []float64, p float64) float64 {
	if len(sorted) == 0 || math.IsNaN(p) {
		return math.NaN()
	}
	at := min(max(p, 0), 1) * float64(len(sorted)-1)
	below := int(at)
	if below == len(sorted)-1 {
		return sorted[below]
	}
	a, b := sorted[below], sorted[below+1]
	if a == b {
		return a // also where both are infinite
	}
	return a + (at-float64(below))*(b-a)
}

// Median returns the middle of values in any order, leaving out those that are NaN.
func Median(values []float64) float64 { return Quantile(Known(values), 0.5) }

// Known returns the values that are not NaN, in ascending order. The argument stays
// as it is.
func Known(values []float64) []float64 {
	known := make([]float64, 0, len(values))
	for _, v := range values {
		if !math.IsNaN(v) {
			known = append(known, v)
		}
	}
	slices.Sort(known)
	return known
}

package stats

import (
	"math"
	"slices"
)

// Jain returns Jain's index of fairness, (Σx)²/(n·Σx²): 1 if all values are equal, 1/n
// if one has everything. Of no values, or of zeros alone, it is NaN.
func Jain(values []float64) float64 {
	var sum, squares float64
	for _, v := range values {
		sum += v
		squares += v * v
	}
	return sum * sum / (float64(len(values)) * squares)
}

// Gini returns the Gini coefficient of values that are not negative: 0 if all are equal,
// (n-1)/n if one has everything. Of no values, or of zeros alone, it is NaN.
func Gini(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	n := float64(len(sorted))
	var sum, ranked float64
	for i, v := range sorted {
		sum += v
		ranked += float64(i+1) * v
	}
	if sum == 0 {
		return math.NaN()
	}
	return 2*ranked/(n*sum) - (n+1)/n
}

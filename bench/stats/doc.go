// Package stats is the arithmetic of comparisons: quantiles, distributions, paired
// ratios with bootstrap intervals, fairness.
//
// It is small because two definitions matter and libraries differ in them. Quantiles
// are those of Hyndman and Fan (The American Statistician 50, 1996), type 7, as in R and
// NumPy by default: the median of an even number of values is the middle of two.
// (gonum's interpolation is their type 4, whose median of two values is the smaller.)
// Intervals are bootstrap percentiles: the statistic here is a median, whose jackknife
// is not consistent, so that corrections which rest on it (BCa) would pretend.
package stats

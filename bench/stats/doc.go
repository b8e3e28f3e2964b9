// Package stats is the arithmetic of comparisons: quantiles, paired ratios with
// intervals, fairness.
package stats

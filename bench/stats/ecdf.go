package stats

// Step is a step of an empirical distribution function: up to and including X lies a
// Share of all.
type Step struct{ X, Share float64 }

// ECDF returns the empirical distribution function of values in ascending order out of
// all, which counts those that have no value too: peers that did not complete keep the
// function below 1. Equal values are one step. At most limit steps are returned (0: as
// many as there are), evenly spaced in share, the first and the last among them.
func ECDF(sorted []float64, all, limit int) []Step {
	var steps []Step
	for i, x := range sorted {
		if i+1 < len(sorted) && sorted[i+1] == x {
			continue
		}
		steps = append(steps, Step{x, float64(i+1) / float64(max(all, len(sorted)))})
	}
	if limit < 2 || len(steps) <= limit {
		return steps
	}
	thin := make([]Step, limit)
	for i := range thin {
		thin[i] = steps[i*(len(steps)-1)/(limit-1)]
	}
	return thin
}

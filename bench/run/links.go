package run

import "math"

// unitBDP is how many links a byte crosses on average (P4P 2008).
func unitBDP(bytes [][]float64, hops func(from, to int) int) float64 {
	crossed, total := 0.0, 0.0
	for a, row := range bytes {
		for b, n := range row {
			if n > 0 {
				crossed += n * float64(hops(a, b))
				total += n
			}
		}
	}
	return crossed / total
}

// loads is what directed links carry, bin by bin, and what they can.
type loads struct {
	bins       [][]float32 // bytes, by link
	seconds    float64     // of a bin
	capacity   []float64   // bytes a second; +Inf: unlimited
	background []float64   // bytes a second
}

// peak is the utilisation of a directed link in its busiest bin; NaN if it is unlimited.
func (l loads) peak(link int) float64 {
	if math.IsInf(l.capacity[link], 1) {
		return math.NaN()
	}
	most := float32(0)
	if link < len(l.bins) {
		for _, n := range l.bins[link] {
			most = max(most, n)
		}
	}
	return (float64(most)/l.seconds + l.background[link]) / l.capacity[link]
}

// most returns the link of the greatest peak, -1 if all are unlimited.
func (l loads) most() (link int, peak float64) {
	link, peak = -1, math.NaN()
	for i := range l.capacity {
		if p := l.peak(i); p > peak || !math.IsNaN(p) && link < 0 {
			link, peak = i, p
		}
	}
	return link, peak
}

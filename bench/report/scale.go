package report

import (
	"math"
	"strconv"
)

// scale maps values to pixels.
type scale struct {
	low, high float64 // values
	from, to  float64 // pixels
	log       bool
}

func (s scale) at(v float64) float64 {
	low, high := s.low, s.high
	if s.log {
		v, low, high = math.Log(v), math.Log(low), math.Log(high)
	}
	return s.from + (v-low)/(high-low)*(s.to-s.from)
}

// ticks returns about n round values within the scale.
func (s scale) ticks(n int) []float64 {
	if s.log {
		return s.logTicks(n)
	}
	step := roundStep((s.high - s.low) / float64(n))
	var ticks []float64
	for i := math.Ceil(s.low/step - 1e-9); i*step <= s.high+step*1e-9; i++ {
		ticks = append(ticks, i*step)
	}
	return ticks
}

// logTicks takes the sparsest of some series of round numbers that has n in range.
func (s scale) logTicks(n int) []float64 {
	var ticks []float64
	for _, series := range [][]float64{{1}, {1, 3}, {1, 2, 5}, {1, 1.5, 2, 3, 5, 7}, {1, 1.1, 1.2, 1.35, 1.5, 1.75, 2, 2.5, 3, 4, 5, 6, 7, 8, 9}, {1, 1.02, 1.05, 1.1, 1.15, 1.2, 1.3, 1.4, 1.6, 1.8, 2, 2.5, 3, 4, 5, 6, 7, 8, 8.5, 9, 9.5, 9.8}} {
		ticks = ticks[:0]
		for decade := math.Floor(math.Log10(s.low)); decade <= math.Log10(s.high); decade++ {
			for _, m := range series {
				if v := m * math.Pow(10, decade); v >= s.low*0.999 && v <= s.high*1.001 {
					ticks = append(ticks, v)
				}
			}
		}
		if len(ticks) >= n {
			break
		}
	}
	return ticks
}

// roundStep returns 1, 2 or 5 times a power of ten, not below step.
func roundStep(step float64) float64 {
	power := math.Pow(10, math.Floor(math.Log10(step)))
	for _, m := range []float64{1, 2, 5} {
		if m*power >= step*(1-1e-9) {
			return m * power
		}
	}
	return 10 * power
}

// timeUnit returns the unit for times up to most, in seconds, and its name.
func timeUnit(most float64) (seconds float64, name string) {
	switch {
	case most > 3*24*3600:
		return 24 * 3600, "days"
	case most > 3*3600:
		return 3600, "hours"
	case most > 600:
		return 60, "minutes"
	}
	return 1, "seconds"
}

// digits writes a number with three significant digits, without an exponent.
func digits(v float64) string {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return "–"
	}
	places := 0
	if size := math.Abs(v); size > 0 && size < 100 {
		places = min(2-int(math.Floor(math.Log10(size))), 4)
	}
	return strconv.FormatFloat(v, 'f', max(places, 0), 64)
}

// plain writes a tick without zeros at its end.
func plain(v float64) string {
	return strconv.FormatFloat(math.Round(v*1e6)/1e6+0, 'f', -1, 64)
}

package run

import (
	"slices"
	"time"

	"github.com/altracker/altracker/bench/stats"
)

// crossings is what went over the border of one network, bin by bin.
type crossings struct {
	bin     time.Duration
	in, out []float64
}

// burst is the 95th percentile over windows of a length of what a network is billed for,
// the greater of in and out, in bytes a second (Dimitropoulos 2009: the window matters).
// The last window may be shorter, and counts as what it is.
func (c crossings) burst(window time.Duration) float64 {
	bins := max(int(window/c.bin), 1)
	var rates []float64
	for at := 0; at < len(c.in); at += bins {
		end := min(at+bins, len(c.in))
		seconds := (time.Duration(end-at) * c.bin).Seconds()
		rates = append(rates, max(sum(c.in[at:end]), sum(c.out[at:end]))/seconds)
	}
	slices.Sort(rates)
	return stats.Quantile(rates, 0.95)
}

func sum(values []float64) (total float64) {
	for _, v := range values {
		total += v
	}
	return total
}

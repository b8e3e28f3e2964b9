package load

import "github.com/HdrHistogram/hdrhistogram-go"

// Latency is how long replies took, from when their request was to be sent.
type Latency struct {
	Mean float64 `json:"mean_us"`
	P50  float64 `json:"p50_us"`
	P90  float64 `json:"p90_us"`
	P99  float64 `json:"p99_us"`
	P999 float64 `json:"p99_9_us"`
	Max  float64 `json:"max_us"`

	// Histogram is the whole distribution: buckets that are not empty, shortest
	// first.
	Histogram []Bucket `json:"histogram"`
}

// Bucket is how many replies took so long.
type Bucket struct {
	From  float64 `json:"from_us"`
	To    float64 `json:"to_us"`
	Count int64   `json:"count"`
}

func latencyOf(h *hdrhistogram.Histogram) Latency {
	const µs = 1e3
	l := Latency{Histogram: []Bucket{}}
	if h.TotalCount() == 0 {
		return l
	}
	at := func(percentile float64) float64 { return float64(h.ValueAtPercentile(percentile)) / µs }
	l.Mean, l.Max = h.Mean()/µs, float64(h.Max())/µs
	l.P50, l.P90, l.P99, l.P999 = at(50), at(90), at(99), at(99.9)
	for _, b := range h.Distribution() {
		if b.Count > 0 {
			l.Histogram = append(l.Histogram, Bucket{float64(b.From) / µs, float64(b.To+1) / µs, b.Count})
		}
	}
	return l
}

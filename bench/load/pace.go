package load

import "math"

// pace is the timetable of an open loop: request k is due at start + k*interval.
// A request that is sent late keeps the time it was due at, so that waiting for a
// slow tracker counts as latency.
type pace struct {
	start    int64
	interval float64 // nanoseconds; 0: a closed loop, where requests are due at once
	sent     int64
}

// due returns when the next request is to be sent, now or later.
func (p *pace) due(now int64) int64 {
	if p.interval == 0 {
		return now
	}
	return p.start + int64(math.Round(float64(p.sent)*p.interval))
}

package httploop

import "sync/atomic"

// Stats counts connections since the start.
type Stats struct {
	Accepted uint64 // connections accepted
	Handed   uint64 // of those, handed on to net/http
	Expired  uint64 // closed because their client took too long, or had no more to ask
	Paused   uint64 // times that a worker had to stop accepting, for lack of connections or of descriptors
	Panics   uint64 // answers that panicked; their connections were closed
}

// counters is one worker's share of Stats. Only the worker adds, anybody reads.
type counters struct {
	accepted, handed, expired, paused, panics atomic.Uint64
}

func (c *counters) addTo(s *Stats) {
	s.Accepted += c.accepted.Load()
	s.Handed += c.handed.Load()
	s.Expired += c.expired.Load()
	s.Paused += c.paused.Load()
	s.Panics += c.panics.Load()
}

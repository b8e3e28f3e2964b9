package httptracker

import (
	"sync/atomic"

	"github.com/altracker/altracker/tracker/httploop"
)

// Stats counts requests since the start, by what became of them.
type Stats struct {
	Announces uint64 // announces answered
	Scrapes   uint64 // scrapes answered
	Failures  uint64 // requests answered with a failure reason; Internal is part of it
	Internal  uint64 // failures whose cause was kept from the client
	Strays    uint64 // requests for other paths, or by other methods than GET and HEAD

	// Connections is what became of connections, all zero if net/http alone serves.
	Connections httploop.Stats
}

// Stats adds up the counters.
func (s *Server) Stats() Stats {
	var sum Stats
	s.stats.addTo(&sum)
	for _, d := range s.desks {
		d.stats.addTo(&sum)
	}
	if s.fast != nil {
		sum.Connections = s.fast.Stats()
	}
	return sum
}

// counters is one share of Stats. Those of an event loop are added to by that loop
// alone, and are on no cache line of others.
type counters struct {
	_                                              [64]byte
	announces, scrapes, failures, internal, strays atomic.Uint64
	_                                              [64]byte
}

func (c *counters) addTo(s *Stats) {
	s.Announces += c.announces.Load()
	s.Scrapes += c.scrapes.Load()
	s.Failures += c.failures.Load()
	s.Internal += c.internal.Load()
	s.Strays += c.strays.Load()
}

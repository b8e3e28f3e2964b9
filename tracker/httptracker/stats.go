package httptracker

import "sync/atomic"

// Stats counts requests since the start, by what became of them.
type Stats struct {
	Announces uint64 // announces answered
	Scrapes   uint64 // scrapes answered
	Failures  uint64 // requests answered with a failure reason; Internal is part of it
	Internal  uint64 // failures whose cause was kept from the client
	Strays    uint64 // requests for other paths, or by other methods than GET and HEAD
}

type counters struct {
	announces, scrapes, failures, internal, strays atomic.Uint64
}

package udptracker

import "sync/atomic"

// Stats counts datagrams since the start, by what became of them.
type Stats struct {
	Connects  uint64 // connection ids issued
	Announces uint64 // announces answered
	Scrapes   uint64 // scrapes answered
	Errors    uint64 // error packets sent; Internal is part of it
	Internal  uint64 // error packets whose cause was kept from the client

	BadIDs    uint64 // dropped: wrong or expired connection id
	Malformed uint64 // dropped: no BEP 15 packet, or longer than any

	URLData     uint64 // announces that carried a URL (BEP 41)
	ReadErrors  uint64 // failed receptions
	WriteErrors uint64 // answers that could not be sent
}

// counters is one worker's share of Stats. Only the worker adds, anybody reads.
type counters struct {
	connects, announces, scrapes, errors, internal atomic.Uint64
	badIDs, malformed                              atomic.Uint64
	urlData, readErrors, writeErrors               atomic.Uint64
}

func (c *counters) addTo(s *Stats) {
	s.Connects += c.connects.Load()
	s.Announces += c.announces.Load()
	s.Scrapes += c.scrapes.Load()
	s.Errors += c.errors.Load()
	s.Internal += c.internal.Load()
	s.BadIDs += c.badIDs.Load()
	s.Malformed += c.malformed.Load()
	s.URLData += c.urlData.Load()
	s.ReadErrors += c.readErrors.Load()
	s.WriteErrors += c.writeErrors.Load()
}

package load

import "math"

// verdict is what a feed has to say to a worker that could send.
type verdict int

const (
	ready verdict = iota
	later         // the next request is not due yet
	over          // there is none any more
)

// feed says what a worker asks next: some requests each once, asked again until they
// are answered (a list), or drawn ones by a timetable (a deck). It belongs to one
// worker.
type feed struct {
	list   bool
	again  []request // to be asked, before all others
	source []cursor  // whose peers start, each in its turn
	turn   int

	deck  *deck
	pace  pace
	until int64
}

// listed returns a feed of requests.
func listed(requests []request) *feed { return &feed{list: true, again: requests} }

// filling returns a feed in which all peers of cursors start.
func filling(sources []cursor) *feed { return &feed{list: true, source: sources} }

// drawn returns a feed from a deck, for a time.
func drawn(d *deck, p pace, until int64) *feed { return &feed{deck: d, pace: p, until: until} }

// next returns the next request and when it is due.
func (f *feed) next(now int64) (r request, due int64, v verdict) {
	if f.list {
		r, v = f.nextListed()
		return r, now, v
	}
	due = f.pace.due(now)
	switch {
	case now >= f.until || due >= f.until:
		return r, math.MaxInt64, over
	case due > now:
		return r, due, later
	}
	f.pace.sent++
	return f.deck.draw(), due, ready
}

func (f *feed) nextListed() (request, verdict) {
	if n := len(f.again); n > 0 {
		r := f.again[n-1]
		f.again = f.again[:n-1]
		return r, ready
	}
	for range f.source {
		c := &f.source[f.turn%len(f.source)]
		f.turn++
		if peer, ok := c.take(); ok {
			return request{started, peer, c.source}, ready
		}
	}
	return request{}, over
}

// giveBack takes a request that was not asked, or not answered.
func (f *feed) giveBack(r request) {
	switch {
	case f.list:
		f.again = append(f.again, r)
	case f.deck.presence != nil && r.kind.announces():
		f.deck.presence.busy[r.peer] = false
	}
}

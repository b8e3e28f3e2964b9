package load

import (
	"math"
	"slices"
)

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
	list    bool
	again   []request // to be asked, before all others
	cursors []cursor  // whose peers start, each in its turn
	turn    int

	deck  *deck
	pace  pace
	until int64
	ahead bool // requests are handed out before they are due: the asker waits
}

// asker is who has room for a request. Over HTTP that may be a connection, which
// speaks for one source and starts the peers of one cursor.
type asker struct{ source, cursor int }

// anybody can ask from any source of the worker.
var anybody = asker{-1, -1}

// listed returns a feed of requests.
func listed(requests []request) *feed { return &feed{list: true, again: requests} }

// filling returns a feed in which all peers of cursors start.
func filling(cursors []cursor) *feed { return &feed{list: true, cursors: cursors} }

// drawn returns a feed from a deck, for a time.
func drawn(d *deck, p pace, until int64) *feed { return &feed{deck: d, pace: p, until: until} }

// next returns the next request that an asker can ask, and when it is due.
func (f *feed) next(now int64, a asker) (r request, due int64, v verdict) {
	if f.list {
		r, v = f.nextListed(a)
		return r, now, v
	}
	due = f.pace.due(now)
	switch {
	case now >= f.until || due >= f.until:
		return r, math.MaxInt64, over
	case due > now && !f.ahead:
		return r, due, later
	}
	f.pace.sent++
	if a.source < 0 {
		return f.deck.draw(), due, ready
	}
	return f.deck.drawFrom(a.source), due, ready
}

func (f *feed) nextListed(a asker) (request, verdict) {
	for i := len(f.again) - 1; i >= 0; i-- {
		if r := f.again[i]; a.source < 0 || a.source == r.source {
			f.again = slices.Delete(f.again, i, i+1)
			return r, ready
		}
	}
	turns := len(f.cursors)
	if a.cursor >= 0 {
		f.turn, turns = a.cursor, 1
	}
	for range turns {
		c := &f.cursors[f.turn%len(f.cursors)]
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

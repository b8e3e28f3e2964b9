package tracker

import "github.com/altracker/altracker/tracker/swarm"

// Handler answers announces and scrapes. [Tracker] is one; a wrapper that admits
// or limits requests is another. An error that is a [Failure] is meant for the
// client; any other error is not, and the frontend sends a fixed phrase instead.
//
// The response is owned by the caller, who has Reset it; a Handler appends to it.
// Nothing behind a Handler may wait for I/O.
type Handler interface {
	Announce(*AnnounceRequest, *AnnounceResponse) error
	Scrape(*ScrapeRequest, *ScrapeResponse) error
}

// Expecter is a Handler that answers sooner if it is told, before the first of several requests
// that have come together, which swarms they are about. A Handler that passes requests on to such
// a one passes this on, too.
type Expecter interface {
	Handler
	Expect([]swarm.InfoHash)
}

// Failure is an error whose text may be shown to a client: the value of the
// bencoded "failure reason" (BEP 3) or the message of a UDP error packet (BEP 15).
type Failure string

func (f Failure) Error() string { return string(f) }

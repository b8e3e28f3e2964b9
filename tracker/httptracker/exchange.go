package httptracker

import (
	"errors"

	"github.com/altracker/altracker/tracker"
	"github.com/altracker/altracker/tracker/httploop"
)

// exchange is the state of one request, from query to answer. One goroutine has it
// at a time.
type exchange struct {
	lane           int // of tracker.AnnounceRequest
	announce       announceQuery
	announceAnswer tracker.AnnounceResponse
	scrape         tracker.ScrapeRequest
	scrapeAnswer   tracker.ScrapeResponse
	waits          waits
}

// desk is an event loop's own exchange and counters. Nothing of it is on a cache
// line with what other loops use.
type desk struct {
	_ [64]byte
	exchange
	stats counters
}

// failInternal stands for every error that is not meant for clients.
const failInternal = "internal error"

// errAddress is for connections that [Config.Listener] makes of other things
// than TCP.
var errAddress = errors.New("the connection has no IP address")

// The paths that are served, all others being strays.
const (
	announcePath = "/announce"
	scrapePath   = "/scrape"
)

// respond appends the answer to a request for one of the paths, or the failure that
// it deserves, and counts it.
func (s *Server) respond(x *exchange, c *counters, b []byte, r *httploop.Request) []byte {
	start, answer, answered := len(b), (*Server).answerScrape, &c.scrapes
	if r.Path == announcePath {
		answer, answered = (*Server).answerAnnounce, &c.announces
	}
	b, err := answer(s, x, b, r)
	if err != nil {
		return c.appendFailure(b[:start], err)
	}
	answered.Add(1)
	return b
}

func (s *Server) answerAnnounce(x *exchange, b []byte, r *httploop.Request) ([]byte, error) {
	if !r.Addr.IsValid() {
		return b, errAddress
	}
	if err := x.announce.parse(r.Query, r.Addr); err != nil {
		return b, err
	}
	x.announce.request.Now, x.announce.request.Lane = r.Now, x.lane
	x.announceAnswer.Reset()
	if err := s.handler.Announce(&x.announce.request, &x.announceAnswer); err != nil {
		return b, err
	}
	return appendAnnounce(b, &x.announceAnswer, &x.waits, r.Addr, x.announce.compact), nil
}

func (s *Server) answerScrape(x *exchange, b []byte, r *httploop.Request) ([]byte, error) {
	if err := parseScrape(&x.scrape, r.Query, s.maxScrape); err != nil {
		return b, err
	}
	x.scrape.Lane = x.lane
	x.scrapeAnswer.Reset()
	if err := s.handler.Scrape(&x.scrape, &x.scrapeAnswer); err != nil {
		return b, err
	}
	return appendScrape(b, x.scrape.InfoHashes, x.scrapeAnswer.Counts), nil
}

// appendFailure appends what a client may know of err, and counts it.
func (c *counters) appendFailure(b []byte, err error) []byte {
	c.failures.Add(1)
	if f, ok := errors.AsType[tracker.Failure](err); ok {
		return appendFailure(b, string(f))
	}
	c.internal.Add(1)
	return appendFailure(b, failInternal)
}

package httploop

import (
	"net/netip"
	"time"
	"unsafe"
)

// maxOut is how many bytes of answers are gathered before they are written, and so
// about how many a connection holds for a client that does not read them.
const maxOut = 64 << 10

// ending says why a run of answers ended, and what becomes of the connection once
// they are written.
type ending uint8

const (
	more    ending = iota // all whole requests are answered: read on
	full                  // there may be more requests, but these answers first
	last                  // the connection is to be closed
	strange               // what follows is for net/http
)

// session answers requests that are in memory. One goroutine has it.
type session struct {
	parser parser
	answer Answer

	head    head
	request Request
	body    []byte
	date    date
}

// serve answers the requests at the front of in, in order, and appends the answers
// to out. used is how much of in they took. If closing is set, the first answer is
// the connection's last.
func (s *session) serve(out, in []byte, from netip.Addr, now time.Time, closing bool) (_ []byte, used int, e ending) {
	for {
		if len(out) >= maxOut {
			return out, used, full
		}
		switch s.parser.parse(&s.head, in[used:]) {
		case partial:
			return out, used, more
		case foreign:
			return out, used, strange
		}
		used += s.head.length
		s.head.closes = s.head.closes || closing
		out = s.respond(out, from, now)
		if s.head.closes {
			return out, used, last
		}
	}
}

// respond appends the answer to the request in s.head.
func (s *session) respond(out []byte, from netip.Addr, now time.Time) []byte {
	s.request = Request{Path: s.head.path, Query: view(s.head.query), Addr: from, Now: now}
	s.body = s.answer(s.body[:0], &s.request)
	s.request.Query = ""
	out = appendHead(out, &s.head, len(s.body), s.date.at(now))
	return append(out, s.body...)
}

// view lends b as a string.
func view(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

package httptracker

import (
	"errors"
	"net/http"
	"net/netip"
	"strconv"
	"sync/atomic"

	"github.com/altracker/altracker/tracker"
)

// exchange is the state of one request, from query to answer. One goroutine has
// it at a time; the Server keeps those that are not in use.
type exchange struct {
	announce       announceQuery
	announceAnswer tracker.AnnounceResponse
	scrape         tracker.ScrapeRequest
	scrapeAnswer   tracker.ScrapeResponse
	body           []byte
}

// failInternal stands for every error that is not meant for clients.
const failInternal = "internal error"

// errAddress is for connections that [Config.Listener] makes of other things
// than TCP.
var errAddress = errors.New("the connection has no IP address")

func (s *Server) serveAnnounce(w http.ResponseWriter, r *http.Request) {
	s.serve(w, r, (*Server).answerAnnounce, &s.stats.announces)
}

func (s *Server) serveScrape(w http.ResponseWriter, r *http.Request) {
	s.serve(w, r, (*Server).answerScrape, &s.stats.scrapes)
}

// serve writes what answer appends to the body, or the failure it returns.
func (s *Server) serve(
	w http.ResponseWriter, r *http.Request,
	answer func(*Server, *exchange, *http.Request) error, answered *atomic.Uint64,
) {
	if !s.allowed(w, r) {
		return
	}
	x := s.exchanges.Get().(*exchange)
	defer s.exchanges.Put(x)
	x.body = x.body[:0]
	if err := answer(s, x, r); err != nil {
		x.body = s.appendFailure(x.body[:0], err)
	} else {
		answered.Add(1)
	}
	write(w, x.body)
}

func (s *Server) answerAnnounce(x *exchange, r *http.Request) error {
	addr, err := sourceOf(r)
	if err != nil {
		return err
	}
	if err := x.announce.parse(r.URL.RawQuery, addr); err != nil {
		return err
	}
	x.announce.request.Now = s.now()
	x.announceAnswer.Reset()
	if err := s.handler.Announce(&x.announce.request, &x.announceAnswer); err != nil {
		return err
	}
	x.body = appendAnnounce(x.body, &x.announceAnswer, addr, x.announce.compact)
	return nil
}

func (s *Server) answerScrape(x *exchange, r *http.Request) error {
	if err := parseScrape(&x.scrape, r.URL.RawQuery, s.maxScrape); err != nil {
		return err
	}
	x.scrapeAnswer.Reset()
	if err := s.handler.Scrape(&x.scrape, &x.scrapeAnswer); err != nil {
		return err
	}
	x.body = appendScrape(x.body, x.scrape.InfoHashes, x.scrapeAnswer.Counts)
	return nil
}

// sourceOf returns the address a request came from.
func sourceOf(r *http.Request) (netip.Addr, error) {
	source, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}, errAddress
	}
	return source.Addr().Unmap().WithZone(""), nil
}

// appendFailure appends what a client may know of err, and counts it.
func (s *Server) appendFailure(b []byte, err error) []byte {
	s.stats.failures.Add(1)
	if f, ok := errors.AsType[tracker.Failure](err); ok {
		return appendFailure(b, string(f))
	}
	s.stats.internal.Add(1)
	return appendFailure(b, failInternal)
}

// allowed tells whether the method is one to answer. HEAD is GET without the
// body, which net/http leaves out.
func (s *Server) allowed(w http.ResponseWriter, r *http.Request) bool {
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		return true
	}
	s.stats.strays.Add(1)
	w.Header().Set("Allow", "GET, HEAD")
	http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
	return false
}

// plainText is shared by all answers, so that setting it allocates nothing.
var plainText = []string{"text/plain"}

func write(w http.ResponseWriter, body []byte) {
	h := w.Header()
	h["Content-Type"] = plainText
	h["Content-Length"] = []string{strconv.Itoa(len(body))}
	_, _ = w.Write(body) // an error means that the client is gone
}

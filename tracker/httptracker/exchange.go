package httptracker

import (
	"errors"
	"net/http"
	"net/netip"
	"strconv"
	"sync"

	"github.com/altracker/altracker/tracker"
)

// exchange is the state of one request, from query to answer. One goroutine has
// it at a time.
type exchange struct {
	announce       announceQuery
	announceAnswer tracker.AnnounceResponse
	scrape         tracker.ScrapeRequest
	scrapeAnswer   tracker.ScrapeResponse
	body           []byte
}

var exchanges = sync.Pool{New: func() any { return new(exchange) }}

// failInternal stands for every error that is not meant for clients.
const failInternal = "internal error"

// errAddress is for connections that [Config.Listener] makes of other things
// than TCP.
var errAddress = errors.New("the connection has no IP address")

func (s *Server) serveAnnounce(w http.ResponseWriter, r *http.Request) {
	if !s.allowed(w, r) {
		return
	}
	x := exchanges.Get().(*exchange)
	defer exchanges.Put(x)
	var err error
	if x.body, err = s.answerAnnounce(x, r); err != nil {
		x.body = s.failure(x.body[:0], err)
	} else {
		s.stats.announces.Add(1)
	}
	write(w, x.body)
}

func (s *Server) serveScrape(w http.ResponseWriter, r *http.Request) {
	if !s.allowed(w, r) {
		return
	}
	x := exchanges.Get().(*exchange)
	defer exchanges.Put(x)
	var err error
	if x.body, err = s.answerScrape(x, r); err != nil {
		x.body = s.failure(x.body[:0], err)
	} else {
		s.stats.scrapes.Add(1)
	}
	write(w, x.body)
}

func (s *Server) answerAnnounce(x *exchange, r *http.Request) ([]byte, error) {
	addr, err := sourceOf(r)
	if err != nil {
		return x.body, err
	}
	if err := x.announce.parse(r.URL.RawQuery, addr); err != nil {
		return x.body, err
	}
	x.announce.request.Now = s.now()
	x.announceAnswer.Reset()
	if err := s.handler.Announce(&x.announce.request, &x.announceAnswer); err != nil {
		return x.body, err
	}
	return appendAnnounce(x.body[:0], &x.announceAnswer, addr, x.announce.compact), nil
}

func (s *Server) answerScrape(x *exchange, r *http.Request) ([]byte, error) {
	if err := parseScrape(&x.scrape, r.URL.RawQuery, s.maxScrape); err != nil {
		return x.body, err
	}
	x.scrapeAnswer.Reset()
	if err := s.handler.Scrape(&x.scrape, &x.scrapeAnswer); err != nil {
		return x.body, err
	}
	return appendScrape(x.body[:0], x.scrape.InfoHashes, x.scrapeAnswer.Counts), nil
}

// sourceOf returns the address a request came from.
func sourceOf(r *http.Request) (netip.Addr, error) {
	source, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}, errAddress
	}
	return source.Addr().Unmap().WithZone(""), nil
}

// failure appends what a client may know of err.
func (s *Server) failure(b []byte, err error) []byte {
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
	w.Write(body) // an error means that the client is gone
}

package httptracker

import (
	"net/http"
	"net/netip"
	"strconv"

	"github.com/gorilla/mux"

	"github.com/altracker/altracker/tracker/httploop"
)

// routes lists all that is served. The two paths that matter never get here, see
// ServeHTTP, except in spellings that the router first cleans by a redirection.
func (s *Server) routes() *mux.Router {
	r := mux.NewRouter().StrictSlash(true) // "/announce/" too is redirected
	r.HandleFunc(announcePath, s.serve)
	r.HandleFunc(scrapePath, s.serve)
	r.NotFoundHandler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.stats.strays.Add(1)
		http.NotFound(w, r)
	})
	return r
}

// ServeHTTP implements [http.Handler]. It asks the router only for paths that it
// does not know itself: matching costs more than a whole announce.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch r.URL.Path {
	case announcePath, scrapePath:
		s.serve(w, r)
	default:
		s.router.ServeHTTP(w, r)
	}
}

// serve answers an announce or a scrape.
func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	if !s.allowed(w, r) {
		return
	}
	l := s.loans.Get().(*loan)
	defer s.loans.Put(l)
	l.request = httploop.Request{Path: r.URL.Path, Query: r.URL.RawQuery, Addr: sourceOf(r), Now: s.now()}
	l.body = s.respond(&l.exchange, s.stats, l.body[:0], &l.request)
	write(w, l.body)
}

// loan is what a request borrows from the Server.
type loan struct {
	exchange
	request httploop.Request
	body    []byte
}

// sourceOf returns the address a request came from, or none.
func sourceOf(r *http.Request) netip.Addr {
	source, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	return source.Addr().Unmap().WithZone("")
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

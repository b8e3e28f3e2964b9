package httptracker

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"sync"
	"time"

	"github.com/gorilla/mux"

	"github.com/altracker/altracker/tracker"
	"github.com/altracker/altracker/tracker/httprun"
)

// Server is an HTTP tracker.
type Server struct {
	handler         tracker.Handler
	now             func() time.Time
	maxScrape       int
	shutdownTimeout time.Duration

	listener net.Listener
	http     *http.Server
	router   *mux.Router

	exchanges sync.Pool
	stats     counters
}

// New binds the address and returns a Server that is ready to Run. The error
// names the field of cfg that is wrong.
func New(cfg Config) (*Server, error) {
	if err := cfg.check(); err != nil {
		return nil, fmt.Errorf("httptracker: %w", err)
	}
	cfg = cfg.withDefaults()
	listener := cfg.Listener
	if listener == nil {
		var err error
		if listener, err = net.Listen("tcp", cfg.Listen); err != nil {
			return nil, fmt.Errorf("httptracker: Config.Listen: %w", err)
		}
	}
	s := &Server{
		handler:         cfg.Handler,
		now:             cfg.Now,
		maxScrape:       cfg.MaxScrape,
		shutdownTimeout: cfg.ShutdownTimeout,
		listener:        listener,
		exchanges:       sync.Pool{New: func() any { return new(exchange) }},
	}
	s.router = s.routes()
	s.http = &http.Server{
		Handler:        s,
		MaxHeaderBytes: cfg.MaxHeaderBytes,
		ReadTimeout:    cfg.ReadTimeout,
		WriteTimeout:   cfg.WriteTimeout,
		IdleTimeout:    cfg.IdleTimeout,
		ErrorLog:       slog.NewLogLogger(cfg.Log.Handler(), slog.LevelWarn),
	}
	return s, nil
}

// routes lists all that is served. The two paths that matter never get here, see
// ServeHTTP, except in spellings that the router first cleans by a redirection.
func (s *Server) routes() *mux.Router {
	r := mux.NewRouter().StrictSlash(true) // "/announce/" too is redirected
	r.HandleFunc("/announce", s.serveAnnounce)
	r.HandleFunc("/scrape", s.serveScrape)
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
	case "/announce":
		s.serveAnnounce(w, r)
	case "/scrape":
		s.serveScrape(w, r)
	default:
		s.router.ServeHTTP(w, r)
	}
}

// Addr returns the address the Server is bound to, or the zero AddrPort if its
// listener is not a TCP one.
func (s *Server) Addr() netip.AddrPort { return httprun.Addr(s.listener) }

// Run serves until ctx is done, then lets the requests under way finish, for
// Config.ShutdownTimeout at most, and returns nil. It may be called once.
func (s *Server) Run(ctx context.Context) error {
	if err := httprun.Run(ctx, s.http, s.listener, s.shutdownTimeout); err != nil {
		return fmt.Errorf("httptracker: %w", err)
	}
	return nil
}

// Stats returns the counters.
func (s *Server) Stats() Stats {
	return Stats{
		Announces: s.stats.announces.Load(),
		Scrapes:   s.stats.scrapes.Load(),
		Failures:  s.stats.failures.Load(),
		Internal:  s.stats.internal.Load(),
		Strays:    s.stats.strays.Load(),
	}
}

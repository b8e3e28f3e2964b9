package httptracker

import (
	"context"
	"crypto/tls"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"runtime"
	"sync"
	"time"

	"github.com/gorilla/mux"
	"golang.org/x/net/netutil"
	"golang.org/x/sync/errgroup"

	"github.com/altracker/altracker/tracker"
	"github.com/altracker/altracker/tracker/httploop"
	"github.com/altracker/altracker/tracker/httprun"
)

// Server is an HTTP tracker: event loops for announces and scrapes as clients send
// them, net/http for all else, or for everything.
type Server struct {
	handler         tracker.Handler
	now             func() time.Time
	maxScrape       int
	shutdownTimeout time.Duration

	loop  *httploop.Server // nil: net/http serves everything
	desks []*desk          // one for each worker of loop

	http     *http.Server
	listener net.Listener // of http: what loop hands on, or all there is
	router   *mux.Router
	loans    sync.Pool
	stats    *counters // of what http serves
}

// New binds the address and returns a Server that is ready to Run. The error
// names the field of cfg that is wrong.
func New(cfg Config) (*Server, error) {
	if err := cfg.check(); err != nil {
		return nil, fmt.Errorf("httptracker: %w", err)
	}
	cfg = cfg.withDefaults()
	s := &Server{
		handler:         cfg.Handler,
		now:             cfg.Now,
		maxScrape:       cfg.MaxScrape,
		shutdownTimeout: cfg.ShutdownTimeout,
		loans:           sync.Pool{New: func() any { return new(loan) }},
		stats:           new(counters),
	}
	if s.now == nil {
		s.now = time.Now
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
	open := s.openLoop
	if cfg.portable() {
		open = s.openListener
	}
	if err := open(cfg); err != nil {
		return nil, fmt.Errorf("httptracker: %w", err)
	}
	return s, nil
}

func (cfg Config) portable() bool {
	return cfg.Portable || cfg.Listener != nil || cfg.TLS != nil || runtime.GOOS != "linux"
}

// openLoop binds the address for event loops.
func (s *Server) openLoop(cfg Config) (err error) {
	s.loop, err = httploop.New(httploop.Config{
		Listen:          cfg.Listen,
		Paths:           []string{announcePath, scrapePath},
		NewAnswer:       s.newAnswer,
		Workers:         cfg.Workers,
		MaxConnections:  cfg.MaxConnections,
		ReadTimeout:     cfg.ReadTimeout,
		WriteTimeout:    cfg.WriteTimeout,
		IdleTimeout:     cfg.IdleTimeout,
		ShutdownTimeout: cfg.ShutdownTimeout,
		Now:             cfg.Now,
		Log:             cfg.Log,
	})
	if err != nil {
		return err
	}
	s.listener = s.loop.Foreign()
	return nil
}

// newAnswer returns what answers the requests of one worker.
func (s *Server) newAnswer() httploop.Answer {
	d := new(desk)
	s.desks = append(s.desks, d)
	return func(body []byte, r *httploop.Request) []byte { return s.respond(&d.exchange, &d.stats, body, r) }
}

// openListener binds the address, or takes the listener that was given, for
// net/http alone.
func (s *Server) openListener(cfg Config) error {
	l := cfg.Listener
	if l == nil {
		var err error
		if l, err = net.Listen("tcp", cfg.Listen); err != nil {
			return fmt.Errorf("Config.Listen: %w", err)
		}
	}
	s.listener = netutil.LimitListener(l, cfg.MaxConnections)
	if cfg.TLS != nil {
		s.http.TLSConfig = cfg.TLS.Clone()
		if len(cfg.TLS.NextProtos) == 0 {
			s.http.TLSConfig.NextProtos = []string{"h2", "http/1.1"}
		}
		s.listener = tls.NewListener(s.listener, s.http.TLSConfig)
	}
	return nil
}

// Addr returns the address the Server is bound to, or the zero AddrPort if its
// listener is not a TCP one.
func (s *Server) Addr() netip.AddrPort { return httprun.Addr(s.listener) }

// Run serves until ctx is done, then lets the requests under way finish, for
// Config.ShutdownTimeout at most, and returns nil. It may be called once.
func (s *Server) Run(ctx context.Context) error {
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return httprun.Run(ctx, s.http, s.listener, s.shutdownTimeout) })
	if s.loop != nil {
		group.Go(func() error { return s.loop.Run(ctx) })
	}
	if err := group.Wait(); err != nil {
		return fmt.Errorf("httptracker: %w", err)
	}
	return nil
}

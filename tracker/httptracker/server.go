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

// Server is an HTTP tracker: event loops, or with TLS streams, for announces and
// scrapes as clients send them, net/http for all else, or for everything.
type Server struct {
	handler         tracker.Handler
	now             func() time.Time
	maxScrape       int
	shutdownTimeout time.Duration

	fast  fast    // nil: net/http serves everything
	desks []*desk // one for each worker of fast

	http     *http.Server
	listener net.Listener // of http: what fast hands on, or all there is
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
	if err := s.open(cfg); err != nil {
		return nil, fmt.Errorf("httptracker: %w", err)
	}
	return s, nil
}

// fast is what serves requests before net/http does.
type fast interface {
	Foreign() net.Listener
	Run(context.Context) error
	Stats() httploop.Stats
}

// open binds the address, or takes the listener that was given.
func (s *Server) open(cfg Config) (err error) {
	if !cfg.Portable && cfg.Listener == nil && cfg.TLS == nil && runtime.GOOS == "linux" {
		s.fast, err = httploop.New(s.loopConfig(cfg))
	} else if s.listener, err = s.listen(cfg); err == nil && !cfg.Portable && cfg.TLS != nil {
		s.fast, err = httploop.NewStreams(s.listener, s.loopConfig(cfg))
	}
	if s.fast != nil && err == nil {
		s.listener = s.fast.Foreign()
	}
	return err
}

func (s *Server) loopConfig(cfg Config) httploop.Config {
	return httploop.Config{
		Listen:          cfg.Listen,
		Paths:           []string{announcePath, scrapePath},
		NewAnswer:       s.newAnswer,
		NewExpect:       s.newExpect,
		Workers:         cfg.Workers,
		MaxConnections:  cfg.MaxConnections,
		ReadTimeout:     cfg.ReadTimeout,
		WriteTimeout:    cfg.WriteTimeout,
		IdleTimeout:     cfg.IdleTimeout,
		ShutdownTimeout: cfg.ShutdownTimeout,
		Now:             cfg.Now,
		Log:             cfg.Log,
	}
}

// newAnswer returns what answers the requests of one worker.
func (s *Server) newAnswer() httploop.Answer {
	d := new(desk)
	d.lane = -1 - len(s.desks) // from the end, for UDP workers begin with 0
	s.desks = append(s.desks, d)
	return func(body []byte, r *httploop.Request) []byte { return s.respond(&d.exchange, &d.stats, body, r) }
}

// listen returns a listener for all but event loops.
func (s *Server) listen(cfg Config) (l net.Listener, err error) {
	if l = cfg.Listener; l == nil {
		if l, err = net.Listen("tcp", cfg.Listen); err != nil {
			return nil, fmt.Errorf("Config.Listen: %w", err)
		}
	}
	l = netutil.LimitListener(l, cfg.MaxConnections)
	if cfg.TLS == nil {
		return l, nil
	}
	s.http.TLSConfig = cfg.TLS.Clone()
	if len(cfg.TLS.NextProtos) == 0 {
		s.http.TLSConfig.NextProtos = []string{"h2", "http/1.1"}
	}
	return tls.NewListener(l, s.http.TLSConfig), nil
}

// Addr returns the address the Server is bound to, or the zero AddrPort if its
// listener is not a TCP one.
func (s *Server) Addr() netip.AddrPort { return httprun.Addr(s.listener) }

// Run serves until ctx is done, then lets the requests under way finish, for
// Config.ShutdownTimeout at most, and returns nil. It may be called once.
func (s *Server) Run(ctx context.Context) error {
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return httprun.Run(ctx, s.http, s.listener, s.shutdownTimeout) })
	if s.fast != nil {
		group.Go(func() error { return s.fast.Run(ctx) })
	}
	if err := group.Wait(); err != nil {
		return fmt.Errorf("httptracker: %w", err)
	}
	return nil
}

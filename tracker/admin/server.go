package admin

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"time"

	"github.com/altracker/altracker/tracker/httprun"
)

// Operators and their tools are few and near: generous limits, that end a
// connection nobody uses and a request that hangs.
const (
	readTimeout    = 10 * time.Second
	writeTimeout   = 30 * time.Second
	idleTimeout    = 2 * time.Minute
	maxHeaderBytes = 64 << 10

	shutdownTimeout = 5 * time.Second
)

// Server serves the admin API.
type Server struct {
	config  Config
	options map[string]float64 // of the policy in force, all of them
	began   time.Time

	listener net.Listener
	hosts    hosts
	router   http.Handler
	http     *http.Server
	grace    time.Duration // for requests under way when told to stop
}

// New binds the address and returns a Server that is ready to Run. The error
// names the field of cfg that is wrong.
func New(cfg Config) (*Server, error) {
	if err := cfg.check(); err != nil {
		return nil, fmt.Errorf("admin: %w", err)
	}
	cfg = cfg.withDefaults()
	s := &Server{
		config:  cfg,
		options: allOptions(cfg.Policy, cfg.PolicyOptions),
		began:   cfg.Now(),
		grace:   shutdownTimeout,
	}
	registry, err := newRegistry(cfg)
	if err != nil {
		return nil, fmt.Errorf("admin: %w", err)
	}
	errorLog := slog.NewLogLogger(cfg.Log.Handler(), slog.LevelWarn)
	if s.router, err = newRouter(s.endpoints(registry, errorLog)); err != nil {
		return nil, fmt.Errorf("admin: %w", err)
	}
	s.http = &http.Server{
		Handler:        s,
		ReadTimeout:    readTimeout,
		WriteTimeout:   writeTimeout,
		IdleTimeout:    idleTimeout,
		MaxHeaderBytes: maxHeaderBytes,
		ErrorLog:       errorLog,
	}
	if s.listener = cfg.Listener; s.listener == nil {
		if s.listener, err = net.Listen("tcp", cfg.Listen); err != nil {
			return nil, fmt.Errorf("admin: Config.Listen: %w", err)
		}
	}
	s.hosts = hostsOf(s.Addr(), cfg.Listen)
	return s, nil
}

// Addr returns the address the Server is bound to, or the zero AddrPort if its
// listener is not a TCP one.
func (s *Server) Addr() netip.AddrPort { return httprun.Addr(s.listener) }

// Run serves until ctx is done, then gives the requests under way a few seconds
// to finish, and returns nil. It may be called once.
func (s *Server) Run(ctx context.Context) error {
	if err := httprun.Run(ctx, s.http, s.listener, s.grace); err != nil {
		return fmt.Errorf("admin: %w", err)
	}
	return nil
}

// ServeHTTP implements [http.Handler].
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	protect(w.Header())
	if !s.hosts.own(r.Host) {
		fail(w, &problem{http.StatusMisdirectedRequest, "Host: this server listens on a loopback address; call it by an IP address or as localhost"})
		return
	}
	s.router.ServeHTTP(w, r)
}

package udptracker

import (
	"context"
	"fmt"
	"net"
	"net/netip"

	"golang.org/x/sync/errgroup"
)

// Server is a UDP tracker.
type Server struct {
	sock    *socket
	workers []*worker
}

// New binds the address and returns a Server that is ready to Run. The error
// names the field of cfg that is wrong.
func New(cfg Config) (*Server, error) {
	if err := cfg.check(); err != nil {
		return nil, fmt.Errorf("udptracker: %w", err)
	}
	cfg = cfg.withDefaults()
	conn, err := cfg.bind()
	if err != nil {
		return nil, fmt.Errorf("udptracker: %w", err)
	}
	s, err := newServer(cfg, conn)
	if err != nil {
		conn.Close()
		return nil, fmt.Errorf("udptracker: %w", err)
	}
	return s, nil
}

func newServer(cfg Config, conn *net.UDPConn) (*Server, error) {
	sock, err := newSocket(conn)
	if err != nil {
		return nil, err
	}
	s := &Server{sock: sock}
	for range cfg.Workers {
		ids, err := newIssuer(cfg.Key, cfg.IDLifetime)
		if err != nil {
			return nil, err
		}
		s.workers = append(s.workers, &worker{sock: sock, handler: cfg.Handler, ids: ids, now: cfg.Now})
	}
	return s, nil
}

// Addr returns the address the Server is bound to.
func (s *Server) Addr() netip.AddrPort {
	return s.sock.conn.LocalAddr().(*net.UDPAddr).AddrPort()
}

// Run serves until ctx is done, then closes the socket and returns nil once the
// workers have finished the datagrams at hand. It may be called once.
func (s *Server) Run(ctx context.Context) error {
	group, ctx := errgroup.WithContext(ctx)
	stop := context.AfterFunc(ctx, func() { s.sock.conn.Close() })
	defer stop()
	for _, w := range s.workers {
		group.Go(func() error { return w.run(ctx) })
	}
	return group.Wait()
}

// Stats adds up what the workers have counted.
func (s *Server) Stats() Stats {
	var sum Stats
	for _, w := range s.workers {
		w.stats.addTo(&sum)
	}
	return sum
}

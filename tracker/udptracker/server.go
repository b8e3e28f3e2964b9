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
	sockets []*socket
	workers []*worker
	lines   []line // of the workers
}

// line carries the datagrams between a socket and a worker.
type line interface {
	// serve hands w every datagram that comes and sends its answers, until ctx is
	// done and the socket closed, or the socket is broken.
	serve(ctx context.Context, w *worker) error
}

// New binds the address and returns a Server that is ready to Run. The error
// names the field of cfg that is wrong.
func New(cfg Config) (*Server, error) {
	if err := cfg.check(); err != nil {
		return nil, fmt.Errorf("udptracker: %w", err)
	}
	s := &Server{}
	if err := s.open(cfg.withDefaults()); err != nil {
		s.close()
		return nil, fmt.Errorf("udptracker: %w", err)
	}
	return s, nil
}

func (s *Server) open(cfg Config) error {
	conns, err := cfg.bind()
	for _, conn := range conns {
		s.sockets = append(s.sockets, &socket{conn: conn})
	}
	if err != nil {
		return err
	}
	for _, sock := range s.sockets {
		if err := sock.prepare(); err != nil {
			return err
		}
	}
	for i := range cfg.Workers {
		w, err := newWorker(cfg, i)
		if err != nil {
			return err
		}
		l, err := newLine(s.sockets[i%len(s.sockets)], cfg.Portable)
		if err != nil {
			return err
		}
		s.workers, s.lines = append(s.workers, w), append(s.lines, l)
	}
	return nil
}

// bind returns the bound sockets, also those that it got before an error.
func (cfg Config) bind() ([]*net.UDPConn, error) {
	switch {
	case cfg.Conn != nil:
		return []*net.UDPConn{cfg.Conn}, nil
	case cfg.Portable:
		return listen(cfg.Listen, 1)
	}
	return listen(cfg.Listen, cfg.Workers)
}

func (s *Server) close() {
	for _, sock := range s.sockets {
		sock.conn.Close()
	}
}

// Addr returns the address the Server is bound to.
func (s *Server) Addr() netip.AddrPort {
	return s.sockets[0].conn.LocalAddr().(*net.UDPAddr).AddrPort()
}

// Run serves until ctx is done, then closes the sockets and returns nil once the
// workers have finished the datagrams at hand. It may be called once.
func (s *Server) Run(ctx context.Context) error {
	group, ctx := errgroup.WithContext(ctx)
	stop := context.AfterFunc(ctx, s.close)
	defer stop()
	defer s.close() // a worker may see the end of ctx before its socket is closed
	for i, w := range s.workers {
		group.Go(func() error { return s.lines[i].serve(ctx, w) })
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

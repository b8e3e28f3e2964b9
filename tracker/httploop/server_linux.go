package httploop

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"time"
)

// Server serves small HTTP requests.
type Server struct {
	config   Config
	addr     *net.TCPAddr
	workers  []*worker
	handover *handover
}

// New binds the address and returns a Server that is ready to Run, which it must,
// for it holds sockets. The error names the field of cfg that is wrong.
func New(cfg Config) (*Server, error) {
	if err := cfg.check(); err != nil {
		return nil, err
	}
	s := &Server{config: cfg.withDefaults()}
	listeners, addr, err := listen(cfg.Listen, s.config.Workers)
	if err != nil {
		return nil, fmt.Errorf("Config.Listen: %w", err)
	}
	s.addr, s.handover = addr, newHandover(addr)
	limit := max(1, s.config.MaxConnections/len(listeners))
	for i, l := range listeners {
		w, err := newWorker(&s.config, l, limit, s.handover)
		if err != nil {
			closeAll(listeners[i+1:])
			for _, w := range s.workers {
				w.closeSet()
			}
			return nil, err
		}
		s.workers = append(s.workers, w)
	}
	return s, nil
}

// Addr returns the address the Server is bound to.
func (s *Server) Addr() netip.AddrPort { return s.addr.AddrPort() }

// Foreign returns the listener of the connections that are handed on. Somebody has
// to accept them.
func (s *Server) Foreign() net.Listener { return s.handover }

// Run serves until ctx is done, then lets the requests under way finish, for
// Config.ShutdownTimeout at most, and returns nil. It may be called once.
func (s *Server) Run(ctx context.Context) error {
	ended := make(chan error, len(s.workers))
	for _, w := range s.workers {
		go func() { ended <- w.run() }()
	}
	var failure error
	running := len(s.workers)
	select {
	case <-ctx.Done():
	case failure = <-ended:
		running--
	}
	for _, w := range s.workers {
		w.signal.raise()
	}
	grace := time.NewTimer(s.config.ShutdownTimeout)
	defer grace.Stop()
	for abandoned := false; running > 0; {
		select {
		case err := <-ended:
			failure = errors.Join(failure, err)
			running--
		case <-grace.C:
			if abandoned { // an answer does not come back; its worker closes all that it has when it does
				return failure
			}
			abandoned = true
			s.abandon()
			grace.Reset(time.Second)
		}
	}
	return failure
}

// abandon has workers close everything as it is.
func (s *Server) abandon() {
	for _, w := range s.workers {
		w.abandon.Store(true)
		w.signal.raise()
	}
}

// Stats adds up what the workers have counted.
func (s *Server) Stats() Stats {
	var sum Stats
	for _, w := range s.workers {
		w.stats.addTo(&sum)
	}
	return sum
}

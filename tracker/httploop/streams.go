package httploop

import (
	"context"
	"errors"
	"fmt"
	"net"
	"runtime"
	"sync"
	"sync/atomic"
	"time"
)

// Streams serves small HTTP requests over connections whose bytes an event loop
// cannot read, as those of TLS. Each has a goroutine; all else is as with a [Server],
// on every system.
type Streams struct {
	config   Config
	listener net.Listener
	handover *handover

	// sessions is as many as can be at work at once. A stream takes one for as long
	// as it answers, never while it reads or writes.
	sessions chan *session

	stats counters

	mu       sync.Mutex // guards open
	open     map[*stream]struct{}
	running  sync.WaitGroup // streams
	stopping atomic.Bool    // set under mu
}

// NewStreams returns Streams over the connections of l, which it owns from then on.
// Of cfg, Listen, Workers, MaxConnections and NewExpect do not matter. Connections of
// *[crypto/tls.Conn] that speak HTTP/2 are handed on as they are.
func NewStreams(l net.Listener, cfg Config) (*Streams, error) {
	cfg.Listen, cfg.Workers, cfg.MaxConnections = l.Addr().String(), runtime.GOMAXPROCS(0), 1
	if err := cfg.check(); err != nil {
		return nil, err
	}
	s := &Streams{
		config: cfg.withDefaults(), listener: l, handover: newHandover(l.Addr()),
		sessions: make(chan *session, cfg.Workers),
		open:     map[*stream]struct{}{},
	}
	for range cfg.Workers {
		s.sessions <- &session{parser: parser{paths: cfg.Paths}, answer: cfg.NewAnswer()}
	}
	return s, nil
}

// Foreign returns the listener of the connections that are handed on. Somebody has
// to accept them.
func (s *Streams) Foreign() net.Listener { return s.handover }

// Stats returns the counters.
func (s *Streams) Stats() Stats {
	var sum Stats
	s.stats.addTo(&sum)
	return sum
}

// Run serves until ctx is done, then lets the requests under way finish, for
// Config.ShutdownTimeout at most, and returns nil. It may be called once.
func (s *Streams) Run(ctx context.Context) error {
	unwatch := context.AfterFunc(ctx, func() { s.listener.Close() })
	defer unwatch()
	err := s.accept(ctx)
	s.listener.Close()
	s.stop()
	done := make(chan struct{})
	go func() {
		s.running.Wait()
		close(done)
	}()
	grace := time.NewTimer(s.config.ShutdownTimeout)
	defer grace.Stop()
	select {
	case <-done:
	case <-grace.C:
		s.abandon()
	}
	return err
}

// accept starts streams until the listener is closed. Troubles that pass are waited
// out.
func (s *Streams) accept(ctx context.Context) error {
	var complaint time.Time // not before that, another one
	for {
		conn, err := s.listener.Accept()
		switch {
		case err == nil:
			s.stats.accepted.Add(1)
			s.start(conn)
		case ctx.Err() != nil:
			return nil //nolint:nilerr // it is closed because it is to be
		case errors.Is(err, net.ErrClosed):
			return fmt.Errorf("accept: %w", err)
		default: // no descriptors, as a rule
			s.stats.paused.Add(1)
			if now := time.Now(); now.After(complaint) {
				complaint = now.Add(complaining)
				s.config.Log.Warn("connections have to wait", "reason", err)
			}
			select {
			case <-ctx.Done():
			case <-time.After(pause):
			}
		}
	}
}

const (
	pause       = 20 * time.Millisecond // without accepting, when there is no room
	complaining = 10 * time.Second      // at most that often
)

func (s *Streams) start(conn net.Conn) {
	c := newStream(s, conn)
	s.mu.Lock()
	s.open[c] = struct{}{}
	s.mu.Unlock()
	s.running.Add(1)
	go c.run()
}

// forget is the end of a stream.
func (s *Streams) forget(c *stream) {
	s.mu.Lock()
	delete(s.open, c)
	s.mu.Unlock()
	s.running.Done()
}

// stop ends the streams that wait for a request, at once, and the others with their
// next answer.
func (s *Streams) stop() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stopping.Store(true)
	for c := range s.open {
		c.hurry()
	}
}

// abandon closes every connection.
func (s *Streams) abandon() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for c := range s.open {
		c.cut()
	}
}

package udptracker

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"runtime"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/altracker/altracker/tracker"
)

// DefaultIDLifetime is how long a connection id is accepted at least. BEP 15
// asks for two minutes, but some clients go on using an id for more than five.
// Five minutes here (ten at most, see [Config]) cost nothing: all that an id
// proves is that somebody at this address received a datagram not long ago.
const DefaultIDLifetime = 5 * time.Minute

// Config says how to build a [Server].
type Config struct {
	// Handler answers announces and scrapes; it is called by all workers at
	// once. Required.
	Handler tracker.Handler

	// Listen is the address to bind, HOST:PORT. An empty or unspecified host
	// means all addresses of both families. Either Listen or Conn is required.
	Listen string

	// Conn is a bound socket to use instead. The Server owns it from then on.
	Conn *net.UDPConn

	// Workers is the number of goroutines that serve. Zero: one per processor
	// that Go may use.
	Workers int

	// IDLifetime is how long a connection id is accepted at least; it is
	// accepted for twice that at most. Zero: DefaultIDLifetime.
	IDLifetime time.Duration

	// Key is the secret that connection ids are made with. Servers that answer
	// at one address have to share it. Zero: random.
	Key [16]byte

	// Now is the clock. Zero: time.Now.
	Now func() time.Time
}

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

func (cfg Config) check() error {
	switch {
	case cfg.Handler == nil:
		return errors.New("Config.Handler: missing")
	case cfg.Listen == "" && cfg.Conn == nil:
		return errors.New("Config.Listen: missing, and no Conn")
	case cfg.Listen != "" && cfg.Conn != nil:
		return errors.New("Config.Listen: given, and Conn too")
	case cfg.Workers < 0:
		return fmt.Errorf("Config.Workers: %d: want 0 or more", cfg.Workers)
	case cfg.IDLifetime < 0:
		return fmt.Errorf("Config.IDLifetime: %v: want 0 or more", cfg.IDLifetime)
	}
	return nil
}

func (cfg Config) withDefaults() Config {
	if cfg.Workers == 0 {
		cfg.Workers = runtime.GOMAXPROCS(0)
	}
	if cfg.IDLifetime == 0 {
		cfg.IDLifetime = DefaultIDLifetime
	}
	if cfg.Key == [16]byte{} {
		rand.Read(cfg.Key[:]) // never fails
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	return cfg
}

func (cfg Config) bind() (*net.UDPConn, error) {
	if cfg.Conn != nil {
		return cfg.Conn, nil
	}
	conn, err := net.ListenPacket("udp", cfg.Listen)
	if err != nil {
		return nil, fmt.Errorf("Config.Listen: %w", err)
	}
	return conn.(*net.UDPConn), nil
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

package httptracker

import (
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"time"

	"github.com/altracker/altracker/tracker"
)

// The defaults of [Config].
const (
	DefaultMaxScrape       = 100
	DefaultMaxHeaderBytes  = 1<<20 + 64<<10
	DefaultReadTimeout     = 10 * time.Second
	DefaultWriteTimeout    = 10 * time.Second
	DefaultIdleTimeout     = 30 * time.Second
	DefaultShutdownTimeout = 5 * time.Second
)

// mostConnections is the default of Config.MaxConnections where files are not scarce.
const mostConnections = 1 << 16

// Config says how to build a [Server].
type Config struct {
	// Handler answers announces and scrapes; it is called by many goroutines at
	// once. It may be a [tracker.Expecter]. Required.
	Handler tracker.Handler

	// Listen is the address to bind, HOST:PORT. An empty or unspecified host
	// means all addresses of both families. Either Listen or Listener is
	// required.
	Listen string

	// Listener is a listener to use instead. The Server owns it from then on, and
	// serves it by net/http alone.
	Listener net.Listener

	// TLS, if given, is what connections are secured with. HTTP/2 is offered
	// unless it names other protocols.
	TLS *tls.Config

	// Portable serves by net/http alone, as is done anyway with a Listener, and
	// without TLS on other systems than Linux. Answers are the same, at a third of the
	// speed.
	Portable bool

	// Workers is the number of event loops. Zero: one per processor that Go may use.
	Workers int

	// MaxConnections is how many connections may be open at once; more have to wait
	// in the kernel. Zero: three eighths of the files that the process may have
	// open, 65,536 at most, so that there may be two Servers.
	MaxConnections int

	// MaxScrape is how many info hashes a scrape may name. Zero: DefaultMaxScrape.
	MaxScrape int

	// MaxHeaderBytes bounds the request line and headers together. Up to it, a
	// query that is too long gets a failure reason like any other mistake; beyond
	// it, net/http closes the connection with status 431. A lower limit saves
	// memory under attack. Zero: DefaultMaxHeaderBytes, enough for the failure
	// reason to reach a client with a URL of 1 MiB. Requests of up to 16 KiB never
	// get to net/http.
	MaxHeaderBytes int

	// ReadTimeout bounds the reception of a request, WriteTimeout what follows
	// until its answer is sent, IdleTimeout the wait for the next request on the
	// connection. Zero: DefaultReadTimeout, DefaultWriteTimeout,
	// DefaultIdleTimeout.
	ReadTimeout, WriteTimeout, IdleTimeout time.Duration

	// ShutdownTimeout is how long Run, when told to stop, waits for requests under
	// way. Zero: DefaultShutdownTimeout.
	ShutdownTimeout time.Duration

	// Now is the clock. Zero: time.Now.
	Now func() time.Time

	// Log is told what goes wrong with listener and connections. Zero: slog.Default().
	Log *slog.Logger
}

func (cfg Config) check() error {
	switch {
	case cfg.Handler == nil:
		return errors.New("Config.Handler: missing")
	case cfg.Listen == "" && cfg.Listener == nil:
		return errors.New("Config.Listen: missing, and no Listener")
	case cfg.Listen != "" && cfg.Listener != nil:
		return errors.New("Config.Listen: given, and Listener too")
	case cfg.MaxScrape < 0:
		return fmt.Errorf("Config.MaxScrape: %d: want 0 or more", cfg.MaxScrape)
	case cfg.MaxHeaderBytes < 0:
		return fmt.Errorf("Config.MaxHeaderBytes: %d: want 0 or more", cfg.MaxHeaderBytes)
	case cfg.Workers < 0:
		return fmt.Errorf("Config.Workers: %d: want 0 or more", cfg.Workers)
	case cfg.MaxConnections < 0:
		return fmt.Errorf("Config.MaxConnections: %d: want 0 or more", cfg.MaxConnections)
	}
	for _, t := range []struct {
		name  string
		value time.Duration
	}{
		{"ReadTimeout", cfg.ReadTimeout},
		{"WriteTimeout", cfg.WriteTimeout},
		{"IdleTimeout", cfg.IdleTimeout},
		{"ShutdownTimeout", cfg.ShutdownTimeout},
	} {
		if t.value < 0 {
			return fmt.Errorf("Config.%s: %v: want 0 or more", t.name, t.value)
		}
	}
	return nil
}

func (cfg Config) withDefaults() Config {
	orDefault(&cfg.MaxScrape, DefaultMaxScrape)
	orDefault(&cfg.MaxHeaderBytes, DefaultMaxHeaderBytes)
	orDefault(&cfg.MaxConnections, min(openFiles()/8*3, mostConnections))
	orDefault(&cfg.ReadTimeout, DefaultReadTimeout)
	orDefault(&cfg.WriteTimeout, DefaultWriteTimeout)
	orDefault(&cfg.IdleTimeout, DefaultIdleTimeout)
	orDefault(&cfg.ShutdownTimeout, DefaultShutdownTimeout)
	if cfg.Log == nil {
		cfg.Log = slog.Default()
	}
	return cfg
}

func orDefault[T int | time.Duration](field *T, value T) {
	if *field == 0 {
		*field = value
	}
}

package httploop

import (
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"strings"
	"time"
)

// Config says how to build a [Server].
type Config struct {
	// Listen is the address to bind, HOST:PORT. An empty or unspecified host means
	// all addresses of both families. Required.
	Listen string

	// Paths are what is served here, each beginning with a slash. Required.
	Paths []string

	// NewAnswer is called once for each worker; what it returns is called by that
	// worker alone. Required.
	NewAnswer func() Answer

	// NewExpect is called once for each worker of a [Server], too. Zero: nobody wants to
	// know.
	NewExpect func() Expect

	// Workers is the number of threads that serve. Zero: one per processor that Go
	// may use.
	Workers int

	// MaxConnections is how many connections may be open at once, those that were
	// handed on included. From 7/8 of them on, answers end their connection; when
	// there are no more to be had, clients wait in the kernel. Each worker has an
	// equal share. Required.
	MaxConnections int

	// ReadTimeout bounds the reception of a request, WriteTimeout the time that a
	// client takes to accept the answers that wait for it, IdleTimeout the wait for
	// the next request. Required.
	ReadTimeout, WriteTimeout, IdleTimeout time.Duration

	// ShutdownTimeout is how long Run, when told to stop, waits for requests under
	// way. Required.
	ShutdownTimeout time.Duration

	// Now is the clock of requests. Zero: time.Now. Timeouts have their own.
	Now func() time.Time

	// Log is told of connections that cannot be accepted and of answers that
	// panicked. Zero: slog.Default().
	Log *slog.Logger
}

func (cfg Config) check() error {
	switch {
	case cfg.Listen == "":
		return errors.New("Config.Listen: missing")
	case len(cfg.Paths) == 0:
		return errors.New("Config.Paths: missing")
	case cfg.NewAnswer == nil:
		return errors.New("Config.NewAnswer: missing")
	case cfg.Workers < 0:
		return fmt.Errorf("Config.Workers: %d: want 0 or more", cfg.Workers)
	case cfg.MaxConnections < 1:
		return fmt.Errorf("Config.MaxConnections: %d: want 1 or more", cfg.MaxConnections)
	}
	for _, p := range cfg.Paths {
		if !strings.HasPrefix(p, "/") {
			return fmt.Errorf("Config.Paths: %q: want a slash first", p)
		}
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
		if t.value <= 0 {
			return fmt.Errorf("Config.%s: %v: want more than 0", t.name, t.value)
		}
	}
	return nil
}

func (cfg Config) withDefaults() Config {
	if cfg.Workers == 0 {
		cfg.Workers = runtime.GOMAXPROCS(0)
	}
	if cfg.Log == nil {
		cfg.Log = slog.Default()
	}
	return cfg
}

package admin

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/altracker/altracker/selector"
	"github.com/altracker/altracker/tracker"
)

// Config says how to build a [Server].
type Config struct {
	// Listen is the address to bind, HOST:PORT. Either Listen or Listener is
	// required.
	Listen string

	// Listener is a listener to use instead. The Server owns it from then on.
	Listener net.Listener

	// Tracker is what the Server tells of. Required.
	Tracker *tracker.Tracker

	// Policy is the name of the policy that Tracker answers by, PolicyOptions the
	// options it was given. Policy is required; PolicyOptions left out have their
	// defaults.
	Policy        string
	PolicyOptions map[string]float64

	// Sources tells of the sources of network maps, at the time of the call. It
	// must not block. Zero: there are none.
	Sources func() []Source

	// Ready returns nil if announces can be answered, otherwise what is missing. It
	// must not block. Zero: always ready.
	Ready func() error

	// Version is the program's. Zero: "unknown".
	Version string

	// Collectors adds to the metrics what only the caller knows, such as the
	// counters of frontends.
	Collectors []prometheus.Collector

	// Now is the clock. Zero: time.Now.
	Now func() time.Time

	// Log is told what goes wrong with listener, connections and metrics. Zero:
	// slog.Default().
	Log *slog.Logger
}

func (cfg Config) check() error {
	switch {
	case cfg.Tracker == nil:
		return errors.New("Config.Tracker: missing")
	case cfg.Listen == "" && cfg.Listener == nil:
		return errors.New("Config.Listen: missing, and no Listener")
	case cfg.Listen != "" && cfg.Listener != nil:
		return errors.New("Config.Listen: given, and Listener too")
	}
	if _, err := selector.New(cfg.Policy, cfg.PolicyOptions); err != nil {
		return fmt.Errorf("Config.Policy: %w", err)
	}
	return nil
}

func (cfg Config) withDefaults() Config {
	if cfg.Sources == nil {
		cfg.Sources = func() []Source { return nil }
	}
	if cfg.Ready == nil {
		cfg.Ready = func() error { return nil }
	}
	if cfg.Version == "" {
		cfg.Version = "unknown"
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Log == nil {
		cfg.Log = slog.Default()
	}
	return cfg
}

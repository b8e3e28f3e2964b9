package udptracker

import (
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"runtime"
	"time"

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
	// once. It may be a [tracker.Expecter]. Required.
	Handler tracker.Handler

	// Listen is the address to bind, HOST:PORT. An empty or unspecified host
	// means all addresses of both families. Either Listen or Conn is required.
	Listen string

	// Conn is a bound socket to use instead, served by one worker. The Server
	// owns it from then on.
	Conn *net.UDPConn

	// Workers is the number of goroutines that serve, on Linux each with a
	// socket of its own. Zero: one per processor that Go may use; one for a Conn.
	Workers int

	// Portable serves with the calls of package net, one datagram at a time and
	// all workers on one socket, as is always done where the system is not Linux.
	Portable bool

	// IDLifetime is how long a connection id is accepted at least; it is
	// accepted for twice that at most. Zero: DefaultIDLifetime.
	IDLifetime time.Duration

	// Key is the secret that connection ids are made with. Servers that answer
	// at one address have to share it. Zero: random.
	Key [16]byte

	// Now is the clock. Zero: time.Now.
	Now func() time.Time
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
	case cfg.Workers > 1 && cfg.Conn != nil:
		return fmt.Errorf("Config.Workers: %d: a Conn has one", cfg.Workers)
	case cfg.IDLifetime < 0:
		return fmt.Errorf("Config.IDLifetime: %v: want 0 or more", cfg.IDLifetime)
	}
	return nil
}

func (cfg Config) withDefaults() Config {
	if cfg.Workers == 0 {
		cfg.Workers = runtime.GOMAXPROCS(0)
	}
	if cfg.Conn != nil {
		cfg.Workers = 1
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

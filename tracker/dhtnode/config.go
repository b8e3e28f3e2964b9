package dhtnode

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"time"

	"github.com/altracker/altracker/tracker"
	"github.com/altracker/altracker/tracker/swarm"
)

// Config shapes a Node.
type Config struct {
	// Handler answers the questions and takes the announces. It must be set.
	Handler tracker.Handler

	// Listen is the UDP address, "host:port"; it must be set. A host with several
	// addresses should name one: nodes know each other by address (BEP 32).
	Listen string

	// Bootstrap is nodes to get to know the network from, "host:port". Without
	// them the node contacts nobody until somebody has contacted it.
	Bootstrap []string

	// Private tells which info hashes are none of the DHT's business: questions
	// about them are answered with nodes alone, announces of them enter nothing.
	// It must be safe for use by several goroutines. nil means that there are none.
	Private func(swarm.InfoHash) bool

	// NodeID is the node's id; zero means one that fits PublicIP (BEP 42) if that is
	// set, and a random one if not.
	NodeID [20]byte

	// PublicIP is the address that others see the node at. The zero Addr means that
	// it is not known.
	PublicIP netip.Addr

	// Lifetime is how long a peer that was announced here stays unless it announces
	// again; 0 means 30 minutes. Clients announce to the DHT every 15 minutes or so
	// (libtorrent's default): one lost datagram costs no peer its place, and who has
	// gone is forgotten in half the time a tracker announce would last.
	Lifetime time.Duration

	// Rate is how many queries are answered in a second, from everybody together; 0
	// means 500. Source addresses of queries may be forged and answers are larger,
	// so this bounds what the node can be made to send to a victim: at most Rate
	// kilobytes per second.
	Rate int

	// Now is the clock; nil means time.Now.
	Now func() time.Time
}

func (c *Config) check() error {
	switch {
	case c.Handler == nil:
		return errors.New("dhtnode: Handler is nil")
	case c.Listen == "":
		return errors.New("dhtnode: Listen is empty")
	case c.Lifetime < 0:
		return errors.New("dhtnode: Lifetime is negative")
	case c.Rate < 0:
		return errors.New("dhtnode: Rate is negative")
	}
	for _, b := range c.Bootstrap {
		if _, _, err := splitHostPort(b); err != nil {
			return fmt.Errorf("dhtnode: Bootstrap: %w", err)
		}
	}
	return nil
}

func (c Config) withDefaults() Config {
	if c.Private == nil {
		c.Private = func(swarm.InfoHash) bool { return false }
	}
	if c.Lifetime == 0 {
		c.Lifetime = 30 * time.Minute
	}
	if c.Rate == 0 {
		c.Rate = 500
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	return c
}

func splitHostPort(s string) (host string, port uint16, err error) {
	host, p, err := net.SplitHostPort(s)
	if err != nil {
		return "", 0, err
	}
	n, err := strconv.ParseUint(p, 10, 16)
	if err != nil || n == 0 || host == "" {
		return "", 0, fmt.Errorf("%q: want host:port", s)
	}
	return host, uint16(n), nil
}

package load

import (
	"crypto/tls"
	"math"
	"net/netip"
	"time"
)

// The defaults of [Config].
const (
	DefaultTorrents    = 10_000
	DefaultPeers       = 100_000
	DefaultSources     = 128
	DefaultNumWant     = 50
	DefaultScrape      = 3
	DefaultInFlight    = 128
	DefaultConnections = 64
	DefaultDuration    = 10 * time.Second
	DefaultTimeout     = 2 * time.Second
)

// maxInFlight is how many requests a worker can tell apart.
const maxInFlight = 1 << 14

// maxScrape is how many info hashes fit in a UDP scrape (BEP 15).
const maxScrape = 74

// NumWantDefault is a NumWant that leaves the number of peers to the tracker.
const NumWantDefault = -1

// Config says what to load a tracker with.
type Config struct {
	// Target is the tracker. Required.
	Target Target

	// Torrents and Peers are how many there are. Zero: DefaultTorrents,
	// DefaultPeers.
	Torrents, Peers int

	// Exponent says how unequal torrents are: a peer is in the torrent of rank r
	// with a probability in proportion to 1/r^Exponent. Zero: all torrents have
	// the same number of peers.
	Exponent float64

	// SeedShare is the share of peers that have everything. Zero: none.
	SeedShare float64

	// Seed makes another population, and other requests, of the same sizes.
	Seed uint64

	// From is where the addresses of peers are taken from. Zero: 127.0.0.0/8 or
	// ::1, the target's family deciding; for a target elsewhere, the one address
	// that this machine reaches it from.
	From netip.Prefix

	// Sources is how many addresses peers have. Zero: DefaultSources, or as many
	// as From has; over HTTP with keep-alive, as many as Connections; never more
	// than Peers.
	Sources int

	// Mix is what is asked. Zero: regular announces only.
	Mix Mix

	// NumWant is how many peers an announce asks for. Zero: DefaultNumWant.
	// NumWantDefault: as many as the tracker likes.
	NumWant int

	// ScrapeHashes is how many info hashes a scrape names. Zero: DefaultScrape.
	ScrapeHashes int

	// Rate makes an open loop of that many requests a second. Zero: a closed
	// loop.
	Rate float64

	// InFlight is how many UDP requests wait for their answer at a time in a
	// closed loop. Zero: DefaultInFlight.
	InFlight int

	// Connections is how many HTTP connections there are at a time. Zero:
	// DefaultConnections.
	Connections int

	// OneShot makes an HTTP connection for each request.
	OneShot bool

	// Pipeline is how many HTTP requests are sent ahead of their answers on one
	// connection. Zero: 1.
	Pipeline int

	// Workers is the number of threads. Zero: 1.
	Workers int

	// Warmup is how long requests are sent before they count, Duration how long
	// they count. Zero Duration: DefaultDuration.
	Warmup, Duration time.Duration

	// Timeout is when a request without answer counts as lost. Zero:
	// DefaultTimeout.
	Timeout time.Duration

	// TrustPeers leaves the peers of replies unchecked: for a server that makes
	// them up.
	TrustPeers bool

	// AllowSelf lets a reply hold the requester.
	AllowSelf bool

	// CPUs are the processors that workers run on. Nil: any.
	CPUs []int

	// Nice is the niceness of workers; below 0 is for root. Zero: as it is.
	Nice int

	// PID is the tracker's process, if it is on this machine; its CPU time and
	// memory are told. Zero: not told.
	PID int

	// TLS says how to trust an https target. Nil: the system's authorities.
	TLS *tls.Config

	// Portable makes workers use package net where they need not.
	Portable bool
}

func (c Config) http() bool { return c.Target.Scheme != "udp" }

// keepAlive tells that a connection, and so its address, serves many requests.
func (c Config) keepAlive() bool { return c.http() && !c.OneShot }

func (c Config) withDefaults() (Config, error) {
	orDefault(&c.Torrents, DefaultTorrents)
	orDefault(&c.Peers, DefaultPeers)
	orDefault(&c.NumWant, DefaultNumWant)
	orDefault(&c.ScrapeHashes, DefaultScrape)
	orDefault(&c.InFlight, DefaultInFlight)
	orDefault(&c.Connections, DefaultConnections)
	orDefault(&c.Pipeline, 1)
	orDefault(&c.Workers, 1)
	orDefault(&c.Duration, DefaultDuration)
	orDefault(&c.Timeout, DefaultTimeout)
	if c.Mix == (Mix{}) {
		c.Mix[regular] = 1
	}
	if !c.From.IsValid() {
		from, err := nearest(c.Target.Addr)
		if err != nil {
			return c, wrongField("From", "%w", err)
		}
		c.From = from
	}
	if c.Sources == 0 {
		c.Sources = DefaultSources
		if c.keepAlive() {
			c.Sources = c.Connections
		}
		if room := c.From.Addr().BitLen() - c.From.Bits(); room < 16 {
			c.Sources = min(c.Sources, max(1<<room-1, 1))
		}
		c.Sources = max(min(c.Sources, c.Peers), 1)
	}
	return c, c.check()
}

func orDefault[T int | time.Duration](field *T, value T) {
	if *field == 0 {
		*field = value
	}
}

func (c Config) check() error {
	for _, n := range []struct {
		name             string
		value, min, most int
	}{
		{"Torrents", c.Torrents, 1, 1 << 28},
		{"Peers", c.Peers, 1, 1 << 30},
		{"Sources", c.Sources, 1, 1 << 16},
		{"NumWant", c.NumWant, NumWantDefault, 10_000},
		{"ScrapeHashes", c.ScrapeHashes, 1, maxScrape},
		{"InFlight", c.InFlight, 1, maxInFlight},
		{"Connections", c.Connections, 1, 1 << 15},
		{"Pipeline", c.Pipeline, 1, 64},
		{"Workers", c.Workers, 1, 256},
		{"Nice", c.Nice, -20, 19},
	} {
		if n.value < n.min || n.value > n.most {
			return wrongField(n.name, "%d: want %d to %d", n.value, n.min, n.most)
		}
	}
	for _, n := range []struct {
		name      string
		value     float64
		min, most float64
	}{
		{"Exponent", c.Exponent, 0, 10},
		{"SeedShare", c.SeedShare, 0, 1},
		{"Rate", c.Rate, 0, 1e8},
		{"Warmup", c.Warmup.Seconds(), 0, 3600},
		{"Duration", c.Duration.Seconds(), 1e-3, 7 * 24 * 3600},
		{"Timeout", c.Timeout.Seconds(), 1e-3, 3600},
	} {
		if math.IsNaN(n.value) || n.value < n.min || n.value > n.most {
			return wrongField(n.name, "%v: want %v to %v", n.value, n.min, n.most)
		}
	}
	return c.checkTogether()
}

// checkTogether checks what one field allows of another.
func (c Config) checkTogether() error {
	_, scrapes := c.Target.scrapePath()
	switch {
	case !c.Target.Addr.IsValid():
		return wrongField("Target", "missing")
	case c.From.Addr().Is4() != c.Target.Addr.Addr().Is4():
		return wrongField("From", "%v: the target %v is of the other family", c.From, c.Target.Addr.Addr())
	case c.From.Addr().IsLoopback() != c.Target.Addr.Addr().IsLoopback():
		return wrongField("From", "%v: the target %v is not reached from there", c.From, c.Target.Addr.Addr())
	case c.Workers > c.Sources:
		return wrongField("Workers", "%d: more than the %d sources", c.Workers, c.Sources)
	case c.http() && c.Workers > c.Connections:
		return wrongField("Workers", "%d: more than the %d connections", c.Workers, c.Connections)
	case c.Sources > c.Peers:
		return wrongField("Sources", "%d: more than the %d peers", c.Sources, c.Peers)
	case c.http() && c.Mix[connect] > 0:
		return wrongField("Mix", "connect: HTTP has no such request")
	case c.http() && c.Mix[scrape]+c.Mix[stopped] > 0 && !scrapes: // see deck.drawFrom
		return wrongField("Mix", "scrape, stopped: %q names no scrape path, for its last segment does not begin with \"announce\" (BEP 48)", c.Target.Path)
	case c.OneShot && c.Pipeline > 1:
		return wrongField("Pipeline", "a connection for each request has room for one")
	case c.keepAlive() && c.Connections < c.Sources:
		return wrongField("Connections", "%d: fewer than the %d sources, each of which needs one", c.Connections, c.Sources)
	case c.Mix[stopped] > 0 && c.Peers < 4*c.together():
		return wrongField("Peers", "%d: want four for each of the %d requests in flight, so that none is asked for while it leaves", c.Peers, c.together())
	}
	return nil
}

// together returns how many requests may be under way at a time.
func (c Config) together() int {
	switch {
	case c.http():
		return c.Connections * c.Pipeline
	case c.Rate > 0:
		return 1
	}
	return c.InFlight
}

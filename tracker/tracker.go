// Package tracker answers announces and scrapes: the way of one request, start to
// end, without a socket and without a clock.
//
// A [Tracker] joins two things that do not know each other. The swarm store
// (package swarm) knows who is in which swarm; a policy (package selector) knows,
// from a network map, in which shares the PIDs should fill a reply. For each
// announce the Tracker loads the map once, finds the requester's PID in it, takes
// the policy's list for that PID from its cache, and lets the store enter the peer
// and walk the list under one lock:
//
//	m := map in force          one atomic load
//	pid := m.PID(address)      longest prefix
//	walk := plan for pid       cached by map version, PID and role
//	store.Announce             enter, draw, append
//
// Lack of guidance is never a failure. Without a map, or for a requester that no
// source guides, the reply is a uniform draw, and a counter says so.
//
// Frontends turn bytes into requests and responses into bytes; they see a
// [Handler], which a Tracker is.
package tracker

import (
	"errors"
	"iter"
	"time"

	"github.com/altracker/altracker/selector"
	"github.com/altracker/altracker/tracker/swarm"
)

// Config shapes a Tracker.
type Config struct {
	// Store holds the swarms; nil means a new one with its defaults.
	Store *swarm.Store

	// Map returns the map in force; it is called once for each announce and must
	// not block. nil, and a nil map, mean that there is none.
	Map func() selector.Map

	// Policy chooses peers; nil means selector.Random.
	Policy selector.Policy

	// CensusSize is how many peers a swarm must have for a policy to look at it, if the
	// policy is a selector.Adviser; 0 means 50. CensusInterval is how long it looks
	// away from one that does not change; 0 means 5 minutes. See Tracker.Review.
	CensusSize     int
	CensusInterval time.Duration

	// Interval is how often peers are asked to announce; 0 means 30 minutes.
	Interval time.Duration

	// MinInterval is how often they may at most; 0 means half of Interval.
	MinInterval time.Duration

	// Lifetime is how long a silent peer stays; 0 means twice the Interval. It is at
	// most 36 hours (see swarm.Store.Expire).
	Lifetime time.Duration

	// DefaultNumWant is how many peers a reply has if the request does not say; 0
	// means 50. MaxNumWant is the most it has; 0 means 200.
	DefaultNumWant, MaxNumWant int
}

const longestLifetime = 36 * time.Hour

// Tracker is a [Handler] on a store, a map and a policy. Its methods may be called
// from any goroutine.
type Tracker struct {
	config   Config
	plans    *plans
	council  *council // nil if the policy does not look at swarms
	counters counters
}

// New returns a Tracker. Close it when it is no longer used.
func New(c Config) (*Tracker, error) {
	if c.Store == nil {
		store, err := swarm.New(swarm.Config{})
		if err != nil {
			return nil, err
		}
		c.Store = store
	}
	if c.Map == nil {
		c.Map = func() selector.Map { return nil }
	}
	if c.Policy == nil {
		c.Policy = selector.Random{}
	}
	c.CensusSize = or(c.CensusSize, 50)
	c.CensusInterval = or(c.CensusInterval, 5*time.Minute)
	c.Interval = or(c.Interval, 30*time.Minute)
	c.MinInterval = or(c.MinInterval, c.Interval/2)
	c.Lifetime = or(c.Lifetime, min(2*c.Interval, longestLifetime))
	c.DefaultNumWant = or(c.DefaultNumWant, 50)
	c.MaxNumWant = or(c.MaxNumWant, 200)
	if err := c.check(); err != nil {
		return nil, err
	}
	plans, err := newPlans(c.Policy)
	if err != nil {
		return nil, err
	}
	return &Tracker{config: c, plans: plans, council: newCouncil(c)}, nil
}

func (c *Config) check() error {
	switch {
	case c.Interval < time.Second:
		return errors.New("tracker: Interval is under a second")
	case c.MinInterval > c.Interval:
		return errors.New("tracker: MinInterval is above Interval")
	case c.Lifetime <= c.Interval:
		return errors.New("tracker: Lifetime is not above Interval, so that peers would go between announces")
	case c.Lifetime > longestLifetime:
		return errors.New("tracker: Lifetime is above 36 hours")
	case c.CensusSize < 0 || c.CensusInterval < 0:
		return errors.New("tracker: CensusSize or CensusInterval is negative")
	case c.DefaultNumWant < 0 || c.MaxNumWant < c.DefaultNumWant:
		return errors.New("tracker: DefaultNumWant is not between 0 and MaxNumWant")
	}
	return nil
}

func or[T int | time.Duration](v, otherwise T) T {
	if v == 0 {
		return otherwise
	}
	return v
}

// Close ends the Tracker's cache.
func (t *Tracker) Close() { t.plans.cache.Close() }

// Expire removes the peers that have been silent for longer than the lifetime, as
// of now. Somebody has to call it, about once a minute.
func (t *Tracker) Expire(now time.Time) (expired int) {
	n := t.config.Store.Expire(now.Unix(), int64(t.config.Lifetime/time.Second))
	t.counters.lane(0).add(expiredPeers, uint64(n))
	return n
}

// Regroup moves the peers that still stand by an older map over to the one in force, and
// yields now and then, for its caller to pause. Somebody has to go through it, some times a
// second; until then announces do, a few peers at a time.
func (t *Tracker) Regroup() iter.Seq[int] { return t.config.Store.Regroup() }

// Store returns the store the Tracker works on.
func (t *Tracker) Store() *swarm.Store { return t.config.Store }

// Map returns the map in force, nil if there is none.
func (t *Tracker) Map() selector.Map { return t.config.Map() }

// Expect is told which swarms the next announces are about, by a frontend that has several at
// once: they are answered sooner for it. See [swarm.Store.Expect].
func (t *Tracker) Expect(hashes []swarm.InfoHash) { t.config.Store.Expect(hashes) }

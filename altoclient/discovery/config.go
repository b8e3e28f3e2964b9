package discovery

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"net/netip"
	"time"

	"github.com/altracker/altracker/altoclient"
)

// Guide takes sources that come and go; *altoclient.Guide is one.
type Guide interface {
	Add(...*altoclient.Source) error
	Remove(names ...string)
}

// FollowerConfig shapes a [Follower]. In each number 0 means the default.
type FollowerConfig struct {
	Finder *Finder // required
	Guide  Guide   // required

	// Open makes the source of the server whose directory is at uri, for the given
	// requesters. It does not run it. Required.
	Open func(name, uri string, requesters []netip.Prefix) (*altoclient.Source, error)

	// Domain is that of the operator's own network, whose server guides whom it
	// likes (RFC 7286); empty: Domains tells.
	Domain string

	// Domains tells domains that may be that of the operator's own network, the most
	// likely one first; nil: no server is looked for. It is called whenever the server
	// is looked for, at least once an hour, may wait for as long as it likes, and may
	// return domains together with an error.
	Domains func(context.Context) ([]string, error)

	// DomainsChanged tells whether Domains may tell something else than the last time,
	// so that the server is looked for at once. It is called once in each Period and must
	// not wait; nil: nothing tells.
	DomainsChanged func() bool

	// AllowPrivate looks up addresses that are not of the public Internet, too.
	AllowPrivate bool

	// MaxServers is how many servers are followed; 0 means 32. When there are
	// more, the one that was of use least recently goes.
	MaxServers int

	// Stay is how long a server that was of use is safe from that; 0 means one
	// minute.
	Stay time.Duration

	// Idle is how long a server may be of no use before its prefixes are no longer
	// looked up again when their time is over; 0 means one hour.
	Idle time.Duration

	// Queue is how many addresses may wait, Workers how many are looked up at once;
	// 0 means 1024 and 16.
	Queue, Workers int

	// Period is how long neighbours of an address are not looked up after it; 0
	// means one minute.
	Period time.Duration

	// Memory is a file that keeps what was found, so that a restart need not wait for
	// the DNS; empty: there is none. Two programs must not share it.
	Memory string

	// MaxAge is how long what was found may be used without the DNS saying so again,
	// whatever its TTL, and however often it was asked in vain; 0 means a day. The
	// Finder's Ceiling should be well below it.
	MaxAge time.Duration

	// Prune is told now and then which servers are followed, by URI: what Open has
	// kept of others is of no more use. Nil means that nobody is told.
	Prune func(followed []string)

	// Tick is how often servers are looked after; 0 means one second.
	Tick time.Duration

	// Now is the clock; nil means time.Now.
	Now func() time.Time

	// Log is told which servers come and go; nil means that nobody is.
	Log *slog.Logger
}

func (c FollowerConfig) withDefaults() FollowerConfig {
	c.MaxServers = cmp.Or(c.MaxServers, 32)
	c.Stay = cmp.Or(c.Stay, time.Minute)
	c.Idle = cmp.Or(c.Idle, time.Hour)
	c.Queue = cmp.Or(c.Queue, 1024)
	c.Workers = cmp.Or(c.Workers, 16)
	c.MaxAge = cmp.Or(c.MaxAge, 24*time.Hour)
	c.Period = cmp.Or(c.Period, time.Minute)
	c.Tick = cmp.Or(c.Tick, time.Second)
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	return c
}

func (c FollowerConfig) check() error {
	switch {
	case c.Finder == nil:
		return errors.New("no Finder")
	case c.Guide == nil:
		return errors.New("no Guide")
	case c.Open == nil:
		return errors.New("no Open")
	case min(c.MaxServers, c.Queue, c.Workers) < 0:
		return errors.New("negative MaxServers, Queue or Workers")
	case min(c.Stay, c.Idle, c.Period, c.MaxAge, c.Tick) < 0:
		return errors.New("negative Stay, Idle, Period, MaxAge or Tick")
	}
	return nil
}

package discovery

import (
	"context"
	"fmt"
	"net/netip"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"
)

// Follower is a task that looks up who is responsible for addresses, and hands
// the servers that it finds to a Guide.
type Follower struct {
	config  FollowerConfig
	inbox   *inbox
	again   chan netip.Prefix // to be looked up again
	learnt  chan lesson
	roster  *roster // owned by keep
	touched atomic.Pointer[map[string]*atomic.Bool]
	counts  followerCounts
}

// lesson is what came of one look-up.
type lesson struct {
	asked  netip.Prefix
	result Result
	err    error
}

// NewFollower returns a Follower. The error names the field at fault.
func NewFollower(config FollowerConfig) (*Follower, error) {
	config = config.withDefaults()
	if err := config.check(); err != nil {
		return nil, fmt.Errorf("follower: %w", err)
	}
	f := &Follower{
		config: config,
		inbox:  newInbox(config.Queue),
		again:  make(chan netip.Prefix, config.Queue),
		learnt: make(chan lesson),
	}
	f.roster = newRoster(config, &f.counts)
	f.touched.Store(new(map[string]*atomic.Bool))
	return f, nil
}

// Ask has somebody look up who is responsible for addr, sooner or later or, if
// there is too much to do, not at all. It never waits and allocates nothing. The
// address must be unmapped.
func (f *Follower) Ask(addr netip.Addr) { f.inbox.offer(addr) }

// Touch tells that the source of that name has guided somebody. It never waits
// and allocates nothing.
func (f *Follower) Touch(source string) {
	if flag := (*f.touched.Load())[source]; flag != nil && !flag.Load() {
		flag.Store(true)
	}
}

// Run looks up and looks after servers until ctx is done; it returns nil then.
func (f *Follower) Run(ctx context.Context) error {
	group, ctx := errgroup.WithContext(ctx)
	for range f.config.Workers {
		group.Go(func() error {
			f.work(ctx)
			return nil
		})
	}
	group.Go(func() error {
		f.keep(ctx)
		return nil
	})
	return group.Wait()
}

// work looks up one address or prefix after the other.
func (f *Follower) work(ctx context.Context) {
	for {
		var asked netip.Prefix
		select {
		case <-ctx.Done():
			return
		case asked = <-f.again:
		case addr := <-f.inbox.addresses:
			if !f.config.AllowPrivate && !Public(addr) {
				f.counts.ignored.Add(1)
				continue
			}
			asked = netip.PrefixFrom(addr, addr.BitLen())
		}
		l := lesson{asked: asked}
		l.result, l.err = f.find(ctx, asked)
		f.counts.count(l)
		select {
		case <-ctx.Done():
			return
		case f.learnt <- l:
		}
	}
}

func (f *Follower) find(ctx context.Context, asked netip.Prefix) (Result, error) {
	if !asked.IsValid() {
		return f.config.Finder.Domain(ctx, f.config.Domain)
	}
	return f.config.Finder.Prefix(ctx, asked)
}

// keep owns the roster.
func (f *Follower) keep(ctx context.Context) {
	tick := time.NewTicker(f.config.Tick)
	defer tick.Stop()
	period := time.NewTicker(f.config.Period)
	defer period.Stop()
	f.tend()
	told := false // that the domain has no server
	for {
		select {
		case <-ctx.Done():
			return
		case l := <-f.learnt:
			if !l.asked.IsValid() {
				none := len(l.result.URIs) == 0
				if none && !told {
					f.config.Log.Warn("no ALTO server found", "domain", f.config.Domain, "error", l.err)
				}
				told = none
			}
			f.roster.learn(l.asked, l.result, l.err, f.config.Now())
			f.publish()
		case <-tick.C:
			f.tend()
		case <-period.C:
			f.inbox.turn()
		}
	}
}

func (f *Follower) tend() {
	for _, p := range f.roster.tend(f.config.Now()) {
		c := f.roster.claims[p]
		if c == nil {
			continue // its server has just been closed
		}
		select {
		case f.again <- p:
			c.asking = true
		default: // at the next tick, then
		}
	}
	f.publish()
}

// publish tells other goroutines which servers there are.
func (f *Follower) publish() {
	flags := make(map[string]*atomic.Bool, len(f.roster.servers))
	for _, s := range f.roster.servers {
		flags[s.name] = s.touched
	}
	f.touched.Store(&flags)
	f.counts.servers.Store(int64(len(f.roster.servers)))
	f.counts.claims.Store(int64(len(f.roster.claims)))
}

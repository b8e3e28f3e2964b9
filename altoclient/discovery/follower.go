package discovery

import (
	"context"
	"errors"
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
	keeper  keeper            // owned by keep, as is roster
	again   chan netip.Prefix // to be looked up again
	learnt  chan lesson
	roster  *roster
	touched atomic.Pointer[map[string]*atomic.Bool]
	counts  followerCounts
}

// lesson is what came of one look-up.
type lesson struct {
	asked  netip.Prefix // the zero Prefix: the operator's own network
	result Result
	err    error

	domains []string // of the operator's own network
	wrong   error    // with learning them
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
	f.keeper = keeper{config: config, roster: f.roster}
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
		f.find(ctx, &l)
		f.counts.count(l)
		select {
		case <-ctx.Done():
			return
		case f.learnt <- l:
		}
	}
}

// learnPeriod is how often the domains of the operator's network are learnt anew, at
// least.
const learnPeriod = time.Hour

var errNoDomain = errors.New("no domain is known")

// find looks up what the lesson is about.
func (f *Follower) find(ctx context.Context, l *lesson) {
	if l.asked.IsValid() {
		l.result, l.err = f.config.Finder.Prefix(ctx, l.asked)
		return
	}
	if l.domains = []string{f.config.Domain}; f.config.Domain == "" { // what the user says comes first (RFC 7286 section 3.1)
		l.domains, l.wrong = f.config.Domains(ctx)
	}
	if len(l.domains) == 0 {
		l.err = errNoDomain
		return
	}
	l.result, l.err = f.config.Finder.Domain(ctx, l.domains...)
	if f.config.Domain == "" {
		l.result.TTL = min(l.result.TTL, learnPeriod)
	}
}

// keep owns the roster.
func (f *Follower) keep(ctx context.Context) {
	tick := time.NewTicker(f.config.Tick)
	defer tick.Stop()
	period := time.NewTicker(f.config.Period)
	defer period.Stop()
	for _, p := range f.keeper.restore(f.config.Now()) {
		f.askAgain(p)
	}
	f.tend()
	told := false // that this network has no server
	for {
		select {
		case <-ctx.Done():
			f.keeper.save(f.config.Now(), true)
			return
		case l := <-f.learnt:
			if !l.asked.IsValid() {
				told = f.tell(l, told)
			}
			f.roster.learn(l.asked, l.result, l.err, f.config.Now())
			f.publish()
		case <-tick.C:
			f.tend()
		case <-period.C:
			f.inbox.turn()
			if f.config.DomainsChanged != nil && f.config.DomainsChanged() {
				f.roster.askDomain(f.config.Now())
			}
		}
	}
}

// tell tells, once, that no server of the operator's network was found.
func (f *Follower) tell(l lesson, told bool) bool {
	none := len(l.result.URIs) == 0
	if none && !told {
		f.config.Log.Warn("no ALTO server found for this network", "domains", l.domains, "error", errors.Join(l.err, l.wrong))
	}
	return none
}

func (f *Follower) tend() {
	for _, p := range f.roster.tend(f.config.Now()) {
		c := f.roster.claims[p]
		if c == nil {
			continue // its server has just been closed
		}
		c.asking = f.askAgain(p) // at the next tick if not now
	}
	f.publish()
	f.keeper.save(f.config.Now(), false)
}

// askAgain has a prefix looked up again if there is room for it.
func (f *Follower) askAgain(p netip.Prefix) bool {
	select {
	case f.again <- p:
		return true
	default:
		return false
	}
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

package discovery

import (
	"cmp"
	"context"
	"fmt"
	"net/netip"
	"time"

	"golang.org/x/sync/singleflight"
	"golang.org/x/time/rate"
)

// FinderConfig shapes a [Finder].
type FinderConfig struct {
	Resolver Resolver // required

	// AllowHTTP takes servers without TLS where a name knows no other.
	AllowHTTP bool

	// LookupsPerSecond bounds the questions to the Resolver; 0 means 10.
	LookupsPerSecond float64

	// Floor and Ceiling bound how long an answer is used, whatever the DNS says; 0
	// means one minute and one day.
	Floor, Ceiling time.Duration

	// NegativeTTL is how long bad news are used where the DNS does not say; 0
	// means 15 minutes.
	NegativeTTL time.Duration

	// RetryPause is how long to wait before names whose look-up failed are looked
	// up again; it doubles each time. 0 means one second.
	RetryPause time.Duration

	// CacheSize bounds what is kept, in bytes; 0 means 8 MiB.
	CacheSize int64

	// Now is the clock; nil means time.Now.
	Now func() time.Time
}

// Finder carries out the procedures of RFC 7286 and RFC 8686, and remembers what
// came of them. It may be used from several goroutines.
type Finder struct {
	config    FinderConfig
	protocols []string // the better first
	limiter   *rate.Limiter
	cache     *cache
	flights   singleflight.Group
	counts    finderCounts
}

// Result is where ALTO servers are.
type Result struct {
	// URIs lead to information resource directories, the one to be tried first
	// first. None means that there is no server.
	URIs []string

	// Prefix is what the servers are responsible for: that at which they were
	// found. It is the zero Prefix after a discovery by domain, or of nothing.
	Prefix netip.Prefix

	// Name is the domain name at which they were found, with the dot at its end.
	Name string

	// Asked is when the DNS said so, TTL how long from now on that holds.
	Asked time.Time
	TTL   time.Duration
}

// NewFinder returns a Finder. The caller must close it.
func NewFinder(config FinderConfig) (*Finder, error) {
	if config.Resolver == nil {
		return nil, fmt.Errorf("finder: no resolver")
	}
	config.LookupsPerSecond = cmp.Or(config.LookupsPerSecond, 10)
	config.Floor = cmp.Or(config.Floor, time.Minute)
	config.Ceiling = cmp.Or(config.Ceiling, max(24*time.Hour, config.Floor))
	config.NegativeTTL = cmp.Or(config.NegativeTTL, 15*time.Minute)
	config.RetryPause = cmp.Or(config.RetryPause, time.Second)
	config.CacheSize = cmp.Or(config.CacheSize, 8<<20)
	if config.Now == nil {
		config.Now = time.Now
	}
	switch {
	case config.LookupsPerSecond < 0:
		return nil, fmt.Errorf("finder: %v look-ups per second", config.LookupsPerSecond)
	case config.Floor < 0 || config.Ceiling < config.Floor:
		return nil, fmt.Errorf("finder: floor %v and ceiling %v", config.Floor, config.Ceiling)
	case config.CacheSize < 0:
		return nil, fmt.Errorf("finder: cache size %d is negative", config.CacheSize)
	}
	f := &Finder{
		config:    config,
		protocols: []string{protocolHTTPS},
		limiter:   rate.NewLimiter(rate.Limit(config.LookupsPerSecond), max(1, int(config.LookupsPerSecond))),
	}
	if config.AllowHTTP {
		f.protocols = append(f.protocols, protocolHTTP)
	}
	var err error
	f.cache, err = newCache(config.CacheSize, config.Now)
	return f, err
}

// Close ends the Finder's goroutines.
func (f *Finder) Close() { f.cache.findings.Close() }

// Domain finds the servers of the network whose domain is one of names, those at
// the first one that has any (RFC 7286 section 3.2). That there are none is no error.
// Names whose look-up fails are treated as by [Finder.Prefix].
func (f *Finder) Domain(ctx context.Context, names ...string) (Result, error) {
	rungs := make([]Rung, len(names))
	for i, name := range names {
		rungs[i].Name = qualified(name)
	}
	return f.ladder(ctx, rungs)
}

// Prefix finds the servers that are responsible for p, or for the address that
// it is (RFC 8686 section 3). That there are none is no error; a prefix that is
// too short is ([ErrTooShort]).
//
// A name whose look-up fails does not hold up the next one; only when no name has
// led to a server are those that failed for a passing reason tried again. The
// error tells, by [Temporary], whether asking later makes sense.
func (f *Finder) Prefix(ctx context.Context, p netip.Prefix) (Result, error) {
	rungs, err := Ladder(p)
	if err != nil {
		return Result{}, err
	}
	return f.ladder(ctx, f.existing(rungs))
}

// existing leaves out the names below one that is known not to exist: they do
// not exist either (RFC 8020).
func (f *Finder) existing(rungs []Rung) []Rung {
	for i := len(rungs) - 1; i >= 0; i-- {
		if known, ok := f.cache.get(rungs[i].Name); ok && known.missing {
			return rungs[i:]
		}
	}
	return rungs
}

// retries is how often names whose look-up failed are looked up again.
const retries = 2

func (f *Finder) ladder(ctx context.Context, rungs []Rung) (Result, error) {
	var final error
	for round := 0; ; round++ {
		var failed []Rung
		var passing error
		for _, rung := range rungs {
			found := f.find(ctx, rung.Name, round > 0)
			switch {
			case ctx.Err() != nil:
				return Result{}, ctx.Err()
			case len(found.uris) > 0:
				return Result{URIs: found.uris, Prefix: rung.Prefix, Name: rung.Name, Asked: found.asked, TTL: found.expires.Sub(f.config.Now())}, nil
			case found.err == nil:
			case Temporary(found.err):
				passing = found.err
				failed = append(failed, rung)
			default:
				final = found.err
			}
		}
		if len(failed) == 0 || round == retries {
			return Result{}, cmp.Or(passing, final)
		}
		rungs = failed
		if err := wait(ctx, f.config.RetryPause<<round); err != nil {
			return Result{}, err
		}
	}
}

func wait(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// find returns what there is to know of name. Those who ask at the same time
// share one answer. With again, a failure that is remembered does not count.
func (f *Finder) find(ctx context.Context, name string, again bool) finding {
	if known, ok := f.cache.get(name); ok && !(again && known.err != nil) {
		f.counts.cached.Add(1)
		return known
	}
	v, _, _ := f.flights.Do(name, func() (any, error) {
		found := f.look(ctx, name)
		if ctx.Err() == nil {
			f.cache.put(name, found)
		}
		return found, nil
	})
	return v.(finding)
}

// look asks the DNS.
func (f *Finder) look(ctx context.Context, name string) finding {
	asked := f.config.Now()
	s := search{finder: f, ctx: ctx, name: name, ttl: -1}
	uris, err := s.follow(name, 0)
	ttl := s.ttl
	switch {
	case len(uris) > 0:
		err = nil
	case err != nil && Temporary(err):
		ttl = f.config.Floor
	case ttl < 0:
		ttl = f.config.NegativeTTL
	}
	return finding{
		uris:    uris,
		missing: s.missing,
		err:     err,
		asked:   asked,
		expires: f.config.Now().Add(min(max(ttl, f.config.Floor), f.config.Ceiling)),
	}
}

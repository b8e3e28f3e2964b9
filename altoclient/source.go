package altoclient

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"path"
	"slices"
	"sync"
	"time"
)

// SourceConfig says where a [Source] gets its maps and how long they last.
type SourceConfig struct {
	Name string // required

	// Directory is the URL of an ALTO server's directory. Without it, NetworkMap,
	// CostMap and PropertyMap are files; the last two may be left out.
	Directory                        string
	NetworkMap, CostMap, PropertyMap string

	// Properties is what is to be known of PIDs besides costs, such as isp, region or
	// access, by last name: see [Snapshot.Labels]. Property maps (RFC 9240) of a
	// Directory are looked through for them; updates are then polled for.
	Properties []string

	// Map is the id of the network map to use where the directory has several;
	// empty means its default one. It needs Directory.
	Map string

	// Requesters is whom this source guides. None means everybody whom its
	// network map places outside its default PID.
	Requesters []netip.Prefix

	// Rank comes before the order of sources and before Requesters: what a source
	// of a lower rank guides, none of a higher rank does.
	Rank int

	// Internal says which PIDs are the source's own network; see
	// [SnapshotConfig].
	Internal []string

	// Costs says which cost types to use and how to weigh them; see [CostPlan].
	// None means routingcost alone. It needs Directory.
	Costs []CostWeight

	// Interval is how long maps are used where the server does not say how long
	// they are fresh; 0 means 5 minutes. Floor and Ceiling bound what it says; 0
	// means 30 seconds and 1 hour.
	Interval, Floor, Ceiling time.Duration

	// Updates says how to learn of changes; empty means UpdatesAuto. It needs
	// Directory. While updates are followed, maps are not asked for. An HTTP client
	// of the caller's own must not have a Timeout, which would end every stream.
	Updates UpdateMode

	// Silence is how long a server may say nothing while its updates are followed,
	// not even that it lives, or keep back the cost map of a new network map; 0
	// means 45 seconds, three times what RFC 8895 section 6.8 recommends.
	Silence time.Duration

	// Poll is how often files are looked at; 0 means 2 seconds.
	Poll time.Duration

	// MaxAge is how long a map may be used after it was last known to be right;
	// 0 means 24 hours.
	MaxAge time.Duration

	// Cache is a folder that keeps what is fetched from a Directory, in a folder
	// of its own for each source, so that there is a map after a restart though no
	// server answers. Two programs must not share it. Empty means none. At most
	// CacheBytes are kept for the source; 0 means 1 GiB.
	Cache      string
	CacheBytes int64

	Client *Client   // required with Directory
	Limits Limits    // of files; a Client has its own
	Rows   *RowCache // shared with others; nil means that rows are not kept
}

// Source is a task that keeps the last good maps of one ALTO server, or of a pair
// of files. Readers never wait for it.
type Source struct {
	config   SourceConfig
	fetch    func(ctx context.Context, bypass bool) (fetched, error) // nil: static
	cache    *diskCache                                              // nil if there is none
	direct   fetchFunc                                               // fetch without keeping; nil without cache
	follower *follower                                               // nil if there is no Directory
	force    chan chan<- error
	updated  chan struct{} // has an element once a map was brought up to date
	jitter   func(time.Duration) time.Duration
	notify   []func()

	mu      sync.Mutex // guards what follows
	opinion opinion
	status  Status
	good    time.Time // when opinion was last known to be right
	next    time.Time // zero while fetching
	tried   bool

	following bool      // updates; next is never
	polled    time.Time // what next was before
	owned     bool      // a Guide has it, or had
}

// opinion is the View in use, nil if there is none.
type opinion struct {
	view      View
	version   uint64 // changes with the view
	numbering uint64 // changes when the view's PIDs change their meaning
}

// NewSource checks config and returns a Source that has not fetched anything yet.
// The error names the field at fault.
func NewSource(config SourceConfig) (*Source, error) {
	if err := config.check(); err != nil {
		return nil, fmt.Errorf("source %q: %w", config.Name, err)
	}
	var err error
	if config.Costs, err = checkCosts(config.Costs); err != nil {
		return nil, fmt.Errorf("source %q: %w", config.Name, err)
	}
	fill := func(have *time.Duration, def time.Duration) {
		if *have == 0 {
			*have = def
		}
	}
	fill(&config.Interval, 5*time.Minute)
	fill(&config.Floor, 30*time.Second)
	fill(&config.Ceiling, max(time.Hour, config.Floor))
	fill(&config.Poll, 2*time.Second)
	fill(&config.Silence, 45*time.Second)
	fill(&config.MaxAge, 24*time.Hour)
	snapshots := SnapshotConfig{Internal: config.Internal, Rows: config.Rows}
	s := newSource(config)
	if config.Directory != "" {
		client := config.Client
		if config.Cache != "" {
			s.cache = newDiskCache(config)
			client = s.cache.client(client)
		}
		r := &remote{client: client, directory: config.Directory, networkMap: config.Map, config: snapshots, weights: config.Costs}
		if len(config.Properties) > 0 {
			r.labels = newLabelling(config.Properties)
			config.Updates = UpdatesPoll
		}
		r.updates = config.Updates
		s.fetch = r.fetch
		if s.cache != nil {
			s.direct, s.fetch = s.fetch, s.cache.keeping(s.fetch)
		}
		s.follower = &follower{source: s, remote: r, client: config.Client, next: s.fetch, mode: config.Updates}
		s.fetch = s.follower.fetch
	} else {
		s.fetch = (&files{paths: [3]string{config.NetworkMap, config.CostMap, config.PropertyMap}, limits: config.Limits, config: snapshots}).fetch
	}
	return s, nil
}

// NewStaticSource returns a Source of one View that never changes.
func NewStaticSource(name string, view View, requesters []netip.Prefix) *Source {
	s := newSource(SourceConfig{Name: name, Requesters: requesters})
	s.opinion = opinion{view: view, version: 1, numbering: 1}
	s.tried = true
	s.good = time.Now()
	s.status.State = StateOK
	s.describe(view)
	return s
}

func newSource(config SourceConfig) *Source {
	return &Source{
		config:  config,
		force:   make(chan chan<- error),
		updated: make(chan struct{}, 1),
		jitter:  spread,
		status:  Status{Name: config.Name, State: StateNone},
	}
}

func (c SourceConfig) check() error {
	switch {
	case c.Name == "":
		return errors.New("name is missing")
	case c.Directory == "" && c.NetworkMap == "":
		return errors.New("directory or network_map is missing")
	case c.Directory != "" && (c.NetworkMap != "" || c.CostMap != "" || c.PropertyMap != ""):
		return errors.New("directory excludes network_map, cost_map and property_map")
	case c.Directory == "" && len(c.Costs) > 0:
		return errors.New("costs need directory")
	case c.Directory == "" && c.Map != "":
		return errors.New("map needs directory")
	case c.Directory == "" && len(c.Properties) > 0:
		return errors.New("properties need directory")
	case len(c.Properties) > 0 && c.Updates != "" && c.Updates != UpdatesAuto && c.Updates != UpdatesPoll:
		return fmt.Errorf("updates %q: want poll with properties", c.Updates)
	case !c.Updates.known():
		return fmt.Errorf("updates %q: want one of %v", c.Updates, UpdateModes())
	case c.Directory == "" && c.Updates != "" && c.Updates != UpdatesPoll:
		return errors.New("updates need directory")
	case c.Directory != "" && c.Client == nil:
		return errors.New("client is missing")
	case c.Ceiling != 0 && c.Ceiling < c.Floor:
		return fmt.Errorf("ceiling %v is below floor %v", c.Ceiling, c.Floor)
	}
	if c.Directory != "" {
		u, err := url.Parse(c.Directory)
		if err != nil {
			return fmt.Errorf("directory: %w", withoutURL(err))
		}
		if u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
			return fmt.Errorf("directory %q is not a URL of http or https", u.Redacted())
		}
	}
	if c.CacheBytes < 0 {
		return fmt.Errorf("cache bytes %d is negative", c.CacheBytes)
	}
	for _, p := range c.Internal {
		if _, err := path.Match(p, ""); err != nil {
			return fmt.Errorf("internal %q: %w", p, err)
		}
	}
	for _, p := range c.Requesters {
		if !p.IsValid() {
			return errors.New("requesters: invalid prefix")
		}
	}
	for name, d := range map[string]time.Duration{
		"interval": c.Interval, "floor": c.Floor, "ceiling": c.Ceiling, "poll": c.Poll, "silence": c.Silence, "max age": c.MaxAge,
	} {
		if d < 0 {
			return fmt.Errorf("%s %v is negative", name, d)
		}
	}
	return nil
}

// Name returns the source's name.
func (s *Source) Name() string { return s.config.Name }

// Requesters returns whom the source guides; none means everybody whom its
// network map places outside its default PID.
func (s *Source) Requesters() []netip.Prefix {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.config.Requesters)
}

// Notify has f called, from [Source.Run], after the first refresh and whenever
// Current has changed. It must be called before Run.
func (s *Source) Notify(f func()) { s.notify = append(s.notify, f) }

// Current returns the View in use, nil if there is none.
func (s *Source) Current() View {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.opinion.view
}

// Status returns how the source is doing.
func (s *Source) Status() Status {
	s.mu.Lock()
	defer s.mu.Unlock()
	status := s.status
	now := time.Now()
	if s.opinion.view != nil {
		status.Age = now.Sub(s.good)
	}
	if !s.next.IsZero() && !s.following {
		status.NextRefresh = max(0, s.next.Sub(now))
	}
	status.CacheError = s.cache.trouble()
	return status
}

// Refresh fetches at once, past all caches, and returns how that went. It needs
// a running [Source.Run].
func (s *Source) Refresh(ctx context.Context) error {
	if s.fetch == nil {
		return nil
	}
	result := make(chan error, 1)
	select {
	case s.force <- result:
	case <-ctx.Done():
		return ctx.Err()
	}
	select {
	case err := <-result:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// take enters the source into a Guide that wants to hear of changes.
func (s *Source) take(notify func()) {
	s.mu.Lock()
	s.owned = true
	s.mu.Unlock()
	s.Notify(notify)
}

func (s *Source) taken() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.owned
}

func (s *Source) hasTried() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.tried
}

func (s *Source) current() opinion {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.opinion
}

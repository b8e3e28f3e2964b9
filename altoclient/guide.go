package altoclient

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"

	"golang.org/x/sync/errgroup"
)

// Guide is a task that runs sources and joins the maps they have into one
// [Atlas], anew whenever one of them changes. Sources may come and go meanwhile.
type Guide struct {
	rows    *RowCache
	current atomic.Pointer[Atlas]
	changes chan struct{}
	ready   chan struct{}

	mu      sync.Mutex // guards what follows; held shortly
	sources []*guided  // in the order of their precedence
	taken   uint64     // how many sources there have been
	running *running   // nil unless Run is

	building sync.Mutex // guards what follows; held while maps are joined
	seen     []seenSource
}

// guided is a source of a Guide.
type guided struct {
	*Source
	id   uint64             // one source is not another one of its name
	stop context.CancelFunc // nil if it does not run
}

// running is a [Guide.Run] under way.
type running struct {
	ctx   context.Context // parent of every source's
	group *errgroup.Group
}

// seenSource is a source whose opinion is in the current Atlas.
type seenSource struct {
	source  *Source
	version uint64
}

// NewGuide returns a Guide over sources, in the order of their precedence. Rows
// are kept in rows, which may be nil. It fails as [Guide.Set] does.
func NewGuide(rows *RowCache, sources ...*Source) (*Guide, error) {
	g := &Guide{
		rows:    rows,
		changes: make(chan struct{}, 1),
		ready:   make(chan struct{}),
	}
	g.current.Store(new(Atlas))
	return g, g.Set(sources...)
}

// Set has the Guide run exactly these sources, in this order of precedence: those
// it has go on undisturbed, the others come or go. Current tells of the change
// once Set returns. It fails, changing nothing, if two sources have one name or
// one of them has been in a Guide before and is not in this one.
func (g *Guide) Set(sources ...*Source) error {
	return g.change(func([]*Source) ([]*Source, error) { return sources, nil })
}

// Add has the Guide run sources, too; those it has come before them. It fails as
// [Guide.Set] does.
func (g *Guide) Add(sources ...*Source) error {
	return g.change(func(have []*Source) ([]*Source, error) { return append(have, sources...), nil })
}

// Remove ends the sources of these names and has their maps forgotten. It does
// not wait for requests under way, which are cancelled; [Guide.Run] does. Names
// that no source has are passed over. A source that was removed cannot return: a
// new one of its name can.
func (g *Guide) Remove(names ...string) {
	// It only fails for what is added.
	_ = g.change(func(have []*Source) ([]*Source, error) {
		return slices.DeleteFunc(have, func(s *Source) bool { return slices.Contains(names, s.Name()) }), nil
	})
}

// change replaces the sources by what list makes of them.
func (g *Guide) change(list func(have []*Source) ([]*Source, error)) error {
	g.mu.Lock()
	have := make([]*Source, len(g.sources))
	for i, s := range g.sources {
		have[i] = s.Source
	}
	want, err := list(have)
	if err == nil {
		err = g.replace(want)
	}
	g.mu.Unlock()
	if err != nil {
		return err
	}
	g.rebuild()
	g.wake() // Ready may have waited for a source that is gone
	return nil
}

func (g *Guide) replace(want []*Source) error {
	old := make(map[*Source]*guided, len(g.sources))
	for _, s := range g.sources {
		old[s.Source] = s
	}
	if err := checkSources(want, old); err != nil {
		return err
	}
	g.sources = make([]*guided, len(want))
	for i, s := range want {
		if g.sources[i] = old[s]; g.sources[i] == nil {
			s.take(g.wake)
			g.taken++
			g.sources[i] = &guided{Source: s, id: g.taken}
			g.start(g.sources[i])
		}
		delete(old, s)
	}
	for _, s := range old {
		if s.stop != nil {
			s.stop()
		}
	}
	return nil
}

func checkSources(want []*Source, old map[*Source]*guided) error {
	seen := make(map[string]bool)
	for _, s := range want {
		switch {
		case seen[s.Name()]:
			return fmt.Errorf("two sources are called %q", s.Name())
		case old[s] == nil && s.taken():
			return fmt.Errorf("source %q has been in a guide before", s.Name())
		}
		seen[s.Name()] = true
	}
	return nil
}

// start runs a source if Run is under way, which runs it otherwise.
func (g *Guide) start(s *guided) {
	if g.running == nil {
		return
	}
	ctx, stop := context.WithCancel(g.running.ctx)
	s.stop = stop
	g.running.group.Go(func() error {
		defer stop()
		return s.Run(ctx)
	})
}

// Current returns the latest Atlas. It never waits and never returns nil.
func (g *Guide) Current() *Atlas { return g.current.Load() }

// Sources returns how the sources are doing, in the order of their precedence.
func (g *Guide) Sources() []Status {
	g.mu.Lock()
	sources := slices.Clone(g.sources)
	g.mu.Unlock()
	atlas := g.Current()
	list := make([]Status, len(sources))
	for i, s := range sources {
		list[i] = s.Status()
		if list[i].PIDs > 0 && len(list[i].Warnings) == 0 && atlas.shadows(s.Name()) {
			list[i].Warnings = []string{"guides nobody: sources before it are responsible for all its addresses"}
		}
	}
	return list
}

// Ready is closed once every source has fetched or failed to, and what there was
// to get is in Current. It tells how far Run is, not whether anything is wrong:
// unguided answers are right, too. Sources that come later do not open it again.
func (g *Guide) Ready() <-chan struct{} { return g.ready }

// Refresh has every source fetch at once, past all caches. It needs a running
// [Guide.Run].
func (g *Guide) Refresh(ctx context.Context) error {
	g.mu.Lock()
	sources := slices.Clone(g.sources)
	g.mu.Unlock()
	errs := make([]error, len(sources))
	var group errgroup.Group
	for i, s := range sources {
		group.Go(func() error {
			if err := s.Refresh(ctx); err != nil {
				errs[i] = fmt.Errorf("source %q: %w", s.Name(), err)
			}
			return nil
		})
	}
	_ = group.Wait() // the errors are in errs
	return errors.Join(errs...)
}

// Run runs the sources until ctx is done; it returns nil then. It may be called
// only once.
func (g *Guide) Run(ctx context.Context) error {
	group, ctx := errgroup.WithContext(ctx)
	g.mu.Lock()
	g.running = &running{ctx: ctx, group: group}
	for _, s := range g.sources {
		g.start(s)
	}
	group.Go(func() error {
		// No source may start once the group is being waited for in earnest.
		defer func() {
			g.mu.Lock()
			g.running = nil
			g.mu.Unlock()
		}()
		for {
			g.checkReady()
			select {
			case <-ctx.Done():
				return nil
			case <-g.changes:
				g.rebuild()
			}
		}
	})
	g.mu.Unlock() // not before the group holds somebody: it may be waited for while sources come
	return group.Wait()
}

// wake never waits: one pending change stands for any number.
func (g *Guide) wake() {
	select {
	case g.changes <- struct{}{}:
	default:
	}
}

// checkReady is called by one goroutine only.
func (g *Guide) checkReady() {
	select {
	case <-g.ready:
		return
	default:
	}
	g.mu.Lock()
	waiting := slices.ContainsFunc(g.sources, func(s *guided) bool { return !s.hasTried() })
	g.mu.Unlock()
	if waiting {
		return
	}
	g.rebuild() // for what came after the last one
	close(g.ready)
}

// rebuild makes Current say what the sources do.
func (g *Guide) rebuild() {
	g.building.Lock()
	defer g.building.Unlock()
	g.mu.Lock()
	sources := slices.Clone(g.sources)
	g.mu.Unlock()
	members := make([]Member, len(sources))
	seen := make([]seenSource, len(sources))
	for i, s := range sources {
		o := s.current()
		seen[i] = seenSource{s.Source, o.version}
		members[i] = Member{Name: s.Name(), View: o.view, Requesters: s.Requesters(), Rank: s.config.Rank, Numbering: s.id<<32 | o.numbering}
	}
	if g.seen != nil && slices.Equal(seen, g.seen) {
		return
	}
	g.seen = seen
	slices.SortStableFunc(members, func(a, b Member) int { return cmp.Compare(a.Rank, b.Rank) })
	g.current.Store(NewAtlas(g.current.Load(), members, g.rows))
}

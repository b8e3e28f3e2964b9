package altoclient

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"

	"golang.org/x/sync/errgroup"
)

// Guide is a task that runs sources and joins the maps they have into one
// [Atlas], anew whenever one of them changes.
type Guide struct {
	sources []*Source
	rows    *RowCache
	current atomic.Pointer[Atlas]
	seen    []uint64 // versions of the opinions in current; for rebuild only
	changes chan struct{}
	ready   chan struct{}
}

// NewGuide returns a Guide over sources, in the order of their precedence. Rows
// are kept in rows, which may be nil. It fails if two sources have one name.
func NewGuide(rows *RowCache, sources ...*Source) (*Guide, error) {
	g := &Guide{
		sources: sources,
		rows:    rows,
		changes: make(chan struct{}, 1),
		ready:   make(chan struct{}),
	}
	seen := make(map[string]bool)
	for _, s := range sources {
		if seen[s.Name()] {
			return nil, fmt.Errorf("two sources are called %q", s.Name())
		}
		seen[s.Name()] = true
		s.Notify(g.wake)
	}
	g.rebuild()
	return g, nil
}

// Current returns the latest Atlas. It never waits and never returns nil.
func (g *Guide) Current() *Atlas { return g.current.Load() }

// Sources returns how the sources are doing, in the order of their precedence.
func (g *Guide) Sources() []Status {
	list := make([]Status, len(g.sources))
	for i, s := range g.sources {
		list[i] = s.Status()
	}
	return list
}

// Ready is closed once every source has fetched or failed to, and what there was
// to get is in Current. It tells how far Run is, not whether anything is wrong:
// unguided answers are right, too.
func (g *Guide) Ready() <-chan struct{} { return g.ready }

// Refresh has every source fetch at once, past all caches. It needs a running
// [Guide.Run].
func (g *Guide) Refresh(ctx context.Context) error {
	errs := make([]error, len(g.sources))
	var group errgroup.Group
	for i, s := range g.sources {
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

// Run runs the sources until ctx is done; it returns nil then.
func (g *Guide) Run(ctx context.Context) error {
	group, ctx := errgroup.WithContext(ctx)
	for _, s := range g.sources {
		group.Go(func() error { return s.Run(ctx) })
	}
	group.Go(func() error {
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
	for _, s := range g.sources {
		if !s.hasTried() {
			return
		}
	}
	g.rebuild() // for what came after the last one
	close(g.ready)
}

// rebuild has one caller at a time.
func (g *Guide) rebuild() {
	members := make([]Member, len(g.sources))
	seen := make([]uint64, len(g.sources))
	for i, s := range g.sources {
		o := s.current()
		seen[i] = o.version
		members[i] = Member{Name: s.Name(), View: o.view, Requesters: s.config.Requesters, Numbering: o.numbering}
	}
	if g.seen != nil && slices.Equal(seen, g.seen) {
		return
	}
	g.seen = seen
	g.current.Store(NewAtlas(g.current.Load(), members, g.rows))
}

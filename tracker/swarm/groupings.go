package swarm

import (
	"slices"
	"sync/atomic"
)

// groupings remembers what PIDs meant under the last few maps, for peers that stand by old
// ones (see past). The newest comes last. It never changes in place.
type groupings struct{ list atomic.Pointer[[]Grouping] }

func (g *groupings) all() []Grouping {
	if list := g.list.Load(); list != nil {
		return *list
	}
	return nil
}

// recall returns the grouping of an epoch, nil if it is forgotten.
func (g *groupings) recall(epoch uint64) Grouping {
	for _, known := range g.all() {
		if known.Epoch() == epoch {
			return known
		}
	}
	return nil
}

// remember adds a grouping that was not there.
func (g *groupings) remember(is Grouping) {
	for {
		old := g.list.Load()
		if g.recall(is.Epoch()) != nil {
			return
		}
		next := append(slices.Clone(g.all()), is)
		if g.list.CompareAndSwap(old, &next) {
			return
		}
	}
}

// older tells whether an epoch came before a grouping that is remembered.
func (g *groupings) older(epoch uint64, than Grouping) bool {
	for _, known := range g.all() {
		switch known.Epoch() {
		case than.Epoch():
			return epoch != than.Epoch()
		case epoch:
			return true
		}
	}
	return false
}

// newest returns the grouping that was remembered last, nil if there is none.
func (g *groupings) newest() Grouping {
	if all := g.all(); len(all) > 0 {
		return all[len(all)-1]
	}
	return nil
}

// forget drops the groupings that came before one.
func (g *groupings) forget(before Grouping) {
	for {
		old := g.list.Load()
		if old == nil {
			return
		}
		i := slices.IndexFunc(*old, func(known Grouping) bool { return known.Epoch() == before.Epoch() })
		if i <= 0 {
			return
		}
		next := slices.Clone((*old)[i:])
		if g.list.CompareAndSwap(old, &next) {
			return
		}
	}
}

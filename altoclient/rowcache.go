package altoclient

import (
	"fmt"
	"sync/atomic"

	"github.com/dgraph-io/ristretto/v2"
)

// RowCache keeps the rows of [Snapshot] and [Atlas] that were computed last. One
// serves any number of them, old ones included: what is no longer asked for is
// pushed out. A nil RowCache is valid and keeps nothing.
//
// It may forget at any moment, and it does not show a row right after it was
// put: both are how ristretto buys its speed. Nobody must rely on a hit.
type RowCache struct {
	cache *ristretto.Cache[uint64, *row]
	last  atomic.Uint32 // the owner numbered last
}

// row is run-length coded, as [View] says.
type row struct {
	ends     []uint32
	costs    []float32
	internal []bool
}

const rowOverhead = 160 // bytes, about: the struct, the slices' rounding, the cache's entry

func (r *row) bytes() int64 {
	return int64(4*cap(r.ends) + 4*cap(r.costs) + cap(r.internal) + rowOverhead)
}

// NewRowCache returns a cache of at most size bytes; 0 means 64 MiB. The caller
// must close it.
func NewRowCache(size int64) (*RowCache, error) {
	if size == 0 {
		size = 64 << 20
	}
	if size < 0 {
		return nil, fmt.Errorf("row cache: size %d is negative", size)
	}
	cache, err := ristretto.NewCache(&ristretto.Config[uint64, *row]{
		// Ten counters for each row that may fit, taking small rows for usual.
		NumCounters:        max(1000, min(10*size/1024, 1<<20)),
		MaxCost:            size,
		BufferItems:        64,
		IgnoreInternalCost: true, // row.bytes counts it
	})
	if err != nil {
		return nil, fmt.Errorf("row cache: %w", err)
	}
	return &RowCache{cache: cache}, nil
}

// Close ends the cache's goroutines. Its users go on without it.
func (c *RowCache) Close() {
	if c != nil {
		c.cache.Close()
	}
}

// rowOwner is one Snapshot's or Atlas's share of a RowCache.
type rowOwner struct {
	cache *RowCache
	id    uint32
}

func (c *RowCache) owner() rowOwner {
	if c == nil {
		return rowOwner{}
	}
	return rowOwner{cache: c, id: c.last.Add(1)}
}

// row returns the row of home, by compute if it is not in the cache.
func (o rowOwner) row(home uint32, outward bool, compute func() *row) *row {
	if o.cache == nil {
		return compute()
	}
	// The cache takes an integer key for its own hash, so two keys must never
	// be equal: 31 bits of owner, 32 of PID, 1 of direction.
	key := uint64(o.id)<<33 | uint64(home)<<1
	if outward {
		key |= 1
	}
	if r, ok := o.cache.cache.Get(key); ok {
		return r
	}
	r := compute()
	o.cache.cache.Set(key, r, r.bytes())
	return r
}

// add appends PIDs up to, not including, end to the row.
func (r *row) add(end uint32, cost float32, internal bool) {
	if n := len(r.ends); n > 0 && sameCost(r.costs[n-1], cost) && r.internal[n-1] == internal {
		r.ends[n-1] = end
		return
	}
	r.ends = append(r.ends, end)
	r.costs = append(r.costs, cost)
	r.internal = append(r.internal, internal)
}

package discovery

import (
	"fmt"
	"time"

	"github.com/dgraph-io/ristretto/v2"
)

// finding is what was learnt of one name.
type finding struct {
	uris    []string
	missing bool  // neither the name nor any below it exists
	err     error // nothing was learnt
	asked   time.Time
	expires time.Time
}

// cache keeps findings by name. It may forget at any moment, and it does not
// show a finding right after it was put: both are how ristretto buys its speed.
type cache struct {
	findings *ristretto.Cache[string, finding]
	now      func() time.Time
}

// findingCost is about what a finding takes besides its strings, in bytes.
const findingCost = 160

func newCache(size int64, now func() time.Time) (*cache, error) {
	findings, err := ristretto.NewCache(&ristretto.Config[string, finding]{
		NumCounters:        max(1000, 10*size/findingCost),
		MaxCost:            size,
		BufferItems:        64,
		IgnoreInternalCost: true, // put counts it
	})
	if err != nil {
		return nil, fmt.Errorf("discovery cache: %w", err)
	}
	return &cache{findings: findings, now: now}, nil
}

// get returns what is known of name. What has expired is not.
func (c *cache) get(name string) (finding, bool) {
	f, ok := c.findings.Get(name)
	if !ok || !c.now().Before(f.expires) {
		return finding{}, false
	}
	return f, true
}

func (c *cache) put(name string, f finding) {
	cost := int64(findingCost + len(name))
	for _, u := range f.uris {
		cost += int64(len(u))
	}
	if ttl := f.expires.Sub(c.now()); ttl > 0 {
		c.findings.SetWithTTL(name, f, cost, ttl)
	}
}

package tracker

import (
	"maps"
	"math/bits"
	"sync"
	"sync/atomic"
	"time"

	"github.com/altracker/altracker/selector"
	"github.com/altracker/altracker/tracker/swarm"
)

// advice is what a policy has made of one swarm. What announces look at stands first.
type advice struct {
	epoch  uint64          // of the map
	sharer selector.Sharer // the policy, if it is one
	plans  shelf           // of the sharer
	peers  int             // in the swarm then

	at      time.Time
	version uint64
	asked   atomic.Bool // for another, which is under way
	policy  selector.Policy
}

// council asks a policy for advice on swarms, off the announce path: announces say which
// swarms are worth it, Review asks, announces follow what was said last.
type council struct {
	policy   selector.Adviser
	size     int           // of the least swarm that is looked at
	interval time.Duration // between two looks at a swarm that does not change

	given atomic.Pointer[map[swarm.InfoHash]*advice]

	mu      sync.Mutex // guards waiting; taken after no other lock, and before none
	waiting map[swarm.InfoHash]struct{}
}

// mostWaiting bounds how many swarms wait for advice; the next announce to one that
// was turned away asks again.
const mostWaiting = 4096

// newCouncil returns nil for a policy that does not look at swarms.
func newCouncil(c Config) *council {
	policy, ok := c.Policy.(selector.Adviser)
	if !ok {
		return nil
	}
	co := &council{policy: policy, size: c.CensusSize, interval: c.CensusInterval, waiting: map[swarm.InfoHash]struct{}{}}
	co.given.Store(&map[swarm.InfoHash]*advice{})
	return co
}

// on returns the advice on a swarm, nil if there is none.
func (co *council) on(h swarm.InfoHash) *advice {
	if co == nil {
		return nil
	}
	return (*co.given.Load())[h]
}

// plan returns the plan for the swarm that the advice is on, or none if there is no advice.
// What many swarms share is compiled once.
func (a *advice) plan(ps *plans, m selector.Map, home swarm.PID, seeder bool) (p plan, ok bool) {
	if a == nil || a.epoch != m.Epoch() {
		return plan{}, false
	}
	if a.sharer == nil {
		return ps.find(a, a.policy, m, home, seeder).plan(), true
	}
	version := m.Version()
	if p = a.plans.find(planKey(version, home, seeder), version); p.compiled == nil {
		terms := a.sharer.Terms(selector.Glance(m, selector.Requester{PID: home, Seeder: seeder}))
		p = plan{ps.find(terms.Policy, terms.Policy, m, home, seeder), uint32(terms.Most), terms.Soon}
		a.plans.keep(p)
	}
	return p, true
}

// notice has a swarm looked at if it is large enough, and what was said of it, if anything,
// is not up to date.
func (co *council) notice(h swarm.InfoHash, a *advice, m selector.Map, peers int, now time.Time) {
	if co == nil || m == nil || peers < co.size {
		return
	}
	if a != nil && (!a.outdated(m, peers, now, co.interval) || a.asked.Swap(true)) {
		return
	}
	co.mu.Lock()
	defer co.mu.Unlock()
	if len(co.waiting) < mostWaiting {
		co.waiting[h] = struct{}{}
	} else if a != nil {
		a.asked.Store(false)
	}
}

// outdated tells whether a swarm is to be looked at again: after the interval, when it
// has grown or shrunk by a third, when its PIDs have new numbers; and, where costs change
// often, ten times in an interval.
func (a *advice) outdated(m selector.Map, peers int, now time.Time, interval time.Duration) bool {
	age := now.Sub(a.at)
	return age >= interval || 3*peers >= 4*a.peers || 4*peers <= 3*a.peers || a.epoch != m.Epoch() ||
		a.version != m.Version() && age >= interval/10
}

// Review asks the policy about the swarms that wait for advice, as of now, and returns
// how many they were. Somebody has to call it, about once a second, if the policy is a
// selector.Adviser; it may take a while.
func (t *Tracker) Review(now time.Time) (reviewed int) {
	co, m := t.council, t.config.Map()
	if co == nil || m == nil {
		return 0
	}
	co.mu.Lock()
	waiting := co.waiting
	co.waiting = map[swarm.InfoHash]struct{}{}
	co.mu.Unlock()
	next := maps.Clone(*co.given.Load())
	maps.DeleteFunc(next, func(_ swarm.InfoHash, a *advice) bool { return now.Sub(a.at) > 2*co.interval })
	for h := range waiting {
		delete(next, h)
		if a := co.ask(t.config.Store, h, m, now); a != nil {
			next[h] = a
			reviewed++
		}
	}
	co.given.Store(&next)
	t.counters.lane(0).add(reviews, uint64(reviewed))
	return reviewed
}

// ask looks at one swarm; nil if it is too small by now.
func (co *council) ask(store *swarm.Store, h swarm.InfoHash, m selector.Map, now time.Time) *advice {
	counts, populations := store.Census(h, m)
	peers := counts.Seeders + counts.Leechers
	if peers < co.size {
		return nil
	}
	a := &advice{
		policy: co.policy.Advise(m, census(store, populations)),
		epoch:  m.Epoch(), version: m.Version(), at: now, peers: peers,
	}
	if sharer, shared := a.policy.(selector.Sharer); shared {
		a.sharer, a.plans = sharer, make(shelf, 1<<bits.Len(uint(2*len(populations))))
	}
	return a
}

// census says a store's census in the selector's words.
func census(store *swarm.Store, populations []swarm.Population) selector.Census {
	c := selector.Census{Populations: make([]selector.Population, len(populations)), Upload: store.Upload()}
	for i, p := range populations {
		c.Populations[i] = selector.Population(p)
	}
	return c
}

package tracker

import (
	"hash/maphash"
	"math"
	"sync/atomic"

	"github.com/altracker/altracker/selector"
	"github.com/altracker/altracker/tracker/swarm"
	"github.com/dgraph-io/ristretto/v2"
)

// plan is lists, and what is a swarm's own of them.
type plan struct {
	*compiled
	most uint32 // peers of a reply; 0 leaves it to the lists
	soon bool   // the requester shall announce again at the least interval
}

// compiled is what a policy answered for one home PID and role, ready to be walked. It never
// changes, and plans for many swarms may share it.
type compiled struct {
	key     uint64 // see planKey
	version uint64 // of the map
	owner   any    // see plans.find
	lists   [selector.NumClasses]selector.List
	walks   *swarm.Walks
	quality quality
}

// quality says how much of the map a plan could use.
type quality uint8

const (
	guided     quality = iota
	unguided           // no source answers for the home PID
	flat               // every cost is the same, or none is stated: the network map alone guides
	incomplete         // some costs are not stated
	noMap
	noPID // the requester is in none
)

// The plans of requesters that nobody can guide.
var (
	random    = unguidedPlan(0, unguided)
	mapless   = unguidedPlan(0, noMap)
	placeless = unguidedPlan(0, noPID)
)

func unguidedPlan(version uint64, why quality) plan {
	c := &compiled{version: version, walks: swarm.Random, quality: why}
	for class := range c.lists {
		c.lists[class] = selector.Random{}.List(selector.View{})
	}
	return c.plan()
}

// plan returns c as it is when no swarm has anything of its own.
func (c *compiled) plan() plan { return plan{compiled: c, soon: c.lists[0].Soon} }

// compile asks a policy and prepares its answer for the store.
func compile(policy selector.Policy, m selector.Map, home swarm.PID, seeder bool) *compiled {
	version := m.Version()
	view, ok := selector.Look(m, selector.Requester{PID: home, Seeder: seeder})
	if !ok {
		return unguidedPlan(version, unguided).compiled
	}
	c := &compiled{version: version, walks: new(swarm.Walks), quality: judge(view)}
	for class := range c.lists {
		if class > 0 && !c.lists[0].ByClass {
			c.lists[class], c.walks[class] = c.lists[0], c.walks[0]
			continue
		}
		view.Class = selector.Class(class)
		c.lists[class] = policy.List(view)
		c.walks[class] = walk(c.lists[class])
	}
	return c
}

// walk says a list in the store's words.
func walk(l selector.List) *swarm.Walk {
	steps := make([]swarm.Step, len(l.Steps))
	for i, st := range l.Steps {
		steps[i] = swarm.Step{
			Target: st.Target, Spare: st.Spare, Spans: spans(st.Spans), ByPID: st.ByPID, Cap: st.Cap, Stable: st.Stable,
			Roles: swarm.Roles(st.Roles), Classes: swarm.Classes(st.Classes),
		}
	}
	return swarm.NewWalk(swarm.Plan{Steps: steps, Home: spans(l.Home), Outside: spans(l.Outside), Most: l.Most})
}

// spans says the selector's spans in the store's words.
func spans(ss []selector.Span) []swarm.Span {
	out := make([]swarm.Span, len(ss))
	for i, s := range ss {
		out[i] = swarm.Span(s)
	}
	return out
}

func judge(v selector.View) quality {
	first, known, equal := float32(0), 0, true
	for _, r := range v.Runs {
		if math.IsNaN(float64(r.Cost)) {
			continue
		}
		if known == 0 {
			first = r.Cost
		}
		equal = equal && r.Cost == first
		known++
	}
	switch {
	case equal:
		return flat
	case known < len(v.Runs):
		return incomplete
	}
	return guided
}

// size is about how many bytes c takes.
func (c *compiled) size() int64 {
	n := 400
	for class, l := range c.lists {
		if class > 0 && !c.lists[0].ByClass {
			break
		}
		n += 48 * len(l.Outside)
		for _, st := range l.Steps {
			n += 240 + 24*len(st.Spans)
		}
	}
	return int64(n)
}

// planKey holds 31 bits of a map's version: a plan itself tells which it is of.
func planKey(version uint64, home swarm.PID, seeder bool) uint64 {
	key := version<<33 | uint64(home)<<1
	if seeder {
		key |= 1
	}
	return key
}

// is tells whether c, which may be nil, is what is asked for.
func (c *compiled) is(key, version uint64) bool {
	return c != nil && c.key == key && c.version == version
}

// shelf keeps the plans for one swarm, with hardly more slots than there are requesters' PIDs:
// most would share theirs with another if they did not go on to the next one. Its length is a
// power of two.
type shelf []shelfSlot

// shelfSlot keeps beside what is shared what tells whether that is asked for, so that nothing
// else is fetched from memory. Of two plans that are kept at once the halves may come apart:
// then they do not fit, and the plan is made once more.
type shelfSlot struct {
	label    atomic.Uint64 // see labelOf
	compiled atomic.Pointer[compiled]
}

const (
	labelMost = 16 // bits of plan.most
	labelOwn  = labelMost + 1
)

// labelOf returns what a slot says of a plan of nothing of its own: bits of its key, mixed, above
// room for what is. No label is 0.
func labelOf(key uint64) uint64 { return (key*0x9E3779B97F4A7C15 | 1<<63) >> labelOwn << labelOwn }

// own reads what is the swarm's own of a label.
func own(label uint64) (most uint32, soon bool) {
	return uint32(label) & (1<<labelMost - 1), label>>labelMost&1 == 1
}

// probes is how many slots are looked at before one is used anew.
const probes = 8

// find returns the plan of a key, the zero plan if it is not kept.
func (s shelf) find(key, version uint64) plan {
	label := labelOf(key)
	for i := range uint64(probes) {
		slot := s.slot(label, i)
		has := slot.label.Load()
		if has == 0 {
			break
		}
		if has>>labelOwn != label>>labelOwn {
			continue
		}
		if c := slot.compiled.Load(); c.is(key, version) {
			most, soon := own(has)
			return plan{c, most, soon}
		}
	}
	return plan{}
}

// keep puts a plan where find looks: in a slot that is empty or of an older map, else in that
// where it looks first.
func (s shelf) keep(p plan) {
	label := labelOf(p.key)
	at := s.slot(label, 0)
	for i := range uint64(probes) {
		slot := s.slot(label, i)
		if c := slot.compiled.Load(); c == nil || c.key == p.key || c.version != p.version {
			at = slot
			break
		}
	}
	if p.soon {
		label |= 1 << labelMost
	}
	at.label.Store(label | uint64(min(p.most, 1<<labelMost-1)))
	at.compiled.Store(p.compiled)
}

func (s shelf) slot(label, i uint64) *shelfSlot { return &s[(label>>40+i)&uint64(len(s)-1)] }

// plans caches the plans of one policy and of its advice. A plan that was dropped is compiled anew;
// plans of an older map are never asked for again, and age out.
type plans struct {
	policy selector.Policy
	seed   maphash.Seed
	recent [recentPlans]atomic.Pointer[compiled] // that are asked for again and again
	cache  *ristretto.Cache[uint64, *compiled]
}

// planBytes bounds the memory of the cache, planCounters the keys whose
// popularity it follows: ten for each plan of the size usual in a map of tens of
// thousands of PIDs.
const (
	recentPlans  = 1024
	planBytes    = 64 << 20
	planCounters = 1 << 20
)

func newPlans(policy selector.Policy) (*plans, error) {
	cache, err := ristretto.NewCache(&ristretto.Config[uint64, *compiled]{
		NumCounters: planCounters, MaxCost: planBytes, BufferItems: 64, IgnoreInternalCost: true, Metrics: true,
	})
	if err != nil {
		return nil, err
	}
	return &plans{policy: policy, seed: maphash.MakeSeed(), cache: cache}, nil
}

// get returns the plan of a home PID.
func (ps *plans) get(m selector.Map, home swarm.PID, seeder bool) plan {
	return ps.find(nil, ps.policy, m, home, seeder).plan()
}

// find returns what a policy answers for a home PID. Its owner tells it from that of other
// policies: nil, the advice on one swarm, or the policy itself if that can be compared.
func (ps *plans) find(owner any, policy selector.Policy, m selector.Map, home swarm.PID, seeder bool) *compiled {
	version := m.Version()
	key := planKey(version, home, seeder)
	mixed := key
	if owner != nil {
		mixed ^= maphash.Comparable(ps.seed, owner)
	}
	recent := &ps.recent[mixed*0x9E3779B97F4A7C15>>32%recentPlans]
	if c := recent.Load(); c.is(key, version) && c.owner == owner {
		return c
	}
	c, ok := ps.cache.Get(mixed)
	if !ok || !c.is(key, version) || c.owner != owner {
		c = compile(policy, m, home, seeder)
		c.key, c.owner = key, owner
		ps.cache.Set(mixed, c, c.size())
	}
	recent.Store(c)
	return c
}

// CacheStats counts what became of lists in the cache of a policy's compiled lists. Those
// that are asked for again and again are found before it, and are not counted.
type CacheStats struct {
	Hits, Misses uint64
	Added        uint64
	Dropped      uint64 // not taken in
	Evicted      uint64
}

// Lists tells how the cache of compiled lists is doing.
func (t *Tracker) Lists() CacheStats {
	m := t.plans.cache.Metrics
	return CacheStats{
		Hits: m.Hits(), Misses: m.Misses(), Added: m.KeysAdded(),
		Dropped: m.SetsDropped() + m.SetsRejected(), Evicted: m.KeysEvicted(),
	}
}

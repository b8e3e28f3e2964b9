package tracker

import (
	"hash/maphash"
	"math"
	"sync/atomic"

	"github.com/altracker/altracker/selector"
	"github.com/altracker/altracker/tracker/swarm"
	"github.com/dgraph-io/ristretto/v2"
)

// plan is what a policy answered for one home PID and role, ready to be walked. It
// never changes.
type plan struct {
	variant
	key uint64 // see planKey
}

// variant is lists, and what is a swarm's own of them.
type variant struct {
	*compiled
	most uint32 // peers of a reply; 0 leaves it to the lists
	soon bool   // the requester shall announce again at the least interval
}

// compiled is what plans for many swarms may share.
type compiled struct {
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

func unguidedPlan(version uint64, why quality) *plan {
	p := &plan{variant: variant{compiled: &compiled{version: version, walks: swarm.Random, quality: why}}}
	for class := range p.lists {
		p.lists[class] = selector.Random{}.List(selector.View{})
	}
	return p
}

// compile asks a policy and prepares its answer for the store.
func compile(policy selector.Policy, m selector.Map, home swarm.PID, seeder bool) *plan {
	version := m.Version()
	view, ok := selector.Look(m, selector.Requester{PID: home, Seeder: seeder})
	if !ok {
		return unguidedPlan(version, unguided)
	}
	p := &plan{variant: variant{compiled: &compiled{version: version, walks: new(swarm.Walks), quality: judge(view)}}}
	for class := range p.lists {
		if class > 0 && !p.lists[0].ByClass {
			p.lists[class], p.walks[class] = p.lists[0], p.walks[0]
			continue
		}
		view.Class = selector.Class(class)
		p.lists[class] = policy.List(view)
		p.walks[class] = walk(p.lists[class])
	}
	p.soon = p.lists[0].Soon
	return p
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

// size is about how many bytes p takes.
func (p *plan) size() int64 {
	n := 400
	for class, l := range p.lists {
		if class > 0 && !p.lists[0].ByClass {
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

// planTable keeps the plans that are asked for again and again, one in each slot. Its
// length is a power of two.
type planTable []atomic.Pointer[plan]

// slot returns where the plan of a key stands, if it is kept.
func (t planTable) slot(key uint64) *atomic.Pointer[plan] { return t.after(key, 0) }

// after returns the slot that is i behind that of a key.
func (t planTable) after(key, i uint64) *atomic.Pointer[plan] {
	return &t[(key*0x9E3779B97F4A7C15>>32+i)&uint64(len(t)-1)]
}

// probes is how many slots are looked at before one is used anew: in a table that has hardly
// more slots than keys, most keys would else share theirs.
const probes = 8

// find returns the plan of a key, or nil and the slot where it is to be kept.
func (t planTable) find(key, version uint64) (*plan, *atomic.Pointer[plan]) {
	for i := range uint64(probes) {
		slot := t.after(key, i)
		switch p := slot.Load(); {
		case p.is(key, version):
			return p, slot
		case p == nil || p.version != version:
			return nil, slot
		}
	}
	return nil, t.slot(key)
}

// is tells whether p, which may be nil, is the plan that is asked for.
func (p *plan) is(key, version uint64) bool { return p != nil && p.key == key && p.version == version }

// plans caches the plans of one policy and of its advice. A plan that was dropped is compiled anew;
// plans of an older map are never asked for again, and age out.
type plans struct {
	policy selector.Policy
	seed   maphash.Seed
	recent planTable
	fitted planTable // see fit
	cache  *ristretto.Cache[uint64, *plan]
}

// planBytes bounds the memory of the cache, planCounters the keys whose
// popularity it follows: ten for each plan of the size usual in a map of tens of
// thousands of PIDs.
const (
	recentPlans  = 1024
	fittedPlans  = 8192
	planBytes    = 64 << 20
	planCounters = 1 << 20
)

func newPlans(policy selector.Policy) (*plans, error) {
	cache, err := ristretto.NewCache(&ristretto.Config[uint64, *plan]{
		NumCounters: planCounters, MaxCost: planBytes, BufferItems: 64, IgnoreInternalCost: true, Metrics: true,
	})
	if err != nil {
		return nil, err
	}
	return &plans{policy: policy, seed: maphash.MakeSeed(), recent: make(planTable, recentPlans), fitted: make(planTable, fittedPlans), cache: cache}, nil
}

// get returns the plan of a home PID.
func (ps *plans) get(m selector.Map, home swarm.PID, seeder bool) *plan {
	return ps.find(nil, ps.policy, m, home, seeder)
}

// find returns the plan that a policy makes for a home PID. Its owner tells it from those
// of other policies: nil, the advice on one swarm, or the policy itself if that can be
// compared.
func (ps *plans) find(owner any, policy selector.Policy, m selector.Map, home swarm.PID, seeder bool) *plan {
	version := m.Version()
	key := planKey(version, home, seeder)
	mixed := key
	if owner != nil {
		mixed ^= maphash.Comparable(ps.seed, owner)
	}
	recent := ps.recent.slot(mixed)
	if p := recent.Load(); p.is(key, version) && p.owner == owner {
		return p
	}
	p, ok := ps.cache.Get(mixed)
	if !ok || !p.is(key, version) || p.owner != owner {
		p = compile(policy, m, home, seeder)
		p.key, p.owner = key, owner
		ps.cache.Set(mixed, p, p.size())
	}
	recent.Store(p)
	return p
}

// fit returns p with a size and haste of its own. Swarms that have those in common share it, as
// a rule: most have, and a copy for each would be most of the memory that advice takes.
func (ps *plans) fit(p *plan, most uint32, soon bool) *plan {
	v := variant{p.compiled, most, soon}
	slot := ps.fitted.slot(p.key ^ maphash.Comparable(ps.seed, v))
	if q := slot.Load(); q.is(p.key, p.version) && q.variant == v {
		return q
	}
	q := &plan{v, p.key}
	slot.Store(q)
	return q
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

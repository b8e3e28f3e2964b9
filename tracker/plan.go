package tracker

import (
	"math"
	"sync/atomic"

	"github.com/altracker/altracker/selector"
	"github.com/altracker/altracker/tracker/swarm"
	"github.com/dgraph-io/ristretto/v2"
)

// plan is what a policy answered for one home PID and role, ready to be walked. It
// never changes.
type plan struct {
	key     uint64 // in plans
	version uint64 // of the map
	list    selector.List
	walk    *swarm.Walk
	quality quality
}

// quality says how much of the map a plan could use.
type quality uint8

const (
	guided     quality = iota
	unguided           // no source answers for the home PID
	flat               // every cost is the same, or none is stated: the network map alone guides
	incomplete         // some costs are not stated
)

// plans caches the plans of one policy. A plan that was dropped is compiled anew;
// plans of an older map are never asked for again, and age out.
type plans struct {
	policy selector.Policy
	recent [1024]atomic.Pointer[plan] // by key: what is asked for again and again
	cache  *ristretto.Cache[uint64, *plan]
}

// planBytes bounds the memory of the cache, planCounters the keys whose
// popularity it follows: ten for each plan of the size usual in a map of tens of
// thousands of PIDs.
const (
	planBytes    = 64 << 20
	planCounters = 1 << 20
)

func newPlans(policy selector.Policy) (*plans, error) {
	cache, err := ristretto.NewCache(&ristretto.Config[uint64, *plan]{
		NumCounters: planCounters, MaxCost: planBytes, BufferItems: 64, IgnoreInternalCost: true,
	})
	if err != nil {
		return nil, err
	}
	return &plans{policy: policy, cache: cache}, nil
}

// random is the plan of a requester that nobody guides.
var random = &plan{list: selector.Random{}.List(selector.View{}), walk: swarm.Random, quality: unguided}

// get returns the plan of a home PID.
func (ps *plans) get(m selector.Map, home swarm.PID, seeder bool) *plan {
	version := m.Version()
	key := version<<33 | uint64(home)<<1
	if seeder {
		key |= 1
	}
	// A key holds 31 bits of the version: the plan itself tells which it is of.
	recent := &ps.recent[key*0x9E3779B97F4A7C15>>54]
	if p := recent.Load(); p != nil && p.key == key && p.version == version {
		return p
	}
	p, ok := ps.cache.Get(key)
	if !ok || p.version != version {
		p = compile(ps.policy, m, home, seeder)
		p.key = key
		ps.cache.Set(key, p, p.size())
	}
	recent.Store(p)
	return p
}

// compile asks a policy and prepares its answer for the store.
func compile(policy selector.Policy, m selector.Map, home swarm.PID, seeder bool) *plan {
	view, ok := selector.Look(m, selector.Requester{PID: home, Seeder: seeder})
	if !ok {
		return &plan{version: m.Version(), list: random.list, walk: random.walk, quality: unguided}
	}
	list := policy.List(view)
	steps := make([]swarm.Step, len(list.Steps))
	for i, st := range list.Steps {
		steps[i] = swarm.Step{Target: st.Target, Spans: spans(st.Spans), ByPID: st.ByPID}
	}
	return &plan{
		version: m.Version(),
		list:    list,
		walk:    swarm.NewWalk(steps, spans(list.Home), spans(list.Outside)),
		quality: judge(view),
	}
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
	n := 200 + 24*len(p.list.Outside)
	for _, st := range p.list.Steps {
		n += 100 + 24*len(st.Spans)
	}
	return int64(n)
}

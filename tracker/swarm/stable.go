package swarm

import (
	"math"
	"slices"
	"sort"
)

// ranked is a peer that a stable step may draw; the least rank is chosen first.
type ranked struct {
	rank   float64
	handle handle
}

// rankedMost is how many candidates are always ranked: some microseconds' worth.
const rankedMost = 512

// takeStably picks need peers for a step such that the same requester gets the same ones
// again, so far as they are still there: rendezvous hashing (Thaler and Ravishankar,
// 1998), by which every requester ranks all candidates in an order of its own that hangs
// on nothing else.
//
// Where ranking all of them would take long, the requester's own random series points at
// slots of the pool's ring first, and takes the peers whose search begins there. Both are
// uniform over the candidates, or follow their weights, and a peer that comes or goes
// changes no choice but its own. When the ring changes its size, half of the choices
// that it made change.
func (d *draw[K]) takeStably(st *step, need int) {
	if d.pool.tree != nil && d.pool.tree.ring != nil {
		if need = d.takePointed(st, need); need == 0 {
			return
		}
	}
	list := d.weigh(st)
	n, all := uint64(total(list)), uint64(d.pool.len())
	if n <= rankedMost || n*n <= 4*uint64(need)*all {
		d.takeBest(st, list, need)
		return
	}
	if st.kind == weighted {
		d.apportion(st, need)
		return
	}
	d.sample(st, list, need)
}

// score is random, and the same whenever the same two meet. Hashes of neighbouring
// addresses are not random enough to be ranked by: hence the dice.
func (d *draw[K]) score(r *record[K]) uint64 {
	both := dice{d.requester ^ hashOf(d.secret, &r.key)}
	return both.roll()
}

// takeBest picks the peers that rank best.
func (d *draw[K]) takeBest(st *step, list []stretch, need int) {
	d.best = d.best[:0]
	for i := range list {
		weight := list[i].weight
		d.pool.each(&list[i], func(h handle, r *record[K]) bool {
			if d.suits(st, r.is) && !d.wasTaken(h) {
				rank := unit(d.score(r))
				if st.kind == weighted {
					rank = -math.Log1p(-rank) / weight // exponential: the least is theirs by weight
				}
				d.offer(ranked{rank, h}, need)
			}
			return true
		})
	}
	for _, r := range d.best {
		d.pick(st, r.handle)
	}
}

// offer keeps r if it is among the need best so far, and not there already.
func (s *sampler) offer(r ranked, need int) {
	if len(s.best) == need && s.best[need-1].rank <= r.rank {
		return
	}
	i := sort.Search(len(s.best), func(i int) bool { return s.best[i].rank >= r.rank })
	if i < len(s.best) && s.best[i] == r {
		return
	}
	if len(s.best) == need {
		s.best = s.best[:need-1]
	}
	s.best = slices.Insert(s.best, i, r)
}

// takePointed picks the peers that the requester's series points at, and returns how many
// are still needed. It looks at a round of slots at a time and takes the best ranked of all
// that it has found: to stop at the last one needed would favour peers that share their
// slot with nobody.
func (d *draw[K]) takePointed(st *step, need int) int {
	series, top := dice{d.requester}, d.topOf(st)
	d.best = d.best[:0]
	for round := 0; round < pointedRounds && len(d.best) < need; round++ {
		for range 2*need + 8 {
			d.lookAt(st, int(series.below(uint32(len(d.pool.tree.ring.slots)))), top, need)
		}
	}
	before := len(d.picked)
	for _, r := range d.best {
		d.pick(st, r.handle)
	}
	return need - (len(d.picked) - before)
}

// pointedRounds is how many rounds of slots are looked at: enough for a step that a tenth
// of the peers are of.
const pointedRounds = 16

// lookAt offers the peers of a step whose search begins at a slot, each by its weight.
func (d *draw[K]) lookAt(st *step, home int, top float64, need int) {
	x := d.pool.tree.ring
	for slot := home; x.slots[slot] != 0; slot = x.next(slot) {
		if x.home(x.slots[slot]) != home {
			continue
		}
		h := d.pool.at(x.slots[slot], d.secret)
		r := d.record(h)
		w := min(d.weight(st, h), top)
		if w == 0 || !d.roles.has(r.is.role()) || !d.suits(st, r.is) || d.wasTaken(h) {
			continue
		}
		score := d.score(r)
		if w == top || unit(score)*top < w {
			d.offer(ranked{unit(score * 0x9E3779B97F4A7C15), h}, need)
		}
	}
}

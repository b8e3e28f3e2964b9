package swarm

import (
	"math"
	"slices"
)

// ranked is a candidate of a stable step; the least rank is chosen first.
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
// slots of the index first, and takes the peers whose search begins there. Both are
// uniform over the candidates, or follow their weights, and a peer that comes or goes
// changes no choice but its own. When the index changes its size, half of the choices
// that it made change.
func (d *draw[K]) takeStably(st *step, need, number int) {
	if d.pool.len() > rankedMost {
		if need = d.takePointed(st, need, number); need == 0 {
			return
		}
	}
	cands := d.gather(st.Spans, st.Roles&d.roles, st.Classes)
	weigh(st, cands)
	n, all := uint64(total(cands)), uint64(d.pool.len())
	if n <= rankedMost || n*n <= 4*uint64(need)*all {
		d.takeBest(cands, st.kind == weighted, need, number)
		return
	}
	d.sample(cands, need, number)
}

// score is random, and the same whenever the same two meet. Hashes of neighbouring
// addresses are not random enough to be ranked by: hence the dice.
func (d *draw[K]) score(h handle) uint64 {
	both := dice{d.requester ^ d.secret.sum(wire(&d.pool.record(h).key))}
	return both.roll()
}

// takeBest picks the candidates that rank best.
func (d *draw[K]) takeBest(cands []candidate, weighted bool, need, number int) {
	d.best = d.best[:0]
	for i := range cands {
		for j := range cands[i].n {
			h := d.member(&cands[i], j)
			if d.seen.has(h) || d.tired(h) {
				continue
			}
			rank := unit(d.score(h))
			if weighted {
				rank = -math.Log1p(-rank) / cands[i].weight // exponential: the least is theirs by weight
			}
			d.offer(ranked{rank, h}, need)
		}
	}
	for _, r := range d.best {
		d.pick(r.handle, number)
	}
}

// offer keeps r if it is among the need best so far.
func (s *sampler) offer(r ranked, need int) {
	if len(s.best) == need && s.best[need-1].rank <= r.rank {
		return
	}
	i, _ := slices.BinarySearchFunc(s.best, r, func(a, b ranked) int {
		if a.rank < b.rank {
			return -1
		}
		return 1
	})
	if len(s.best) == need {
		s.best = s.best[:need-1]
	}
	s.best = slices.Insert(s.best, i, r)
}

// takePointed picks the candidates that the requester's series points at, and returns
// how many are still needed.
func (d *draw[K]) takePointed(st *step, need, number int) int {
	x, series := &d.pool.index, dice{d.requester}
	top := float64(st.top)
	if st.Cap > 0 && st.kind == weighted {
		top = min(top, d.limitOf(st, d.count()))
	}
	for tries := 16*need + 64; tries > 0 && need > 0; tries-- {
		home := int(series.below(uint32(len(x.slots))))
		for slot := home; x.slots[slot] != nobody && need > 0; slot = x.next(slot) {
			h := x.slots[slot]
			if x.home(d.secret.sum(wire(&d.pool.record(h).key))) != home || !d.roles.has(h.role()) {
				continue
			}
			w := min(d.weight(st, h), top)
			if w > 0 && (w == top || unit(d.score(h))*top < w) && d.pick(h, number) {
				need--
			}
		}
	}
	return need
}

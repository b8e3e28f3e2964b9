package swarm

import (
	"slices"
	"sort"
)

// share is what one candidate of a weighted step still has and still is due.
type share struct {
	left   uint32  // peers not picked yet
	weight float64 // of the whole group
	due    float64 // fraction of a peer
}

// apportion picks need peers of cands, shared out by weight. A candidate gets the
// whole part of its share for certain and the rest by chance, so that shares are
// met on average, and exactly where they are whole numbers. One that runs out
// leaves its share to the others, in another round.
func (p *pool[K]) apportion(d *sampler, cands []candidate, byPID bool, need, step int) {
	p.openShares(d, cands, byPID)
	for need > 0 {
		before := need
		total := 0.0
		for _, s := range d.shares {
			total += s.weight
		}
		if total <= 0 {
			return
		}
		per := float64(need) / total
		for i := range d.shares {
			s := &d.shares[i]
			due := s.weight * per
			whole := min(uint32(due+1e-9), s.left)
			s.due = max(due-float64(whole), 0)
			if whole > 0 {
				d.sample(cands[i:i+1], int(whole), step)
				need -= int(whole)
				s.take(whole)
			}
		}
		need = d.byChance(cands, need, step)
		if need == before {
			return
		}
	}
}

// openShares works out what of each candidate was not picked yet.
func (p *pool[K]) openShares(d *sampler, cands []candidate, byPID bool) {
	d.shares = d.shares[:0]
	for _, c := range cands {
		s := share{left: c.n, weight: c.weight}
		if !byPID {
			s.weight *= float64(c.n)
		}
		d.shares = append(d.shares, s)
	}
	spent := func(h handle) {
		pid := p.record(h).pid
		i, ok := slices.BinarySearchFunc(cands, pid, func(c candidate, pid PID) int { return int(int64(c.group.pid) - int64(pid)) })
		// A requester that shall not be told of seeders may be one itself.
		if ok && (h.role() == Leecher || cands[i].n > cands[i].group.lists[Leecher].n) {
			d.shares[i].take(1)
		}
	}
	for _, q := range d.picked {
		spent(q.handle)
	}
	if d.self != nobody {
		spent(d.self)
	}
}

// take notes that n peers were picked; a candidate without peers has no weight.
func (s *share) take(n uint32) {
	s.left -= n
	if s.left == 0 {
		s.weight, s.due = 0, 0
	}
}

// byChance picks one peer at a time, of candidates chosen by what they are due,
// until the fractions of this round are spent. It returns what is still needed.
func (d *sampler) byChance(cands []candidate, need, step int) int {
	d.cum = d.cum[:0]
	total := 0.0
	for _, s := range d.shares {
		total += s.due
		d.cum = append(d.cum, total)
	}
	for draws := min(need, int(total+0.5)); draws > 0 && total > 1e-9; draws-- {
		i := min(sort.SearchFloat64s(d.cum, d.rng.Float64()*total), len(cands)-1)
		if d.shares[i].left == 0 {
			return need // it ran out: the next round shares out anew
		}
		d.sample(cands[i:i+1], 1, step)
		d.shares[i].take(1)
		need--
	}
	return need
}

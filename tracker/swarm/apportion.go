package swarm

import "sort"

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
func (d *draw[K]) apportion(st *step, cands []candidate, need, number int) {
	weigh(st, cands)
	d.openShares(st, cands)
	for need > 0 {
		before := need
		sum := 0.0
		for _, s := range d.shares {
			sum += s.weight
		}
		if sum <= 0 {
			return
		}
		per := float64(need) / sum
		for i := range d.shares {
			s := &d.shares[i]
			due := s.weight * per
			whole := min(uint32(due+1e-9), s.left)
			s.due = max(due-float64(whole), 0)
			if whole > 0 {
				need -= d.draft(cands[i:i+1], s, int(whole), number)
			}
		}
		need = d.byChance(cands, need, number)
		if need == before {
			return
		}
	}
}

// draft samples n peers of one candidate and returns how many there were.
func (d *draw[K]) draft(c []candidate, s *share, n, number int) int {
	before := len(d.picked)
	d.sample(c, n, number)
	got := len(d.picked) - before
	s.take(uint32(got))
	if got < n {
		s.take(s.left) // the others were introduced too often
	}
	return got
}

// weigh turns the weights of spans into those of peers: what a PID has is divided among
// its peers, and no peer has more than st.Cap times the mean.
func weigh(st *step, cands []candidate) {
	if st.ByPID {
		for i := 0; i < len(cands); {
			j, peers := i, 0.0
			for ; j < len(cands) && cands[j].group.place.pid() == cands[i].group.place.pid(); j++ {
				peers += float64(cands[j].n)
			}
			for ; i < j; i++ {
				cands[i].weight /= peers
			}
		}
	}
	if st.Cap > 0 {
		cut(cands, st.Cap)
	}
}

// cutRounds is how often weights are cut before the rest is left as it is: each round
// leaves much less than the one before.
const cutRounds = 30

// cut keeps weights below so many times their mean, which it lowers. It returns the limit.
func cut(cands []candidate, most float64) (limit float64) {
	for range cutRounds {
		sum, peers, top := 0.0, 0.0, 0.0
		for _, c := range cands {
			sum += c.weight * float64(c.n)
			peers += float64(c.n)
			top = max(top, c.weight)
		}
		limit = most * sum / peers
		if top <= limit*(1+1e-6) {
			break
		}
		for i := range cands {
			cands[i].weight = min(cands[i].weight, limit)
		}
	}
	return limit
}

// openShares works out what of each candidate was not picked yet.
func (d *draw[K]) openShares(st *step, cands []candidate) {
	d.shares = d.shares[:0]
	for _, c := range cands {
		d.shares = append(d.shares, share{left: c.n, weight: c.weight * float64(c.n)})
	}
	spent := func(h handle) {
		i, ok := at(cands, d.pool.record(h).is.place())
		if ok && (st.Roles & d.roles).has(h.role()) {
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
func (d *draw[K]) byChance(cands []candidate, need, number int) int {
	d.cum = d.cum[:0]
	sum := 0.0
	for _, s := range d.shares {
		sum += s.due
		d.cum = append(d.cum, sum)
	}
	for draws := min(need, int(sum+0.5)); draws > 0 && sum > 1e-9; draws-- {
		i := min(sort.SearchFloat64s(d.cum, d.dice.float()*sum), len(cands)-1)
		if d.shares[i].left == 0 {
			return need // it ran out: the next round shares out anew
		}
		need -= d.draft(cands[i:i+1], &d.shares[i], 1, number)
	}
	return need
}

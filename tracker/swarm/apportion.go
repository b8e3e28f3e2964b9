package swarm

import "sort"

// share is what one stretch of a weighted step still has and still is due.
type share struct {
	left   uint32  // peers not picked yet
	weight float64 // of all of them
	due    float64 // fraction of a peer
}

// apportion picks need peers for a step, shared out by weight. A stretch gets the
// whole part of its share for certain and the rest by chance, so that shares are
// met on average, and exactly where they are whole numbers. One that runs out
// leaves its share to the others, in another round.
func (d *draw[K]) apportion(st *step, need int) {
	list := d.weigh(st)
	d.openShares(list)
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
				need -= d.draft(st, list[i:i+1], s, int(whole))
			}
		}
		need = d.byChance(st, list, need)
		if need == before {
			return
		}
	}
}

// draft samples n peers of one stretch and returns how many there were.
func (d *draw[K]) draft(st *step, list []stretch, s *share, n int) int {
	alone := list[0]
	alone.start, alone.at = 0, 0
	before := len(d.picked)
	d.sample(st, append(d.one[:0], alone), n)
	got := len(d.picked) - before
	s.take(uint32(got))
	if got < n {
		s.take(s.left) // the others are of another class, or were introduced too often
	}
	return got
}

// weigh gathers the stretches of a step and turns the weights of spans into those of
// peers: what a PID has is divided among its peers, and no peer has more than st.cap
// times the mean.
func (d *draw[K]) weigh(st *step) []stretch {
	roles := st.roles & d.roles
	var list []stretch
	if st.byPID {
		list = d.gatherPIDs(&st.area, roles)
		for i := range list {
			list[i].weight /= float64(d.pool.population(d.record(list[i].lo).is.pid(), roles))
		}
	} else {
		list = d.gather(&st.area, roles)
	}
	if st.cap > 0 {
		cut(list, st.cap)
	}
	return list
}

// cutRounds is how often weights are cut before the rest is left as it is: each round
// leaves much less than the one before.
const cutRounds = 30

// cut keeps weights below so many times their mean, which it lowers. It returns the limit.
func cut(list []stretch, most float64) (limit float64) {
	for range cutRounds {
		sum, peers, top := 0.0, 0.0, 0.0
		for i := range list {
			sum += list[i].weight * float64(list[i].n)
			peers += float64(list[i].n)
			top = max(top, list[i].weight)
		}
		limit = most * sum / peers
		if top <= limit*(1+1e-6) {
			break
		}
		for i := range list {
			list[i].weight = min(list[i].weight, limit)
		}
	}
	return limit
}

// openShares works out what of each stretch was not picked yet.
func (d *draw[K]) openShares(list []stretch) {
	d.shares = d.shares[:0]
	for i := range list {
		d.shares = append(d.shares, share{left: list[i].n, weight: list[i].weight * float64(list[i].n)})
	}
	spent := func(h handle) {
		if i := around(list, h); i < len(list) {
			d.shares[i].take(1)
		}
	}
	for _, h := range d.picked {
		spent(h)
	}
	if d.self != nobody {
		spent(d.self)
	}
}

// take notes that n peers were picked; a stretch without peers has no weight.
func (s *share) take(n uint32) {
	s.left -= n
	if s.left == 0 {
		s.weight, s.due = 0, 0
	}
}

// byChance picks one peer at a time, of stretches chosen by what they are due,
// until the fractions of this round are spent. It returns what is still needed.
func (d *draw[K]) byChance(st *step, list []stretch, need int) int {
	d.cum = d.cum[:0]
	sum := 0.0
	for _, s := range d.shares {
		sum += s.due
		d.cum = append(d.cum, sum)
	}
	for draws := min(need, int(sum+0.5)); draws > 0 && sum > 1e-9; draws-- {
		i := min(sort.SearchFloat64s(d.cum, d.dice.float()*sum), len(list)-1)
		if d.shares[i].left == 0 {
			return need // it ran out: the next round shares out anew
		}
		need -= d.draft(st, list[i:i+1], &d.shares[i], 1)
	}
	return need
}

package swarm

// wide is the number of groups from which on listing those of a step costs more
// than trying one's luck first.
const wide = 64

// takeByLuck draws from everybody and keeps who is of the step, each by its weight. It
// returns how many are still needed: none, as a rule, if the step's peers are a good part
// of the swarm.
func (d *draw[K]) takeByLuck(st *step, need, number int) int {
	n := d.count()
	top := float64(st.top)
	if st.Cap > 0 && st.kind == weighted {
		top = min(top, d.limitOf(st, n))
	}
	for tries := 4 * need; tries > 0 && need > 0; tries-- {
		h := d.numbered(d.dice.below(n))
		w := min(d.weight(st, h), top)
		if w == 0 || w < top && d.dice.float()*top >= w {
			continue
		}
		if d.pick(h, number) {
			need--
		}
	}
	return need
}

// weight returns the weight of a peer in a step, 0 if it is not of it; no cap is heeded.
func (d *draw[K]) weight(st *step, h handle) float64 {
	is := d.pool.record(h).is
	if !st.Roles.has(h.role()) || !st.Classes.has(is.class()) {
		return 0
	}
	w := float64(weightOf(st.Spans, is.pid()))
	if st.ByPID && w > 0 {
		w /= float64(d.dir.population(is.pid(), st.Roles&d.roles, st.Classes))
	}
	return w
}

// sampleSize is how many peers stand for all of them where weights are to be cut. What
// is cut off is what stands out, so that chance changes the limit little.
const sampleSize = 128

// limitOf estimates the weight to which st.Cap cuts, from some of the n peers.
func (d *draw[K]) limitOf(st *step, n uint32) float64 {
	d.cands = d.cands[:0]
	for range sampleSize {
		if w := d.weight(st, d.numbered(d.dice.below(n))); w > 0 {
			d.cands = append(d.cands, candidate{n: 1, weight: w})
		}
	}
	if len(d.cands) == 0 {
		return float64(st.top)
	}
	return cut(d.cands, st.Cap)
}

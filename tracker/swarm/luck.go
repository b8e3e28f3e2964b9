package swarm

// wide is how many PIDs a step must be about to be worth a trial of luck first.
const wide = 64

// takeByLuck draws from everybody and keeps who is of the step, each by its weight. It
// returns how many are still needed: none, as a rule, if the step's peers are a good part
// of the swarm.
func (d *draw[K]) takeByLuck(st *step, need int) int {
	top := d.topOf(st)
	for tries := 4 * need; tries > 0 && need > 0; tries-- {
		h := d.any(&d.all)
		w := min(d.weight(st, h), top)
		if w == 0 || w < top && d.dice.float()*top >= w {
			continue
		}
		if d.pick(st, h) {
			need--
		}
	}
	return need
}

// weight returns the weight of a peer in a step, 0 if it is not of it; no cap is heeded.
func (d *draw[K]) weight(st *step, h handle) float64 {
	is := d.record(h).is
	if !st.roles.has(is.role()) || !st.classes.has(is.class()) {
		return 0
	}
	w := float64(weightOf(st.area.spans, is.pid()))
	if st.byPID && w > 0 {
		w /= float64(d.pool.population(is.pid(), st.roles&d.roles))
	}
	return w
}

// sampleSize is how many peers stand for all of them where weights are to be cut. What
// is cut off is what stands out, so that chance changes the limit little.
const sampleSize = 128

// topOf returns the greatest weight that a peer may have in a step.
func (d *draw[K]) topOf(st *step) float64 {
	if st.cap == 0 || st.kind != weighted {
		return float64(st.top)
	}
	d.stretches = d.stretches[:0]
	for range sampleSize {
		if w := d.weight(st, d.any(&d.all)); w > 0 {
			d.stretches = append(d.stretches, stretch{n: 1, weight: w})
		}
	}
	if len(d.stretches) == 0 {
		return float64(st.top)
	}
	return min(float64(st.top), cut(d.stretches, st.cap))
}

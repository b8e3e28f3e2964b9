package sim

// sharing works out rates anew after flows have begun or ended, of no more flows than
// that can matter to.
//
// A link matters if the flows across it could together use more than it has. A change
// reaches other flows only over links that matter, or did so before it; so it is
// enough to follow those from where the changes were, which usually leads to a few flows
// around one peer. Where a narrow link between places matters, all rates are worked out.
type sharing struct {
	share    *allocator
	capacity []float64
	use      []float64 // by link: what its flows could use at most
	dirty    []int32   // access links that matter and have changed, then those reached from them
	marked   []bool    // by link: it is in dirty
	changed  bool
	all      bool // nothing less than all will do

	reached []int32 // flows
	seen    []bool  // by flow: it is in reached
	demand  []demand
	rate    []float64
}

func newSharing(capacity []float64) sharing {
	return sharing{
		share: newAllocator(capacity), capacity: capacity,
		use: make([]float64, len(capacity)), marked: make([]bool, len(capacity)),
	}
}

// matters allows for what adding and subtracting has left behind.
func (s *sharing) matters(l int32) bool { return s.use[l] > s.capacity[l]*(1+1e-9) }

// change notes that a flow begins (1) or ends (-1).
func (s *sharing) change(d *demand, sign float64) {
	s.changed = true
	for _, l := range d.path {
		s.all = s.turn(l, sign*d.limit) || s.all
	}
	if s.turn(d.up, sign*d.limit) {
		s.mark(d.up)
	}
	if s.turn(d.down, sign*d.limit) {
		s.mark(d.down)
	}
}

// turn changes what a link's flows could use, and tells whether it matters, or did.
func (s *sharing) turn(l int32, by float64) bool {
	before := s.matters(l)
	s.use[l] += by
	return before || s.matters(l)
}

func (s *sharing) mark(l int32) {
	if !s.marked[l] {
		s.marked[l] = true
		s.dirty = append(s.dirty, l)
	}
}

// reallocate works out the rates that may have changed.
func (w *world) reallocate() {
	if !w.changed {
		return
	}
	w.out.Allocations++
	switch {
	case w.all || !w.reach():
		w.share.allocate(w.demands, w.rates)
		w.out.Allocated += len(w.flows)
	case len(w.reached) > 0:
		w.allocateReached()
	}
	for _, f := range w.reached {
		w.seen[f] = false
	}
	for _, l := range w.dirty {
		w.marked[l] = false
	}
	w.reached, w.dirty, w.all, w.changed = w.reached[:0], w.dirty[:0], false, false
}

// reach collects the flows that the changes can matter to. It returns false if it might
// as well be all.
func (w *world) reach() bool {
	for len(w.seen) < len(w.flows) {
		w.seen = append(w.seen, false)
	}
	for i := 0; i < len(w.dirty); i++ {
		for _, f := range w.across(w.dirty[i]) {
			if f < 0 || w.seen[f] {
				continue
			}
			w.seen[f] = true
			w.reached = append(w.reached, f)
			d := &w.demands[f]
			for _, l := range [2]int32{d.up, d.down} {
				if w.matters(l) {
					w.mark(l)
				}
			}
			for _, l := range d.path {
				if w.matters(l) {
					return false
				}
			}
		}
		if 2*len(w.reached) > len(w.flows) {
			return false
		}
	}
	return true
}

// across returns the flows on an access link, with gaps.
func (w *world) across(l int32) []int32 {
	if n := int32(len(w.peers)); l >= n {
		first, end := w.ends(l - n)
		return w.down[first:end]
	}
	first, end := w.ends(l)
	return w.up[first:end]
}

func (w *world) allocateReached() {
	w.demand, w.rate = w.demand[:0], w.rate[:0]
	for _, f := range w.reached {
		w.demand, w.rate = append(w.demand, w.demands[f]), append(w.rate, 0)
	}
	w.share.allocate(w.demand, w.rate)
	for i, f := range w.reached {
		w.rates[f] = w.rate[i]
	}
	w.out.Allocated += len(w.reached)
}

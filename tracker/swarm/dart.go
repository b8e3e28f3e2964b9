package swarm

import "slices"

// longestRun is how many neighbours are drawn together where all are of one PID. Within a
// PID peers stand in the order of a keyed hash, so that neighbours have nothing in common;
// and they share cache lines, while each peer drawn on its own is fetched from memory.
const longestRun = 8

// throw draws n peers of a step's list, each peer equally likely, into d.darts.
func (d *draw[K]) throw(st *step, list []stretch, n int) {
	d.darts = slices.Grow(d.darts[:0], n)[:n]
	if st.pids == 1 {
		d.aimRuns(list)
	} else {
		d.aim(list)
	}
	d.look(d.darts)
}

// look looks at the peers that darts have hit, one after the other, so that they are fetched
// from memory at the same time: what follows hangs on what each one is.
func (d *draw[K]) look(darts []dart) {
	for i := range darts {
		darts[i].is = d.record(darts[i].handle).is
	}
}

// aim aims the darts at handles of a list, one in each of as many equal parts: so they come in
// order, and hardly ever two at one. Where the first part begins is random, or those on the
// borders would be hit less often. Whether somebody stands at a handle cannot be guessed: it is
// counted with, not asked. Darts that are lost are thrown again, anywhere.
func (d *draw[K]) aim(list []stretch) {
	darts, filled, hits := d.darts, d.filled, 0
	end := uint64(width(list)) << 32
	part := end / uint64(len(darts))
	from := d.dice.within(end)
	s := owner(list, uint32(from>>32))
	for range darts {
		at := from + d.dice.within(part)
		if at >= end { // and on from the front; from comes to be 0 or more with the next part
			at, from, s = at-end, from-end, 0
		}
		from += part
		for s+1 < len(list) && uint32(at>>32) >= list[s+1].at {
			s++
		}
		h := list[s].lo + handle(uint32(at>>32)-list[s].at)
		darts[hits].handle = h
		hits += less(uint32(h.pos()), uint32(filled[h.block()]))
	}
	for ; hits < len(darts); hits++ {
		darts[hits].handle, _ = d.anyOf(list)
	}
}

// aimAll aims a dart at each peer of a list, and looks at none.
func (d *draw[K]) aimAll(list []stretch) {
	d.darts = d.darts[:0]
	for i := range list {
		s := &list[i]
		for b, h := s.lo.block(), s.lo; h < s.hi; b, h = b+1, handleOf(b+1, 0) {
			for end := min(s.hi, handleOf(b, int(d.filled[b]))); h < end; h++ {
				d.darts = append(d.darts, dart{handle: h})
			}
		}
	}
}

// aimRuns aims the darts at neighbours, longestRun of them in a row. A run that comes to the
// end of a stretch goes on in the next one, and behind the last one in the first.
func (d *draw[K]) aimRuns(list []stretch) {
	for left := d.darts; len(left) > 0; {
		h, i := d.anyOf(list)
		n := min(longestRun, len(left))
		for j := range left[:n] {
			left[j].handle = h
			if h++; h >= list[i].hi || !d.there(h) {
				h, i = d.neighbour(h, list, i)
			}
		}
		left = left[n:]
	}
}

// anyOf returns a random peer of a list, and the stretch that it is in.
func (d *draw[K]) anyOf(list []stretch) (handle, int) {
	for handles := width(list); ; {
		at := d.dice.below(handles)
		i := owner(list, at)
		if h := list[i].lo + handle(at-list[i].at); d.there(h) {
			return h, i
		}
	}
}

// any returns a random peer of a stretch.
func (d *draw[K]) any(s *stretch) handle {
	for {
		if h := s.lo + handle(d.dice.below(uint32(s.hi-s.lo))); d.there(h) {
			return h
		}
	}
}

// there tells whether a peer stands at a handle.
func (d *draw[K]) there(h handle) bool { return h.pos() < int(d.filled[h.block()]) }

// neighbour returns the peer behind the last one of a block or of the i-th stretch of a list,
// and the stretch that it is in.
func (d *draw[K]) neighbour(h handle, list []stretch, i int) (handle, int) {
	if h = d.pool.first(h); h < list[i].hi {
		return h, i
	}
	if i++; i == len(list) {
		i = 0
	}
	return d.pool.first(list[i].lo), i
}

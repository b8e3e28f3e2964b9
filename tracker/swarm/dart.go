package swarm

import "slices"

// longestRun is how many neighbours are drawn together where all are of one PID. Within a
// PID peers stand in the order of a keyed hash, so that neighbours have nothing in common;
// and they share cache lines, while each peer drawn on its own is fetched from memory.
const longestRun = 8

// throw draws n peers of a step's list or a few more, each peer equally likely, into d.darts.
func (d *draw[K]) throw(st *step, list []stretch, n int) {
	if st.pids == 1 {
		d.aimRuns(list, n)
	} else {
		d.aim(list, n)
	}
}

// aim aims darts at handles of a list, one in each of equal parts: so they come in order, and
// hardly ever two at one. How far the first part reaches before the first handle is random, or
// those on the borders would be hit less often. Whether somebody stands at a handle cannot be
// guessed: it is counted with, not asked, and there are as many more darts as are likely to be
// lost. If n have not hit nevertheless, others are thrown, anywhere.
func (d *draw[K]) aim(list []stretch, n int) {
	parts := dartsFor(n, list)
	d.takeDarts(parts + 1)
	part := uint64(width(list)) << 32 / uint64(parts)
	from := -d.dice.within(part)
	at := from + d.dice.within(part)
	if at >= from { // it did not come to 0: it is before the first handle
		from += part
		at = from + d.dice.within(part)
	}
	hits := 0
	for i := range list {
		from, at, hits = d.aimInto(&list[i], part, from, at, hits)
	}
	for ; hits < n; hits++ {
		d.darts[hits], _ = d.anyOf(list)
	}
	d.darts = d.darts[:hits]
}

// aimInto aims darts into a stretch. The next one is at at, and its part begins at from, in
// units of 2^-32 among the handles of the list; hits are before it. It returns the three as they
// are for the stretch behind.
func (d *draw[K]) aimInto(c *stretch, part, from, at uint64, hits int) (uint64, uint64, int) {
	darts, filled, dice := d.darts, d.filled, d.dice
	first := c.lo - handle(c.at)
	for end := c.end() << 32; at < end && hits < len(darts); {
		h := first + handle(at>>32)
		darts[hits] = h
		hits += less(uint32(h.pos()), uint32(filled[h.block()]))
		from += part
		var roll uint64
		dice, roll = dice.rolled()
		at = from + scale64(roll, part)
	}
	d.dice = dice
	return from, at, hits
}

// dartsFor returns how many darts of a list hit n peers, in five of six throws.
func dartsFor(n int, list []stretch) int {
	peers, handles := ahead(list)
	if handles == peers {
		return n
	}
	lost := n * int(handles-peers) / int(peers)
	return n + min(lost+lost/4+1, lostMost*n)
}

// lostMost is how many darts to lose for one that hits, at most.
const lostMost = 4

func (d *draw[K]) takeDarts(n int) { d.darts = slices.Grow(d.darts[:0], n)[:n] }

// aimAll aims a dart at each peer of a list.
func (d *draw[K]) aimAll(list []stretch) {
	d.takeDarts(int(total(list)))
	left := d.darts
	for i := range list {
		c := &list[i]
		for b, h := c.lo.block(), c.lo; h < c.hi; b, h = b+1, handleOf(b+1, 0) {
			end := max(h, min(c.hi, handleOf(b, int(d.filled[b]))))
			for j := range left[:end-h] {
				left[j] = h + handle(j)
			}
			left = left[end-h:]
		}
	}
}

// aimRuns aims n darts at neighbours, longestRun of them in a row. A run that comes to the
// end of a stretch goes on in the next one, and behind the last one in the first.
func (d *draw[K]) aimRuns(list []stretch, n int) {
	d.takeDarts(n)
	for left := d.darts; len(left) > 0; {
		h, i := d.anyOf(list)
		n := min(longestRun, len(left))
		for j := range left[:n] {
			left[j] = h
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

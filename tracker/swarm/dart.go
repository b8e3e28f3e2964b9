package swarm

import (
	"slices"
	"unsafe"
)

// longestRun is how many neighbours are drawn together where all are of one PID. Within a
// PID peers stand in the order of a keyed hash, so that neighbours have nothing in common;
// and they share cache lines, while each peer drawn on its own is fetched from memory.
const longestRun = 8

// throw draws n peers of a step's list, each peer equally likely, into d.darts.
func (d *draw[K]) throw(st *step, list []stretch, n int) {
	if st.pids == 1 {
		d.aimRuns(list, n)
	} else {
		d.aim(list, n)
	}
}

// aim aims n darts at handles of a list, by volleys. Whether somebody stands at a handle cannot
// be guessed: it is counted with, not asked, and darts that are lost are thrown again. A few are
// thrown singly, and all in a list so long that the parts of a volley would be too long.
func (d *draw[K]) aim(list []stretch, n int) {
	d.takeDarts(n)
	hits := 0
	for n-hits > few && int(width(list))/(n-hits) < widest {
		before := hits
		hits = d.aimVolley(list, n-hits, hits)
		d.fetch(d.darts[before:hits])
	}
	d.aimSingly(list, n, hits)
	d.fetch(d.darts[hits:])
}

// fetch has the processor fetch the peers at handles.
func (d *draw[K]) fetch(handles []handle) {
	fetchEach(d.heads, unsafe.Sizeof(record[K]{}), handles)
}

// few darts are thrown one by one, anywhere: volleys of so few take longer.
const few = 8

// aimSingly aims darts until n have hit, of which hits have.
func (d *draw[K]) aimSingly(list []stretch, n, hits int) {
	darts, filled, s := d.darts, d.filled, d.dice.series()
	for width := width(list); hits < n; s = s.next() {
		at := s.below(width)
		h := list[owner(list, at)].handle(at)
		darts[hits] = h
		hits += less(uint32(h.pos()), uint32(filled[h.block()]))
	}
}

// volley is darts being thrown at a list, one in each of as many equal parts: so they come in
// order, and hardly ever two at one. Where the first part begins is random, or peers on the
// borders would be hit less often; parts go on from the end of the list at its front. Places in a
// list are handles in units of 2^-16.
type volley struct {
	part     uint64 // how long parts are, less than 2^32
	from, at uint64 // where the part of the next dart begins, and where the dart is
	stop     uint64 // where the part behind the last one begins
	hits     int
}

// widest is how many handles a part has at most.
const widest = 1<<16 - 1

// aimVolley aims n darts. It is told how many darts have hit, and returns that.
func (d *draw[K]) aimVolley(list []stretch, n, hits int) int {
	all := uint64(width(list)) << 16
	v := volley{part: all / uint64(n), from: d.dice.within(all), hits: hits}
	v.stop = v.from + uint64(n)*v.part
	s := d.dice.series()
	v.at = v.from + uint64(s.below(uint32(v.part)))
	for i := owner(list, uint32(v.from>>16)); v.at < v.stop; i++ {
		if i == len(list) {
			i = 0
			v.from -= all // comes to be 0 or more with the next part
			v.at -= all
			v.stop -= all
		}
		s = d.aimInto(&list[i], &v, s)
	}
	return v.hits
}

// aimInto aims the darts of a volley that are in a stretch.
func (d *draw[K]) aimInto(c *stretch, v *volley, s series) series {
	darts, filled := d.darts, d.filled
	part, from, at, hits := v.part, v.from, v.at, v.hits
	first := c.lo - handle(c.at)
	for end := min(c.end()<<16, v.stop); at < end; {
		h := first + handle(at>>16)
		darts[hits] = h
		hits += less(uint32(h.pos()), uint32(filled[h.block()]))
		from += part
		s = s.next()
		at = from + uint64(s.below(uint32(part)))
	}
	v.from, v.at, v.hits = from, at, hits
	return s
}

func (d *draw[K]) takeDarts(n int) { d.darts = slices.Grow(d.darts[:0], n)[:n] }

// aimAll aims a dart at each peer of a list.
func (d *draw[K]) aimAll(list []stretch) {
	d.takeDarts(int(total(list)))
	left := d.darts
	for i := range list {
		c := &list[i]
		for b, h := c.lo.block(), c.lo; h < c.hi; b, h = b+1, handleOf(b+1, 0) {
			end := max(h, min(c.hi, handleOf(b, int(d.filled[b]))))
			n := end - h
			for j := range left[:n] {
				left[j] = h + handle(j)
			}
			if n > 0 {
				fetch(unsafe.Pointer(d.record(h)), uintptr(n)*unsafe.Sizeof(record[K]{}))
			}
			left = left[n:]
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
	d.fetch(d.darts)
}

// anyOf returns a random peer of a list, and the stretch that it is in.
func (d *draw[K]) anyOf(list []stretch) (handle, int) {
	for handles := width(list); ; {
		at := d.dice.below(handles)
		i := owner(list, at)
		if h := list[i].handle(at); d.there(h) {
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

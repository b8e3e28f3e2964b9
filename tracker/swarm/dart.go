package swarm

// longestRun is how many neighbours are drawn together where all are of one PID. Within a
// PID peers stand in the order of a keyed hash, so that neighbours have nothing in common;
// and they share cache lines, while each peer drawn on its own is fetched from memory.
const longestRun = 8

// throw draws n peers of a list, each peer equally likely, so many in a row at a time, into
// d.darts. A run that comes to the end of a stretch goes on in the next one, and behind the
// last one in the first.
//
// The peers are looked at here, one after the other, so that they are fetched from memory at
// the same time: what follows hangs on what each one is.
func (d *draw[K]) throw(list []stretch, n, run int) {
	d.darts = d.darts[:0]
	peers := total(list)
	for len(d.darts) < n {
		r := d.dice.below(peers)
		i := owner(list, r)
		h := d.nth(&list[i], r-list[i].start)
		d.darts = append(d.darts, dart{handle: h})
		for range min(run-1, n-len(d.darts)) {
			if h++; h.pos() == len(d.blocks[h.block()].records) || h >= list[i].hi {
				h, i = d.neighbour(h, list, i)
			}
			d.darts = append(d.darts, dart{handle: h})
		}
	}
	for i := range d.darts {
		d.darts[i].is = d.record(d.darts[i].handle).is
	}
}

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

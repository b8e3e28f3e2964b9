package swarm

// directory tells where the peers of each place begin. A tree has one as soon as that costs
// little for what the tree holds; without one, places are searched for.
type directory struct {
	pids   PID      // all PIDs of the tree are below
	begins []handle // by role, pids+1 each: the last is behind all of the role
}

// directoryWorth is how many peers for each PID a tree has that keeps a directory: which is
// then four bytes a peer at most. One that has fewer than half of that drops it.
const directoryWorth = 2

// inUse tells whether there is a directory.
func (d *directory) inUse() bool { return d.begins != nil }

// entry returns where a place is entered. PIDs that no peer has begin where all end.
func (d *directory) entry(p place) int {
	if p == behindAll {
		return len(d.begins) - 1
	}
	return int(p.role())*int(d.pids+1) + int(min(p.pid(), d.pids))
}

// of returns where the peers of a role begin, by PID; last is where those of the last PID end.
func (d *directory) of(role Role) []handle {
	n := int(d.pids) + 1
	return d.begins[int(role)*n:][:n]
}

func (d *directory) begin(p place) handle { return d.begins[d.entry(p)] }

// place is the inverse of entry.
func (d *directory) place(i int) place {
	role, pid := Leecher, i
	if i > int(d.pids) {
		role, pid = Seeder, i-int(d.pids)-1
	}
	return edge(role, PID(pid))
}

// shift notes that there are so many peers more of a place in a block. It moves the places
// that begin behind them in the same block.
func (d *directory) shift(p place, block, by int) {
	for i := d.entry(p) + 1; i < len(d.begins) && d.begins[i].block() == block; i++ {
		d.begins[i] += handle(by)
	}
}

// split notes that a block keeps so many of its records, and that the others are those of
// the next block now, of which none is before first.
func (d *directory) split(block, keeps int, first order) {
	for i := range d.begins {
		switch h := d.begins[i]; {
		case h.block() > block:
			d.begins[i] = h + blockMax
		case h.block() == block && orderOf(d.place(i), 0) >= first:
			d.begins[i] = handleOf(block+1, h.pos()-keeps)
		}
	}
}

// join notes that a block has got the records of the next one, behind so many of its own.
func (d *directory) join(block, keeps int) {
	for i := range d.begins {
		switch h := d.begins[i]; {
		case h.block() > block+1:
			d.begins[i] = h - blockMax
		case h.block() == block+1:
			d.begins[i] = handleOf(block, h.pos()+keeps)
		}
	}
}

// charted tells whether there is a directory.
func (q *sequence[K]) charted() bool { return q.tree != nil && q.tree.places.inUse() }

// shift is change where the directory is to be kept: so many peers more are of that place.
func (t *tree[K]) shift(p place, block, by int) {
	t.change(block, by)
	switch {
	case !t.places.inUse():
	case p.pid() < t.places.pids:
		t.places.shift(p, block, by)
	default:
		t.places = directory{} // the next split may make another
	}
}

// seekAbout is seek where there is a directory.
func (q *sequence[K]) seekAbout(o order, s secret) (b, i int) {
	b, i = q.about(o)
	return b, q.tree.blocks[b].lowerBoundAbout(i, o, s)
}

// about returns the block that a record of an order is in, or would be, and about where: where
// there is a directory. The peers of a place stand in the order of a keyed hash, so that a hash
// tells about where its peer is; each step of a search would be another wait for memory.
func (q *sequence[K]) about(o order) (b, i int) {
	t, p := q.tree, o.place()
	entry := t.places.entry(p)
	lo, hi := t.places.begins[entry], q.endOf(entry)
	b = t.holdingFrom(lo.block(), hi.block()-lo.block()+1, o)
	from, to := 0, int(t.fill[b])
	least, most := t.firsts[b], orderOf(p+1, 0)
	if b == lo.block() {
		from, least = lo.pos(), orderOf(p, 0)
	}
	if b == hi.block() {
		to = hi.pos()
	} else {
		most = t.firsts[b+1]
	}
	return b, from + int(float64(to-from)*(float64(o-least)/float64(most-least)))
}

// endOf returns where the peers of an entry of the directory end.
func (q *sequence[K]) endOf(entry int) handle {
	if begins := q.tree.places.begins; entry+1 < len(begins) {
		return begins[entry+1]
	}
	return q.end()
}

// near is how far from where its hash says a peer is looked for before its block is read from
// the beginning. Nine of ten are nearer.
const near = 8

// findAbout looks for the peer of an address and order where there is a directory.
func (q *sequence[K]) findAbout(k *K, o order) handle {
	block, i := q.about(o)
	records, pid := q.tree.records(block), o.place().pid()
	for off := range near {
		for _, at := range [2]int{i + off, i - 1 - off} {
			if uint(at) < uint(len(records)) && records[at].isOf(k, pid) {
				return handleOf(block, at)
			}
		}
	}
	return q.findIn(block, k, pid)
}

// chart makes a directory if it is worth its memory, and drops one that is not any more.
func (q *sequence[K]) chart() {
	t := q.tree
	if t.places.inUse() {
		if 2*q.len() < directoryWorth*int(t.places.pids) {
			t.places = directory{}
		}
		return
	}
	pids := q.pids()
	if q.len() < directoryWorth*int(pids) {
		return
	}
	d := directory{pids: pids, begins: make([]handle, 2*(pids+1))}
	for i := range d.begins {
		d.begins[i] = q.begin(d.place(i))
	}
	t.places = d
}

// pids returns the number above that of all peers' PIDs.
func (q *sequence[K]) pids() (above PID) {
	for role := Leecher; role <= Seeder; role++ {
		if q.count[role] > 0 {
			last := q.before(q.begin(edge(role, maxPID+1)))
			above = max(above, q.record(last).is.pid()+1)
		}
	}
	return above
}

// forgetPlaces drops the directory, if there is one.
func (q *sequence[K]) forgetPlaces() {
	if q.tree != nil {
		q.tree.places = directory{}
	}
}

package swarm

import "sort"

// stretch is peers that stand together, from lo up to, not including, hi, and what each of
// them weighs in a step.
type stretch struct {
	lo, hi handle
	n      uint32
	start  uint32  // how many peers the stretches before it have,
	at     uint32  // and how many handles, with those where nobody stands
	weight float64 // of a peer
}

// handle returns the handle that has a number among those of the list.
func (c *stretch) handle(at uint32) handle { return c.lo + handle(at-c.at) }

// end returns how many handles the stretches up to c have.
func (c *stretch) end() uint64 { return uint64(c.at) + uint64(c.hi-c.lo) }

// gather lists the stretches of an area, leechers first.
func (d *draw[K]) gather(of *area, roles Roles) []stretch {
	list := listing{list: d.stretches[:0]}
	for role := Leecher; role <= Seeder; role++ {
		if !roles.has(role) || d.pool.count[role] == 0 {
			continue
		}
		if !of.known() {
			for _, sp := range of.spans {
				list.add(d.pool.border(edge(role, sp.Lo)), d.pool.border(edge(role, sp.Hi)), sp.Weight)
			}
			continue
		}
		for i, sp := range of.spans {
			ends := of.ends[i]
			list.add(d.borders[role][ends[0]], d.borders[role][ends[1]], sp.Weight)
		}
	}
	d.stretches = list.list
	return d.stretches
}

// gatherPIDs lists the stretch of each PID of an area that has peers.
func (d *draw[K]) gatherPIDs(of *area, roles Roles) []stretch {
	list := listing{list: d.stretches[:0]}
	for role := Leecher; role <= Seeder; role++ {
		if !roles.has(role) || d.pool.count[role] == 0 {
			continue
		}
		for _, sp := range of.spans {
			lo, hi := d.pool.border(edge(role, sp.Lo)), d.pool.border(edge(role, sp.Hi))
			for lo.rank < hi.rank {
				lo.at = d.pool.first(lo.at)
				next := d.pool.border(edge(role, d.record(lo.at).is.pid()+1))
				list.add(lo, next, sp.Weight)
				lo = next
			}
		}
	}
	d.stretches = list.list
	return d.stretches
}

// listing is a list of stretches being written, how many peers it has, and how many handles.
type listing struct {
	list           []stretch
	peers, handles uint32
}

// add appends the peers from lo up to, not including, hi, if there are any.
func (l *listing) add(lo, hi border, weight float32) {
	n := hi.rank - lo.rank
	if n == 0 {
		return
	}
	l.list = append(l.list, stretch{lo.at, hi.at, n, l.peers, l.handles, float64(weight)})
	l.peers += n
	l.handles += uint32(hi.at - lo.at)
}

// everybody returns all peers that the requester may be told of.
func (d *draw[K]) everybody() stretch {
	if !d.roles.has(Seeder) {
		return stretch{hi: d.pool.begin(edge(Seeder, 0)), n: d.pool.count[Leecher], weight: 1}
	}
	return stretch{hi: d.pool.end(), n: uint32(d.pool.len()), weight: 1}
}

// ahead counts the peers of stretches, and their handles, be there somebody or not.
func ahead(list []stretch) (peers, handles uint32) {
	if len(list) == 0 {
		return 0, 0
	}
	last := &list[len(list)-1]
	return last.start + last.n, last.at + uint32(last.hi-last.lo)
}

// total counts the peers of stretches.
func total(list []stretch) uint32 {
	peers, _ := ahead(list)
	return peers
}

// width counts the handles of stretches.
func width(list []stretch) uint32 {
	_, handles := ahead(list)
	return handles
}

// fewStretches is up to how many it is quicker to count than to halve: counting has no
// branches to guess wrong.
const fewStretches = 8

// owner returns which of list has the handle number at.
func owner(list []stretch, at uint32) int {
	if len(list) == 1 {
		return 0
	}
	return ownerOfSome(list, at)
}

func ownerOfSome(list []stretch, at uint32) (i int) {
	if len(list) > fewStretches {
		return ownerOfMany(list, at)
	}
	for s := 1; s < len(list); s++ {
		i += 1 - less(at, list[s].at)
	}
	return i
}

func ownerOfMany(list []stretch, at uint32) int {
	lo, hi := 0, len(list)
	for hi-lo > 1 {
		if mid := int(uint(lo+hi) >> 1); list[mid].at <= at {
			lo = mid
		} else {
			hi = mid
		}
	}
	return lo
}

// around returns which of list holds h, or len(list).
func around(list []stretch, h handle) int {
	i := sort.Search(len(list), func(i int) bool { return list[i].hi > h })
	if i < len(list) && list[i].lo <= h {
		return i
	}
	return len(list)
}

// first returns h, or the first peer of a later block if h is behind the last of its own.
func (q *sequence[K]) first(h handle) handle {
	for b := h.block(); b+1 < q.blocks() && h.pos() >= len(q.block(b).records); {
		b++
		h = handleOf(b, 0)
	}
	return h
}

// before returns the peer before h, which is not the first.
func (q *sequence[K]) before(h handle) handle {
	b := h.block()
	for h.pos() == 0 {
		b--
		h = handleOf(b, len(q.block(b).records))
	}
	return h - 1
}

// population counts the peers of a PID.
func (q *sequence[K]) population(pid PID, roles Roles) (n uint32) {
	for role := Leecher; role <= Seeder; role++ {
		if roles.has(role) {
			n += q.border(edge(role, pid+1)).rank - q.border(edge(role, pid)).rank
		}
	}
	return n
}

// each calls f for every peer of a stretch until it returns false.
func (q *sequence[K]) each(c *stretch, f func(h handle, r *record[K]) bool) {
	for b, i := c.lo.block(), c.lo.pos(); handleOf(b, i) < c.hi; b, i = b+1, 0 {
		for records := q.block(b).records; i < len(records) && handleOf(b, i) < c.hi; i++ {
			if !f(handleOf(b, i), &records[i]) {
				return
			}
		}
	}
}

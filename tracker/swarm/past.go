package swarm

// past is the peers of a pool that still stand by the PIDs of an older map. Announces move
// some of them over, so that there is somebody to draw from, and [Store.Regroup] moves the
// others: no lock is held for as long as it would take to look up a million addresses.
// Until they are moved, draws leave them out. A map that changes before all are moved adds
// another past, in front.
type past[K key] struct {
	sequence[K]
	groups Grouping // that their PIDs are from
	next   int      // the block to be moved
	left   int      // blocks
	stride int      // from block to block
	older  *past[K]
}

// pastBlocks is how many blocks are moved at once when a map has changed. A block is some
// hundred peers, and takes some fifty microseconds. After that an announce moves one, as
// long as there are fewer than presentEnough to draw from.
const (
	pastBlocks    = 2
	presentEnough = 512
)

// regroup makes a past of the peers of a pool. Those that are few, or whose old PIDs nobody
// knows any more, get their new ones at once.
func (p *pool[K]) regroup(s *Store, was, is Grouping) {
	if p.len() > 0 {
		old := &past[K]{sequence: p.sequence, groups: was, left: p.blocks(), stride: strideOf(p.blocks()), older: p.past}
		old.forgetPlaces()
		p.sequence = sequence[K]{}
		if old.tree == nil || was == nil {
			old.move(s, p, is, old.left)
		} else {
			p.past = old
		}
	}
	p.catchUp(s, is, pastBlocks)
}

// thicken moves some peers over if there are few to draw from.
func (p *pool[K]) thicken(s *Store, is Grouping) {
	if p.past != nil && p.len() < presentEnough {
		p.catchUp(s, is, 1)
	}
}

// catchUp moves the peers of some blocks over, the oldest first.
func (p *pool[K]) catchUp(s *Store, is Grouping, blocks int) {
	for blocks > 0 && p.past != nil {
		last := &p.past
		for (*last).older != nil {
			last = &(*last).older
		}
		blocks -= (*last).move(s, p, is, blocks)
		if (*last).left == 0 {
			*last = nil
		}
	}
}

// move moves the peers of up to so many blocks to p, and returns how many they were. The
// blocks are taken in an order that leaves no PID to the end.
func (old *past[K]) move(s *Store, p *pool[K], is Grouping, blocks int) (moved int) {
	for ; moved < blocks && old.left > 0; moved++ {
		b := old.block(old.next)
		for i := range b.records {
			old.moveOne(s, p, b, i, pidOf(is, &b.records[i]))
		}
		*b = block[K]{}
		if old.tree != nil {
			old.tree.change(old.next, -int(old.tree.fill[old.next]))
		}
		old.left--
		old.next = (old.next + old.stride) % old.blocks()
	}
	return moved
}

// moveOne enters the i-th peer of an old block under its new PID.
func (old *past[K]) moveOne(s *Store, p *pool[K], b *block[K], i int, pid PID) handle {
	r := b.records[i]
	old.count[r.is.role()]--
	r.is = markOf(placeOf(r.is.role(), pid), r.is.class()).with(r.is.renown())
	return p.enter(s, r, b.news(i))
}

// fetch moves the peer of an address over, if it is there.
func (old *past[K]) fetch(s *Store, p *pool[K], k K, pid PID) handle {
	was := old.groups.PID(addrPort(&k).Addr())
	h := old.find(k, was, Leecher, s.secret)
	if h == nobody {
		return nobody
	}
	b := old.block(h.block())
	moved := old.moveOne(s, p, b, h.pos(), pid)
	b.remove(h.pos())
	if old.tree != nil {
		old.tree.change(h.block(), -1)
	}
	return moved
}

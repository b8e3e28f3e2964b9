package swarm

// past is the peers of a large pool that still stand by the PIDs of an older map. Each
// announce, and each sweep, moves some of them over: no lock is held for as long as it
// would take to look up a million addresses. Until they are moved, draws leave them out.
type past[K key] struct {
	sequence[K]
	groups Grouping // that their PIDs are from
	next   int      // the block to be moved
	left   int      // blocks
}

// pastBlocks is how many blocks an announce moves: some five hundred peers, for some
// fifty microseconds.
const pastBlocks = 4

// regroup gives the peers of a pool their new PIDs: at once if they are few, or if nobody
// knows any more what the old PIDs meant.
func (p *pool[K]) regroup(s *Store, was, is Grouping) {
	if p.past != nil {
		p.catchUp(s, is, p.past.left) // the map has changed again so soon
	}
	old := p.sequence
	p.sequence = sequence[K]{}
	if old.len() == 0 {
		return
	}
	p.past = &past[K]{sequence: old, groups: was, left: old.blocks()}
	if old.tree == nil || was == nil {
		p.catchUp(s, is, p.past.left)
		return
	}
	p.catchUp(s, is, pastBlocks)
}

// catchUp moves the peers of some blocks over. The blocks are taken in an order that
// leaves no PID to the end.
func (p *pool[K]) catchUp(s *Store, is Grouping, blocks int) {
	old := p.past
	for ; blocks > 0 && old.left > 0; blocks-- {
		b := old.block(old.next)
		for i := range b.records {
			p.moveOver(s, b, i, pidOf(is, &b.records[i]))
		}
		*b = block[K]{}
		if old.tree != nil {
			old.tree.change(old.next, -int(old.tree.fill[old.next]))
		}
		old.left--
		old.next = (old.next + stride(old.blocks())) % old.blocks()
	}
	if old.left == 0 {
		p.past = nil
	}
}

// stride is a step that visits each of n blocks once before it comes back: it has no
// divisor in common with n.
func stride(n int) int {
	step := int(float64(n)*0.618) | 1
	for gcd(step, n) != 1 {
		step++
	}
	return step
}

func gcd(a, b int) int {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

// moveOver enters the i-th peer of an old block under its new PID.
func (p *pool[K]) moveOver(s *Store, b *block[K], i int, pid PID) handle {
	r := b.records[i]
	p.past.count[r.is.role()]--
	r.is = markOf(placeOf(r.is.role(), pid), r.is.class()).with(r.is.renown())
	return p.enter(s, r, b.news(i))
}

// fetch moves the peer of an address over, if it is there.
func (old *past[K]) fetch(s *Store, p *pool[K], k K, pid PID) handle {
	was := old.groups.PID(addrPort(&k).Addr())
	for _, role := range [2]Role{Leecher, Seeder} {
		h := old.find(k, placeOf(role, was), s.secret)
		if h == nobody {
			continue
		}
		b := old.block(h.block())
		moved := p.moveOver(s, b, h.pos(), pid)
		b.remove(h.pos())
		if old.tree != nil {
			old.tree.change(h.block(), -1)
		}
		return moved
	}
	return nobody
}

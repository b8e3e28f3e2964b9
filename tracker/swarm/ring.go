package swarm

// ring finds peers by the hashes of their addresses, for stable draws from many (see
// takeStably): open addressing with linear probing, deletion by shifting back. It holds
// orders, of which 0 stands for none.
type ring struct {
	slots []order // a power of two
	used  int
}

// ringMin is from how many peers on a pool has a ring, if the store wants any: all of
// fewer are ranked.
const ringMin = rankedMost

// ringIn enters a peer, or all of them once they are many.
func (p *pool[K]) ringIn(o order, s secret) {
	switch {
	case p.tree == nil:
	case p.tree.ring != nil:
		p.tree.ring.insert(o)
	case p.len() > ringMin:
		p.tree.ring = &ring{slots: make([]order, 2*ringMin)}
		for b := range p.tree.blocks {
			for i := range p.tree.blocks[b].records {
				p.tree.ring.insert(p.tree.blocks[b].records[i].order(s))
			}
		}
	}
}

// home returns the slot where the search for o starts: the upper bits of its hash.
func (x *ring) home(o order) int {
	hash := uint64(o) << (64 - hashBits)
	return int(hash >> 32 * uint64(len(x.slots)) >> 32)
}

func (x *ring) next(slot int) int { return (slot + 1) & (len(x.slots) - 1) }

// insert enters an order; at most three quarters of the slots are used.
func (x *ring) insert(o order) {
	if 4*(x.used+1) > 3*len(x.slots) {
		x.resize(2 * len(x.slots))
	}
	slot := x.home(o)
	for x.slots[slot] != 0 {
		slot = x.next(slot)
	}
	x.slots[slot] = o
	x.used++
}

func (x *ring) resize(n int) {
	old := x.slots
	*x = ring{slots: make([]order, n)}
	for _, o := range old {
		if o != 0 {
			x.insert(o)
		}
	}
}

// remove empties the slot of o and closes the gap in its run.
func (x *ring) remove(o order) {
	gap := x.home(o)
	for x.slots[gap] != o {
		if x.slots[gap] == 0 {
			return
		}
		gap = x.next(gap)
	}
	for slot := x.next(gap); x.slots[slot] != 0; slot = x.next(slot) {
		// An order may fill the gap unless its search starts behind the gap.
		start := x.home(x.slots[slot])
		if (slot-start)&(len(x.slots)-1) >= (slot-gap)&(len(x.slots)-1) {
			x.slots[gap] = x.slots[slot]
			gap = slot
		}
	}
	x.slots[gap] = 0
	x.used--
}

package swarm

// index finds a peer's handle by its address: open addressing with linear
// probing, deletion by shifting back, no tombstones. It keeps handles only; the
// addresses stand in the pool, which passes in how to hash what a handle names.
type index struct {
	slots []handle // a power of two; nobody where empty
	used  int
}

const indexMin = 32

// newIndex returns an index with room for n handles.
func newIndex(n int) index {
	size := indexMin
	for 4*n > 3*size {
		size *= 2
	}
	x := index{slots: make([]handle, size)}
	x.clear()
	return x
}

func (x *index) clear() {
	for i := range x.slots {
		x.slots[i] = nobody
	}
}

// home returns the slot where the search for a hash starts. It takes the hash's
// upper bits: shards are chosen by the lower ones.
func (x *index) home(hash uint64) int { return int(hash>>32) & (len(x.slots) - 1) }

func (x *index) next(slot int) int { return (slot + 1) & (len(x.slots) - 1) }

// insert enters a handle that is not yet in the index, at most three quarters full.
func (x *index) insert(h handle, hash uint64, hashOf func(handle) uint64) {
	if 4*(x.used+1) > 3*len(x.slots) {
		x.resize(2*len(x.slots), hashOf)
	}
	x.place(h, hash)
	x.used++
}

func (x *index) place(h handle, hash uint64) {
	slot := x.home(hash)
	for x.slots[slot] != nobody {
		slot = x.next(slot)
	}
	x.slots[slot] = h
}

func (x *index) resize(n int, hashOf func(handle) uint64) {
	old := x.slots
	x.slots = make([]handle, n)
	x.clear()
	for _, h := range old {
		if h != nobody {
			x.place(h, hashOf(h))
		}
	}
}

// find returns the slot that holds h.
func (x *index) find(h handle, hash uint64) int {
	slot := x.home(hash)
	for x.slots[slot] != h {
		slot = x.next(slot)
	}
	return slot
}

// remove empties the slot of h and closes the gap in its run.
func (x *index) remove(h handle, hash uint64, hashOf func(handle) uint64) {
	gap := x.find(h, hash)
	for slot := x.next(gap); x.slots[slot] != nobody; slot = x.next(slot) {
		// A handle may fill the gap unless its search starts behind the gap.
		start := x.home(hashOf(x.slots[slot]))
		if (slot-start)&(len(x.slots)-1) >= (slot-gap)&(len(x.slots)-1) {
			x.slots[gap] = x.slots[slot]
			gap = slot
		}
	}
	x.slots[gap] = nobody
	x.used--
	if len(x.slots) > indexMin && 8*x.used < len(x.slots) {
		x.resize(len(x.slots)/2, hashOf)
	}
}

package swarm

import (
	"slices"
	"unsafe"
)

// block is up to blockMax records, sorted, and what the store keeps besides.
type block[K key] struct {
	records []record[K]
	*more   // nil if the store keeps no more
}

// blockMax is how many handles a block has: 128 records of 12 bytes are moved within some
// 40 ns. With blockFull peers it is cut in two, so that the handle behind its last peer is
// its own; with fewer than blockMin it looks for a neighbour to be joined with.
const (
	blockBits = 7
	blockMax  = 1 << blockBits
	blockFull = blockMax - 1
	blockMin  = blockMax / 4
)

// more is what a store may keep of peers besides; each list is parallel to the records,
// or empty.
type more struct {
	ids        []PeerID
	capacities []capacity
}

// keeping says what a store keeps of peers.
type keeping struct{ ids, capacities bool }

// news is what is kept of a peer besides its record.
type news struct {
	id       PeerID
	capacity capacity
}

// head returns where the records begin.
func (b *block[K]) head() unsafe.Pointer { return unsafe.Pointer(unsafe.SliceData(b.records)) }

// recordAt returns the record at a handle.
func recordAt[K key](heads []unsafe.Pointer, h handle) *record[K] {
	return (*record[K])(unsafe.Add(heads[h.block()], uintptr(h.pos())*unsafe.Sizeof(record[K]{})))
}

// lowerBound returns the index of the first record that is not before o.
func (b *block[K]) lowerBound(o order, s secret) int {
	lo, n := 0, len(b.records)
	for n > 0 {
		half := (n + 1) >> 1
		lo += half & -less(b.records[lo+half-1].order(s), o)
		n -= half
	}
	return lo
}

// lowerBoundAbout is lowerBound if that is known to be near i.
func (b *block[K]) lowerBoundAbout(i int, o order, s secret) int {
	i = max(0, min(i, len(b.records)))
	for i > 0 && b.records[i-1].order(s) >= o {
		i--
	}
	for i < len(b.records) && b.records[i].order(s) < o {
		i++
	}
	return i
}

// begin returns the index of the first record whose place is not before p. Several such
// searches wait for memory together, since none has a branch that another waits for.
func (b *block[K]) begin(p place) int {
	records, first, lo := b.records, markOf(p, Unknown), 0
	for n := len(records); n > 0; {
		half := (n + 1) >> 1
		lo += half & -less(records[lo+half-1].is, first)
		n -= half
	}
	return lo
}

func (b *block[K]) insert(i int, r record[K], n news, keep keeping) {
	b.records = insertAt(b.records, i, r)
	if keep == (keeping{}) {
		return
	}
	if b.more == nil {
		b.more = new(more)
	}
	if keep.ids {
		b.ids = insertAt(b.ids, i, n.id)
	}
	if keep.capacities {
		b.capacities = insertAt(b.capacities, i, n.capacity)
	}
}

// insertAt makes room by a quarter, not by half: most swarms stay small, and there are
// many of them.
func insertAt[E any](s []E, i int, e E) []E {
	if len(s) == cap(s) {
		size := min(len(s)+len(s)/4+1, max(blockMax, len(s)+1))
		s = append(append([]E(nil), make([]E, size)...)[:0], s...)
	}
	s = s[:len(s)+1]
	copy(s[i+1:], s[i:])
	s[i] = e
	return s
}

func (b *block[K]) remove(i int) {
	b.records = removeAt(b.records, i)
	if b.more != nil {
		if len(b.ids) > 0 {
			b.ids = removeAt(b.ids, i)
		}
		if len(b.capacities) > 0 {
			b.capacities = removeAt(b.capacities, i)
		}
	}
}

// removeAt gives memory back when three quarters of it are unused.
func removeAt[E any](s []E, i int) []E {
	copy(s[i:], s[i+1:])
	s = s[:len(s)-1]
	if cap(s) >= 8 && len(s) <= cap(s)/4 {
		s = append([]E(nil), s...)
	}
	return s
}

// news returns what is kept of the i-th peer besides its record.
func (b *block[K]) news(i int) (n news) {
	if b.more != nil {
		if len(b.ids) > 0 {
			n.id = b.ids[i]
		}
		if len(b.capacities) > 0 {
			n.capacity = b.capacities[i]
		}
	}
	return n
}

// split moves the records from i on to a new block of full size.
func (b *block[K]) split(i int) (upper block[K]) {
	upper.records, b.records = cutAt(b.records, i)
	if b.more != nil {
		upper.more = new(more)
		upper.ids, b.ids = cutAt(b.ids, min(i, len(b.ids)))
		upper.capacities, b.capacities = cutAt(b.capacities, min(i, len(b.capacities)))
	}
	return upper
}

// cutAt returns what is from i on, and what is before it, each with room for a block.
func cutAt[E any](s []E, i int) (upper, lower []E) {
	if len(s) == 0 {
		return nil, s
	}
	upper = append(make([]E, 0, blockMax), s[i:]...)
	if cap(s) > blockMax || cap(s) < blockMax {
		return upper, append(make([]E, 0, blockMax), s[:i]...)
	}
	return upper, s[:i]
}

// join appends the records of another block.
func (b *block[K]) join(upper *block[K]) {
	b.records = append(b.records, upper.records...)
	if b.more != nil {
		b.ids = append(b.ids, upper.ids...)
		b.capacities = append(b.capacities, upper.capacities...)
	}
}

// shrink gives back the room that a block has in a tree.
func (b *block[K]) shrink() {
	b.records = slices.Clip(append([]record[K](nil), b.records...))
	if b.more != nil {
		b.ids = append([]PeerID(nil), b.ids...)
		b.capacities = append([]capacity(nil), b.capacities...)
	}
}

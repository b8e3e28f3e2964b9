package swarm

import "slices"

// sampler is the working memory of one draw. A shard has one, guarded by its lock.
type sampler struct {
	dice      dice
	limit     renown // from which on a peer is not introduced any more
	picked    []pick
	seen      marks // what was picked, and the requester
	stretches []stretch
	one       [1]stretch           // one of stretches, on its own
	shares    []share              // parallel to stretches, of a weighted step
	cum       []float64            // running sums over shares
	best      []ranked             // of a stable step
	darts     []dart               // thrown and not yet picked
	lone      [1]uint8             // how many peers the only block has
	borders   [2][edgesMost]handle // where the walk's edges are, by Role
}

// pick is a peer that was drawn, what it was then, and the step that drew it.
type pick struct {
	handle handle
	is     mark
	step   int16
}

// dart is a peer that may be picked.
type dart struct {
	handle handle
	is     mark
}

// marks is a set of handles that is emptied often: open addressing, never more
// than half full.
type marks struct {
	slots []handle // plus one; 0 where there is none
}

// reset empties m and makes room for n handles.
func (m *marks) reset(n int) {
	size := 16
	for size < 2*n {
		size *= 2
	}
	m.slots = slices.Grow(m.slots[:0], size)[:size]
	clear(m.slots)
}

// slot returns where h stands or would stand.
func (m *marks) slot(h handle) int {
	mask := len(m.slots) - 1
	slot := int(uint32(h)*0x9E3779B1>>8) & mask
	for m.slots[slot] != 0 && m.slots[slot] != h+1 {
		slot = (slot + 1) & mask
	}
	return slot
}

func (m *marks) has(h handle) bool { return m.slots[m.slot(h)] != 0 }

// add puts h in and tells whether it was not there.
func (m *marks) add(h handle) bool {
	slot := m.slot(h)
	if m.slots[slot] != 0 {
		return false
	}
	m.slots[slot] = h + 1
	return true
}

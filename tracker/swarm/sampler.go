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
	borders   [2][edgesMost]border // of the walk's edges, by Role
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

func (s *sampler) reset(want int, self handle) {
	s.picked = s.picked[:0]
	s.seen.reset(want + 1)
	if self != nobody {
		s.seen.add(self)
	}
}

// marks is a set of handles that is emptied often: open addressing, never more
// than half full.
type marks struct {
	slots []handle
}

// reset empties m and makes room for n handles.
func (m *marks) reset(n int) {
	size := 16
	for size < 2*n {
		size *= 2
	}
	m.slots = slices.Grow(m.slots[:0], size)[:size]
	for i := range m.slots {
		m.slots[i] = nobody
	}
}

// slot returns where h stands or would stand.
func (m *marks) slot(h handle) int {
	mask := len(m.slots) - 1
	slot := int(uint32(h)*0x9E3779B1>>8) & mask
	for m.slots[slot] != nobody && m.slots[slot] != h {
		slot = (slot + 1) & mask
	}
	return slot
}

func (m *marks) has(h handle) bool { return m.slots[m.slot(h)] == h }

// add puts h in and tells whether it was not there.
func (m *marks) add(h handle) bool {
	slot := m.slot(h)
	if m.slots[slot] == h {
		return false
	}
	m.slots[slot] = h
	return true
}

package swarm

import (
	"slices"
	"unsafe"
)

// sampler is the working memory of one draw. A shard has one, guarded by its lock.
type sampler struct {
	dice      dice
	limit     renown // from which on a peer is not introduced any more
	counted   int    // one in so many introductions is counted; 0: none
	wary      int    // so many draws look at everybody before they pick; see draw.vet
	picked    []pick
	seen      marks // what was picked, and the requester; see draw.taken
	stretches []stretch
	one       [1]stretch // one of stretches, on its own
	shares    []share    // parallel to stretches, of a weighted step
	cum       []float64  // running sums over shares
	best      []ranked   // of a stable step
	darts     []handle   // whom darts have hit that are not yet picked
	lone      lone
}

// lone is the only block of a pool, in the form of those of a tree.
type lone struct {
	head [1]unsafe.Pointer
	fill [1]uint8
}

// pick is a peer that was drawn, and the step that drew it.
type pick struct {
	handle handle
	step   int16
}

// marks is a filter: a set of handles that is emptied often, and may take one for another. It
// has no runs of slots to follow, of which no processor can guess where they end.
type marks struct {
	words []uint64 // a power of two of them
}

// marksBits is how many bits there are for a handle, at least.
const marksBits = 32

// reset empties m and makes room for n handles.
func (m *marks) reset(n int) {
	words := 1
	for 64*words < marksBits*n {
		words *= 2
	}
	m.words = slices.Grow(m.words[:0], words)[:words]
	clear(m.words)
}

// bit returns the word and the bit that stand for h, and for others.
func (m marks) bit(h handle) (word *uint64, bit uint64) {
	sum := uint32(h) * 0x9E3779B1
	return &m.words[sum>>8&uint32(len(m.words)-1)], 1 << (sum >> 26)
}

// has tells whether h may be in m.
func (m marks) has(h handle) bool {
	word, bit := m.bit(h)
	return *word&bit != 0
}

// add puts h in and tells whether it may have been there before.
func (m marks) add(h handle) bool {
	word, bit := m.bit(h)
	was := *word
	*word |= bit
	return was&bit != 0
}

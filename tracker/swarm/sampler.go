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
	picked    []handle
	many      filter // of picks; see draw.ofMany
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

// marks is a filter: a set of handles that may take one for another. It has no runs of slots to
// follow, of which no processor can guess where they end, and is of one size, so that no index is
// checked: it takes one in fifty for another once it has eighty.
type marks [64]uint64

// bit returns the word and the bit that stand for h, and for others.
func (m *marks) bit(h handle) (word *uint64, bit uint64) {
	sum := spread(h)
	return &m[sum>>8%uint32(len(m))], 1 << (sum >> 26)
}

// has tells whether h may be in m.
func (m *marks) has(h handle) bool {
	word, bit := m.bit(h)
	return *word&bit != 0
}

// add puts h in and tells whether it may have been there before.
func (m *marks) add(h handle) bool {
	word, bit := m.bit(h)
	was := *word
	*word |= bit
	return was&bit != 0
}

// filter is marks of as many words as are wanted, a power of two.
type filter []uint64

// filterBits is how many bits a filter has for a handle, at least.
const filterBits = 32

// emptied returns f without handles, with room for n.
func (f filter) emptied(n int) filter {
	words := 1
	for 64*words < filterBits*n {
		words *= 2
	}
	f = slices.Grow(f[:0], words)[:words]
	clear(f)
	return f
}

// at returns the index of the word that stands for h, and which bit of it does.
func (f filter) at(h handle) (word, bit uint32) {
	sum := spread(h)
	return sum >> 8 & uint32(len(f)-1), sum >> 26
}

func (f filter) has(h handle) bool {
	word, bit := f.at(h)
	return f[word]>>bit&1 == 1
}

func (f filter) add(h handle) (was bool) {
	word, bit := f.at(h)
	was = f[word]>>bit&1 == 1
	f[word] |= 1 << bit
	return was
}

// spread hashes h: the upper six bits say which bit stands for it, those from the eighth on of which
// word.
func spread(h handle) uint32 { return uint32(h) * 0x9E3779B1 }

package swarm

import (
	"slices"
	"unsafe"
)

// tree is a B+ tree of two levels: blocks of peers, and where each begins. A million peers
// are ten thousand blocks; so what a block's coming or going costs at the upper level, some
// ten microseconds, is paid for by the sixty announces that make it.
type tree[K key] struct {
	blocks []block[K]
	heads  []unsafe.Pointer // by block: see block.head; what draws pick needs nothing else of blocks
	firsts []order          // by block: no record of it, or of those behind it, is before
	fill   []uint8          // by block: how many records it has
	sums   sums             // of fill
	ring   *ring            // of all records; nil unless the store wants it, and they are many
	places directory        // of no use unless there are many peers for each PID
}

// newTree cuts a full block in two.
func newTree[K key](b block[K], s secret) *tree[K] {
	t := &tree[K]{blocks: []block[K]{b}, firsts: []order{0}}
	t.split(0, s)
	return t
}

// holding returns the block that holds, or would hold, records of an order.
func (t *tree[K]) holding(o order) int { return t.holdingFrom(0, len(t.firsts), o) }

// holdingFrom is holding if it is one of n blocks from at on.
func (t *tree[K]) holdingFrom(at, n int, o order) int {
	for n > 1 { // firsts[at] is not above o; the answer is one of the n from at on
		half := n >> 1
		at += half &^ -less(o, t.firsts[at+half])
		n -= half
	}
	return at
}

// records returns the records of a block, and reads nothing of the block itself.
func (t *tree[K]) records(b int) []record[K] {
	return unsafe.Slice((*record[K])(t.heads[b]), t.fill[b])
}

// change notes that a block has so many records more, and perhaps elsewhere.
func (t *tree[K]) change(b, by int) {
	t.fill[b] += uint8(by)
	t.sums.add(b, by)
	if head := t.blocks[b].head(); t.heads[b] != head {
		t.heads[b] = head
	}
}

// split cuts a full block in two, not between records of one order.
func (t *tree[K]) split(b int, s secret) {
	lower := &t.blocks[b]
	i := blockMax / 2
	for i+1 < len(lower.records) && lower.records[i].order(s) == lower.records[i-1].order(s) {
		i++
	}
	first := lower.records[i].order(s)
	upper := lower.split(i)
	if t.places.inUse() {
		t.places.split(b, i, first)
	}
	t.blocks = slices.Insert(t.blocks, b+1, upper)
	t.firsts = slices.Insert(t.firsts, b+1, first)
	t.recount()
}

// join puts a small block and its smaller neighbour together, if they fit well.
func (t *tree[K]) join(b int) {
	lower := b
	if b == len(t.blocks)-1 || b > 0 && t.fill[b-1] < t.fill[b+1] {
		lower = b - 1
	}
	if lower < 0 || int(t.fill[lower])+int(t.fill[lower+1]) > blockMax*3/4 {
		return
	}
	if t.places.inUse() {
		t.places.join(lower, int(t.fill[lower]))
	}
	t.blocks[lower].join(&t.blocks[lower+1])
	t.blocks = slices.Delete(t.blocks, lower+1, lower+2)
	t.firsts = slices.Delete(t.firsts, lower+1, lower+2)
	t.heads = slices.Delete(t.heads, lower+1, lower+2) // which lets go of the last, too
	t.recount()
}

func (t *tree[K]) recount() {
	t.fill, t.heads = t.fill[:0], t.heads[:0]
	for i := range t.blocks {
		t.fill = append(t.fill, uint8(len(t.blocks[i].records)))
		t.heads = append(t.heads, t.blocks[i].head())
	}
	t.sums.reset(t.fill)
}

// sums tells how many peers are in all blocks before one: before its group, and before it in
// its group. To tell is two loads; to change one count moves those behind it in its group, and
// the groups behind.
type sums struct {
	inner  []uint16 // by block
	groups []uint32 // by block/sumsGroup
}

// sumsGroup is how many blocks make a group.
const sumsGroup = 64

func (s *sums) reset(fill []uint8) {
	s.inner, s.groups = s.inner[:0], s.groups[:0]
	all, inner := uint32(0), uint16(0)
	for i, n := range fill {
		if i%sumsGroup == 0 {
			s.groups, inner = append(s.groups, all), 0
		}
		s.inner = append(s.inner, inner)
		inner += uint16(n)
		all += uint32(n)
	}
}

func (s *sums) add(block, by int) {
	group := block / sumsGroup
	for i := block + 1; i < min((group+1)*sumsGroup, len(s.inner)); i++ {
		s.inner[i] += uint16(by)
	}
	for i := group + 1; i < len(s.groups); i++ {
		s.groups[i] += uint32(by)
	}
}

// before returns the sum of the blocks before one.
func (s *sums) before(block int) uint32 {
	return s.groups[block/sumsGroup] + uint32(s.inner[block])
}

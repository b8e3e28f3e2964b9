package swarm

import (
	"math/rand/v2"
	"slices"
)

// sampler draws groups' peers without replacement. It is the working memory of
// one draw; a shard has one, guarded by its lock.
type sampler struct {
	rng    *rand.Rand
	picked []pick
	self   handle // the requester, or nobody
	dir    *directory
	spare  directory // dir of a flat pool, which has none of its own
	seen   marks     // what was picked, and the requester
	cands  []candidate
	shares []share   // parallel to cands, of a weighted step
	cum    []float64 // running sums over shares
}

// pick is a peer that was drawn, and the step that drew it.
type pick struct {
	handle handle
	step   int16
}

// candidate is a group that a step may draw from: its peers are numbers start to
// start+n-1 of all the step's peers.
type candidate struct {
	group    *group
	start, n uint32
	weight   float64 // of a peer, or with ByPID of the group
}

func (d *sampler) reset(want int, self handle) {
	d.self = self
	d.picked = d.picked[:0]
	d.seen.reset(want + 1)
	if self != nobody {
		d.seen.add(self)
	}
}

// pick takes h for a step unless it was taken before.
func (d *sampler) pick(h handle, step int) bool {
	if !d.seen.add(h) {
		return false
	}
	d.picked = append(d.picked, pick{h, int16(step)})
	return true
}

// gather lists the groups of spans that have peers. It goes through the shorter of
// the two lists and searches the other.
func (d *sampler) gather(spans []Span, withSeeders bool) []candidate {
	d.cands = d.cands[:0]
	dir := d.dir
	if len(dir.groups) < len(spans)/4 {
		for i := range dir.groups {
			if w := weightOf(spans, dir.groups[i].pid); w > 0 {
				d.candidate(&dir.groups[i], w, withSeeders)
			}
		}
		return d.cands
	}
	i := 0
	for _, sp := range spans {
		if i < len(dir.groups) && dir.groups[i].pid < sp.Lo {
			i = dir.search(sp.Lo)
		}
		for ; i < len(dir.groups) && dir.groups[i].pid < sp.Hi; i++ {
			d.candidate(&dir.groups[i], sp.Weight, withSeeders)
		}
	}
	return d.cands
}

func (d *sampler) candidate(g *group, weight float32, withSeeders bool) {
	n := g.size(withSeeders)
	if n == 0 {
		return
	}
	start := uint32(0)
	if k := len(d.cands); k > 0 {
		start = d.cands[k-1].start + d.cands[k-1].n
	}
	d.cands = append(d.cands, candidate{g, start, n, float64(weight)})
}

// sample picks need peers of cands, or all there are, every peer alike. While
// most peers are new it tries at random; otherwise it sifts all of them. Either
// way the cost grows with need and with what was picked before, not with cands.
func (d *sampler) sample(cands []candidate, need, step int) {
	if len(cands) == 0 {
		return
	}
	first, last := cands[0].start, cands[len(cands)-1]
	total := last.start + last.n - first
	if int(total) <= 2*(need+len(d.picked)+1) {
		d.sift(cands, need, step)
		return
	}
	for need > 0 {
		r := first + d.rng.Uint32N(total)
		c := cands[0]
		if len(cands) > 1 {
			c = cands[owner(cands, r)]
		}
		if d.pick(d.dir.member(c.group, r-c.start), step) {
			need--
		}
	}
}

// owner returns which candidate holds number r.
func owner(cands []candidate, r uint32) int {
	lo, hi := 0, len(cands)
	for hi-lo > 1 {
		if mid := int(uint(lo+hi) >> 1); cands[mid].start <= r {
			lo = mid
		} else {
			hi = mid
		}
	}
	return lo
}

// sift goes through cands once and picks each new peer with the chance that
// leaves every choice of need peers equally likely (Knuth, The Art of Computer
// Programming 3.4.2, algorithm S).
func (d *sampler) sift(cands []candidate, need, step int) {
	left := 0
	for i := range cands {
		left += d.fresh(&cands[i])
	}
	for _, c := range cands {
		for j := range c.n {
			h := d.dir.member(c.group, j)
			if d.seen.has(h) {
				continue
			}
			if need == 0 {
				return
			}
			if d.rng.IntN(left) < need {
				d.pick(h, step)
				need--
			}
			left--
		}
	}
}

// fresh counts the peers of c that were not picked.
func (d *sampler) fresh(c *candidate) (n int) {
	for j := range c.n {
		if !d.seen.has(d.dir.member(c.group, j)) {
			n++
		}
	}
	return n
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

package swarm

import "slices"

// sampler is the working memory of one draw. A shard has one, guarded by its lock.
type sampler struct {
	dice   dice
	limit  renown // from which on a peer is not introduced any more
	picked []pick
	dir    *directory
	spare  directory // dir of a flat pool, which has none of its own
	seen   marks     // what was picked, and the requester
	cands  []candidate
	shares []share   // parallel to cands, of a weighted step
	cum    []float64 // running sums over shares
	best   []ranked  // of a stable step
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
	leechers uint32  // of n; they come first
	weight   float64 // of a peer
}

func (s *sampler) reset(want int, self handle) {
	s.picked = s.picked[:0]
	s.seen.reset(want + 1)
	if self != nobody {
		s.seen.add(self)
	}
}

// gather lists the groups of spans that have peers of the roles and classes given. It
// goes through the shorter of the two lists and searches the other.
func (s *sampler) gather(spans []Span, roles Roles, classes Classes) []candidate {
	s.cands = s.cands[:0]
	groups := s.dir.groups
	if len(groups) < len(spans)/4 {
		for i := range groups {
			if w := weightOf(spans, groups[i].place.pid()); w > 0 {
				s.candidate(&groups[i], w, roles, classes)
			}
		}
		return s.cands
	}
	i := 0
	for _, sp := range spans {
		lo, hi := edge(sp.Lo), edge(sp.Hi)
		if i < len(groups) && groups[i].place < lo {
			i = s.dir.search(lo)
		}
		for ; i < len(groups) && groups[i].place < hi; i++ {
			s.candidate(&groups[i], sp.Weight, roles, classes)
		}
	}
	return s.cands
}

func (s *sampler) candidate(g *group, weight float32, roles Roles, classes Classes) {
	n := g.size(roles)
	if n == 0 || !classes.has(g.place.class()) {
		return
	}
	start := uint32(0)
	if k := len(s.cands); k > 0 {
		start = s.cands[k-1].start + s.cands[k-1].n
	}
	s.cands = append(s.cands, candidate{g, start, n, g.size(roles & Leechers), float64(weight)})
}

// total counts the peers of cands.
func total(cands []candidate) uint32 {
	if len(cands) == 0 {
		return 0
	}
	last := cands[len(cands)-1]
	return last.start + last.n - cands[0].start
}

// member returns the i-th peer of a candidate, leechers first.
func (s *sampler) member(c *candidate, i uint32) handle {
	if i >= c.leechers {
		return handleOf(Seeder, s.dir.arena.at(&c.group.lists[Seeder], i-c.leechers))
	}
	return handleOf(Leecher, s.dir.arena.at(&c.group.lists[Leecher], i))
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

// at returns the candidate that holds the peers of a place.
func at(cands []candidate, p place) (i int, ok bool) {
	return slices.BinarySearchFunc(cands, p, func(c candidate, p place) int { return int(c.group.place) - int(p) })
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

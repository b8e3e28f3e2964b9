package asgraph

// Cones tells for each AS which of the heads it belongs to: the nearest that is its
// provider, or its provider's, and so on; an AS without such a head, the nearest
// of all. Of several heads that are equally near it is the first in the slice. A
// head belongs to itself; an AS that no head can be reached from is left out.
func (g *Graph) Cones(heads []uint32) map[uint32]uint32 {
	owner := make([]int32, len(g.ases)) // 1 + the index of the head; 0 is none
	g.spread(heads, owner, func(d direction) bool { return d == down })
	near := make([]int32, len(g.ases))
	g.spread(heads, near, func(direction) bool { return true })
	cones := make(map[uint32]uint32, len(g.ases))
	for i, as := range g.ases {
		if owner[i] == 0 {
			owner[i] = near[i]
		}
		if owner[i] != 0 {
			cones[as] = heads[owner[i]-1]
		}
	}
	return cones
}

// spread goes from all heads at once, link by link in the directions allowed. As
// the ASes at one distance wait in the order of their heads, the first head that
// reaches an AS is the one that counts.
func (g *Graph) spread(heads []uint32, owner []int32, allowed func(direction) bool) {
	var queue []int32
	for h, as := range heads {
		if i, ok := g.index[as]; ok && owner[i] == 0 {
			owner[i] = int32(h) + 1
			queue = append(queue, i)
		}
	}
	for len(queue) > 0 {
		at := queue[0]
		queue = queue[1:]
		for _, l := range g.links[at] {
			if allowed(l.dir) && owner[l.to] == 0 {
				owner[l.to] = owner[at]
				queue = append(queue, l.to)
			}
		}
	}
}

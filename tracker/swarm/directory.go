package swarm

// group lists the peers of one place: positions in the pool's array of each role.
type group struct {
	place place
	lists [2]list // by Role
}

// size counts the peers of roles.
func (g *group) size(roles Roles) (n uint32) {
	if roles.has(Leecher) {
		n += g.lists[Leecher].n
	}
	if roles.has(Seeder) {
		n += g.lists[Seeder].n
	}
	return n
}

// directory holds the groups of a pool that have peers, in the order of places.
type directory struct {
	groups []group
	arena  arena
}

// reset empties d and keeps its memory.
func (d *directory) reset() {
	d.groups = d.groups[:0]
	d.arena = arena{cells: d.arena.cells[:0]}
}

// wasteful tells whether the lists of a pool of so many peers have been much longer.
func (d *directory) wasteful(peers int) bool { return len(d.arena.cells) > 1024+8*peers }

// search returns the index of the first group that is not before p.
func (d *directory) search(p place) int {
	lo, hi := 0, len(d.groups)
	for lo < hi {
		mid := int(uint(lo+hi) >> 1)
		if d.groups[mid].place < p {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return lo
}

// population counts the peers of a PID.
func (d *directory) population(pid PID, roles Roles, classes Classes) (n uint32) {
	end := edge(pid + 1)
	for i := d.search(edge(pid)); i < len(d.groups) && d.groups[i].place < end; i++ {
		if classes.has(d.groups[i].place.class()) {
			n += d.groups[i].size(roles)
		}
	}
	return n
}

// add lists a position under a place and returns where in the list it stands.
func (d *directory) add(p place, role Role, pos uint32) uint32 {
	i := d.search(p)
	if i == len(d.groups) || d.groups[i].place != p {
		d.groups = append(d.groups, group{})
		copy(d.groups[i+1:], d.groups[i:])
		d.groups[i] = group{place: p}
	}
	return d.arena.push(&d.groups[i].lists[role], pos)
}

// remove takes the at-th position out of a group. It returns the position
// that took its place, and whether there is one.
func (d *directory) remove(p place, role Role, at uint32) (moved uint32, ok bool) {
	i := d.search(p)
	g := &d.groups[i]
	moved, ok = d.arena.remove(&g.lists[role], at)
	if g.size(both) == 0 {
		d.groups = append(d.groups[:i], d.groups[i+1:]...)
	}
	return moved, ok
}

// move tells the group of a place that its at-th peer stands at another position.
func (d *directory) move(p place, role Role, at, pos uint32) {
	d.arena.set(&d.groups[d.search(p)].lists[role], at, pos)
}

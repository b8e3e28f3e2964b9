package swarm

// group lists the peers of one PID: positions in the pool's array of each role.
type group struct {
	pid   PID
	lists [2]list // by Role
}

func (g *group) size(withSeeders bool) uint32 {
	if withSeeders {
		return g.lists[Leecher].n + g.lists[Seeder].n
	}
	return g.lists[Leecher].n
}

// directory holds the groups of a pool that have peers, in the order of PIDs, so
// that the groups of a range of PIDs are neighbours.
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

// search returns the place of the first group whose PID is not below pid.
func (d *directory) search(pid PID) int {
	lo, hi := 0, len(d.groups)
	for lo < hi {
		mid := int(uint(lo+hi) >> 1)
		if d.groups[mid].pid < pid {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return lo
}

// add lists a position under pid and returns its place in the list.
func (d *directory) add(pid PID, role Role, pos uint32) uint32 {
	i := d.search(pid)
	if i == len(d.groups) || d.groups[i].pid != pid {
		d.groups = append(d.groups, group{})
		copy(d.groups[i+1:], d.groups[i:])
		d.groups[i] = group{pid: pid}
	}
	return d.arena.push(&d.groups[i].lists[role], pos)
}

// remove takes the at-th position out of a group. It returns the position
// that took its place, and whether there is one.
func (d *directory) remove(pid PID, role Role, at uint32) (moved uint32, ok bool) {
	i := d.search(pid)
	g := &d.groups[i]
	moved, ok = d.arena.remove(&g.lists[role], at)
	if g.size(true) == 0 {
		d.groups = append(d.groups[:i], d.groups[i+1:]...)
	}
	return moved, ok
}

// move tells the group of pid that its at-th peer stands at another position.
func (d *directory) move(pid PID, role Role, at, pos uint32) {
	d.arena.set(&d.groups[d.search(pid)].lists[role], at, pos)
}

// member returns the i-th peer of a group, leechers first.
func (d *directory) member(g *group, i uint32) handle {
	if n := g.lists[Leecher].n; i >= n {
		return handleOf(Seeder, d.arena.at(&g.lists[Seeder], i-n))
	}
	return handleOf(Leecher, d.arena.at(&g.lists[Leecher], i))
}

package swarm

// search is one for a border within a block: of its records lo are before the border, and n
// of those behind them may be.
type search[K key] struct {
	records []record[K]
	first   mark // of the place
	lo, n   int
	block   int
	to      *handle // where it is told
}

// survey looks for the borders of the walk's edges, all in step with one another, so that
// none waits for what another fetches from memory.
func (d *draw[K]) survey() {
	if d.pool.charted() {
		d.lookUp()
		return
	}
	var all [2 * edgesMost]search[K]
	searches := all[:0]
	for role := Leecher; role <= Seeder; role++ {
		if !d.roles.has(role) || d.pool.count[role] == 0 {
			continue
		}
		for i, pid := range d.walk.edges.list() {
			at, to := edge(role, pid), &d.borders[role][i]
			if at == 0 || at == behindAll {
				*to = d.pool.begin(at)
				continue
			}
			b := d.pool.holding(at)
			records := d.blocks[b].records
			searches = append(searches, search[K]{records, markOf(at, Unknown), 0, len(records), b, to})
		}
	}
	for busy := true; busy; {
		busy = false
		for i := range searches {
			if s := &searches[i]; s.n > 0 {
				s.halve()
				busy = true
			}
		}
	}
	for i := range searches {
		*searches[i].to = handleOf(searches[i].block, searches[i].lo)
	}
}

// lookUp is survey for a tree that has a directory.
func (d *draw[K]) lookUp() {
	for role := Leecher; role <= Seeder; role++ {
		if !d.roles.has(role) || d.pool.count[role] == 0 {
			continue
		}
		for i, pid := range d.walk.edges.list() {
			d.borders[role][i] = d.pool.begin(edge(role, pid))
		}
	}
}

// halve looks at the record in the middle of those that are left.
func (s *search[K]) halve() {
	half := (s.n + 1) >> 1
	s.lo += half & -less(s.records[s.lo+half-1].is, s.first)
	s.n -= half
}

// ends returns where the i-th span of an area begins and ends.
func (d *draw[K]) ends(of *area, i int, role Role) (lo, hi handle) {
	if !of.known() {
		return d.pool.begin(edge(role, of.spans[i].Lo)), d.pool.begin(edge(role, of.spans[i].Hi))
	}
	return d.borders[role][of.ends[i][0]], d.borders[role][of.ends[i][1]]
}

package swarm

// border is where the peers of a place begin, and how many peers are before it.
type border struct {
	at   handle
	rank uint32
}

// border returns where the peers of a place begin.
func (q *sequence[K]) border(p place) border {
	h := q.begin(p)
	return border{h, q.rank(h)}
}

// survey looks for the borders of the walk's edges.
func (d *draw[K]) survey() {
	for role := Leecher; role <= Seeder; role++ {
		if !d.has(role) {
			continue
		}
		for i, pid := range d.walk.edges.list() {
			d.borders[role][i] = d.pool.border(edge(role, pid))
		}
	}
}

// ends returns where the i-th span of an area begins and ends.
func (d *draw[K]) ends(of *area, i int, role Role) (lo, hi border) {
	if of.known() {
		return d.borders[role][of.ends[i][0]], d.borders[role][of.ends[i][1]]
	}
	return d.pool.border(edge(role, of.spans[i].Lo)), d.pool.border(edge(role, of.spans[i].Hi))
}

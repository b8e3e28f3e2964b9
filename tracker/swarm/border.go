package swarm

// survey looks for the borders of the walk's edges.
func (d *draw[K]) survey() {
	for role := Leecher; role <= Seeder; role++ {
		if !d.has(role) {
			continue
		}
		for i, pid := range d.walk.edges.list() {
			d.borders[role][i] = d.pool.begin(edge(role, pid))
		}
	}
}

// ends returns where the i-th span of an area begins and ends.
func (d *draw[K]) ends(of *area, i int, role Role) (lo, hi handle) {
	if !of.known() {
		return d.pool.begin(edge(role, of.spans[i].Lo)), d.pool.begin(edge(role, of.spans[i].Hi))
	}
	return d.borders[role][of.ends[i][0]], d.borders[role][of.ends[i][1]]
}

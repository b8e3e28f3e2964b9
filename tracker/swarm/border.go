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
		d.pool.bordersOf(role, d.walk.edges.list(), &d.borders[role])
	}
}

// bordersOf is border for the first peers of several PIDs.
func (q *sequence[K]) bordersOf(role Role, pids []PID, out *[edgesMost]border) {
	if !q.charted() {
		for i, pid := range pids {
			out[i%edgesMost] = q.border(edge(role, pid))
		}
		return
	}
	begins := q.tree.places.of(role)
	for i, pid := range pids {
		h := begins[min(int(pid), len(begins)-1)]
		out[i%edgesMost] = border{h, q.rank(h)}
	}
}

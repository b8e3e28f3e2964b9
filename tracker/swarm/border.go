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
	switch t := q.tree; {
	case t == nil:
		for i, pid := range pids {
			h := q.begin(edge(role, pid))
			out[i%edgesMost] = border{h, uint32(h)}
		}
	case !t.places.inUse():
		for i, pid := range pids {
			out[i%edgesMost] = q.border(edge(role, pid))
		}
	default:
		begins := t.places.of(role)
		for i, pid := range pids {
			h := begins[min(int(pid), len(begins)-1)]
			out[i%edgesMost] = border{h, t.sums.before(h.block()) + uint32(h.pos())}
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

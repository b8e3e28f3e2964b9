package swarm

// border is where the peers of a place begin: the handle of the first one, which may stand
// behind the last one of a block, and how many peers there are before it.
type border struct {
	place  place
	handle handle
	rank   uint32
}

// bordersKept is how many borders a draw remembers.
const bordersKept = 16

// border returns where a place begins. Steps ask for the same ones again, and each is a
// search through memory that is far away.
func (d *draw[K]) border(p place) border {
	for i := range d.borders {
		if d.borders[i].place == p {
			return d.borders[i]
		}
	}
	if p == 0 {
		return border{}
	}
	b := d.pool.border(p, d.pool.begin(p))
	if len(d.borders) < bordersKept {
		d.borders = append(d.borders, b)
	}
	return b
}

func (q *sequence[K]) border(p place, h handle) border { return border{p, h, q.rank(h)} }

// search is one for a border within a block: it begins behind lo, n records are left.
type search struct {
	place place
	block int
	lo, n int
}

// survey looks for the borders of a walk, if they are few, in step with one another: none
// waits for what another fetches from memory.
func (d *draw[K]) survey() {
	var all [bordersKept]search
	searches := all[:0]
	for role := Leecher; role <= Seeder; role++ {
		if !d.roles.has(role) || d.pool.count[role] == 0 {
			continue
		}
		for _, pid := range d.walk.edges {
			s := search{place: edge(role, pid)}
			if s.place == 0 || s.place == behindAll || role == Seeder && pid == 0 && len(searches) > 0 {
				continue // where the peers begin and end, and where seeders begin, which is where leechers end
			}
			s.block = d.pool.holding(s.place)
			s.n = len(d.blocks[s.block].records)
			searches = append(searches, s)
		}
	}
	for busy := true; busy; {
		busy = false
		for i := range searches {
			s := &searches[i]
			if s.n > 0 {
				s.lo, s.n = d.blocks[s.block].halve(s.lo, s.n, markOf(s.place, Unknown))
				busy = true
			}
		}
	}
	for _, s := range searches {
		d.borders = append(d.borders, d.pool.border(s.place, handleOf(s.block, s.lo)))
	}
}

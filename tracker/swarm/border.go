package swarm

import "slices"

// area is some PIDs.
type area struct {
	spans []Span
	ends  [][2]uint8 // by span: which of the walk's edges it begins and ends at; nil if they are not all known
}

// edges is where areas begin and end that most draws of a walk come to, each once, in order.
type edges []PID

// edgesMost is the most edges that are worth looking for before it is known that they are
// needed.
const edgesMost = 8

// with returns the edges of an area, too, or e as it is if they were too many.
func (e edges) with(a area) edges {
	all := slices.Clone(e)
	for _, sp := range a.spans {
		all = append(all, sp.Lo, behind(sp))
	}
	slices.Sort(all)
	if all = slices.Compact(all); len(all) > edgesMost {
		return e
	}
	return all
}

// mark tells an area which edges it begins and ends at.
func (e edges) mark(a *area) {
	ends := make([][2]uint8, len(a.spans))
	for i, sp := range a.spans {
		lo, found := slices.BinarySearch(e, sp.Lo)
		hi, too := slices.BinarySearch(e, behind(sp))
		if !found || !too {
			return
		}
		ends[i] = [2]uint8{uint8(lo), uint8(hi)}
	}
	a.ends = ends
}

// behind returns the first PID behind a span, or the one behind all.
func behind(sp Span) PID { return min(sp.Hi, maxPID+1) }

// border is where the peers of a place begin: the handle of the first one, which may stand
// behind the last one of a block, and how many peers there are before it.
type border struct {
	handle handle
	rank   uint32
}

// border returns where a place begins.
func (q *sequence[K]) border(p place) border {
	h := q.begin(p)
	return border{h, q.rank(h)}
}

// search is one for a border within a block: of its records lo are before the border, and n
// of those behind them may be.
type search[K key] struct {
	records []record[K]
	first   mark // of the place
	lo, n   int
	block   int
	to      *border // where it is told
}

// survey looks for the borders of the walk's edges, all in step with one another, so that
// none waits for what another fetches from memory.
func (d *draw[K]) survey() {
	var all [2 * edgesMost]search[K]
	searches := all[:0]
	for role := Leecher; role <= Seeder; role++ {
		if !d.roles.has(role) || d.pool.count[role] == 0 {
			continue
		}
		for i, pid := range d.walk.edges {
			at, to := edge(role, pid), &d.borders[role][i]
			if at == 0 || at == behindAll {
				*to = d.pool.border(at)
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
		s := &searches[i]
		h := handleOf(s.block, s.lo)
		*s.to = border{h, d.pool.rank(h)}
	}
}

func (s *search[K]) halve() {
	half := (s.n + 1) >> 1
	s.lo += half & -less(s.records[s.lo+half-1].is, s.first)
	s.n -= half
}

// ends returns the borders of the i-th span of an area.
func (d *draw[K]) ends(of area, i int, role Role) (lo, hi border) {
	if of.ends == nil {
		return d.pool.border(edge(role, of.spans[i].Lo)), d.pool.border(edge(role, of.spans[i].Hi))
	}
	return d.borders[role][of.ends[i][0]], d.borders[role][of.ends[i][1]]
}

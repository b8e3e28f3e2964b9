package transport

import "math"

// precision is when to stop scaling, as a change of any factor in a round; effort is when at
// the latest, in pairs looked at: some ten milliseconds. It converges geometrically, since
// pairs that never carry anything are left out, as those are of which there is but one way.
const (
	precision = 1e-5
	effort    = 5_000_000
)

// even returns the most even of the cheapest flows: of the greatest entropy, compared with
// what is in proportion to supply and demand.
func (t *table) even() Flow {
	u := t.used()
	s := newScaling(t, u)
	for range 1 + effort/s.size {
		if s.round() < precision {
			break
		}
	}
	f := make(Flow, t.n-1)
	for i := range f {
		f[i] = make([]float64, t.m-1)
		for _, j := range s.pairs[i] {
			f[i][j] = s.rows[i] * s.columns[j] / t.scale
		}
		for _, j := range u.forced[i] {
			if j < t.m-1 {
				f[i][j] = float64(t.flow[j][i]) / t.scale
			}
		}
	}
	return f
}

// scaling finds factors of rows and columns, whose products are what flows: rows and columns
// are scaled in turns until both add up (Sinkhorn and Knopp, 1967). The additional supplier
// and consumer have no part in it, as they may be larger than all others by far: a row that
// reaches the one may stay below its supply, a column that the other reaches below its
// demand, and if both are in one block, that is where the total is kept.
type scaling struct {
	pairs               [][]int
	size                int
	supply, demand      []float64
	rows, columns       []float64
	below, lacks, total []bool // rows, columns; rows of the block of both
	kept                float64
	bound               float64 // of rows that may stay below, as a multiple of their supply
	gets                []float64
}

func newScaling(t *table, u use) *scaling {
	n, m := t.n-1, t.m-1
	s := &scaling{
		pairs: make([][]int, n), size: 1, supply: make([]float64, n+1), demand: make([]float64, m+1),
		below: make([]bool, n), lacks: make([]bool, m), total: make([]bool, n), bound: 1, gets: make([]float64, m),
	}
	s.subtract(t, u)
	for _, j := range u.free[n] {
		s.lacks[j] = true
	}
	both := u.block[n] == u.block[t.n+m]
	s.kept = -s.demand[m]
	for i, row := range u.free[:n] {
		if k := len(row); k > 0 && row[k-1] == m {
			s.below[i], row = true, row[:k-1]
		}
		s.pairs[i], s.size = row, s.size+len(row)
		if s.total[i] = both && u.block[i] == u.block[n]; s.total[i] {
			s.kept += s.supply[i]
		}
	}
	s.rows, s.columns = append(s.rows, s.supply...), append(s.columns, s.demand...)
	return s
}

// subtract leaves of supply and demand what is not forced.
func (s *scaling) subtract(t *table, u use) {
	for i, supply := range t.supply {
		s.supply[i] = float64(supply)
	}
	for j, demand := range t.demand {
		s.demand[j] = float64(demand)
	}
	for i, row := range u.forced {
		for _, j := range row {
			s.supply[i] -= float64(t.flow[j][i])
			s.demand[j] -= float64(t.flow[j][i])
		}
	}
}

// round scales columns, rows and the total, and returns by how much at most a row changed.
func (s *scaling) round() (changed float64) {
	s.scaleColumns()
	flows := 0.0
	for i, row := range s.pairs {
		reaches := 0.0
		for _, j := range row {
			reaches += s.columns[j]
		}
		if reaches == 0 {
			continue
		}
		before := s.rows[i]
		if s.rows[i] = s.supply[i] / reaches; s.below[i] {
			s.rows[i] = min(s.rows[i], s.bound*s.supply[i])
		}
		changed = max(changed, math.Abs(s.rows[i]/before-1))
		if s.total[i] {
			flows += s.rows[i] * reaches
		}
	}
	if flows > 0 {
		changed = max(changed, s.scaleTotal(s.kept/flows))
	}
	return changed
}

func (s *scaling) scaleColumns() {
	clear(s.gets)
	for i, row := range s.pairs {
		for _, j := range row {
			s.gets[j] += s.rows[i]
		}
	}
	for j, amount := range s.gets {
		if amount == 0 {
			continue
		}
		if s.columns[j] = s.demand[j] / amount; s.lacks[j] {
			s.columns[j] = min(s.columns[j], s.demand[j])
		}
	}
}

func (s *scaling) scaleTotal(factor float64) (changed float64) {
	s.bound *= factor
	for i, total := range s.total {
		if total {
			s.rows[i] *= factor
		}
	}
	return math.Abs(factor - 1)
}

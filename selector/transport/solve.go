package transport

// solve sends everything at the least cost: one supplier after another, along the cheapest
// paths, which may take back what was sent before (successive shortest paths, with prices
// that keep the costs along the way from being negative: Edmonds and Karp, 1972). A path
// is looked for no farther than to the nearest consumer that has room (Jonker and
// Volgenant, 1987).
func (t *table) solve() {
	t.left, t.room = append([]int64(nil), t.supply...), append([]int64(nil), t.demand...)
	t.flow = make([][]int64, t.m)
	for j := range t.flow {
		t.flow[j] = make([]int64, t.n)
	}
	t.price()
	s := newSearch(t)
	for i := range t.n {
		for t.left[i] > 0 {
			end := s.from(i)
			if end < 0 {
				break // it may trade with nobody who has room, nor make room
			}
			s.send(i, end)
		}
	}
}

// price finds prices to start with.
func (t *table) price() {
	t.pays, t.asks = make([]int64, t.n), make([]int64, t.m)
	for j := range t.asks {
		t.asks[j] = never
		for i := range t.n {
			t.asks[j] = min(t.asks[j], t.cost[i][j])
		}
	}
}

// search is the state of a search for a path.
type search struct {
	*table
	distance  []int64 // to each consumer
	by        []int   // the supplier it was reached from
	done      []bool
	reached   []int // suppliers, in the order of distance
	via       []int // the consumer each supplier was reached from, -1 at the start
	away      []int64
	consumers []int // done, in the order of distance
}

func newSearch(t *table) *search {
	return &search{
		table: t, distance: make([]int64, t.m), by: make([]int, t.m), done: make([]bool, t.m),
		via: make([]int, t.n), away: make([]int64, t.n),
	}
}

// far is no distance yet; via is absent where a supplier has not been reached.
const (
	far    = never
	start  = -1
	absent = -2
)

// from finds the nearest consumer with room, and raises the prices along the way there. It
// returns -1 if there is none.
func (s *search) from(i int) int {
	for j := range s.m {
		s.distance[j], s.done[j] = far, s.demand[j] == 0
	}
	for k := range s.n {
		s.via[k] = absent
	}
	s.reached, s.consumers = s.reached[:0], s.consumers[:0]
	s.reach(i, start, 0)
	for {
		j := s.nearest()
		if j < 0 {
			return -1
		}
		if s.room[j] > 0 {
			s.raise(s.distance[j])
			return j
		}
		s.done[j] = true
		s.consumers = append(s.consumers, j)
		for k, sent := range s.flow[j] {
			if sent > 0 && s.via[k] == absent {
				s.reach(k, j, s.distance[j])
			}
		}
	}
}

// reach looks from a supplier on.
func (s *search) reach(k, via int, away int64) {
	s.via[k], s.away[k] = via, away
	s.reached = append(s.reached, k)
	from, costs := away-s.pays[k], s.cost[k]
	distance, asks := s.distance[:len(costs)], s.asks[:len(costs)]
	for j, cost := range costs {
		// What is done is nearer, so that nothing changes there.
		if d := from + cost - asks[j]; cost != never && d < distance[j] {
			distance[j], s.by[j] = d, k
		}
	}
}

// nearest returns the nearest consumer that is not done, of equals one with room.
func (s *search) nearest() int {
	best, least := -1, int64(far)
	for j, d := range s.distance {
		if !s.done[j] && (d < least || d == least && d < far && s.room[j] > 0 && s.room[best] == 0) {
			best, least = j, d
		}
	}
	return best
}

// raise changes prices so that the way to a consumer at a distance is free, and no other
// below it.
func (s *search) raise(distance int64) {
	for _, k := range s.reached {
		s.pays[k] += distance - s.away[k]
	}
	for _, j := range s.consumers {
		s.asks[j] -= distance - s.distance[j]
	}
}

// send sends as much as it can from i along the path to a consumer.
func (s *search) send(i, end int) {
	amount := min(s.left[i], s.room[end])
	for k := s.by[end]; s.via[k] != start; k = s.by[s.via[k]] {
		amount = min(amount, s.flow[s.via[k]][k])
	}
	for j := end; ; {
		k := s.by[j]
		s.flow[j][k] += amount
		if j = s.via[k]; j == start {
			break
		}
		s.flow[j][k] -= amount
	}
	s.left[i] -= amount
	s.room[end] -= amount
}

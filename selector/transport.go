package selector

import "math"

// transport is a transportation problem: suppliers send to consumers, any amount along any
// pair but the forbidden ones. It is the bandwidth matching of P4P at the level of PIDs.
type transport struct {
	supply, demand []float64
	cost           [][]float64 // by supplier and consumer, 0 or more; infinite: forbidden
}

// flow is how much each supplier sends to each consumer.
type flow [][]float64

// cheapest returns the cheapest flow of a total amount, or of as much as can be sent: by
// successive shortest paths, with potentials that keep the costs on the way from being
// negative (Edmonds and Karp, 1972). Each path uses up a supplier or a consumer, or gives
// back all that a pair had, so that there are about as many paths as suppliers and
// consumers.
func (t transport) cheapest(amount float64) (f flow, sent float64) {
	s := newSolver(t)
	for sent < amount*(1-1e-9) {
		end := s.search()
		if end < 0 {
			break
		}
		sent += s.augment(end, amount-sent)
	}
	return s.flow, sent
}

// solver holds the state of a search: suppliers are nodes 0 to n-1, consumers follow.
type solver struct {
	transport
	flow           flow
	back           flow      // by consumer and supplier
	left, wanted   []float64 // of supply and demand
	potential      []float64 // by node
	distance       []float64
	from           []int // the node before, -1 at a supplier that has something left
	done           []bool
	suppliers, all int
}

func newSolver(t transport) *solver {
	n, m := len(t.supply), len(t.demand)
	s := &solver{
		transport: t, flow: newFlow(n, m), back: newFlow(m, n), suppliers: n, all: n + m,
		left: append([]float64(nil), t.supply...), wanted: append([]float64(nil), t.demand...),
		potential: make([]float64, n+m), distance: make([]float64, n+m), from: make([]int, n+m), done: make([]bool, n+m),
	}
	return s
}

func newFlow(n, m int) flow {
	f := make(flow, n)
	for i := range f {
		f[i] = make([]float64, m)
	}
	return f
}

// little is what counts as nothing of an amount: the rest of a subtraction.
const little = 1e-9

// search finds the cheapest way from a supplier with something left to a consumer that
// wants more (Dijkstra, dense). It returns that consumer, -1 if there is none.
func (s *solver) search() int {
	for v := range s.all {
		s.distance[v], s.from[v], s.done[v] = math.Inf(1), -1, false
		if v < s.suppliers && s.left[v] > little {
			s.distance[v] = 0
		}
	}
	for {
		v := s.nearest()
		if v < 0 {
			return -1
		}
		s.done[v] = true
		if v >= s.suppliers && s.wanted[v-s.suppliers] > little {
			s.lift(s.distance[v])
			return v
		}
		s.relax(v)
	}
}

func (s *solver) nearest() int {
	best, least := -1, math.Inf(1)
	for v, d := range s.distance {
		if d < least && !s.done[v] {
			best, least = v, d
		}
	}
	return best
}

// relax looks from v on: from a supplier to all consumers, from a consumer back to the
// suppliers that send to it.
func (s *solver) relax(v int) {
	at := s.distance[v] + s.potential[v]
	if v < s.suppliers {
		distance, potential := s.distance[s.suppliers:], s.potential[s.suppliers:]
		for j, cost := range s.cost[v] {
			if d := at + cost - potential[j]; d < distance[j] {
				s.reach(v, s.suppliers+j, d)
			}
		}
		return
	}
	for i, amount := range s.back[v-s.suppliers] {
		if amount > little {
			s.reach(v, i, at-s.cost[i][v-s.suppliers]-s.potential[i])
		}
	}
}

// reach notes a way to a node from v, unless there is a shorter one. It is never shorter
// than that to v: what says so is a rounding error.
func (s *solver) reach(v, to int, d float64) {
	if d = max(d, s.distance[v]); d < s.distance[to] {
		s.distance[to], s.from[to] = d, v
	}
}

// lift raises potentials by the distances found, those not reached by the farthest one.
func (s *solver) lift(farthest float64) {
	for v := range s.all {
		s.potential[v] += math.Min(s.distance[v], farthest)
	}
}

// augment sends as much as the way to a consumer allows, up to most.
func (s *solver) augment(end int, most float64) float64 {
	amount := math.Min(most, s.wanted[end-s.suppliers])
	start := end
	for v := end; s.from[v] >= 0; v = s.from[v] {
		if v < s.suppliers { // back along a pair
			amount = math.Min(amount, s.flow[v][s.from[v]-s.suppliers])
		}
		start = s.from[v]
	}
	amount = math.Min(amount, s.left[start])
	for v := end; s.from[v] >= 0; v = s.from[v] {
		if v < s.suppliers {
			s.send(v, s.from[v]-s.suppliers, -amount)
		} else {
			s.send(s.from[v], v-s.suppliers, amount)
		}
	}
	s.left[start] -= amount
	s.wanted[end-s.suppliers] -= amount
	return amount
}

func (s *solver) send(i, j int, amount float64) {
	s.flow[i][j] += amount
	s.back[j][i] = s.flow[i][j]
}

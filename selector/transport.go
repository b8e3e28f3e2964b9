package selector

import "math"

// transport is a transportation problem: suppliers send to consumers, any amount along any
// pair but the forbidden ones. It is the bandwidth matching of P4P at the level of PIDs.
type transport struct {
	supply, demand []float64
	cost           [][]float64 // by supplier and consumer, 0 or more; NaN: forbidden
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
		transport: t, flow: make(flow, n), suppliers: n, all: n + m,
		left: append([]float64(nil), t.supply...), wanted: append([]float64(nil), t.demand...),
		potential: make([]float64, n+m), distance: make([]float64, n+m), from: make([]int, n+m), done: make([]bool, n+m),
	}
	for i := range s.flow {
		s.flow[i] = make([]float64, m)
	}
	return s
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
	best := -1
	for v := range s.all {
		if !s.done[v] && !math.IsInf(s.distance[v], 1) && (best < 0 || s.distance[v] < s.distance[best]) {
			best = v
		}
	}
	return best
}

// relax looks from v on: from a supplier to all consumers, from a consumer back to the
// suppliers that send to it.
func (s *solver) relax(v int) {
	if v < s.suppliers {
		for j, cost := range s.cost[v] {
			if !math.IsNaN(cost) {
				s.reach(v, s.suppliers+j, cost)
			}
		}
		return
	}
	for i := range s.suppliers {
		if s.flow[i][v-s.suppliers] > little {
			s.reach(v, i, -s.cost[i][v-s.suppliers])
		}
	}
}

func (s *solver) reach(v, to int, cost float64) {
	if d := s.distance[v] + math.Max(0, cost+s.potential[v]-s.potential[to]); d < s.distance[to] {
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
			s.flow[v][s.from[v]-s.suppliers] -= amount
		} else {
			s.flow[s.from[v]][v-s.suppliers] += amount
		}
	}
	s.left[start] -= amount
	s.wanted[end-s.suppliers] -= amount
	return amount
}

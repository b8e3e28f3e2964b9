package asgraph

// Distances is how far all ASes are from one of them.
type Distances struct {
	graph *Graph
	cost  []int32 // by AS; -1 where no way leads
}

// To returns the cost of the cheapest way to an AS; ok tells whether there is one.
// The distance to itself is 0.
func (d Distances) To(as uint32) (cost int, ok bool) {
	i, known := d.graph.index[as]
	if !known || d.cost[i] < 0 {
		return 0, false
	}
	return int(d.cost[i]), true
}

// From returns the distances from an AS.
func (g *Graph) From(as uint32) Distances {
	s := search{graph: g, cost: make([]int32, 2*len(g.ases))}
	for i := range s.cost {
		s.cost[i] = -1
	}
	if start, ok := g.index[as]; ok {
		s.reach(state(start)*2, 0)
	}
	s.run()
	d := Distances{graph: g, cost: s.cost[:len(g.ases)]}
	for i := range d.cost {
		d.cost[i] = least(s.cost[2*i], s.cost[2*i+1])
	}
	return d
}

// least returns the smaller cost of two that may not be known.
func least(a, b int32) int32 {
	if a < 0 || b >= 0 && b < a {
		return b
	}
	return a
}

// A state is an AS, twice its index, and whether the way to it has left its top (1
// added): from there on it may only lead down.
type state int32

func (s state) descends() bool { return s&1 != 0 }

// A search settles states in the order of their costs. As a link costs at most
// Transit, those that wait differ by no more, and a few buckets hold them all.
type search struct {
	graph   *Graph
	cost    []int32 // by state; -1 is not reached
	buckets [Transit + 1][]state
	waiting int
}

func (s *search) run() {
	for cost := 0; s.waiting > 0; cost++ {
		bucket := &s.buckets[cost%len(s.buckets)]
		for _, at := range *bucket {
			s.waiting--
			if s.cost[at] == int32(cost) { // or else a cheaper way was found since
				s.expand(at, cost)
			}
		}
		*bucket = (*bucket)[:0]
	}
}

func (s *search) expand(at state, cost int) {
	for _, l := range s.graph.links[at/2] {
		next := state(l.to) * 2
		switch {
		case l.dir == down:
			next++
		case at.descends():
			continue
		case l.dir == across:
			next++
		}
		s.reach(next, cost+l.dir.cost())
	}
}

func (s *search) reach(at state, cost int) {
	if s.cost[at] >= 0 && s.cost[at] <= int32(cost) {
		return
	}
	s.cost[at] = int32(cost)
	bucket := &s.buckets[cost%len(s.buckets)]
	*bucket = append(*bucket, at)
	s.waiting++
}

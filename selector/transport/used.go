package transport

// use is the pairs that carry something in one of the cheapest flows at least, by supplier.
type use struct {
	free   [][]int // carry more in one and less in another
	forced [][]int // carry the same in all of them
	block  []int   // of suppliers, then of consumers: whose free pairs have to do with one another
}

// used finds the pairs that cost no more than their prices, whichever cheapest flow the
// prices come from; of those, the pairs through which something can be sent round in a
// circle, back along pairs that carry something; and of those, the ones that are on no
// circle but back and forth: bridges, whose flow is forced.
func (t *table) used() use {
	pairs := make([][]int, t.n)
	for i := range pairs {
		for j, cost := range t.cost[i] {
			if cost != never && t.supply[i] > 0 && t.demand[j] > 0 && cost-t.pays[i]-t.asks[j] <= t.slack {
				pairs[i] = append(pairs[i], j)
			}
		}
	}
	circle := parts(t.n+t.m, false, func(v int, look func(w int)) {
		if v < t.n {
			for _, j := range pairs[v] {
				look(t.n + j)
			}
			return
		}
		for i, sent := range t.flow[v-t.n] {
			if sent > 0 {
				look(i)
			}
		}
	})
	pairs, _ = t.cut(pairs, circle)
	suppliers := make([][]int, t.m)
	for i, row := range pairs {
		for _, j := range row {
			suppliers[j] = append(suppliers[j], i)
		}
	}
	u := use{block: parts(t.n+t.m, true, func(v int, look func(w int)) {
		if v < t.n {
			for _, j := range pairs[v] {
				look(t.n + j)
			}
			return
		}
		for _, i := range suppliers[v-t.n] {
			look(i)
		}
	})}
	u.free, u.forced = t.cut(pairs, u.block)
	return u
}

// cut parts pairs within a part from those between two.
func (t *table) cut(pairs [][]int, part []int) (within, between [][]int) {
	within, between = make([][]int, t.n), make([][]int, t.n)
	for i, row := range pairs {
		for _, j := range row {
			if part[i] == part[t.n+j] {
				within[i] = append(within[i], j)
			} else {
				between[i] = append(between[i], j)
			}
		}
	}
	return within, between
}

// parts numbers the strongly connected parts of a graph of n nodes or, if one may not go
// back the way one came, the parts of an undirected graph that no bridge crosses (Tarjan,
// 1972 and 1974). Each calls look with the neighbours of a node.
func parts(n int, undirected bool, each func(v int, look func(w int))) []int {
	g := &graph{each: each, undirected: undirected, low: make([]int, n), part: make([]int, n)}
	for v := range n {
		if g.low[v] == 0 {
			g.visit(v, -1)
		}
	}
	return g.part
}

type graph struct {
	each          func(v int, look func(w int))
	undirected    bool
	visited, last int
	low, part     []int // 0: not yet
	stack         []int
}

// visit goes on from v. It returns the least number, in the order of visits, that v reaches
// among what is on the stack.
func (g *graph) visit(v, from int) int {
	g.visited++
	number := g.visited
	g.low[v] = number
	g.stack = append(g.stack, v)
	g.each(v, func(w int) {
		switch {
		case g.undirected && w == from:
		case g.low[w] == 0:
			g.low[v] = min(g.low[v], g.visit(w, v))
		case g.part[w] == 0:
			g.low[v] = min(g.low[v], g.low[w])
		}
	})
	if g.low[v] == number {
		g.last++
		for w := -1; w != v; g.stack = g.stack[:len(g.stack)-1] {
			w = g.stack[len(g.stack)-1]
			g.part[w] = g.last
		}
	}
	return g.low[v]
}

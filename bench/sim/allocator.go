package sim

// demand is what an allocator is told of a flow: the links it crosses, its weight, and
// the rate it cannot use more than.
type demand struct {
	up, down int32
	path     []int32 // further links; few of them
	weight   float64
	limit    float64
}

// allocator shares links among flows, weighted max-min fair: no flow's rate per weight
// can grow but by shrinking one that is not larger (Bertsekas and Gallager, Data
// Networks, section 6.5.2).
//
// It fills progressively: all flows grow at the pace of their weights until a link is
// full; its flows are settled, and the rest go on. The level of a link, at which it
// would be full, never falls while others settle, so that a heap in which links
// move only when they come to the top gives them in the right order. The cost is that of the
// flows' links, plus a heap of the links that can be full at all.
type allocator struct {
	capacity []float64

	// Of each link that flows cross now:
	left   []float64 // capacity not given away
	weight []float64 // of its flows that are not settled
	open   []int32   // how many those are; 0 also marks a link not yet seen
	bound  []float64 // what its flows could use at most
	first  []int32   // its flows are members[first:last]; below 0 if it cannot be full
	last   []int32

	seen    []int32
	members []int32
	heap    []level
	limit   []float64 // of each flow, with the capacities of its links
}

// level is when something stops growing: link, or flow ^link if that is below 0.
type level struct {
	at   float64
	link int32
}

const unsettled = -1

func newAllocator(capacity []float64) *allocator {
	n := len(capacity)
	return &allocator{
		capacity: capacity, left: make([]float64, n), weight: make([]float64, n), open: make([]int32, n),
		bound: make([]float64, n), first: make([]int32, n), last: make([]int32, n),
	}
}

// allocate sets the rate of each flow.
func (a *allocator) allocate(flows []demand, rates []float64) {
	a.measure(flows)
	a.index(flows)
	a.begin(flows, rates)
	for len(a.heap) > 0 {
		top := a.heap[0]
		if top.link < 0 {
			a.pop()
			if f := ^top.link; rates[f] == unsettled {
				a.settle(&flows[f], &rates[f], a.limit[f])
			}
			continue
		}
		l := top.link
		if a.open[l] == 0 {
			a.pop()
			continue
		}
		if at := max(0, a.left[l]) / a.weight[l]; at > top.at {
			a.heap[0].at = at
			a.sink(0)
			if a.heap[0].link != l {
				continue
			}
		}
		at := a.heap[0].at
		a.pop()
		for _, f := range a.members[a.first[l]:a.last[l]] {
			if rates[f] == unsettled {
				a.settle(&flows[f], &rates[f], at*flows[f].weight)
			}
		}
	}
	for _, l := range a.seen {
		a.open[l] = 0
	}
}

// measure adds up, link by link, who crosses it and what they could use.
func (a *allocator) measure(flows []demand) {
	a.seen = a.seen[:0]
	a.limit = a.limit[:0]
	for i := range flows {
		f := &flows[i]
		limit := min(f.limit, a.capacity[f.up], a.capacity[f.down])
		for _, l := range f.path {
			limit = min(limit, a.capacity[l])
		}
		a.limit = append(a.limit, limit)
		a.cross(f.up, limit, f.weight)
		a.cross(f.down, limit, f.weight)
		for _, l := range f.path {
			a.cross(l, limit, f.weight)
		}
	}
}

func (a *allocator) cross(l int32, limit, weight float64) {
	if a.open[l] == 0 {
		a.seen = append(a.seen, l)
		a.left[l], a.weight[l], a.bound[l] = a.capacity[l], 0, 0
	}
	a.open[l]++
	a.weight[l] += weight
	a.bound[l] += limit
}

// index lists the flows of each link that can be full.
func (a *allocator) index(flows []demand) {
	total := int32(0)
	a.heap = a.heap[:0]
	for _, l := range a.seen {
		if a.bound[l] <= a.capacity[l] {
			a.first[l] = -1
			continue
		}
		a.first[l], a.last[l] = total, total
		total += a.open[l]
		a.heap = append(a.heap, level{a.left[l] / a.weight[l], l})
	}
	if int(total) > cap(a.members) {
		a.members = make([]int32, 2*total)
	}
	a.members = a.members[:total]
	for i := range flows {
		f := &flows[i]
		a.enter(f.up, i)
		a.enter(f.down, i)
		for _, l := range f.path {
			a.enter(l, i)
		}
	}
}

func (a *allocator) enter(l int32, flow int) {
	if a.first[l] >= 0 {
		a.members[a.last[l]] = int32(flow)
		a.last[l]++
	}
}

// begin settles the flows that no link holds back, and has the heap know of those that
// may reach their limit before a link of theirs is full.
func (a *allocator) begin(flows []demand, rates []float64) {
	for i := range flows {
		f := &flows[i]
		held, narrow := a.holds(f.up, i)
		h, n := a.holds(f.down, i)
		held, narrow = held || h, narrow || n
		for _, l := range f.path {
			h, n = a.holds(l, i)
			held, narrow = held || h, narrow || n
		}
		switch {
		case !held:
			rates[i] = a.limit[i]
		default:
			rates[i] = unsettled
			if !narrow {
				a.heap = append(a.heap, level{a.limit[i] / f.weight, ^int32(i)})
			}
		}
	}
	for i := len(a.heap)/2 - 1; i >= 0; i-- {
		a.sink(i)
	}
}

// holds tells whether a link can be full, and whether it then keeps the flow to its limit.
func (a *allocator) holds(l int32, flow int) (held, narrow bool) {
	held = a.first[l] >= 0
	return held, held && a.capacity[l] <= a.limit[flow]
}

func (a *allocator) settle(f *demand, rate *float64, r float64) {
	*rate = r
	a.take(f.up, r, f.weight)
	a.take(f.down, r, f.weight)
	for _, l := range f.path {
		a.take(l, r, f.weight)
	}
}

func (a *allocator) take(l int32, rate, weight float64) {
	a.left[l] -= rate
	a.weight[l] -= weight
	a.open[l]--
}

func (a *allocator) pop() {
	n := len(a.heap) - 1
	a.heap[0] = a.heap[n]
	a.heap = a.heap[:n]
	if n > 1 {
		a.sink(0)
	}
}

func (a *allocator) sink(i int) {
	heap := a.heap
	x := heap[i]
	for {
		child := 2*i + 1
		if child >= len(heap) {
			break
		}
		if child+1 < len(heap) && heap[child+1].at < heap[child].at {
			child++
		}
		if heap[child].at >= x.at {
			break
		}
		heap[i] = heap[child]
		i = child
	}
	heap[i] = x
}

package sim

// demand is what an allocator is told of a flow: the links it crosses, its weight, and
// the rate it cannot use more than, which is at most the capacity of each of its links.
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
// would be full, never falls while others settle, so that a heap in which links move
// only when they come to the top gives them in the right order. The cost is that of
// the flows' links, plus a heap of the links that can be full at all.
type allocator struct {
	links   []link
	seen    []int32 // links that flows cross
	members []int32
	heap    []level
}

// link is one link's share in an allocation.
type link struct {
	capacity float64
	left     float64 // capacity not given away
	weight   float64 // of its flows that are not settled
	bound    float64 // what its flows could use at most

	open        int32 // flows that are not settled; 0 also marks a link not yet seen
	first, last int32 // its flows are members[first:last]; first is below 0 if it cannot be full
}

// level is when something stops growing: a link, or flow ^link if that is below 0.
type level struct {
	at   float64
	link int32
}

const unsettled = -1

func newAllocator(capacity []float64) *allocator {
	a := &allocator{links: make([]link, len(capacity))}
	for i, c := range capacity {
		a.links[i].capacity = c
	}
	return a
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
				a.settle(&flows[f], &rates[f], flows[f].limit)
			}
			continue
		}
		l := &a.links[top.link]
		if l.open == 0 {
			a.pop()
			continue
		}
		at := max(0, l.left) / l.weight
		if at > top.at {
			a.heap[0].at = at
			a.sink(0)
			if a.heap[0].link != top.link {
				continue
			}
		}
		a.pop()
		for _, f := range a.members[l.first:l.last] {
			if rates[f] == unsettled {
				a.settle(&flows[f], &rates[f], at*flows[f].weight)
			}
		}
	}
	for _, l := range a.seen {
		a.links[l].open = 0
	}
}

// measure adds up, link by link, who crosses it and what they could use.
func (a *allocator) measure(flows []demand) {
	a.seen = a.seen[:0]
	for i := range flows {
		f := &flows[i]
		a.cross(f.up, f)
		a.cross(f.down, f)
		for _, l := range f.path {
			a.cross(l, f)
		}
	}
}

func (a *allocator) cross(id int32, f *demand) {
	l := &a.links[id]
	if l.open == 0 {
		a.seen = append(a.seen, id)
		l.left, l.weight, l.bound = l.capacity, 0, 0
	}
	l.open++
	l.weight += f.weight
	l.bound += f.limit
}

// index lists the flows of each link that can be full.
func (a *allocator) index(flows []demand) {
	total := int32(0)
	a.heap = a.heap[:0]
	for _, id := range a.seen {
		l := &a.links[id]
		if l.bound <= l.capacity {
			l.first = -1
			continue
		}
		l.first, l.last = total, total
		total += l.open
		a.heap = append(a.heap, level{l.left / l.weight, id})
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

func (a *allocator) enter(id int32, flow int) {
	if l := &a.links[id]; l.first >= 0 {
		a.members[l.last] = int32(flow)
		l.last++
	}
}

// begin settles the flows that no link holds back, and has the heap know of those that
// may reach their limit before a link of theirs is full.
func (a *allocator) begin(flows []demand, rates []float64) {
	for i := range flows {
		f := &flows[i]
		h := a.hold(f.up, f) | a.hold(f.down, f)
		for _, l := range f.path {
			h |= a.hold(l, f)
		}
		rates[i] = unsettled
		switch {
		case h == 0:
			rates[i] = f.limit
		case h&narrow == 0:
			a.heap = append(a.heap, level{f.limit / f.weight, ^int32(i)})
		}
	}
	for i := len(a.heap)/2 - 1; i >= 0; i-- {
		a.sink(i)
	}
}

// hold says how a link may hold a flow back.
type hold uint8

const (
	held   hold = 1 << iota // it can be full
	narrow                  // and alone keeps the flow to its limit
)

func (a *allocator) hold(id int32, f *demand) hold {
	switch l := &a.links[id]; {
	case l.first < 0:
		return 0
	case l.capacity <= f.limit:
		return held | narrow
	}
	return held
}

func (a *allocator) settle(f *demand, rate *float64, r float64) {
	*rate = r
	a.take(f.up, r, f.weight)
	a.take(f.down, r, f.weight)
	for _, l := range f.path {
		a.take(l, r, f.weight)
	}
}

func (a *allocator) take(id int32, rate, weight float64) {
	l := &a.links[id]
	l.left -= rate
	l.weight -= weight
	l.open--
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

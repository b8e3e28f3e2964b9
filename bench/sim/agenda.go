package sim

// kind is what happens at an appointment.
type kind uint8

const (
	arrival kind = iota
	departure
	chokeRound
	announcing
	dialling
	retrying
	gossip // PEX
)

// appointment is something that one peer does at one time, in seconds.
type appointment struct {
	at   float64
	kind kind
	peer int32
}

func (a appointment) before(b appointment) bool {
	switch {
	case a.at != b.at:
		return a.at < b.at
	case a.kind != b.kind:
		return a.kind < b.kind
	}
	return a.peer < b.peer
}

// agenda is a heap of appointments. Their order is total, so that it does not depend on
// the order in which they were made.
type agenda []appointment

func (g *agenda) add(at float64, k kind, peer int32) {
	heap := append(*g, appointment{at, k, peer})
	i := len(heap) - 1
	x := heap[i]
	for i > 0 {
		parent := (i - 1) / 2
		if !x.before(heap[parent]) {
			break
		}
		heap[i] = heap[parent]
		i = parent
	}
	heap[i] = x
	*g = heap
}

func (g *agenda) pop() appointment {
	heap := *g
	top, n := heap[0], len(heap)-1
	x := heap[n]
	heap = heap[:n]
	*g = heap
	if n == 0 {
		return top
	}
	i := 0
	for {
		child := 2*i + 1
		if child >= n {
			break
		}
		if child+1 < n && heap[child+1].before(heap[child]) {
			child++
		}
		if !heap[child].before(x) {
			break
		}
		heap[i] = heap[child]
		i = child
	}
	heap[i] = x
	return top
}

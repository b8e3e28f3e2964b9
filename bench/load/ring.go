package load

// ring is a queue of small numbers that allocates nothing after it was made.
type ring struct {
	items   []int
	head, n int
}

func newRing(room int) ring { return ring{items: make([]int, room)} }

func (r *ring) push(i int) {
	r.items[(r.head+r.n)%len(r.items)] = i
	r.n++
}

// unpop puts back what pop returned last.
func (r *ring) unpop(i int) {
	r.head = (r.head + len(r.items) - 1) % len(r.items)
	r.items[r.head] = i
	r.n++
}

func (r *ring) pop() int {
	i := r.items[r.head]
	r.head = (r.head + 1) % len(r.items)
	r.n--
	return i
}

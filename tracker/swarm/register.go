package swarm

// register holds swarms and finds them by info hash. They are numbered from 0 on without
// gaps, so that a sweep can stop anywhere and go on later. Swarms stand in chunks, so that
// none is copied when there are more, and their places in an open table of numbers: that
// is a third of what a map takes.
type register struct {
	chunks [][]swarm // of registerChunk each
	n      int
	slots  []uint32 // a power of two, three quarters used at most: 0 where empty, else see entry
}

const (
	registerChunk = 16
	registerMin   = 16 // slots
)

// at returns a swarm by its number.
func (r *register) at(i int) *swarm { return &r.chunks[uint(i)/registerChunk][uint(i)%registerChunk] }

// home returns the slot where the search for a hash starts. It takes the hash's upper
// bits: shards are chosen by the lower ones.
func (r *register) home(sum uint64) int { return int(sum >> 32 * uint64(len(r.slots)) >> 32) }

func (r *register) next(slot int) int { return (slot + 1) & (len(r.slots) - 1) }

// entry is what a slot holds for the i-th swarm: its number plus one in as many bits as number
// slots, and above them bits of its hash, so that hardly any swarm is looked at but the one
// that is looked for.
func (r *register) entry(i int, sum uint64) uint32 { return r.tag(sum) | uint32(i+1) }

// tag returns the bits of a hash that an entry has. The home slot goes by none of them; the
// shard goes by the lowest, which all entries of a large one leave out.
func (r *register) tag(sum uint64) uint32 { return uint32(sum) &^ r.mask() }

func (r *register) mask() uint32 { return uint32(len(r.slots) - 1) }

// number returns the number of the swarm that a slot holds, -1 if it is empty.
func (r *register) number(slot int) int { return int(r.slots[slot]&r.mask()) - 1 }

// slot returns where a swarm is, or would be, found. There is an empty slot.
func (r *register) slot(h *InfoHash, sum uint64) int {
	slot, tag := r.home(sum), r.tag(sum)
	for r.slots[slot] != 0 && (r.slots[slot]&^r.mask() != tag || !r.at(r.number(slot)).hash.is(h)) {
		slot = r.next(slot)
	}
	return slot
}

// find returns the swarm of h, whose hash is sum; nil if there is none.
func (r *register) find(h *InfoHash, sum uint64) *swarm {
	if r.n == 0 {
		return nil
	}
	if i := r.number(r.slot(h, sum)); i >= 0 {
		return r.at(i)
	}
	return nil
}

// open adds a swarm that is not there. The pointer is valid until one is dropped.
func (r *register) open(h *InfoHash, s secret) *swarm {
	if 4*(r.n+1) > 3*len(r.slots) {
		r.resize(max(registerMin, 2*len(r.slots)), s)
	}
	if r.n == registerChunk*len(r.chunks) {
		r.chunks = append(r.chunks, make([]swarm, registerChunk))
	}
	sum := s.ofSwarm(h)
	r.slots[r.slot(h, sum)] = r.entry(r.n, sum)
	r.n++
	sw := r.at(r.n - 1)
	sw.hash = *h
	return sw
}

func (r *register) resize(size int, s secret) {
	r.slots = make([]uint32, size)
	for i := range r.n {
		sum := s.ofSwarm(&r.at(i).hash)
		slot := r.home(sum)
		for r.slots[slot] != 0 {
			slot = r.next(slot)
		}
		r.slots[slot] = r.entry(i, sum)
	}
}

// drop removes the i-th swarm; the last takes its number.
func (r *register) drop(i int, s secret) {
	r.vacate(r.slot(&r.at(i).hash, s.ofSwarm(&r.at(i).hash)), s)
	if last := r.n - 1; i != last {
		moved := r.at(last)
		sum := s.ofSwarm(&moved.hash)
		r.slots[r.slot(&moved.hash, sum)] = r.entry(i, sum)
		*r.at(i) = *moved
	}
	r.n--
	*r.at(r.n) = swarm{}
	if spare := len(r.chunks) - 1; r.n <= registerChunk*(spare-1) {
		r.chunks[spare] = nil
		r.chunks = r.chunks[:spare]
	}
	if len(r.slots) > registerMin && 8*r.n < len(r.slots) {
		r.resize(len(r.slots)/2, s)
	}
}

// vacate empties a slot and closes the gap in its run.
func (r *register) vacate(gap int, s secret) {
	for slot := r.next(gap); r.slots[slot] != 0; slot = r.next(slot) {
		// A swarm may fill the gap unless its search starts behind the gap.
		start := r.home(s.ofSwarm(&r.at(r.number(slot)).hash))
		if (slot-start)&(len(r.slots)-1) >= (slot-gap)&(len(r.slots)-1) {
			r.slots[gap] = r.slots[slot]
			gap = slot
		}
	}
	r.slots[gap] = 0
}

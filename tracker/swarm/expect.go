package swarm

import "unsafe"

// Expect has the processor fetch what announces to these swarms will need first, and waits for
// none of it: each would wait several times for memory, while all of them together wait hardly
// longer than one. Whoever has a batch of announces calls it before the first.
func (s *Store) Expect(hashes []InfoHash) {
	for len(hashes) > expectMost {
		s.expect(hashes[:expectMost])
		hashes = hashes[expectMost:]
	}
	s.expect(hashes)
}

// expectMost is how many swarms are expected at once: more would drive from the nearest cache
// what the first announces are about to need.
const expectMost = 32

// expect goes to all swarms for one thing, then for the next, which hangs on it.
func (s *Store) expect(hashes []InfoHash) {
	var sums [expectMost]uint64
	for i := range hashes {
		sums[i] = s.secret.ofSwarm(&hashes[i])
	}
	for _, turn := range [...]func(*register, uint64){(*register).fetchSlot, (*register).fetchSwarm, (*register).fetchPeers} {
		for _, sum := range sums[:len(hashes)] {
			sh := s.shardOf(sum)
			sh.mu.Lock()
			turn(&sh.register, sum)
			sh.mu.Unlock()
		}
	}
}

func (r *register) fetchSlot(sum uint64) {
	if r.n > 0 {
		fetch(unsafe.Pointer(&r.slots[r.home(sum)]), 1)
	}
}

func (r *register) fetchSwarm(sum uint64) {
	if sw := r.likely(sum); sw != nil {
		fetch(unsafe.Pointer(sw), unsafe.Sizeof(*sw))
	}
}

func (r *register) fetchPeers(sum uint64) {
	sw := r.likely(sum)
	if sw == nil {
		return
	}
	if t := sw.v4.tree; t != nil {
		fetch(unsafe.Pointer(t), unsafe.Sizeof(*t))
	} else {
		records := sw.v4.only.records
		fetch(unsafe.Pointer(unsafe.SliceData(records)), uintptr(len(records))*unsafe.Sizeof(record[[6]byte]{}))
	}
	if sw.v6 != nil {
		fetch(unsafe.Pointer(sw.v6), unsafe.Sizeof(*sw.v6))
	}
}

// likely returns the swarm of a hash, or one that has much of it in common; nil if there is
// none.
func (r *register) likely(sum uint64) *swarm {
	if r.n == 0 {
		return nil
	}
	tag := r.tag(sum)
	for slot := r.home(sum); r.slots[slot] != 0; slot = r.next(slot) {
		if r.slots[slot]&^r.mask() == tag {
			return r.at(r.number(slot))
		}
	}
	return nil
}

package swarm

// pool is the peers of one swarm in one address family.
//
// A small pool is flat: two short arrays, searched from end to end. A pool that
// outgrows flatMax is grouped: it gains an index and a directory, and keeps them
// until it is small again.
type pool[K key] struct {
	peers [2][]record[K] // by Role, dense, in no order
	*more                // nil if the store keeps no more
	*grouped
}

// more is what a store may keep of peers besides; each parallel to pool.peers, or empty.
type more struct {
	ids        [2][]PeerID
	capacities [2][]capacity
	kept       keeping
}

// keeping says what a store keeps of peers.
type keeping struct{ ids, capacities bool }

func (k keeping) more() *more {
	if k == (keeping{}) {
		return nil
	}
	return &more{kept: k}
}

func (m *more) keepsIDs() bool        { return m != nil && m.kept.ids }
func (m *more) keepsCapacities() bool { return m != nil && m.kept.capacities }

type grouped struct {
	index     index
	directory directory
}

// flatMax is the number of peers up to which a scan beats an index: 16 records of
// 16 bytes are four cache lines.
const flatMax = 16

func (p *pool[K]) len() int { return len(p.peers[Leecher]) + len(p.peers[Seeder]) }

func (p *pool[K]) record(h handle) *record[K] { return &p.peers[h.role()][h.pos()] }

func (p *pool[K]) id(h handle) (id PeerID) {
	if p.keepsIDs() {
		id = p.ids[h.role()][h.pos()]
	}
	return id
}

// find returns the peer with an address, or nobody.
func (p *pool[K]) find(k K, s secret) handle {
	if p.grouped == nil {
		for role := range p.peers {
			for i := range p.peers[role] {
				if p.peers[role][i].key == k {
					return handleOf(Role(role), uint32(i))
				}
			}
		}
		return nobody
	}
	x := &p.index
	for slot := x.home(s.sum(wire(&k))); x.slots[slot] != nobody; slot = x.next(slot) {
		if h := x.slots[slot]; p.record(h).key == k {
			return h
		}
	}
	return nobody
}

// add appends a peer that is not in the pool.
func (p *pool[K]) add(role Role, r record[K], id PeerID, c capacity, s secret) handle {
	h := handleOf(role, uint32(len(p.peers[role])))
	p.peers[role] = append(p.peers[role], r)
	if p.keepsIDs() {
		p.ids[role] = append(p.ids[role], id)
	}
	if p.keepsCapacities() {
		p.capacities[role] = append(p.capacities[role], c)
	}
	switch {
	case p.grouped != nil:
		p.link(h, s)
	case p.len() > flatMax:
		p.group(s)
	}
	return h
}

// remove takes a peer out; the last of its array takes its place.
func (p *pool[K]) remove(h handle, s secret) {
	role := h.role()
	last := handleOf(role, uint32(len(p.peers[role])-1))
	if p.grouped != nil {
		p.unlink(h, s)
		if h != last {
			p.relink(last, h, s)
		}
	}
	p.peers[role] = removeSwap(p.peers[role], h.pos())
	if p.keepsIDs() {
		p.ids[role] = removeSwap(p.ids[role], h.pos())
	}
	if p.keepsCapacities() {
		p.capacities[role] = removeSwap(p.capacities[role], h.pos())
	}
	switch {
	case p.len() <= flatMax/2:
		p.grouped = nil
	case p.grouped != nil && p.directory.wasteful(p.len()):
		p.group(s)
	}
}

// removeSwap fills place i with the last element, and gives memory back when
// three quarters of it are unused.
func removeSwap[E any](s []E, i uint32) []E {
	last := len(s) - 1
	s[i] = s[last]
	s = s[:last]
	if cap(s) >= 8 && len(s) <= cap(s)/4 {
		s = append(make([]E, 0, cap(s)/2), s...)
	}
	return s
}

// group builds the index and the directory anew.
func (p *pool[K]) group(s secret) {
	p.grouped = &grouped{index: newIndex(p.len())}
	for role := range p.peers {
		for i := range p.peers[role] {
			p.link(handleOf(Role(role), uint32(i)), s)
		}
	}
}

// groups returns the directory of the pool; that of a flat one is built in spare,
// for one draw.
func (p *pool[K]) groups(spare *directory) *directory {
	if p.grouped != nil {
		return &p.directory
	}
	spare.reset()
	for role := range p.peers {
		for i := range p.peers[role] {
			spare.add(p.peers[role][i].is.place(), Role(role), uint32(i))
		}
	}
	return spare
}

func (p *pool[K]) link(h handle, s secret) {
	r := p.record(h)
	r.at = p.directory.add(r.is.place(), h.role(), h.pos())
	p.index.insert(h, s.sum(wire(&r.key)), func(h handle) uint64 { return s.sum(wire(&p.record(h).key)) })
}

func (p *pool[K]) unlink(h handle, s secret) {
	r := p.record(h)
	if moved, ok := p.directory.remove(r.is.place(), h.role(), r.at); ok {
		p.peers[h.role()][moved].at = r.at
	}
	p.index.remove(h, s.sum(wire(&r.key)), func(h handle) uint64 { return s.sum(wire(&p.record(h).key)) })
}

// relink makes the index and the directory find at to what stands at from.
func (p *pool[K]) relink(from, to handle, s secret) {
	r := p.record(from)
	p.directory.move(r.is.place(), to.role(), r.at, to.pos())
	p.index.slots[p.index.find(from, s.sum(wire(&r.key)))] = to
}

// regroup gives every peer the PID it has now.
func (p *pool[K]) regroup(g Grouping, s secret) {
	for role := range p.peers {
		for i := range p.peers[role] {
			r := &p.peers[role][i]
			r.is = markOf(placeOf(g.PID(addrPort(&r.key).Addr()), r.is.class())).with(r.is.renown())
		}
	}
	if p.grouped != nil {
		p.group(s)
	}
}

// move gives a peer another place: its PID or its class has changed.
func (p *pool[K]) move(h handle, to place) {
	r := p.record(h)
	from := r.is.place()
	r.is = markOf(to).with(r.is.renown())
	if p.grouped == nil || from == to {
		return
	}
	if moved, ok := p.directory.remove(from, h.role(), r.at); ok {
		p.peers[h.role()][moved].at = r.at
	}
	r.at = p.directory.add(to, h.role(), h.pos())
}

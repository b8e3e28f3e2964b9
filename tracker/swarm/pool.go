package swarm

import "net/netip"

// pool is the peers of one swarm in one address family.
type pool[K key] struct {
	sequence[K]
	past *past[K] // peers that still stand by old PIDs, the latest first; nil if there are none
}

// size counts all peers, those of the past among them.
func (p *pool[K]) size(r Role) int {
	n := int(p.count[r])
	for old := p.past; old != nil; old = old.older {
		n += int(old.count[r])
	}
	return n
}

// locate returns the peer of an address, or nobody. One that stands by an old PID is
// given the new one. It is looked for among those of role first.
func (p *pool[K]) locate(s *Store, k K, pid PID, role Role) handle {
	if h := p.find(k, pid, role, s.secret); h != nobody {
		return h
	}
	for old := p.past; old != nil; old = old.older {
		if h := old.fetch(s, p, k, pid); h != nobody {
			return h
		}
	}
	return nobody
}

// part returns the peers that stand by the present map, and then, by number, those of the
// past; nil if there are no more.
func (p *pool[K]) part(i int) *sequence[K] {
	if i == 0 {
		return &p.sequence
	}
	old := p.past
	for ; old != nil && i > 1; i-- {
		old = old.older
	}
	if old == nil {
		return nil
	}
	return &old.sequence
}

// enter adds a peer that is not there.
func (p *pool[K]) enter(s *Store, r record[K], n news) handle {
	h := p.insert(r, n, s.keeping, s.secret)
	if s.ringed {
		p.ringIn(r.order(s.secret), s.secret)
	}
	return h
}

// leave takes a peer out.
func (p *pool[K]) leave(s *Store, h handle) {
	if p.tree != nil && p.tree.ring != nil {
		p.tree.ring.remove(p.record(h).order(s.secret))
	}
	p.remove(h)
}

func (p *pool[K]) id(h handle) PeerID { return p.block(h.block()).news(h.pos()).id }

func (p *pool[K]) peer(h handle) Peer {
	return Peer{Addr: addrPort(&p.record(h).key), ID: p.id(h), Seeder: p.role(h) == Seeder}
}

// pidOf returns the PID of a record's address.
func pidOf[K key](g Grouping, r *record[K]) PID { return g.PID(addrPort(&r.key).Addr()) }

// findIP returns the first peer of an address, whatever its port.
func (p *pool[K]) findIP(a netip.Addr) handle {
	for b := range p.blocks() {
		records := p.block(b).records
		for i := range records {
			if addrPort(&records[i].key).Addr() == a {
				return handleOf(b, i)
			}
		}
	}
	return nobody
}

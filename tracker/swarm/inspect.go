package swarm

import (
	"cmp"
	"slices"
)

// Drawn is a peer that a trial draw chose.
type Drawn struct {
	Peer  Peer
	PID   PID
	Class Class
	Step  int // of the Walk, or one of StepAll, StepSeeder, StepOutsider
}

// Try draws as Announce would for a, and changes nothing; it returns the requester's
// class, too. The requester counts as a member of the swarm if a peer has its address,
// whatever the port.
func (s *Store) Try(a *Announce) ([]Drawn, Class) {
	sh := s.shard(a.InfoHash)
	sh.mu.Lock()
	defer sh.mu.Unlock()
	sw := sh.find(a.InfoHash)
	if sw == nil {
		return nil, Unknown
	}
	sw.regroup(a.Groups, s.secret)
	if a.Peer.Addr.Addr().Is4() {
		return try(s, sh, &sw.v4, key4(a.Peer.Addr), a)
	}
	return try(s, sh, sw.six(false), key6(a.Peer.Addr), a)
}

func try[K key](s *Store, sh *shard, p *pool[K], k K, a *Announce) (drawn []Drawn, class Class) {
	self := p.findIP(a)
	if self != nobody {
		k = p.record(self).key
		class = p.record(self).is.class()
	}
	p.draw(s, sh, a, k, self, a.Want)
	for _, q := range sh.draw.picked {
		is := p.record(q.handle).is
		drawn = append(drawn, Drawn{p.peer(q.handle), is.pid(), is.class(), int(q.step)})
	}
	return drawn, class
}

func (p *pool[K]) findIP(a *Announce) handle {
	for role := range p.peers {
		for i := range p.peers[role] {
			if addrPort(&p.peers[role][i].key).Addr() == a.Peer.Addr.Addr() {
				return handleOf(Role(role), uint32(i))
			}
		}
	}
	return nobody
}

func (p *pool[K]) peer(h handle) Peer {
	return Peer{Addr: addrPort(&p.record(h).key), ID: p.id(h), Seeder: h.role() == Seeder}
}

// Population is the peers of a PID in a swarm, by class.
type Population struct {
	PID               PID
	Leechers, Seeders [NumClasses]uint32
}

// Count adds up the classes.
func (p Population) Count() (leechers, seeders int) {
	for class := range NumClasses {
		leechers += int(p.Leechers[class])
		seeders += int(p.Seeders[class])
	}
	return leechers, seeders
}

// Census counts a swarm by PID, in the order of PIDs. It takes time in proportion to the
// PIDs that have peers.
func (s *Store) Census(h InfoHash, g Grouping) (Counts, []Population) {
	var found []located
	counts, ok := func() (Counts, bool) {
		sh := s.shard(h)
		sh.mu.Lock()
		defer sh.mu.Unlock()
		sw := sh.find(h)
		if sw == nil {
			return Counts{}, false
		}
		sw.regroup(g, s.secret)
		found = sw.v4.locate(found)
		if sw.v6 != nil {
			found = sw.v6.locate(found)
		}
		return sw.counts(), true
	}()
	if !ok {
		return counts, nil
	}
	return counts, populations(found)
}

// Upload returns what the peers of each class upload on average, in bytes a second; 0
// where nothing is known.
func (s *Store) Upload() (typical [NumClasses]float64) {
	if scale := s.scale.Load(); scale != nil {
		return scale.typical
	}
	return typical
}

// located is some peers of one place and role.
type located struct {
	place place
	role  Role
	n     uint32
}

func (p *pool[K]) locate(found []located) []located {
	if p.grouped != nil {
		for i := range p.directory.groups {
			g := &p.directory.groups[i]
			for role := range g.lists {
				found = append(found, located{g.place, Role(role), g.lists[role].n})
			}
		}
		return found
	}
	for role := range p.peers {
		for i := range p.peers[role] {
			found = append(found, located{p.peers[role][i].is.place(), Role(role), 1})
		}
	}
	return found
}

func populations(found []located) (list []Population) {
	slices.SortFunc(found, func(a, b located) int { return cmp.Compare(a.place, b.place) })
	for _, f := range found {
		if f.n == 0 {
			continue
		}
		if n := len(list); n == 0 || list[n-1].PID != f.place.pid() {
			list = append(list, Population{PID: f.place.pid()})
		}
		p := &list[len(list)-1]
		if f.role == Seeder {
			p.Seeders[f.place.class()] += f.n
		} else {
			p.Leechers[f.place.class()] += f.n
		}
	}
	return list
}

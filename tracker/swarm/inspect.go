package swarm

// Drawn is a peer that a trial draw chose.
type Drawn struct {
	Peer Peer
	PID  PID
	Step int // of the Walk, or one of StepAll, StepSeeder, StepOutsider
}

// Try draws as Announce would for a, and enters nothing. The requester counts as a
// member of the swarm if a peer has its address, whatever the port.
func (s *Store) Try(a *Announce) []Drawn {
	sh := s.shard(a.InfoHash)
	sh.mu.Lock()
	defer sh.mu.Unlock()
	sw := sh.find(a.InfoHash)
	if sw == nil {
		return nil
	}
	sw.regroup(a.Groups, s.secret)
	if a.Peer.Addr.Addr().Is4() {
		return try(&sw.v4, sh, a)
	}
	return try(sw.six(false), sh, a)
}

func try[K key](p *pool[K], sh *shard, a *Announce) (drawn []Drawn) {
	p.draw(&sh.draw, a.Walk, a.Want, !a.LeechersOnly, p.findIP(a))
	for _, q := range sh.draw.picked {
		drawn = append(drawn, Drawn{Peer: p.peer(q.handle), PID: p.record(q.handle).pid, Step: int(q.step)})
	}
	return drawn
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

// Census is how many peers of a PID are in a swarm.
type Census struct {
	PID      PID
	Seeders  int
	Leechers int
}

// Census counts a swarm by PID, in no order. It goes through all peers: it is for
// people, not for announces.
func (s *Store) Census(h InfoHash, g Grouping) (Counts, []Census) {
	sh := s.shard(h)
	sh.mu.Lock()
	defer sh.mu.Unlock()
	sw := sh.find(h)
	if sw == nil {
		return Counts{}, nil
	}
	sw.regroup(g, s.secret)
	byPID := make(map[PID]Census)
	sw.v4.count(byPID)
	if sw.v6 != nil {
		sw.v6.count(byPID)
	}
	census := make([]Census, 0, len(byPID))
	for _, c := range byPID {
		census = append(census, c)
	}
	return sw.counts(), census
}

func (p *pool[K]) count(byPID map[PID]Census) {
	for role := range p.peers {
		for i := range p.peers[role] {
			pid := p.peers[role][i].pid
			c := byPID[pid]
			c.PID = pid
			if Role(role) == Seeder {
				c.Seeders++
			} else {
				c.Leechers++
			}
			byPID[pid] = c
		}
	}
}

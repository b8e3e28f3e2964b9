package swarm

// Announce is one peer's news, and what it wants to know.
type Announce struct {
	InfoHash InfoHash
	Peer     Peer
	PID      PID   // the group of Peer.Addr
	Now      int64 // Unix seconds

	// Leaving takes the peer out instead of entering it.
	Leaving bool

	// Asking enters nothing: the peer wants to know, and is perhaps no peer.
	Asking bool

	// Completed says that the peer has just become a seeder.
	Completed bool

	// Hearsay is news that no tracker announce vouches for: it enters an unknown
	// peer, or keeps one alive, and changes nothing else. Now may then lie in the
	// past, to make the peer's life a short one.
	Hearsay bool

	// Groups tells the PID of the other peers; PID must be of the same epoch.
	Groups Grouping

	// Walk is how to choose Want peers.
	Walk *Walk
	Want int

	// LeechersOnly leaves seeders out of the reply.
	LeechersOnly bool

	// AllFamilies fills the reply up with peers of the other address family.
	AllFamilies bool

	// WithIDs asks for the peers' ids too.
	WithIDs bool
}

// Reply is the answer to an Announce. Announce appends to its slices.
type Reply struct {
	Counts
	Home     int      // how many of the peers are of the requester's own PID, see NewWalk
	V4, V6   []byte   // compact peers: 6 and 18 bytes each
	ID4, ID6 []PeerID // parallel to V4 and V6, if asked for and kept
}

// Announce updates the swarm, then draws the reply from it, under one lock.
func (s *Store) Announce(a *Announce, r *Reply) {
	sh := s.shard(a.InfoHash)
	sh.mu.Lock()
	defer sh.mu.Unlock()
	sw := sh.find(a.InfoHash)
	if sw == nil {
		if a.Leaving || a.Asking {
			return
		}
		sw = sh.open(a.InfoHash, s.peerIDs)
		sw.epoch = a.Groups.Epoch()
	}
	sw.regroup(a.Groups, s.secret)
	want := a.Want
	if a.Peer.Addr.Addr().Is4() {
		self := update(&sw.v4, key4(a.Peer.Addr), sw, sh, a, s.secret)
		want -= reply(&sw.v4, sh, a, want, self, r, &r.V4, &r.ID4)
		if a.AllFamilies && sw.v6 != nil {
			reply(sw.v6, sh, a, want, nobody, r, &r.V6, &r.ID6)
		}
	} else {
		six := sw.six(!a.Asking && !a.Leaving)
		self := update(six, key6(a.Peer.Addr), sw, sh, a, s.secret)
		want -= reply(six, sh, a, want, self, r, &r.V6, &r.ID6)
		if a.AllFamilies {
			reply(&sw.v4, sh, a, want, nobody, r, &r.V4, &r.ID4)
		}
	}
	r.Counts = sw.counts()
}

// update enters the peer's news and returns where it stands now.
func update[K key](p *pool[K], k K, sw *swarm, sh *shard, a *Announce, s secret) handle {
	self, now := p.find(k, s), tickOf(a.Now)
	role := Leecher
	if a.Peer.Seeder {
		role = Seeder
	}
	switch {
	case a.Asking:
		return self
	case self == nobody:
		if a.Leaving {
			return nobody
		}
		if a.Completed && role == Seeder {
			sw.downloaded++
		}
		sh.peers[role]++
		return p.add(role, record[K]{key: k, seen: now, pid: a.PID}, a.Peer.ID, s)
	case a.Leaving:
		sh.peers[self.role()]--
		p.remove(self, s)
		return nobody
	case a.Hearsay:
		if r := p.record(self); r.seen.olderThan(0, now) {
			r.seen = now
		}
		return self
	case self.role() != role:
		if a.Completed && role == Seeder {
			sw.downloaded++
		}
		sh.peers[self.role()]--
		sh.peers[role]++
		p.remove(self, s)
		return p.add(role, record[K]{key: k, seen: now, pid: a.PID}, a.Peer.ID, s)
	}
	r := p.record(self)
	r.seen = now
	if r.pid != a.PID {
		p.move(self, a.PID)
	}
	if p.ids != nil {
		p.ids[role][self.pos()] = a.Peer.ID
	}
	return self
}

// reply draws up to want peers, appends them to peers and ids, and returns how
// many they are.
func reply[K key](p *pool[K], sh *shard, a *Announce, want int, self handle, r *Reply, peers *[]byte, ids *[]PeerID) int {
	p.draw(&sh.draw, a.Walk, want, !a.LeechersOnly, self)
	for _, q := range sh.draw.picked {
		rec := p.record(q.handle)
		*peers = append(*peers, wire(&rec.key)...)
		if rec.pid == a.PID || contains(a.Walk.home, rec.pid) {
			r.Home++
		}
	}
	if a.WithIDs {
		*ids = p.appendIDs(*ids, sh.draw.picked)
	}
	return len(sh.draw.picked)
}

func (p *pool[K]) appendIDs(dst []PeerID, picks []pick) []PeerID {
	if p.ids == nil {
		return dst
	}
	for _, q := range picks {
		dst = append(dst, p.ids[q.handle.role()][q.handle.pos()])
	}
	return dst
}

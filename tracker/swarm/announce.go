package swarm

// Announce is one peer's news, and what it wants to know.
type Announce struct {
	InfoHash InfoHash
	Peer     Peer
	PID      PID   // the group of Peer.Addr
	Now      int64 // Unix seconds

	// Uploaded is the peer's own counter, in bytes since it began; Fresh says that it
	// has just begun. They tell its class, if the store keeps capacities.
	Uploaded int64
	Fresh    bool

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

	// Walks is how to choose Want peers, by the class of this one.
	Walks *Walks
	Want  int

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
	Home     int      // how many of the peers are of the requester's own PID, see Plan
	V4, V6   []byte   // compact peers: 6 and 18 bytes each
	ID4, ID6 []PeerID // parallel to V4 and V6, if asked for and kept
}

// Announce updates the swarm, then draws the reply from it, under one lock.
func (s *Store) Announce(a *Announce, r *Reply) {
	sh, sum := s.shard(a.InfoHash)
	sh.mu.Lock()
	defer sh.mu.Unlock()
	sw := sh.find(&a.InfoHash, sum)
	if sw == nil {
		if a.Leaving || a.Asking {
			return
		}
		sw = sh.open(&a.InfoHash, s.secret)
		sw.epoch = a.Groups.Epoch()
		s.groupings.remember(a.Groups)
	}
	sw.follow(s, a.Groups)
	want := a.Want
	if a.Peer.Addr.Addr().Is4() {
		k := key4(a.Peer.Addr)
		self := update(s, sh, sw, &sw.v4, k, a)
		want -= reply(s, sh, &sw.v4, a, k, self, want, r, &r.V4, &r.ID4)
		if a.AllFamilies && sw.v6 != nil {
			reply(s, sh, sw.v6, a, key6(a.Peer.Addr), nobody, want, r, &r.V6, &r.ID6)
		}
	} else {
		six, k := sw.six(!a.Asking && !a.Leaving), key6(a.Peer.Addr)
		self := update(s, sh, sw, six, k, a)
		want -= reply(s, sh, six, a, k, self, want, r, &r.V6, &r.ID6)
		if a.AllFamilies {
			reply(s, sh, &sw.v4, a, [6]byte(k[:6]), nobody, want, r, &r.V4, &r.ID4)
		}
	}
	r.Counts = sw.counts()
}

// update enters the peer's news and returns where it stands now.
func update[K key](s *Store, sh *shard, sw *swarm, p *pool[K], k K, a *Announce) handle {
	role := Leecher
	if a.Peer.Seeder {
		role = Seeder
	}
	self, now := p.locate(s, k, a.PID, role), tickOf(a.Now)
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
		first := news{a.Peer.ID, capacity(0).next(a.Uploaded, 0, true)}
		return p.enter(s, record[K]{key: k, seen: now, is: markOf(placeOf(role, a.PID), Unknown)}, first)
	case a.Leaving:
		sh.peers[p.role(self)]--
		p.leave(s, self)
		return nobody
	case a.Hearsay:
		if r := p.record(self); r.seen.olderThan(0, now) {
			r.seen = now
		}
		return self
	}
	class, latest := p.gauge(s, self, a, now)
	is := markOf(placeOf(role, a.PID), class)
	if p.role(self) != role {
		if a.Completed && role == Seeder {
			sw.downloaded++
		}
		sh.peers[1-role]--
		sh.peers[role]++
		p.leave(s, self)
		return p.enter(s, record[K]{key: k, seen: now, is: is}, latest)
	}
	r := p.record(self)
	r.seen, r.is = now, is
	if s.keeping.ids {
		p.block(self.block()).ids[self.pos()] = a.Peer.ID
	}
	return self
}

// gauge enters what the peer says of its upload, and returns its class and what is to be
// kept of it.
func (p *pool[K]) gauge(s *Store, self handle, a *Announce, now tick) (Class, news) {
	latest := news{id: a.Peer.ID}
	if !s.keeping.capacities {
		return Unknown, latest
	}
	c := &p.block(self.block()).capacities[self.pos()]
	*c = c.next(a.Uploaded, now-p.record(self).seen, a.Fresh)
	latest.capacity = *c
	return s.scale.Load().class(c.level()), latest
}

// reply draws up to want peers, appends them to peers and ids, and returns how
// many they are.
func reply[K key](s *Store, sh *shard, p *pool[K], a *Announce, k K, self handle, want int, r *Reply, peers *[]byte, ids *[]PeerID) int {
	var d draw[K]
	d.prepare(s, sh, p, a, k, self, want)
	*peers = d.run(*peers)
	d.introduce()
	r.Home += d.home
	if a.WithIDs && s.keeping.ids {
		for _, h := range d.picked {
			*ids = append(*ids, p.id(h))
		}
	}
	return len(d.picked)
}

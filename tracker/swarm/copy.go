package swarm

import "iter"

// Copy is some of the peers of a swarm, as they were for a moment: what is kept
// across a restart, or sent to another machine.
type Copy struct {
	InfoHash   InfoHash
	Downloaded uint32
	Members    []Member
}

// Member is a peer, and when it announced last, in Unix seconds.
type Member struct {
	Peer
	Seen int64
}

// Copies yields all peers of all swarms, a piece at a time: a large swarm comes in
// several Copies, and no lock is held for longer than one takes. A peer that comes,
// goes or moves meanwhile may be missed or come twice. The Copy is reused from one
// turn to the next.
func (s *Store) Copies(now int64) iter.Seq[*Copy] {
	return func(yield func(*Copy) bool) {
		for i := range s.shards {
			c := copier{shard: &s.shards[i], now: now}
			for c.next() {
				if !yield(&c.Copy) {
					return
				}
			}
		}
	}
}

// copier goes through a shard as a sweep does.
type copier struct {
	Copy
	shard *shard
	now   int64
	swarm int
	six   bool
	part  int // of that pool
	block int
}

func (c *copier) next() bool {
	c.shard.mu.Lock()
	defer c.shard.mu.Unlock()
	for c.swarm < c.shard.n {
		sw := c.shard.at(c.swarm)
		c.InfoHash, c.Downloaded, c.Members = sw.hash, sw.downloaded, c.Members[:0]
		if c.copySwarm(sw) {
			c.swarm, c.six = c.swarm+1, false
		}
		if len(c.Members) > 0 {
			return true
		}
	}
	return false
}

// copySwarm returns whether it came to the end of the swarm, before the Copy was full.
func (c *copier) copySwarm(sw *swarm) bool {
	if !c.six && !copyPool(c, &sw.v4) {
		return false
	}
	c.six = true
	return sw.v6 == nil || copyPool(c, sw.v6)
}

func copyPool[K key](c *copier, p *pool[K]) bool {
	for q := p.part(c.part); q != nil; q = p.part(c.part) {
		if !copyBlocks(c, q) {
			return false
		}
		c.part, c.block = c.part+1, 0
	}
	c.part = 0
	return true
}

func copyBlocks[K key](c *copier, q *sequence[K]) bool {
	for ; c.block < q.blocks(); c.block++ {
		b := q.block(c.block)
		if len(c.Members)+len(b.records) > sweepStride {
			return false
		}
		for i := range b.records {
			r := &b.records[i]
			age := int64(int16(tickOf(c.now)-r.seen)) * tickSeconds
			peer := Peer{Addr: addrPort(&r.key), ID: b.news(i).id, Seeder: r.is.role() == Seeder}
			c.Members = append(c.Members, Member{peer, c.now - age})
		}
	}
	return true
}

// Restore enters a Copy. A peer that is there already stays as it is.
func (s *Store) Restore(c *Copy, g Grouping) {
	for _, m := range c.Members {
		var r Reply
		s.Announce(&Announce{
			InfoHash: c.InfoHash, Peer: m.Peer, PID: g.PID(m.Addr.Addr()), Now: m.Seen,
			Hearsay: true, Groups: g, Walks: Random,
		}, &r)
	}
	sh, sum := s.shard(c.InfoHash)
	sh.mu.Lock()
	defer sh.mu.Unlock()
	if sw := sh.find(&c.InfoHash, sum); sw != nil {
		sw.downloaded = max(sw.downloaded, c.Downloaded)
	}
}

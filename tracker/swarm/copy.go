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
	part  int
	pos   int
}

func (c *copier) next() bool {
	c.shard.mu.Lock()
	defer c.shard.mu.Unlock()
	for c.swarm < len(c.shard.swarms) {
		sw := &c.shard.swarms[c.swarm]
		c.InfoHash, c.Downloaded, c.Members = sw.hash, sw.downloaded, c.Members[:0]
		for c.part < 4 && len(c.Members) == 0 {
			if c.part < 2 {
				copyPart(c, &sw.v4, Role(c.part))
			} else if sw.v6 != nil {
				copyPart(c, sw.v6, Role(c.part-2))
			} else {
				c.part = 4
			}
		}
		if c.part == 4 {
			c.swarm, c.part = c.swarm+1, 0
		}
		if len(c.Members) > 0 {
			return true
		}
	}
	return false
}

func copyPart[K key](c *copier, p *pool[K], role Role) {
	peers := p.peers[role]
	end := min(c.pos+sweepStride, len(peers))
	for ; c.pos < end; c.pos++ {
		age := int64(int16(tickOf(c.now)-peers[c.pos].seen)) * tickSeconds
		c.Members = append(c.Members, Member{p.peer(handleOf(role, uint32(c.pos))), c.now - age})
	}
	if c.pos >= len(peers) {
		c.part, c.pos = c.part+1, 0
	}
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
	sh := s.shard(c.InfoHash)
	sh.mu.Lock()
	defer sh.mu.Unlock()
	if sw := sh.find(c.InfoHash); sw != nil {
		sw.downloaded = max(sw.downloaded, c.Downloaded)
	}
}

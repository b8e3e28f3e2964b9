package swarm

import "iter"

// regroupStride is how many peers Regroup moves before it lets its caller pause: one or two
// milliseconds' worth.
const regroupStride = 4096

// Regroup moves the peers that still stand by the PIDs of an older map over to the newest
// one that an announce has come with, and yields now and then how many it has moved, for
// its caller to pause. Somebody has to go through it, some times a second: it spares
// announces the work, and ends at once if there is none. No lock is held for longer than a
// few hundred peers take.
func (s *Store) Regroup() iter.Seq[int] {
	return func(yield func(int) bool) {
		if len(s.groupings.all()) < 2 {
			return
		}
		m := mover{store: s, is: s.groupings.newest()}
		for i := range s.shards {
			for m.shard, m.swarm = &s.shards[i], 0; m.more(); {
				if m.moved < regroupStride {
					continue
				}
				if !yield(m.moved) {
					return
				}
				m.moved = 0
			}
		}
		s.groupings.forget(m.is)
	}
}

// mover goes through a shard as a sweep does.
type mover struct {
	store *Store
	is    Grouping
	shard *shard
	swarm int // next to look at
	moved int // peers
}

// more moves some peers of one swarm, and returns whether there may be others.
func (m *mover) more() bool {
	m.shard.mu.Lock()
	defer m.shard.mu.Unlock()
	for end := min(m.swarm+sweepStride, m.shard.n); m.swarm < end; m.swarm++ {
		sw := m.shard.at(m.swarm)
		c := sw.counts()
		if m.store.groupings.older(sw.epoch, m.is) {
			sw.follow(m.store, m.is)
		} else if is := m.store.groupings.recall(sw.epoch); is != nil && sw.behind() {
			sw.catchUp(m.store, is)
		} else {
			continue
		}
		m.moved += min(c.Seeders+c.Leechers, pastBlocks*blockMax)
		return true
	}
	return m.swarm < m.shard.n
}

package swarm

// sweepStride is how many peers and swarms a sweep looks at before it lets go of
// the lock: some microseconds' worth if they stay, some hundred if they go.
const sweepStride = 1024

// Expire removes the peers that have not announced for more than lifetime
// seconds, and then the swarms that are empty. It returns how many peers went. The
// classes of peers are drawn anew from those that stay.
// No lock is held for longer than a stride takes, however large a swarm is.
func (s *Store) Expire(now, lifetime int64) (expired int) {
	age := int16(min((lifetime+tickSeconds-1)/tickSeconds, 1<<15-1))
	var known levelCounts
	for i := range s.shards {
		w := sweep{shard: &s.shards[i], secret: s.secret, now: tickOf(now), age: age, levels: &known}
		for w.more() {
			expired += w.stride()
		}
	}
	if s.keeping.capacities {
		s.scale.Store(known.scale())
	}
	return expired
}

// sweep is one pass over a shard. Between strides the shard may change: a swarm
// or a peer that moves to a place already swept is met by the next pass.
type sweep struct {
	shard  *shard
	secret secret
	now    tick
	age    int16
	levels *levelCounts // of the peers that stay

	swarm int // next to look at
	part  int // of that swarm: IPv4 leechers, IPv4 seeders, IPv6 leechers, IPv6 seeders
	pos   int // in that part
	done  bool
}

func (w *sweep) more() bool { return !w.done }

func (w *sweep) stride() (expired int) {
	sh := w.shard
	sh.mu.Lock()
	defer sh.mu.Unlock()
	for left := sweepStride; left > 0; {
		if w.swarm >= len(sh.swarms) {
			w.done = true
			return expired
		}
		sw := &sh.swarms[w.swarm]
		left--
		switch {
		case w.part < 2:
			expired += sweepPart(w, &sw.v4, Role(w.part), &left)
		case w.part < 4 && sw.v6 != nil:
			expired += sweepPart(w, sw.v6, Role(w.part-2), &left)
		default:
			w.leave(sw)
		}
	}
	return expired
}

// sweepPart looks at up to left peers of one role, and goes on to the next part
// when it has seen all.
func sweepPart[K key](w *sweep, p *pool[K], role Role, left *int) (expired int) {
	for ; w.pos < len(p.peers[role]); *left-- {
		if *left <= 0 {
			return expired
		}
		if p.peers[role][w.pos].seen.olderThan(w.age, w.now) {
			p.remove(handleOf(role, uint32(w.pos)), w.secret) // another takes its place
			w.shard.peers[role]--
			expired++
		} else {
			if p.keepsCapacities() {
				w.levels[p.capacities[role][w.pos].level()]++
			}
			w.pos++
		}
	}
	w.part, w.pos = w.part+1, 0
	return expired
}

// leave goes on to the next swarm.
func (w *sweep) leave(sw *swarm) {
	if c := sw.counts(); c.Seeders+c.Leechers == 0 {
		w.shard.drop(w.swarm)
	} else {
		w.swarm++
	}
	w.part, w.pos = 0, 0
}

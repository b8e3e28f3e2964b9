package swarm

// sweepStride is how many peers and swarms a sweep looks at before it lets go of
// the lock: some microseconds' worth if they stay, some hundred if they go.
const sweepStride = 1024

// Expire removes the peers that have not announced for more than lifetime
// seconds, and then the swarms that are empty. It returns how many peers went. The
// classes of peers are drawn anew from those that stay. No lock is held for longer than a
// stride takes, however large a swarm is.
func (s *Store) Expire(now, lifetime int64) (expired int) {
	for range s.Regroup() { // a sweep sees only who stands by the present map
	}
	age := int16(min((lifetime+tickSeconds-1)/tickSeconds, 1<<15-1))
	var known levelCounts
	for i := range s.shards {
		w := sweep{store: s, shard: &s.shards[i], now: tickOf(now), age: age, levels: &known}
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
	store  *Store
	shard  *shard
	now    tick
	age    int16
	levels *levelCounts // of the peers that stay

	swarm int // next to look at
	six   bool
	block int // of its pool
	left  int // what this stride may still look at
	done  bool
}

func (w *sweep) more() bool { return !w.done }

func (w *sweep) stride() (expired int) {
	sh := w.shard
	sh.mu.Lock()
	defer sh.mu.Unlock()
	for w.left = sweepStride; w.left > 0; {
		if w.swarm >= sh.n {
			w.done = true
			return expired
		}
		sw := sh.at(w.swarm)
		switch {
		case !w.six:
			expired += sweepPool(w, &sw.v4)
		case sw.v6 != nil:
			expired += sweepPool(w, sw.v6)
		}
		w.leave(sw)
	}
	return expired
}

// sweepPool looks at the blocks of a pool, as far as the stride goes.
func sweepPool[K key](w *sweep, p *pool[K]) (expired int) {
	for w.left > 0 && w.block < p.blocks() {
		expired += sweepBlock(w, p, w.block)
	}
	return expired
}

// sweepBlock removes who is silent from a block, and goes on to the next one.
func sweepBlock[K key](w *sweep, p *pool[K], n int) (expired int) {
	for i := 0; i < len(p.block(n).records); {
		b := p.block(n)
		if !b.records[i].seen.olderThan(w.age, w.now) {
			if b.more != nil && len(b.capacities) > 0 {
				w.levels[b.capacities[i].level()]++
			}
			i++
			continue
		}
		w.shard.peers[b.records[i].is.role()]--
		expired++
		blocks := p.blocks()
		if p.leave(w.store, handleOf(n, i)); p.blocks() != blocks {
			w.left -= blockMax
			w.block = max(n-1, 0)
			return expired // it was joined with a neighbour: both are looked at anew
		}
	}
	w.left -= len(p.block(n).records) + expired + 1
	w.block++
	return expired
}

// leave goes on to the next pool, or swarm, if the one at hand has been seen.
func (w *sweep) leave(sw *swarm) {
	blocks := sw.v4.blocks()
	if w.six {
		blocks = sw.six(false).blocks()
	}
	if w.block < blocks && !(w.six && sw.v6 == nil) {
		return
	}
	w.block = 0
	if w.six = !w.six; w.six {
		return
	}
	w.left--
	if c := sw.counts(); c.Seeders+c.Leechers == 0 {
		w.shard.drop(w.swarm, w.store.secret)
	} else {
		w.swarm++
	}
}

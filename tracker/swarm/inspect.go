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
	sh, sum := s.shard(a.InfoHash)
	sh.mu.Lock()
	defer sh.mu.Unlock()
	sw := sh.find(&a.InfoHash, sum)
	if sw == nil {
		return nil, Unknown
	}
	sw.follow(s, a.Groups)
	if a.Peer.Addr.Addr().Is4() {
		return try(s, sh, &sw.v4, key4(a.Peer.Addr), a)
	}
	return try(s, sh, sw.six(false), key6(a.Peer.Addr), a)
}

func try[K key](s *Store, sh *shard, p *pool[K], k K, a *Announce) (drawn []Drawn, class Class) {
	self := p.findIP(a.Peer.Addr.Addr())
	if self != nobody {
		k = p.record(self).key
		class = p.record(self).is.class()
	}
	var d draw[K]
	d.prepare(s, sh, p, a, k, self, a.Want)
	d.trace = new(trace)
	d.run(nil)
	for i, h := range d.picked {
		is := p.record(h).is
		drawn = append(drawn, Drawn{p.peer(h), is.pid(), is.class(), d.trace.steps[i]})
	}
	return drawn, class
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

// Census counts a swarm by PID, in the order of PIDs. It goes through all peers, a stride
// at a time: who comes or goes meanwhile may be missed.
func (s *Store) Census(h InfoHash, g Grouping) (Counts, []Population) {
	sh, sum := s.shard(h)
	t := taker{counts: map[PID]*Population{}}
	for more := true; more; {
		more = func() bool {
			sh.mu.Lock()
			defer sh.mu.Unlock()
			sw := sh.find(&h, sum)
			if sw == nil {
				return false
			}
			sw.follow(s, g)
			t.totals = sw.counts()
			if sw.behind() {
				sw.catchUp(s, g)
				return true
			}
			return t.take(sw, s.secret)
		}()
	}
	list := make([]Population, 0, len(t.counts))
	for _, p := range t.counts {
		list = append(list, *p)
	}
	slices.SortFunc(list, func(a, b Population) int { return cmp.Compare(a.PID, b.PID) })
	if len(list) == 0 {
		return t.totals, nil
	}
	return t.totals, list
}

// taker takes a census.
type taker struct {
	counts map[PID]*Population
	totals Counts
	six    bool
	next   order // of the first peer that was not counted
}

// take counts a stride's worth of peers, and returns whether there are more.
func (t *taker) take(sw *swarm, s secret) bool {
	if !t.six {
		if t.next = count(t, &sw.v4.sequence, s); t.next == 0 {
			t.six = true
			return true
		}
		return true
	}
	if sw.v6 != nil {
		t.next = count(t, &sw.v6.sequence, s)
	}
	return t.next != 0
}

// count returns the order of the first peer that it did not count, 0 if there is none.
func count[K key](t *taker, q *sequence[K], s secret) order {
	from := q.first(q.at(t.next, s))
	left, last, at := sweepStride, (*Population)(nil), order(0)
	q.each(&stretch{lo: from, hi: q.end()}, func(_ handle, r *record[K]) bool {
		if left--; left < 0 {
			at = r.order(s)
			return false
		}
		if pid := r.is.pid(); last == nil || last.PID != pid {
			if last = t.counts[pid]; last == nil {
				last = &Population{PID: pid}
				t.counts[pid] = last
			}
		}
		if r.is.role() == Seeder {
			last.Seeders[r.is.class()]++
		} else {
			last.Leechers[r.is.class()]++
		}
		return true
	})
	return at
}

// Upload returns what the peers of each class upload on average, in bytes a second; 0
// where nothing is known.
func (s *Store) Upload() (typical [NumClasses]float64) {
	if scale := s.scale.Load(); scale != nil {
		return scale.typical
	}
	return typical
}

package sim

import "math"

// slots returns how many uploads a client with this access has.
func (c Client) slots(up float64) int {
	if !c.AutoSlots {
		return c.Slots
	}
	n := 2
	switch kb := up / 1000; {
	case kb >= 42:
		n = int(math.Sqrt(0.6 * kb))
	case kb >= 15:
		n = 4
	case kb >= 9:
		n = 3
	}
	return min(n, c.Slots)
}

// wake has a peer look for somebody to serve at the end of the step, if it has a slot.
func (w *world) wake(x int32) {
	if p := &w.peers[x]; !p.fed && p.present && len(p.up) < p.slots {
		p.fed = true
		w.hungry = append(w.hungry, x)
	}
}

// feed gives away the slots that have become free.
func (w *world) feed() {
	for i := 0; i < len(w.hungry); i++ {
		x := w.hungry[i]
		w.peers[x].fed = false
		w.offer(x)
	}
	w.hungry = w.hungry[:0]
}

// offer gives x's free slots to neighbours that are interested.
func (w *world) offer(x int32) {
	p := &w.peers[x]
	if !p.present {
		return
	}
	for len(p.up) < p.slots {
		trial := !p.seed && p.optimistic < 0 && len(p.up) == p.slots-1
		h := int32(-1)
		switch {
		case p.seed:
			h = w.longestWaiting(x)
		case trial:
			h = w.anyWaiting(x)
		default:
			h = w.bestWaiting(x)
		}
		if h < 0 {
			return
		}
		if trial {
			p.optimistic, p.tried = h, w.now
		}
		w.begin(h ^ 1)
	}
}

// waits tells whether the peer at the other end of h would be served and is not.
func (w *world) waits(h int32) bool { return w.useful[h^1] > 0 && w.flow[h^1] < 0 }

// longestWaiting returns the end to the peer that was served least lately.
func (w *world) longestWaiting(x int32) int32 {
	best, first, ties := int32(-1), math.Inf(1), 0
	for _, h := range w.ends(x) {
		if !w.waits(h) {
			continue
		}
		switch s := w.all[h].served; {
		case s < first:
			best, first, ties = h, s, 1
		case s == first:
			if ties++; w.peers[x].chance.below(ties) == 0 {
				best = h
			}
		}
	}
	return best
}

func (w *world) anyWaiting(x int32) int32 {
	best, n := int32(-1), 0
	for _, h := range w.ends(x) {
		if w.waits(h) {
			if n++; w.peers[x].chance.below(n) == 0 {
				best = h
			}
		}
	}
	return best
}

// bestWaiting returns the end to the peer that gave x most lately; among equals, chance
// decides.
func (w *world) bestWaiting(x int32) int32 {
	best, most, ties := int32(-1), -1.0, 0
	for _, h := range w.ends(x) {
		if !w.waits(h) {
			continue
		}
		switch s := w.score(h); {
		case s > most:
			best, most, ties = h, s, 1
		case s == most:
			if ties++; w.peers[x].chance.below(ties) == 0 {
				best = h
			}
		}
	}
	return best
}

// score is what the owner of h received over it in the last two rounds.
func (w *world) score(h int32) float64 { return w.all[h].round + w.all[h].last }

// choke is a peer's choke round.
func (w *world) choke(x int32) {
	if w.peers[x].seed {
		w.rotate(x)
	} else {
		w.reward(x)
	}
	w.offer(x)
}

// rotate takes the slot of the one that a seed has served longest, if somebody waits;
// not before the piece under way is complete, or it would be sent to another in vain.
func (w *world) rotate(x int32) {
	p := &w.peers[x]
	if len(p.up) < p.slots || w.longestWaiting(x) < 0 {
		return
	}
	oldest, since := int32(-1), math.Inf(1)
	for _, h := range p.up {
		if s := w.all[h].served; s < since && !w.flows[w.flow[h^1]].lastOne {
			oldest, since = h, s
		}
	}
	if oldest >= 0 {
		w.flows[w.flow[oldest^1]].lastOne = true
	}
}

// reward keeps or gives slots, but for one, to those that gave x most, and the last one
// to somebody on trial. Among those that gave the same the ones that are served go on being
// served: at the start, when nobody gives anything, chance has chosen them.
func (w *world) reward(x int32) {
	p := &w.peers[x]
	ends := w.ends(x)
	for _, h := range ends {
		if f := w.flow[h]; f >= 0 {
			w.book(f)
		}
	}
	if p.optimistic >= 0 && w.now-p.tried >= seconds(w.c.Client.Optimistic) {
		p.optimistic = -1
	}
	var room [64]int32
	top := w.top(x, room[:0], p.slots-1)
	for _, h := range ends {
		w.all[h].last, w.all[h].round = w.all[h].round, 0
	}
	for i := len(p.up) - 1; i >= 0; i-- {
		if h := p.up[i]; h != p.optimistic && !contains(top, h) {
			w.end(w.flow[h^1])
		}
	}
	if contains(top, p.optimistic) {
		p.optimistic = -1
	}
	for _, h := range top {
		if w.flow[h^1] < 0 && len(p.up) < p.slots {
			w.begin(h ^ 1)
		}
	}
}

// top appends the ends of the n best givers among those that are interested.
func (w *world) top(x int32, best []int32, n int) []int32 {
	better := func(a, b int32) bool {
		if s, t := w.score(a), w.score(b); s != t {
			return s > t
		}
		return w.flow[a^1] >= 0 && w.flow[b^1] < 0
	}
	for _, h := range w.ends(x) {
		if w.useful[h^1] == 0 || h == w.peers[x].optimistic && w.score(h) == 0 {
			continue
		}
		if len(best) < n {
			best = append(best, h)
		} else if n > 0 && better(h, best[n-1]) {
			best[n-1] = h
		} else {
			continue
		}
		for i := len(best) - 1; i > 0 && better(best[i], best[i-1]); i-- {
			best[i], best[i-1] = best[i-1], best[i]
		}
	}
	return best
}

func contains(ends []int32, h int32) bool {
	for _, e := range ends {
		if e == h {
			return true
		}
	}
	return false
}

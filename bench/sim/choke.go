package sim

import (
	"math"
	"time"
)

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

// wake has a peer look for somebody to serve at the end of the step, if it may.
func (w *world) wake(x int32) {
	if p := &w.peers[x]; !p.fed && p.present && (p.client.Hold || p.serves < p.slots && !p.client.GiveAtRounds) {
		p.fed = true
		w.hungry = append(w.hungry, x)
	}
}

// feed gives away the slots that have become free, and has those used that were given.
func (w *world) feed() {
	for i := 0; i < len(w.hungry); i++ {
		x := w.hungry[i]
		p := &w.peers[x]
		p.fed = false
		if p.client.Hold {
			w.serve(x)
		}
		if !p.client.GiveAtRounds {
			w.offer(x)
		}
	}
	w.hungry = w.hungry[:0]
}

// serve sends to those that have a slot and want something again.
func (w *world) serve(x int32) {
	first, end := w.ends(x)
	for e := first; e < end; e++ {
		if w.about[e].open && w.up[e] < 0 && w.interested(e) {
			w.begin(x, e)
		}
	}
}

// offer gives x's free slots to neighbours that are interested: a seed to the one that it
// served least lately, a leecher to those that gave it most, and its last slot, on
// trial, to anyone.
func (w *world) offer(x int32) {
	p := &w.peers[x]
	for p.present && p.serves < p.slots {
		rank := w.byGift
		trial := p.optimistic == nobody && p.serves == p.slots-1 && (!p.seed || p.client.Turn > 0)
		switch {
		case p.seed:
			rank = w.byPatience
		case trial:
			rank = alike
		}
		e := w.waiting(x, rank)
		if e < 0 {
			return
		}
		if trial {
			p.optimistic, p.tried = w.near[e], w.now
		}
		w.admit(x, e)
	}
}

// admit gives one of x's slots to the peer at its end e.
func (w *world) admit(x, e int32) {
	w.peers[x].serves++
	w.about[e].open, w.about[e].served = true, w.now
	w.begin(x, e)
}

// shut takes the slot of the peer at an end, if it has one.
func (w *world) shut(e int32) {
	if f := w.up[e]; f >= 0 {
		w.end(f)
	}
	if !w.about[e].open {
		return
	}
	w.about[e].open = false
	x := w.owner(e)
	p := &w.peers[x]
	p.serves--
	if p.optimistic == w.near[e] {
		p.optimistic = nobody
	}
	w.wake(x)
}

// interested tells whether the peer at an end wants something of its owner, who knows.
func (w *world) interested(e int32) bool { return w.wanted[e] > 0 && w.about[e].asked }

// ask has x tell its neighbours of whom it wants something, and of whom not.
func (w *world) ask(x int32) {
	first, end := w.ends(x)
	for e := first; e < end; e++ {
		w.about[w.twin[e]].asked = w.useful[e] > 0
		w.wake(w.near[e])
	}
}

// waiting returns the end to the peer that would be served, has no slot, and ranks highest;
// among equals chance decides. It returns -1 if nobody waits.
func (w *world) waiting(x int32, rank func(e int32) float64) int32 {
	first, end := w.ends(x)
	wanted := w.wanted[first:end]
	best, most, ties := int32(-1), 0.0, 0
	for i := range wanted {
		e := first + int32(i)
		if wanted[i] == 0 || w.about[e].open || !w.about[e].asked {
			continue
		}
		switch r := rank(e); {
		case best < 0 || r > most:
			best, most, ties = e, r, 1
		case r == most:
			if ties++; w.peers[x].chance.below(ties) == 0 {
				best = e
			}
		}
	}
	return best
}

func (w *world) byGift(e int32) float64     { return float64(w.gift(e)) }
func (w *world) byPatience(e int32) float64 { return -w.about[e].served }
func alike(int32) float64                   { return 0 }

// gift is what a leecher ranks a neighbour by.
func (w *world) gift(e int32) float32 {
	g := w.recent[e]
	if w.peers[w.owner(e)].client.Mutual {
		g += w.recent[w.twin[e]]
	}
	return g
}

// choke is a peer's choke round.
func (w *world) choke(x int32) {
	p := &w.peers[x]
	if p.client.AskAtRounds {
		w.ask(x)
	}
	switch {
	case !p.seed:
		w.reward(x)
	case p.client.Turn > 0:
		w.dismiss(x)
	default:
		w.rotate(x)
	}
	w.offer(x)
}

// rotate takes the slot of the one that a seed has served longest, if somebody waits;
// not before the piece under way is complete, or it would be sent to another in vain.
func (w *world) rotate(x int32) {
	p := &w.peers[x]
	if p.serves < p.slots || w.waiting(x, alike) < 0 {
		return
	}
	oldest, since := int32(-1), math.Inf(1)
	first, end := w.ends(x)
	for e := first; e < end; e++ {
		if f := w.up[e]; f >= 0 && !w.flows[f].lastOne && w.about[e].served < since {
			oldest, since = f, w.about[e].served
		}
	}
	if oldest >= 0 {
		w.flows[oldest].lastOne = true
	}
}

// dismiss takes the slots of those whose time with a seed is up, if somebody waits.
func (w *world) dismiss(x int32) {
	p := &w.peers[x]
	if w.waiting(x, alike) < 0 {
		return
	}
	first, end := w.ends(x)
	for e := first; e < end; e++ {
		turn := p.client.Turn
		if w.near[e] == p.optimistic {
			turn = p.client.Optimistic
		}
		if w.about[e].open && w.over(w.about[e].served, turn) {
			w.shut(e)
		}
	}
}

// over tells whether a time that began is over, to within a step: it is asked at steps alone.
func (w *world) over(since float64, d time.Duration) bool {
	return w.now-since >= seconds(d)-w.step
}

// reward keeps or gives slots, but for one, to those that gave x most, and leaves that
// one to somebody on trial. Among those that gave the same the ones that are served go
// on being served: at the start, when nobody gives anything, chance has chosen them.
func (w *world) reward(x int32) {
	p := &w.peers[x]
	first, end := w.ends(x)
	for e := first; e < end; e++ {
		if w.down[e] >= 0 {
			w.book(w.down[e])
		}
		if w.up[e] >= 0 && p.client.Mutual {
			w.book(w.up[e])
		}
	}
	if w.over(p.tried, p.client.Optimistic) {
		p.optimistic = nobody
	}
	w.blur(x)
	var room [mostSlots]int32
	top := w.top(x, room[:0], int(p.slots)-1)
	for e := first; e < end; e++ {
		w.recent[e], w.about[e].round = w.about[e].round, 0
		if contains(top, e) {
			if w.near[e] == p.optimistic {
				p.optimistic = nobody // it has earned its slot
			}
		} else if w.about[e].open && w.near[e] != p.optimistic {
			w.shut(e)
		}
	}
	for _, e := range top {
		if !w.about[e].open && p.serves < p.slots {
			w.admit(x, e)
		}
	}
}

// blur has a peer's measurements of what it received fluctuate.
func (w *world) blur(x int32) {
	noise := w.c.Client.Noise
	if noise <= 0 {
		return
	}
	first, end := w.ends(x)
	for e := first; e < end; e++ {
		if w.recent[e] > 0 {
			w.recent[e] *= float32(math.Exp(noise * w.peers[x].chance.normal()))
		}
	}
}

// top appends the ends of the n best givers among those that are interested.
func (w *world) top(x int32, best []int32, n int) []int32 {
	better := func(a, b int32) bool {
		if g, h := w.gift(a), w.gift(b); g != h {
			return g > h
		}
		return w.about[a].open && !w.about[b].open
	}
	first, end := w.ends(x)
	for e := first; e < end; e++ {
		if !w.interested(e) || w.gift(e) == 0 && (!w.about[e].open || w.near[e] == w.peers[x].optimistic) {
			continue // who gave nothing is chosen by offer, if at all
		}
		if len(best) < n {
			best = append(best, e)
		} else if n > 0 && better(e, best[n-1]) {
			best[n-1] = e
		} else {
			continue
		}
		for i := len(best) - 1; i > 0 && better(best[i], best[i-1]); i-- {
			best[i], best[i-1] = best[i-1], best[i]
		}
	}
	return best
}

func contains(ends []int32, e int32) bool {
	for _, other := range ends {
		if other == e {
			return true
		}
	}
	return false
}

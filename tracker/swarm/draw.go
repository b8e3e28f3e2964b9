package swarm

import (
	"slices"
	"unsafe"
)

// draw is a reply being filled with the peers of one pool.
type draw[K key] struct {
	*sampler
	pool      *pool[K]
	heads     []unsafe.Pointer // of the pool's blocks, see block.head,
	filled    []uint8          // and how many peers each of them has
	walk      *Walk
	want      int
	roles     Roles   // of who may be told of
	self      handle  // the requester, or nobody
	pid       PID     // its PID
	requester uint64  // its hash
	all       stretch // everybody of roles
	up        float64 // by which targets are rounded up: one coin for the whole walk
	wishes    wishes
	seen      marks                // what was picked, and the requester; see draw.taken
	borders   [2][edgesMost]border // where the walk's edges are, by Role
	home      int                  // how many of the picks are the requester's own, see Plan.Home
	trace     *trace               // nil: nobody wants to know
	secret    secret
}

// trace says which step has picked whom, parallel to d.picked.
type trace struct{ steps []int }

// prepare readies d to draw up to want peers of a pool for a, whose own are k and self.
func (d *draw[K]) prepare(s *Store, sh *shard, p *pool[K], a *Announce, k K, self handle, want int) {
	d.sampler, d.pool, d.want, d.roles, d.self, d.pid, d.secret = &sh.draw, p, want, both, self, a.PID, s.secret
	class := Unknown
	if self != nobody {
		class = p.record(self).is.class()
	}
	if d.walk = a.Walks[class]; d.walk.stable {
		d.requester = hashOf(s.secret, &k)
	}
	if a.LeechersOnly {
		d.roles = Leechers
	}
}

// run picks up to d.want peers by d.walk, never the requester, and appends them to peers. It
// returns with the picks in d.picked, in the order they were drawn.
func (d *draw[K]) run(peers []byte) []byte {
	d.findBlocks()
	if d.walk.most > 0 {
		d.want = min(d.want, d.walk.most)
	}
	d.picked = d.picked[:0]
	if d.want <= 0 {
		return peers
	}
	d.all = d.everybody()
	if d.eligible() <= d.want {
		d.takeAll()
		peers, _ = d.tell(peers)
	} else {
		d.goSteps()
		peers = d.vet(peers)
	}
	if cap(d.darts) > dartsKept {
		d.darts = nil
	}
	return peers
}

// vet tells of whom the steps have picked. If somebody is known too well they are gone once
// more, warily; and so are those of the next draws, at once, since whom a policy favours is
// likely to be picked again.
func (d *draw[K]) vet(peers []byte) []byte {
	told, fine := d.tell(peers)
	switch {
	case d.wary > 0:
		d.wary--
	case !fine:
		d.wary = waryDraws
		d.goSteps()
		told, _ = d.tell(peers)
	}
	return told
}

// waryDraws is how many draws of a shard are wary before one is not.
const waryDraws = 64

// goSteps picks by the walk.
func (d *draw[K]) goSteps() {
	d.picked = d.picked[:0]
	if d.trace != nil {
		d.trace.steps = nil
	}
	d.seen = marks{}
	if d.ofMany() {
		d.many = d.many.emptied(d.want + 1)
	}
	if d.self != nobody {
		d.mark(d.self)
	}
	d.survey()
	d.wish()
	d.up = d.dice.float()
	d.steps()
	if len(d.picked) < d.want {
		d.grant()
		d.wishes = wishes{}
		d.steps()
	}
}

// findBlocks tells d where the peers of the pool are.
func (d *draw[K]) findBlocks() {
	if t := d.pool.tree; t != nil {
		d.heads, d.filled = t.heads, t.fill
		return
	}
	only := &d.lone
	only.head[0], only.fill[0] = d.pool.only.head(), uint8(len(d.pool.only.records))
	d.heads, d.filled = only.head[:], only.fill[:]
}

// has tells whether there are peers of a role that may be told of.
func (d *draw[K]) has(role Role) bool { return d.roles.has(role) && d.pool.count[role] > 0 }

// record returns the peer at a handle, where one must stand (see draw.there): nothing checks that.
func (d *draw[K]) record(h handle) *record[K] { return recordAt[K](d.heads, h) }

// eligible counts the peers that the requester may be told of.
func (d *draw[K]) eligible() int {
	if d.self != nobody && d.roles.has(d.pool.role(d.self)) {
		return int(d.all.n) - 1
	}
	return int(d.all.n)
}

func (d *draw[K]) takeAll() {
	d.stretches = append(d.stretches[:0], d.all)
	d.aimAll(d.stretches)
	picked := slices.Grow(d.picked, len(d.darts))
	for _, h := range d.darts {
		if h != d.self {
			picked = append(picked, h)
		}
	}
	d.picked = picked
	d.note(StepAll)
}

// note keeps that a step has picked whom no other has.
func (d *draw[K]) note(step int) {
	if d.trace == nil {
		return
	}
	for len(d.trace.steps) < len(d.picked) {
		d.trace.steps = append(d.trace.steps, step)
	}
}

// steps walks the list until the reply holds d.want peers, less the places kept.
func (d *draw[K]) steps() {
	for i := range d.walk.steps {
		for d.fill(&d.walk.steps[i]) {
		}
		d.note(i)
		if i == 0 && d.wishes.outsider {
			d.wishes.outsider = d.outsiders()
		}
		if len(d.picked) >= d.want-d.wishes.open() {
			return
		}
	}
}

// fill goes one step. It returns whether that made a wish come true: then the place kept
// for it is free, for this step first of all.
func (d *draw[K]) fill(st *step) bool {
	before, open := len(d.picked), d.wishes.open()
	limit := min(int(float64(d.want)*st.target-st.spare+d.up), d.want-open)
	if need := limit - before; need > 0 && st.roles&d.roles != 0 {
		d.take(st, need)
	}
	d.settle(st, d.picked[before:])
	return d.wishes.open() < open
}

// take picks need peers for one step.
func (d *draw[K]) take(st *step, need int) {
	switch {
	case st.stable:
		d.takeStably(st, need)
		return
	case st.kind == everyone:
		d.stretches = append(d.stretches[:0], d.all)
		d.sample(st, d.stretches, need)
		return
	case st.pids > wide && (st.kind == weighted || !st.area.known()):
		if need = d.takeByLuck(st, need); need == 0 {
			return
		}
	}
	if st.kind == weighted {
		d.apportion(st, need)
		return
	}
	d.sample(st, d.gather(&st.area, st.roles&d.roles), need)
}

// pick takes the peer h for a step unless it was taken before or may not be introduced.
func (d *draw[K]) pick(st *step, h handle) bool {
	if d.picky(st) && !d.suits(st, d.record(h).is) || d.mark(h) && d.taken(d.picked, h) {
		return false
	}
	d.picked = append(d.picked, h)
	return true
}

// pickAll picks whom darts have hit, and returns how many it has picked. It does not take them
// in their order, in which neighbours are of one PID: whoever dials from the front of a reply
// shall find there what is in all of it.
func (d *draw[K]) pickAll(st *step) int {
	d.sortOut(st)
	if len(d.darts) == 0 {
		return 0
	}
	before, from, stride := len(d.picked), int(d.dice.below(uint32(len(d.darts)))), strideOf(len(d.darts))
	if d.ofMany() {
		d.pickMany(from, stride, len(d.darts))
	} else {
		d.picked = d.pickFrom(d.darts, from, stride, slices.Grow(d.picked, len(d.darts)))
	}
	return len(d.picked) - before
}

// pickFrom appends those of darts that were not picked before to picked, which has room for them.
// It takes one in stride, beginning somewhere.
func (d *draw[K]) pickFrom(darts []handle, at, stride int, picked []handle) []handle {
	seen, n := &d.seen, len(picked)
	picked = picked[:n+len(darts)]
	for range darts {
		h := darts[at]
		if at += stride; at >= len(darts) {
			at -= len(darts)
		}
		if seen.add(h) && d.taken(picked[:n], h) {
			continue
		}
		picked[n] = h
		n++
	}
	return picked[:n]
}

// pickMany picks as many of the darts as it may that were not picked before, one in stride. It is
// for draws of many.
func (d *draw[K]) pickMany(at, stride, most int) {
	for range d.darts {
		if h := d.darts[at]; most > 0 && !(d.many.add(h) && d.taken(d.picked, h)) {
			d.picked = append(d.picked, h)
			most--
		}
		if at += stride; at >= len(d.darts) {
			at -= len(d.darts)
		}
	}
}

// picky tells whether peers must be looked at before they are picked for a step.
func (d *draw[K]) picky(st *step) bool { return d.wary > 0 || st.classes != allClasses }

// sortOut drops the darts that have hit peers who may not be introduced in a step, as far as
// that must be known now.
func (d *draw[K]) sortOut(st *step) {
	if d.picky(st) {
		d.darts = slices.DeleteFunc(d.darts, func(h handle) bool { return !d.suits(st, d.record(h).is) })
	}
}

// ofMany tells whether a draw is of so many that d.seen would take too many for one another.
func (d *draw[K]) ofMany() bool { return d.want > manyPicks }

// manyPicks is more than clients ask for, and as many as a tracker gives unless told otherwise.
const manyPicks = 200

// mark notes that h is picked, and tells whether it may have been before; see taken.
func (d *draw[K]) mark(h handle) bool {
	if d.ofMany() {
		return d.many.add(h)
	}
	return d.seen.add(h)
}

// wasTaken tells whether h was picked or is the requester.
func (d *draw[K]) wasTaken(h handle) bool {
	if d.ofMany() {
		return d.many.has(h) && d.taken(d.picked, h)
	}
	return d.seen.has(h) && d.taken(d.picked, h)
}

// taken tells whether h, which the filter may have, is among the picked or the requester.
func (d *draw[K]) taken(picked []handle, h handle) bool {
	if h == d.self {
		return true
	}
	for i := range picked {
		if picked[i] == h {
			return true
		}
	}
	return false
}

// suits tells whether a peer of the right place may be introduced in a step.
func (d *draw[K]) suits(st *step, is mark) bool {
	return is.renown() < d.limit && st.classes.has(is.class())
}

// luck is how often a random choice may fail before the rest is sifted: chance alone
// does not use it up while half of the peers are new.
func luck(need int) int { return 4*need + 64 }

// siftMost is the most peers that are worth sifting for those that can still be told.
const siftMost = 4096

// sample picks need peers of a list, or all there are, every peer alike. While
// most peers are new it tries at random; otherwise it sifts all of them. Either
// way the cost grows with need and with what was picked before, not with the list.
func (d *draw[K]) sample(st *step, list []stretch, need int) {
	n := total(list)
	if int(n) <= need {
		d.takeEach(st, list)
		return
	}
	if int(n) <= 2*(need+len(d.picked)+1) {
		d.sift(st, list, need)
		return
	}
	for tries := luck(need); need > 0 && tries > 0; {
		darts := min(need, tries)
		d.throw(st, list, darts)
		tries -= darts
		need -= d.pickAll(st)
	}
	if need > 0 && n <= siftMost {
		d.sift(st, list, need)
	}
}

// takeEach picks all peers of a list.
func (d *draw[K]) takeEach(st *step, list []stretch) {
	d.aimAll(list)
	d.pickAll(st)
}

// sift goes through the peers of a list in an order that is random, until it has picked need
// of them or there are no more.
func (d *draw[K]) sift(st *step, list []stretch, need int) {
	d.aimAll(list)
	d.sortOut(st)
	if d.ofMany() {
		d.shuffle()
		d.pickMany(0, 1, need)
		return
	}
	picked, seen, s := slices.Grow(d.picked, need), &d.seen, d.dice.series()
	most := len(picked) + need
	for left := d.darts; len(picked) < most && len(left) > 0; left = left[1:] {
		i := s.below(uint32(len(left)))
		s = s.next()
		h := left[i]
		left[i] = left[0]
		if !seen.add(h) || !d.taken(picked, h) {
			picked = append(picked, h)
		}
	}
	d.picked = picked
}

// shuffle puts the darts in a random order.
func (d *draw[K]) shuffle() {
	s := d.dice.series()
	for left := d.darts; len(left) > 1; left = left[1:] {
		i := s.below(uint32(len(left)))
		s = s.next()
		left[0], left[i] = left[i], left[0]
	}
}

// dartsKept is how many darts a shard keeps room for.
const dartsKept = 1024

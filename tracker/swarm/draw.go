package swarm

import "slices"

// draw is a reply being filled with the peers of one pool.
type draw[K key] struct {
	*sampler
	pool      *pool[K]
	blocks    []block[K] // of the pool,
	filled    []uint8    // and how many peers each of them has
	walk      *Walk
	want      int
	roles     Roles   // of who may be told of
	self      handle  // the requester, or nobody
	requester uint64  // its hash
	all       stretch // everybody of roles
	up        float64 // by which targets are rounded up: one coin for the whole walk
	wishes    wishes
	secret    secret
}

// run picks up to d.want peers by d.walk, never the requester. It returns with the
// picks in d.picked, in the order they were drawn.
func (d *draw[K]) run() {
	d.blocks, d.filled = d.pool.all(), d.fillOfBlocks()
	if d.walk.most > 0 {
		d.want = min(d.want, d.walk.most)
	}
	d.picked = d.picked[:0]
	if d.want <= 0 {
		return
	}
	d.all = d.everybody()
	if d.eligible() <= d.want {
		d.takeAll()
		d.look()
	} else {
		d.goSteps()
		d.vet()
	}
	if cap(d.darts) > dartsKept {
		d.darts = nil
	}
}

// vet looks at whom the steps have picked. If somebody is known too well they are gone once
// more, warily; and so are those of the next draws, at once, since whom a policy favours is
// likely to be picked again.
func (d *draw[K]) vet() {
	switch fine := d.look(); {
	case d.wary > 0:
		d.wary--
	case !fine:
		d.wary = waryDraws
		d.goSteps()
		d.look()
	}
}

// waryDraws is how many draws of a shard are wary before one is not.
const waryDraws = 64

// goSteps picks by the walk.
func (d *draw[K]) goSteps() {
	d.picked = d.picked[:0]
	d.seen.reset(d.want + 1)
	if d.self != nobody {
		d.seen.add(d.self)
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

// look looks at whom the steps have picked, and tells whether all may be introduced. It is done
// for all steps together, so that they wait for memory once.
func (d *draw[K]) look() bool {
	picked, blocks, all := d.picked, d.blocks, mark(0)
	for i := range picked {
		q := &picked[i]
		q.is = blocks[q.handle.block()].records[q.handle.pos()].is
		all |= q.is // nobody's renown is above that of all, and no branch waits to know it
	}
	return all.renown() < d.limit || !slices.ContainsFunc(picked, func(q pick) bool { return q.is.renown() >= d.limit })
}

// fillOfBlocks returns how many peers each block has.
func (d *draw[K]) fillOfBlocks() []uint8 {
	if d.pool.tree != nil {
		return d.pool.tree.fill
	}
	d.lone[0] = uint8(len(d.pool.only.records))
	return d.lone[:]
}

// has tells whether there are peers of a role that may be told of.
func (d *draw[K]) has(role Role) bool { return d.roles.has(role) && d.pool.count[role] > 0 }

func (d *draw[K]) record(h handle) *record[K] { return &d.blocks[h.block()].records[h.pos()] }

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
			picked = append(picked, pick{handle: h, step: StepAll})
		}
	}
	d.picked = picked
}

// steps walks the list until the reply holds d.want peers, less the places kept.
func (d *draw[K]) steps() {
	for i := range d.walk.steps {
		for d.fill(&d.walk.steps[i], i) {
		}
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
func (d *draw[K]) fill(st *step, number int) bool {
	before, open := len(d.picked), d.wishes.open()
	limit := min(int(float64(d.want)*st.target-st.spare+d.up), d.want-open)
	if need := limit - before; need > 0 && st.roles&d.roles != 0 {
		d.take(st, need, number)
	}
	d.settle(st, d.picked[before:])
	return d.wishes.open() < open
}

// take picks need peers for one step.
func (d *draw[K]) take(st *step, need, number int) {
	switch {
	case st.stable:
		d.takeStably(st, need, number)
		return
	case st.kind == everyone:
		d.stretches = append(d.stretches[:0], d.all)
		d.sample(st, d.stretches, need, number)
		return
	case st.pids > wide && (st.kind == weighted || !st.area.known()):
		if need = d.takeByLuck(st, need, number); need == 0 {
			return
		}
	}
	if st.kind == weighted {
		d.apportion(st, need, number)
		return
	}
	d.sample(st, d.gather(&st.area, st.roles&d.roles), need, number)
}

// pick takes the peer h for a step unless it was taken before or may not be introduced.
func (d *draw[K]) pick(st *step, h handle, number int) bool {
	if d.picky(st) && !d.suits(st, d.record(h).is) || d.seen.add(h) && d.taken(d.picked, h) {
		return false
	}
	d.picked = append(d.picked, pick{handle: h, step: int16(number)})
	return true
}

// pickAll picks whom darts have hit, and returns how many it has picked. It does not take them
// in their order, in which neighbours are of one PID: whoever dials from the front of a reply
// shall find there what is in all of it.
func (d *draw[K]) pickAll(st *step, number int) int {
	d.sortOut(st)
	darts, seen := d.darts, d.seen
	if len(darts) == 0 {
		return 0
	}
	i, stride := int(d.dice.below(uint32(len(darts)))), strideOf(len(darts))
	n := len(d.picked)
	picked := slices.Grow(d.picked, len(darts))[:n+len(darts)]
	for range darts {
		h := darts[i]
		if i += stride; i >= len(darts) {
			i -= len(darts)
		}
		if seen.add(h) && d.taken(picked[:n], h) {
			continue
		}
		picked[n] = pick{handle: h, step: int16(number)}
		n++
	}
	before := len(d.picked)
	d.picked = picked[:n]
	return n - before
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

// wasTaken tells whether h was picked or is the requester.
func (d *draw[K]) wasTaken(h handle) bool { return d.seen.has(h) && d.taken(d.picked, h) }

// taken tells whether h, which d.seen may have, is among the picked or the requester.
func (d *draw[K]) taken(picked []pick, h handle) bool {
	if h == d.self {
		return true
	}
	for i := range picked {
		if picked[i].handle == h {
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
func (d *draw[K]) sample(st *step, list []stretch, need, number int) {
	n := total(list)
	if int(n) <= need {
		d.takeEach(st, list, number)
		return
	}
	if int(n) <= 2*(need+len(d.picked)+1) {
		d.sift(st, list, need, number)
		return
	}
	for tries := luck(need); need > 0 && tries > 0; {
		darts := min(need, tries)
		d.throw(st, list, darts)
		tries -= darts
		need -= d.pickAll(st, number)
	}
	if need > 0 && n <= siftMost {
		d.sift(st, list, need, number)
	}
}

// takeEach picks all peers of a list.
func (d *draw[K]) takeEach(st *step, list []stretch, number int) {
	d.aimAll(list)
	d.pickAll(st, number)
}

// sift goes through the peers of a list in an order that is random, until it has picked need
// of them or there are no more.
func (d *draw[K]) sift(st *step, list []stretch, need, number int) {
	d.aimAll(list)
	d.sortOut(st)
	picked, seen, dice := slices.Grow(d.picked, need), d.seen, d.dice
	most := len(picked) + need
	for left := d.darts; len(picked) < most && len(left) > 0; left = left[1:] {
		var roll uint64
		dice, roll = dice.rolled()
		i := int(scale64(roll, uint64(len(left))))
		h := left[i]
		left[i] = left[0]
		if !seen.add(h) || !d.taken(picked, h) {
			picked = append(picked, pick{handle: h, step: int16(number)})
		}
	}
	d.picked, d.dice = picked, dice
}

// dartsKept is how many darts a shard keeps room for.
const dartsKept = 1024

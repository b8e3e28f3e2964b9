package swarm

// draw is a reply being filled with the peers of one pool.
type draw[K key] struct {
	*sampler
	pool      *pool[K]
	walk      *Walk
	want      int
	roles     Roles   // of who may be told of
	self      handle  // the requester, or nobody
	requester uint64  // its hash
	up        float64 // by which targets are rounded up: one coin for the whole walk
	wishes    wishes
	secret    secret
}

// run picks up to d.want peers by d.walk, never the requester. It returns with the
// picks in d.picked, in the order they were drawn.
func (d *draw[K]) run() {
	if d.walk.most > 0 {
		d.want = min(d.want, d.walk.most)
	}
	d.reset(d.want, d.self)
	if d.want <= 0 {
		return
	}
	if d.eligible() <= d.want {
		d.takeAll()
		return
	}
	d.dir = d.pool.groups(&d.spare)
	d.wish()
	d.up = d.dice.float()
	d.steps()
	if len(d.picked) < d.want {
		d.grant()
		d.wishes = wishes{}
		d.steps()
	}
}

// eligible counts the peers that the requester may be told of.
func (d *draw[K]) eligible() (n int) {
	for role := range d.pool.peers {
		if d.roles.has(Role(role)) {
			n += d.others(Role(role))
		}
	}
	return n
}

func (d *draw[K]) others(role Role) int {
	if d.self != nobody && d.self.role() == role {
		return len(d.pool.peers[role]) - 1
	}
	return len(d.pool.peers[role])
}

func (d *draw[K]) takeAll() {
	for role := range d.pool.peers {
		if !d.roles.has(Role(role)) {
			continue
		}
		for i := range d.pool.peers[role] {
			if h := handleOf(Role(role), uint32(i)); d.seen.add(h) {
				d.picked = append(d.picked, pick{h, StepAll})
			}
		}
	}
}

// steps walks the list until the reply holds d.want peers, less the places kept.
func (d *draw[K]) steps() {
	for i := range d.walk.steps {
		for d.fill(&d.walk.steps[i], i) {
		}
	}
}

// fill goes one step. It returns whether that made a wish come true: then the place kept
// for it is free, for this step first of all.
func (d *draw[K]) fill(st *step, number int) bool {
	before, open := len(d.picked), d.wishes.open()
	limit := min(int(float64(d.want)*st.Target-st.Spare+d.up), d.want-open)
	if need := limit - before; need > 0 && st.Roles&d.roles != 0 {
		d.take(st, need, number)
	}
	d.settle(d.picked[before:])
	return d.wishes.open() < open
}

// take picks need peers for one step.
func (d *draw[K]) take(st *step, need, number int) {
	if st.Stable {
		d.takeStably(st, need, number)
		return
	}
	if st.kind == everyone {
		d.takeAnyone(need, number)
		return
	}
	if len(d.dir.groups) > wide && st.pids > wide {
		if need = d.takeByLuck(st, need, number); need == 0 {
			return
		}
	}
	cands := d.gather(st.Spans, st.Roles&d.roles, st.Classes)
	if st.kind == weighted {
		d.apportion(st, cands, need, number)
		return
	}
	d.sample(cands, need, number)
}

// pick takes h for a step unless it was taken before, or is too well known already.
func (d *draw[K]) pick(h handle, number int) bool {
	if d.tired(h) || !d.seen.add(h) {
		return false
	}
	d.picked = append(d.picked, pick{h, int16(number)})
	return true
}

// tired tells whether a peer was introduced too often.
func (d *draw[K]) tired(h handle) bool {
	return d.limit < 1<<renownBits && d.pool.record(h).is.renown() >= d.limit
}

// count counts the peers of the pool that have one of d.roles, and numbered names them.
func (d *draw[K]) count() (n uint32) {
	for role := range d.pool.peers {
		if d.roles.has(Role(role)) {
			n += uint32(len(d.pool.peers[role]))
		}
	}
	return n
}

func (d *draw[K]) numbered(i uint32) handle {
	if n := uint32(len(d.pool.peers[Leecher])); i >= n {
		return handleOf(Seeder, i-n) // a requester is told of leechers, or of both
	}
	return handleOf(Leecher, i)
}

// luck is how often a random choice may fail before the rest is sifted: chance alone
// does not use it up while half of the peers are new.
func luck(need int) int { return 4*need + 64 }

// siftMost is the most peers that are worth sifting for those that can still be told.
const siftMost = 4096

// takeAnyone picks need peers of the whole pool, straight from its arrays.
func (d *draw[K]) takeAnyone(need, number int) {
	n := d.count()
	if int(n) <= 2*(need+len(d.picked)+1) {
		d.sift(d.gather(allPIDs, d.roles, allClasses), need, number)
		return
	}
	for tries := luck(need); need > 0 && tries > 0; tries-- {
		if d.pick(d.numbered(d.dice.below(n)), number) {
			need--
		}
	}
	if need > 0 && n <= siftMost {
		d.sift(d.gather(allPIDs, d.roles, allClasses), need, number)
	}
}

// sample picks need peers of cands, or all there are, every peer alike. While
// most peers are new it tries at random; otherwise it sifts all of them. Either
// way the cost grows with need and with what was picked before, not with cands.
func (d *draw[K]) sample(cands []candidate, need, number int) {
	n := total(cands)
	if int(n) <= 2*(need+len(d.picked)+1) {
		d.sift(cands, need, number)
		return
	}
	first := cands[0].start
	for tries := luck(need); need > 0 && tries > 0; tries-- {
		r := first + d.dice.below(n)
		c := &cands[0]
		if len(cands) > 1 {
			c = &cands[owner(cands, r)]
		}
		if d.pick(d.member(c, r-c.start), number) {
			need--
		}
	}
	if need > 0 && n <= siftMost {
		d.sift(cands, need, number)
	}
}

// sift goes through cands once and picks each peer that can be told with the chance that
// leaves every choice of need peers equally likely (Knuth, The Art of Computer
// Programming 3.4.2, algorithm S).
func (d *draw[K]) sift(cands []candidate, need, number int) {
	left := uint32(0)
	for i := range cands {
		left += d.fresh(&cands[i])
	}
	for i := range cands {
		for j := range cands[i].n {
			h := d.member(&cands[i], j)
			if d.seen.has(h) || d.tired(h) {
				continue
			}
			if need == 0 {
				return
			}
			if d.dice.below(left) < uint32(need) {
				d.pick(h, number)
				need--
			}
			left--
		}
	}
}

// fresh counts the peers of c that can be told.
func (d *draw[K]) fresh(c *candidate) (n uint32) {
	for j := range c.n {
		if h := d.member(c, j); !d.seen.has(h) && !d.tired(h) {
			n++
		}
	}
	return n
}

package swarm

// draw picks up to want peers by a walk, never the requester. It returns with the
// picks in d, in the order they were drawn.
func (p *pool[K]) draw(d *sampler, w *Walk, want int, withSeeders bool, self handle) {
	d.reset(want, self)
	if want <= 0 {
		return
	}
	if p.eligible(withSeeders, self) <= want {
		p.takeAll(d, withSeeders)
		return
	}
	d.dir = p.groups(&d.spare)
	g := p.wishes(w, want, withSeeders, self)
	up := d.rng.Float64()
	p.steps(d, w, want, up, withSeeders, &g)
	if len(d.picked) < want {
		p.keep(d, w, withSeeders, &g)
		g = guarantee{}
		p.steps(d, w, want, up, withSeeders, &g)
	}
}

// eligible counts the peers that the requester may be told of.
func (p *pool[K]) eligible(withSeeders bool, self handle) int {
	n := p.others(Leecher, self)
	if withSeeders {
		n += p.others(Seeder, self)
	}
	return n
}

func (p *pool[K]) others(role Role, self handle) int {
	if self != nobody && self.role() == role {
		return len(p.peers[role]) - 1
	}
	return len(p.peers[role])
}

func (p *pool[K]) takeAll(d *sampler, withSeeders bool) {
	for role := range p.peers {
		if Role(role) == Seeder && !withSeeders {
			continue
		}
		for i := range p.peers[role] {
			d.pick(handleOf(Role(role), uint32(i)), StepAll)
		}
	}
}

// guarantee is what the reply must still get: while a wish is open, steps leave a
// place free for it.
type guarantee struct{ seeder, outsider bool }

// roomForWishes is the size of a reply from which on places are kept for wishes. A
// smaller one would be filled by them, and no longer by the network.
const roomForWishes = 4

func (p *pool[K]) wishes(w *Walk, want int, withSeeders bool, self handle) guarantee {
	if len(w.outside) == 0 || want < roomForWishes {
		return guarantee{}
	}
	return guarantee{seeder: withSeeders && p.others(Seeder, self) > 0, outsider: true}
}

func (g *guarantee) open() (n int) {
	if g.seeder {
		n++
	}
	if g.outsider {
		n++
	}
	return n
}

// steps walks the list until the reply holds want peers, less the places kept.
func (p *pool[K]) steps(d *sampler, w *Walk, want int, up float64, withSeeders bool, g *guarantee) {
	for i := range w.steps {
		st := &w.steps[i]
		before := len(d.picked)
		limit := min(int(float64(want)*st.Target+up), want-g.open())
		if need := limit - before; need > 0 {
			p.take(d, st, need, i, withSeeders)
		}
		p.settle(d.picked[before:], w, g)
	}
}

// wide is the number of groups from which on listing those of a step costs more
// than trying one's luck first.
const wide = 64

// take picks need peers for one step.
func (p *pool[K]) take(d *sampler, st *step, need, number int, withSeeders bool) {
	if st.kind == everyone {
		p.takeAnyone(d, need, number, withSeeders)
		return
	}
	if len(d.dir.groups) > wide && st.pids > wide && !st.ByPID {
		if need = p.byLuck(d, st, need, number, withSeeders); need == 0 {
			return
		}
	}
	cands := d.gather(st.Spans, withSeeders)
	if st.kind == weighted {
		p.apportion(d, cands, st.ByPID, need, number)
		return
	}
	d.sample(cands, need, number)
}

// byLuck draws from everybody and keeps who is of the step's PIDs, each by its
// weight, four times for each peer needed. It returns how many are still needed:
// none, as a rule, if the step's PIDs have a good part of the swarm.
func (p *pool[K]) byLuck(d *sampler, st *step, need, number int, withSeeders bool) int {
	total := p.total(withSeeders)
	for tries := 4 * need; tries > 0 && need > 0; tries-- {
		h := p.numbered(d.rng.Uint32N(total))
		w := weightOf(st.Spans, p.record(h).pid)
		if w == 0 || w < st.top && d.rng.Float32()*st.top >= w {
			continue
		}
		if d.pick(h, number) {
			need--
		}
	}
	return need
}

// total counts the peers of a pool, and numbered names them: leechers come first.
func (p *pool[K]) total(withSeeders bool) uint32 {
	n := len(p.peers[Leecher])
	if withSeeders {
		n += len(p.peers[Seeder])
	}
	return uint32(n)
}

func (p *pool[K]) numbered(i uint32) handle {
	if n := uint32(len(p.peers[Leecher])); i >= n {
		return handleOf(Seeder, i-n)
	}
	return handleOf(Leecher, i)
}

// takeAnyone picks need peers of the whole pool, straight from its arrays.
func (p *pool[K]) takeAnyone(d *sampler, need, number int, withSeeders bool) {
	total := p.total(withSeeders)
	if int(total) <= 2*(need+len(d.picked)+1) {
		d.sift(d.gather(allPIDs, withSeeders), need, number)
		return
	}
	for need > 0 {
		if d.pick(p.numbered(d.rng.Uint32N(total)), number) {
			need--
		}
	}
}

var allPIDs = []Span{{Lo: 0, Hi: ^PID(0), Weight: 1}}

// settle closes the wishes that picks fulfil.
func (p *pool[K]) settle(picks []pick, w *Walk, g *guarantee) {
	for _, q := range picks {
		if g.open() == 0 {
			return
		}
		if q.handle.role() == Seeder {
			g.seeder = false
		}
		if g.outsider && contains(w.outside, p.record(q.handle).pid) {
			g.outsider = false
		}
	}
}

// keep fulfils the open wishes in the places left free for them.
func (p *pool[K]) keep(d *sampler, w *Walk, withSeeders bool, g *guarantee) {
	if g.outsider {
		d.sample(d.gather(w.outside, withSeeders), 1, StepOutsider)
		p.settle(d.picked[max(0, len(d.picked)-1):], w, g)
	}
	if g.seeder {
		n := uint32(len(p.peers[Seeder]))
		for i := d.rng.Uint32N(n); !d.pick(handleOf(Seeder, i), StepSeeder); {
			i = (i + 1) % n // the requester itself
		}
	}
}

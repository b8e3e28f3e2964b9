package load

import "math/rand/v2"

// request is a question to the tracker.
type request struct {
	kind   kind
	peer   uint32 // who asks; of a scrape, whose torrent is named first
	source int
}

// exchange is a request under way.
type exchange struct {
	request
	sent int64 // when it was sent
	due  int64 // when it was to be sent, which is where its latency begins
}

// deck draws the requests of one worker, which owns the peers of its sources.
type deck struct {
	pop      *population
	presence *presence
	mix      Mix
	sum      float64
	sources  []int
	rng      *rand.Rand
}

func newDeck(g *Generator, worker int) deck {
	d := deck{
		pop: g.pop, presence: g.presence, mix: g.config.Mix, sum: g.config.Mix.sum(),
		rng: rand.New(rand.NewPCG(g.pop.key, uint64(worker)+2)),
	}
	for s := worker; s < g.config.Sources; s += g.config.Workers {
		d.sources = append(d.sources, s)
	}
	return d
}

// maxTries is how many peers are looked at for one that no request is under way of.
const maxTries = 64

// draw returns a request of one of the worker's sources.
func (d *deck) draw() request { return d.drawFrom(d.sources[d.rng.IntN(len(d.sources))]) }

// drawFrom returns a request of a source.
func (d *deck) drawFrom(source int) request {
	r := request{kind: d.mix.draw(d.rng, d.sum), source: source, peer: d.peer(source)}
	if !r.kind.announces() {
		return r
	}
	if r.kind == completed && d.pop.seed(r.peer) {
		r.kind = regular
	}
	if d.presence == nil {
		return r
	}
	for range maxTries {
		k, ok := d.presence.ask(r.peer, r.kind)
		if ok {
			r.kind = k
			return r
		}
		r.peer = d.peer(source)
	}
	r.kind = scrape // everybody is busy: a request that changes nothing
	return r
}

func (d *deck) peer(source int) uint32 {
	return uint32(source + d.pop.sources.count*d.rng.IntN(d.pop.ofSource(source)))
}

// cursor names some peers of a source once each, in an order that jumps from swarm to
// swarm: a tracker filled swarm by swarm would lay out its memory as no real one does.
type cursor struct {
	source, sources int
	next, step      int // the peers whose turn is next mod step
	n, stride       int
}

// newCursor returns a cursor over each of-th peer of a source, from the first-th on.
func newCursor(p *population, source, first, of int) cursor {
	c := cursor{source: source, sources: p.sources.count, next: first, step: of, n: p.ofSource(source)}
	c.stride = coprime(c.n)
	return c
}

// cursorsOfAll returns one cursor over all peers of each source.
func cursorsOfAll(p *population, sources []int) (list []cursor) {
	for _, s := range sources {
		list = append(list, newCursor(p, s, 0, 1))
	}
	return list
}

// take returns the next peer.
func (c *cursor) take() (peer uint32, ok bool) {
	if c.next >= c.n {
		return 0, false
	}
	turn := (c.next + int(mix64(uint64(c.source))%uint64(c.n))) % c.n
	c.next += c.step
	return uint32(c.source + c.sources*(turn*c.stride%c.n)), true
}

// coprime returns a number without common divisor with n, about the golden section
// of it, whose multiples spread evenly.
func coprime(n int) int {
	for s := max(n*61803/100000, 1); ; s++ {
		if gcd(s, n) == 1 {
			return s
		}
	}
}

func gcd(a, b int) int {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

package asgraph

import (
	"cmp"
	"fmt"
	"slices"
)

// A kind says what a link is, seen from the end with the lower AS number.
type kind uint8

const (
	seen     kind = iota // nobody has said
	provider             // the lower end is the provider of the higher
	customer
	peering
)

// A pair is the ends of a link, the lower AS number in the high bits.
type pair uint64

func pairOf(a, b uint32) pair { return pair(min(a, b))<<32 | pair(max(a, b)) }

func (p pair) ends() (low, high uint32) { return uint32(p >> 32), uint32(p) }

// Builder collects a [Graph]. The zero value is ready to use.
type Builder struct {
	links map[pair]kind
	told  bool // relationships are known
}

// Link takes in that two ASes are neighbours. An AS is no neighbour of itself, and
// 0 is no AS; both are ignored.
func (b *Builder) Link(x, y uint32) {
	if x == y || x == 0 || y == 0 {
		return
	}
	b.init()
	if _, ok := b.links[pairOf(x, y)]; !ok {
		b.links[pairOf(x, y)] = seen
	}
}

// Transit takes in that one AS carries the traffic of another.
func (b *Builder) Transit(from, to uint32) error {
	if from < to {
		return b.tell(from, to, provider)
	}
	return b.tell(from, to, customer)
}

// Peering takes in that two ASes exchange the traffic of their customers.
func (b *Builder) Peering(x, y uint32) error { return b.tell(x, y, peering) }

func (b *Builder) tell(x, y uint32, k kind) error {
	if x == y || x == 0 || y == 0 {
		return fmt.Errorf("AS%d and AS%d cannot be neighbours", x, y)
	}
	b.init()
	b.told = true
	if have := b.links[pairOf(x, y)]; have != seen && have != k {
		return fmt.Errorf("AS%d and AS%d: another relationship was stated before", x, y)
	}
	b.links[pairOf(x, y)] = k
	return nil
}

func (b *Builder) init() {
	if b.links == nil {
		b.links = make(map[pair]kind)
	}
}

// Build returns the graph of what was taken in so far.
func (b *Builder) Build() *Graph {
	pairs := make([]pair, 0, len(b.links))
	var ases []uint32
	degree := make(map[uint32]int)
	for p := range b.links {
		pairs = append(pairs, p)
		low, high := p.ends()
		degree[low]++
		degree[high]++
	}
	slices.Sort(pairs)
	for as := range degree {
		ases = append(ases, as)
	}
	slices.Sort(ases)

	g := &Graph{index: make(map[uint32]int32, len(ases)), ases: ases, links: make([][]link, len(ases)), told: b.told}
	for i, as := range ases {
		g.index[as] = int32(i)
		g.links[i] = make([]link, 0, degree[as])
	}
	for _, p := range pairs {
		low, high := p.ends()
		k := b.links[p]
		if k == seen && b.told {
			k = guess(degree[low], degree[high])
			g.guessed++
		}
		g.join(g.index[low], g.index[high], k)
	}
	return g
}

// guess takes the end with more neighbours for the provider.
func guess(low, high int) kind {
	switch cmp.Compare(low, high) {
	case 1:
		return provider
	case -1:
		return customer
	default:
		return peering
	}
}

package prefixmap

import (
	"iter"
	"math"
	"net/netip"
	"slices"
)

// Region is the addresses for which a prefix is the longest: all it holds but
// those of the longer prefixes inside it.
type Region struct {
	Prefix    netip.Prefix
	Value     uint32
	Addresses float64 // exact up to 2 to the 53; never 0
}

// Regions yields the regions of a table. A prefix that others cover wholly has
// none.
func Regions(entries []Entry) iter.Seq[Region] {
	return func(yield func(Region) bool) {
		for p := range Compare(entries, nil) {
			if !yield(Region{p.Prefix, p.A, p.Addresses}) {
				return
			}
		}
	}
}

// Pair is a region of two tables laid over each other, with the value of both; 0
// where a table has no prefix.
type Pair struct {
	Prefix    netip.Prefix
	A, B      uint32
	Addresses float64
}

// Compare yields the regions of two tables laid over each other. Addresses that
// neither of them knows are in no region.
func Compare(a, b []Entry) iter.Seq[Pair] {
	return func(yield func(Pair) bool) {
		s := sweep{yield: yield}
		for _, p := range overlay(a, b) {
			if !s.open(p) {
				return
			}
		}
		s.closeAll()
	}
}

// A both is a prefix of one table or of both.
type both struct {
	prefix     netip.Prefix
	a, b       uint32
	hasA, hasB bool
}

// overlay returns the prefixes of both tables in order, each once.
func overlay(a, b []Entry) []both {
	all := make([]both, 0, len(a)+len(b))
	for _, e := range a {
		all = append(all, both{prefix: e.Prefix, a: e.Value, hasA: true})
	}
	for _, e := range b {
		all = append(all, both{prefix: e.Prefix, b: e.Value, hasB: true})
	}
	slices.SortStableFunc(all, func(x, y both) int { return compare(x.prefix, y.prefix) })
	out := all[:0]
	for _, x := range all {
		if n := len(out); n > 0 && out[n-1].prefix == x.prefix && x.hasB {
			out[n-1].b, out[n-1].hasB = x.b, true
			continue
		}
		out = append(out, x)
	}
	return out
}

// A sweep goes through prefixes in order; those that hold the one at hand are on
// a stack.
type sweep struct {
	yield func(Pair) bool
	stack []opened
}

type opened struct {
	pair  Pair
	left  size // of its addresses, those in no longer prefix so far
	inner bool // there is a longer prefix
}

// open enters p; the values that p does not tell are those around it.
func (s *sweep) open(p both) bool {
	for len(s.stack) > 0 && !holds(s.top().pair.Prefix, p.prefix) {
		if !s.close() {
			return false
		}
	}
	pair := Pair{Prefix: p.prefix, A: p.a, B: p.b}
	if len(s.stack) > 0 {
		around := s.top()
		around.left, around.inner = around.left.minus(sizeOf(p.prefix)), true
		if !p.hasA {
			pair.A = around.pair.A
		}
		if !p.hasB {
			pair.B = around.pair.B
		}
	}
	s.stack = append(s.stack, opened{pair: pair, left: sizeOf(p.prefix)})
	return true
}

func (s *sweep) top() *opened { return &s.stack[len(s.stack)-1] }

func (s *sweep) closeAll() {
	for len(s.stack) > 0 && s.close() {
	}
}

// close leaves the innermost prefix, and yields its region.
func (s *sweep) close() bool {
	o := *s.top()
	s.stack = s.stack[:len(s.stack)-1]
	o.pair.Addresses = o.left.float()
	if o.left == (size{}) {
		if o.inner || o.pair.Prefix.Bits() > 0 {
			return true // others cover it
		}
		o.pair.Addresses = math.Ldexp(1, 128) // see size
	}
	return s.yield(o.pair)
}

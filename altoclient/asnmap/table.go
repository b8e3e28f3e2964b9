package asnmap

import (
	"iter"
	"math"
)

// A table gives every address of one family a value: values[i] from starts[i]
// up to the next start. The first start is 0, so that no address is left out,
// and neighbours have different values.
type table struct {
	family family
	starts []number
	values []uint32

	// index[top] is how many starts have less than top in their first 16 bits.
	index []uint32
}

// add gives value to the addresses from start on. Starts must not descend;
// with the last start again, the last value is replaced.
func (t *table) add(start number, value uint32) {
	if n := len(t.starts); n > 0 && t.starts[n-1] == start {
		t.starts, t.values = t.starts[:n-1], t.values[:n-1]
	}
	if n := len(t.values); n > 0 && t.values[n-1] == value {
		return
	}
	t.starts, t.values = append(t.starts, start), append(t.values, value)
}

// seal prepares a complete table for find.
func (t *table) seal() {
	t.index = make([]uint32, 1<<16+1)
	for i, start := range t.starts {
		t.index[t.top(start)+1] = uint32(i) + 1
	}
	for top := range t.index[1:] {
		t.index[top+1] = max(t.index[top+1], t.index[top])
	}
}

// top is the first 16 bits of n.
func (t *table) top(n number) uint64 {
	if t.family == ipv4 {
		return n.lo >> 16
	}
	return n.hi >> 48
}

// find returns the value at n. The table must be sealed.
func (t *table) find(n number) uint32 {
	top := t.top(n)
	lo, hi := int(t.index[top]), int(t.index[top+1])
	for lo < hi { // the starts below lo are not after n, those from hi on are
		mid := int(uint(lo+hi) / 2)
		if t.starts[mid].compare(n) <= 0 {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return t.values[lo-1]
}

// lastOf returns the last address of the i-th value.
func (t *table) lastOf(i int) number {
	if i+1 < len(t.starts) {
		return t.starts[i+1].prev()
	}
	return t.family.last()
}

// A span is the addresses from first to last, both included, and their value.
type span struct {
	first, last number
	value       uint32
}

// addresses is how many there are, exact up to 2 to the 53.
func (s span) addresses() float64 {
	size := s.last.minus(s.first)
	return math.Ldexp(float64(size.hi), 64) + float64(size.lo) + 1
}

// spans yields the table as spans in ascending order, without gaps.
func (t *table) spans() iter.Seq[span] {
	return func(yield func(span) bool) {
		for i, start := range t.starts {
			if !yield(span{start, t.lastOf(i), t.values[i]}) {
				return
			}
		}
	}
}

// join visits the spans on which both tables, of one family, keep their values.
func join(a, b *table, visit func(first, last number, aValue, bValue uint32)) {
	i, j := 0, 0
	for first := (number{}); ; {
		aLast, bLast := a.lastOf(i), b.lastOf(j)
		last := aLast
		if bLast.compare(last) < 0 {
			last = bLast
		}
		visit(first, last, a.values[i], b.values[j])
		if last == a.family.last() {
			return
		}
		if aLast == last {
			i++
		}
		if bLast == last {
			j++
		}
		first = last.next()
	}
}

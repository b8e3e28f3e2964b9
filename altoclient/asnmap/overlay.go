package asnmap

import "slices"

// flatten makes a table of spans in any order; between them the value is 0.
// Where spans overlap, the one that starts later holds until it ends; of two
// with the same start, the shorter; of two equal ones, the later in the slice.
// So a span inside another is an exception to it, as with prefixes.
func flatten(f family, spans []span) *table {
	slices.SortStableFunc(spans, func(a, b span) int {
		if c := a.first.compare(b.first); c != 0 {
			return c
		}
		return b.last.compare(a.last)
	})
	o := overlay{table: &table{family: f}}
	o.table.add(number{}, 0)
	for _, s := range spans {
		o.closeBefore(s.first)
		o.open = append(o.open, s)
		o.table.add(s.first, s.value)
	}
	o.closeAll()
	return o.table
}

// An overlay is the state of flatten's sweep. The spans that have begun and may
// still hold are on a stack, the one that holds now on top.
type overlay struct {
	table *table
	open  []span
}

// closeBefore ends the spans that end before n.
func (o *overlay) closeBefore(n number) {
	for len(o.open) > 0 && o.open[len(o.open)-1].last.compare(n) < 0 {
		o.closeTop()
	}
}

func (o *overlay) closeAll() {
	for len(o.open) > 0 {
		o.closeTop()
	}
}

// closeTop ends the span that holds, and those below it that end no later.
func (o *overlay) closeTop() {
	end := o.open[len(o.open)-1].last
	for len(o.open) > 0 && o.open[len(o.open)-1].last.compare(end) <= 0 {
		o.open = o.open[:len(o.open)-1]
	}
	if end == o.table.family.last() {
		return
	}
	var value uint32
	if len(o.open) > 0 {
		value = o.open[len(o.open)-1].value
	}
	o.table.add(end.next(), value)
}

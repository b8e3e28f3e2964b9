package altoclient

import (
	"iter"
	"net/netip"
	"slices"
)

// layer is what one source says of addresses, as a list of prefixes with values
// above 0: its network map, or whom it claims.
type layer struct {
	// everywhere is the value of 0.0.0.0/0 and of ::/0, by family; 0 if there is
	// none. It is apart because it would otherwise be part of every combination.
	everywhere [families]uint32
	statements []statement // the other prefixes, a prefix before those within it
}

type statement struct {
	prefix netip.Prefix
	value  uint32
}

func compareStatements(a, b statement) int { return a.prefix.Compare(b.prefix) }

func layerOf(prefixes iter.Seq2[netip.Prefix, uint32]) layer {
	var l layer
	for prefix, value := range prefixes {
		switch {
		case value == 0:
		case prefix.Bits() == 0:
			l.everywhere[familyOf(prefix.Addr())] = value
		default:
			l.statements = append(l.statements, statement{prefix.Masked(), value})
		}
	}
	if !slices.IsSortedFunc(l.statements, compareStatements) {
		slices.SortFunc(l.statements, compareStatements)
	}
	return l
}

// claimsOf is the layer of whom a source guides: 1 for each prefix.
func claimsOf(requesters []netip.Prefix) layer {
	l := layerOf(func(yield func(netip.Prefix, uint32) bool) {
		for _, prefix := range requesters {
			if !yield(prefix, 1) {
				return
			}
		}
	})
	l.statements = slices.Compact(l.statements)
	return l
}

// changes returns the prefixes for which the layers differ, without those within
// others of them.
func changes(before, after []statement) []netip.Prefix {
	var list []netip.Prefix
	add := func(p netip.Prefix) {
		if n := len(list); n == 0 || !list[n-1].Contains(p.Addr()) {
			list = append(list, p)
		}
	}
	for len(before) > 0 || len(after) > 0 {
		switch c := compareHeads(before, after); {
		case c < 0:
			add(before[0].prefix)
			before = before[1:]
		case c > 0:
			add(after[0].prefix)
			after = after[1:]
		default:
			if before[0].value != after[0].value {
				add(after[0].prefix)
			}
			before, after = before[1:], after[1:]
		}
	}
	return list
}

// compareHeads compares the first statements; an empty list comes last.
func compareHeads(a, b []statement) int {
	switch {
	case len(a) == 0:
		return 1
	case len(b) == 0:
		return -1
	}
	return compareStatements(a[0], b[0])
}

// cursor finds the value of the longest statement around prefixes that are asked
// for in order.
type cursor struct {
	rest   []statement
	around []statement // the statements around the last prefix, shortest first
}

func (c *cursor) value(prefix netip.Prefix) uint32 {
	for len(c.rest) > 0 && c.rest[0].prefix.Compare(prefix) <= 0 {
		c.leave(c.rest[0].prefix)
		c.around = append(c.around, c.rest[0])
		c.rest = c.rest[1:]
	}
	c.leave(prefix)
	if n := len(c.around); n > 0 {
		return c.around[n-1].value
	}
	return 0
}

// leave drops the statements that are not around prefix: of two prefixes that
// hold one address the shorter one came first.
func (c *cursor) leave(prefix netip.Prefix) {
	for n := len(c.around); n > 0 && !c.around[n-1].prefix.Contains(prefix.Addr()); n-- {
		c.around = c.around[:n-1]
	}
}

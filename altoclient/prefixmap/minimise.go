package prefixmap

import (
	"net/netip"
	"slices"
)

// Minimise returns a table that gives every address the value it has in entries,
// with fewer prefixes. It does what RFC 7971 section 3.7 advises: neighbours of
// one value are merged into the prefix that holds both, a prefix is left out if
// the next shorter one has its value, and so is one that others cover wholly.
//
// The prefixes 0.0.0.0/0 and ::/0 stay as they are, and none is made: they say
// where addresses go that nobody knows. No prefix may come twice. The result is
// in order; entries is left as it is.
func Minimise(entries []Entry) []Entry {
	merged := mergeNeighbours(entries)
	Sort(merged)
	return dropRedundant(merged)
}

// covered is the value, while neighbours are merged, of a prefix whose halves
// speak for all its addresses with different values.
const covered = 0

// mergeNeighbours goes from the longest prefixes to the shortest, and puts the
// value of two halves into the whole; the value that the whole had can be seen by
// no address.
func mergeNeighbours(entries []Entry) []Entry {
	var levels [129]map[netip.Prefix]uint32
	for _, e := range entries {
		put(&levels[e.Prefix.Bits()], e.Prefix, e.Value)
	}
	for bits := 128; bits > 1; bits-- {
		for p, value := range levels[bits] {
			whole, _ := p.Addr().Prefix(bits - 1)
			if p.Addr() != whole.Addr() {
				continue // the upper half is looked up with the lower
			}
			upper := netip.PrefixFrom(upperHalf(whole), bits)
			other, ok := levels[bits][upper]
			if !ok {
				continue
			}
			if value == other {
				levels[bits][p], levels[bits][upper] = covered, covered
			} else {
				value = covered
			}
			put(&levels[bits-1], whole, value)
		}
	}
	merged := make([]Entry, 0, len(entries))
	for _, level := range levels {
		for p, value := range level {
			if value != covered {
				merged = append(merged, Entry{p, value})
			}
		}
	}
	return merged
}

func put(level *map[netip.Prefix]uint32, p netip.Prefix, value uint32) {
	if *level == nil {
		*level = make(map[netip.Prefix]uint32)
	}
	(*level)[p] = value
}

// upperHalf returns the address at which the upper half of p begins.
func upperHalf(p netip.Prefix) netip.Addr {
	b := p.Addr().AsSlice()
	b[p.Bits()/8] |= 0x80 >> (p.Bits() % 8)
	a, _ := netip.AddrFromSlice(b)
	return a
}

// dropRedundant leaves out, of sorted entries, those whose next shorter prefix has
// the same value.
func dropRedundant(entries []Entry) []Entry {
	kept := entries[:0]
	var open []Entry
	for _, e := range entries {
		for len(open) > 0 && !holds(open[len(open)-1].Prefix, e.Prefix) {
			open = open[:len(open)-1]
		}
		if len(open) > 0 && open[len(open)-1].Value == e.Value && e.Prefix.Bits() > 0 {
			continue
		}
		open = append(open, e)
		kept = append(kept, e)
	}
	return slices.Clip(kept)
}

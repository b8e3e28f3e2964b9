package prefixmap

import (
	"cmp"
	"net/netip"
	"slices"
)

// Entry is a prefix, without bits beyond its length, and its value.
type Entry struct {
	Prefix netip.Prefix
	Value  uint32
}

// compare orders IPv4 before IPv6, then by address, and a prefix before those
// inside it.
func compare(a, b netip.Prefix) int {
	return cmp.Or(a.Addr().Compare(b.Addr()), cmp.Compare(a.Bits(), b.Bits()))
}

// Sort puts entries in order: IPv4 before IPv6, then by address, and a prefix
// before those inside it.
func Sort(entries []Entry) {
	slices.SortFunc(entries, func(a, b Entry) int { return compare(a.Prefix, b.Prefix) })
}

// holds tells whether inner is outer or inside it.
func holds(outer, inner netip.Prefix) bool {
	return outer.Bits() <= inner.Bits() && outer.Contains(inner.Addr())
}

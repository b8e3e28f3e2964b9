package altoclient

import "net/netip"

// cover tells whether prefixes that come side by side, in the order of their
// addresses, are all of a larger one.
type cover struct {
	next netip.Addr // the first address that is missing; none beyond the last of all
	gap  bool
}

func coverOf(prefix netip.Prefix) cover { return cover{next: prefix.Addr()} }

func (c *cover) add(part netip.Prefix) {
	c.gap = c.gap || part.Addr() != c.next
	c.next = lastAddr(part).Next()
}

// full tells whether nothing of whole is missing.
func (c *cover) full(whole netip.Prefix) bool { return !c.gap && c.next == lastAddr(whole).Next() }

func lastAddr(prefix netip.Prefix) netip.Addr {
	bytes := prefix.Addr().AsSlice()
	for bit := prefix.Bits(); bit < 8*len(bytes); bit++ {
		bytes[bit/8] |= 0x80 >> (bit % 8)
	}
	last, _ := netip.AddrFromSlice(bytes)
	return last
}

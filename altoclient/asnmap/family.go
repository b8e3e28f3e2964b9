package asnmap

import (
	"encoding/binary"
	"net/netip"
)

// A family is an address family; it indexes what is kept for both.
type family int

const (
	ipv4 family = iota
	ipv6
)

// bits is the length of an address in bits.
func (f family) bits() int {
	if f == ipv4 {
		return 32
	}
	return 128
}

// last is the greatest address.
func (f family) last() number { return ones(f.bits()) }

// everything is the prefix that holds all addresses.
func (f family) everything() netip.Prefix { return netip.PrefixFrom(f.addr(number{}), 0) }

// addr is the reverse of numberOf.
func (f family) addr(n number) netip.Addr {
	if f == ipv4 {
		var b [4]byte
		binary.BigEndian.PutUint32(b[:], uint32(n.lo))
		return netip.AddrFrom4(b)
	}
	var b [16]byte
	binary.BigEndian.PutUint64(b[:8], n.hi)
	binary.BigEndian.PutUint64(b[8:], n.lo)
	return netip.AddrFrom16(b)
}

// numberOf takes a valid address apart; a zone is lost.
func numberOf(addr netip.Addr) (family, number) {
	if addr.Is4() {
		b := addr.As4()
		return ipv4, number{lo: uint64(binary.BigEndian.Uint32(b[:]))}
	}
	b := addr.As16()
	return ipv6, number{binary.BigEndian.Uint64(b[:8]), binary.BigEndian.Uint64(b[8:])}
}

// prefixes yields the fewest prefixes that together hold the addresses from
// first to last, and tells whether yield wanted them all.
func (f family) prefixes(first, last number, yield func(netip.Prefix) bool) bool {
	for {
		// The largest block that starts at first: as first is aligned, and no
		// further than last.
		host := min(first.trailingZeros(), f.bits())
		for first.or(ones(host)).compare(last) > 0 {
			host--
		}
		if !yield(netip.PrefixFrom(f.addr(first), f.bits()-host)) {
			return false
		}
		end := first.or(ones(host))
		if end == last {
			return true
		}
		first = end.next()
	}
}

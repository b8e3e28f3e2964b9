package discovery

import (
	"net/netip"
	"slices"
)

// requesters returns whom the server may guide, or nothing if it is that of the
// domain, which guides whom it likes. Where a server was found for a part of a
// prefix, the one that was found for the whole is not responsible.
func (r *roster) requesters(s *server) []netip.Prefix {
	if s.claims[netip.Prefix{}] {
		return nil
	}
	var list []netip.Prefix
	for p := range s.claims {
		var holes []netip.Prefix
		for q := range r.claims {
			if q.Bits() > p.Bits() && p.Contains(q.Addr()) && !s.claims[q] {
				holes = append(holes, q)
			}
		}
		list = appendWithout(list, p, holes)
	}
	slices.SortFunc(list, netip.Prefix.Compare)
	return list
}

// appendWithout appends prefixes that hold what p holds and holes, which are in p,
// do not.
func appendWithout(list []netip.Prefix, p netip.Prefix, holes []netip.Prefix) []netip.Prefix {
	if len(holes) == 0 {
		return append(list, p)
	}
	if slices.Contains(holes, p) {
		return list
	}
	for _, half := range halves(p) {
		inside := slices.DeleteFunc(slices.Clone(holes), func(h netip.Prefix) bool { return !half.Contains(h.Addr()) })
		list = appendWithout(list, half, inside)
	}
	return list
}

func halves(p netip.Prefix) [2]netip.Prefix {
	bits := p.Bits()
	upper := p.Addr().AsSlice()
	upper[bits/8] |= 0x80 >> (bits % 8)
	addr, _ := netip.AddrFromSlice(upper) // of the length that it had
	return [2]netip.Prefix{netip.PrefixFrom(p.Addr(), bits+1), netip.PrefixFrom(addr, bits+1)}
}

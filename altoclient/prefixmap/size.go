package prefixmap

import (
	"math"
	"math/bits"
	"net/netip"
)

// A size is a number of addresses, modulo 2 to the 128: the whole of IPv6 is 0.
type size struct{ hi, lo uint64 }

func sizeOf(p netip.Prefix) size {
	switch host := p.Addr().BitLen() - p.Bits(); {
	case host == 128:
		return size{}
	case host >= 64:
		return size{hi: 1 << (host - 64)}
	default:
		return size{lo: 1 << host}
	}
}

func (s size) minus(o size) size {
	lo, borrow := bits.Sub64(s.lo, o.lo, 0)
	return size{s.hi - o.hi - borrow, lo}
}

func (s size) float() float64 { return math.Ldexp(float64(s.hi), 64) + float64(s.lo) }

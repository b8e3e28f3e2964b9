package asnmap

import (
	"cmp"
	"math/bits"
)

// A number is an address as an unsigned integer. An IPv4 address uses the low
// 32 bits only.
type number struct{ hi, lo uint64 }

func (n number) compare(o number) int {
	return cmp.Or(cmp.Compare(n.hi, o.hi), cmp.Compare(n.lo, o.lo))
}

// plus returns n + o, and whether the sum fits in 128 bits.
func (n number) plus(o number) (number, bool) {
	lo, carry := bits.Add64(n.lo, o.lo, 0)
	hi, carry := bits.Add64(n.hi, o.hi, carry)
	return number{hi, lo}, carry == 0
}

// minus returns n - o; o must not be greater than n.
func (n number) minus(o number) number {
	lo, borrow := bits.Sub64(n.lo, o.lo, 0)
	return number{n.hi - o.hi - borrow, lo}
}

// next returns n + 1, and 0 after the greatest number.
func (n number) next() number {
	sum, _ := n.plus(number{lo: 1})
	return sum
}

// prev returns n - 1; n must not be 0.
func (n number) prev() number { return n.minus(number{lo: 1}) }

func (n number) or(o number) number { return number{n.hi | o.hi, n.lo | o.lo} }

func (n number) left(by int) number {
	if by >= 64 {
		return number{hi: n.lo << (by - 64)}
	}
	return number{n.hi<<by | n.lo>>(64-by), n.lo << by}
}

func (n number) right(by int) number {
	if by >= 64 {
		return number{lo: n.hi >> (by - 64)}
	}
	return number{n.hi >> by, n.lo>>by | n.hi<<(64-by)}
}

// trailingZeros is 128 for 0.
func (n number) trailingZeros() int {
	if n.lo != 0 {
		return bits.TrailingZeros64(n.lo)
	}
	return 64 + bits.TrailingZeros64(n.hi)
}

// ones returns the number whose low count bits are set.
func ones(count int) number {
	if count == 128 {
		return number{^uint64(0), ^uint64(0)}
	}
	return number{lo: 1}.left(count).prev()
}

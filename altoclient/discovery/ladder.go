package discovery

import (
	"errors"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
)

// Rung is one name that a discovery by address looks up, and the prefix that an
// answer there is about.
type Rung struct {
	Prefix netip.Prefix
	Name   string // fully qualified, with the dot at its end
}

// The prefix lengths at which RFC 8686 section 3.3 looks.
var (
	lengths4 = [...]int{32, 24, 16, 8}
	lengths6 = [...]int{128, 64, 56, 48, 40, 32}
)

// ErrTooShort is in the chain of the error about a prefix that is shorter than
// /8 (IPv4) or /32 (IPv6): no server is responsible for so much.
var ErrTooShort = errors.New("prefix is too short")

// Ladder returns the names to look up for p, in the order in which they are to be
// tried (RFC 8686 section 3.3): those of the lengths above that are no longer than
// p. An address is a prefix of its full length.
func Ladder(p netip.Prefix) ([]Rung, error) {
	addr := p.Addr()
	if !p.IsValid() || addr.Is4In6() {
		return nil, fmt.Errorf("prefix %v: want an IPv4 or IPv6 prefix, not a mapped one", p)
	}
	lengths := lengths6[:]
	if addr.Is4() {
		lengths = lengths4[:]
	}
	var rungs []Rung
	for _, bits := range lengths {
		if bits <= p.Bits() {
			at := netip.PrefixFrom(addr, bits).Masked()
			rungs = append(rungs, Rung{Prefix: at, Name: reverseName(at)})
		}
	}
	if rungs == nil {
		return nil, fmt.Errorf("%v: %w: want at least /%d", p, ErrTooShort, lengths[len(lengths)-1])
	}
	return rungs, nil
}

// reverseName returns the name of a prefix whose length is a multiple of 8.
func reverseName(p netip.Prefix) string {
	const hex = "0123456789abcdef"
	var b strings.Builder
	n := p.Bits() / 8
	bytes := p.Addr().AsSlice()[:n]
	for i := n - 1; i >= 0; i-- {
		if p.Addr().Is4() {
			b.WriteString(strconv.Itoa(int(bytes[i])))
		} else {
			b.WriteByte(hex[bytes[i]&15])
			b.WriteByte('.')
			b.WriteByte(hex[bytes[i]>>4])
		}
		b.WriteByte('.')
	}
	if p.Addr().Is4() {
		return b.String() + "in-addr.arpa."
	}
	return b.String() + "ip6.arpa."
}

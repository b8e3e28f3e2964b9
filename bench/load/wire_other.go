//go:build !linux

package load

import "net/netip"

func newRawWire(target netip.AddrPort, s *sources) (wire, error) {
	return newPortableWire(target, s)
}

package load

import (
	"encoding/binary"
	"net/netip"
)

// endpoint reads a compact peer of either family.
func endpoint(compact []byte) netip.AddrPort {
	n := len(compact) - 2
	addr, _ := netip.AddrFromSlice(compact[:n])
	return netip.AddrPortFrom(addr, binary.BigEndian.Uint16(compact[n:]))
}

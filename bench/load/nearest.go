package load

import (
	"net"
	"net/netip"
)

// nearest returns the prefix whose addresses reach a target: the loopback network,
// or the one address of this machine that the routing table chooses.
func nearest(target netip.AddrPort) (netip.Prefix, error) {
	addr := target.Addr()
	switch {
	case !addr.IsValid():
		return netip.Prefix{}, nil // refused as a missing target
	case addr.IsLoopback() && addr.Is4():
		return loopback4, nil
	case addr.IsLoopback():
		return netip.PrefixFrom(addr, addr.BitLen()), nil
	}
	conn, err := net.DialUDP("udp", nil, net.UDPAddrFromAddrPort(target)) // sends nothing
	if err != nil {
		return netip.Prefix{}, err
	}
	defer conn.Close()
	own := conn.LocalAddr().(*net.UDPAddr).AddrPort().Addr().Unmap().WithZone("")
	return netip.PrefixFrom(own, own.BitLen()), nil
}

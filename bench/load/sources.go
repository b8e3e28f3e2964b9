package load

import (
	"encoding/binary"
	"fmt"
	"net/netip"
)

// loopback4 is where peers of an IPv4 target on this machine announce from. Linux
// lets everybody send from any address in it.
var loopback4 = netip.MustParsePrefix("127.0.0.0/8")

// firstPort is the first port that peers announce. Those below it are privileged,
// and some trackers suspect a port of another service in them.
const firstPort = 1024

// portsPerSource is how many peers one source address can have.
const portsPerSource = 1<<16 - firstPort

// In a prefix of 8 bits, source s is x.(1 + s mod 250).(s div 250).1, so that a few
// sources are in as many networks; a map of n PIDs gives each of them its share.
const networks = 250

// sources are the addresses that peers announce from, numbered from 0.
type sources struct {
	first netip.Addr
	last4 uint32 // the last four bytes of first
	count int
	four  bool // IPv4
	wide  bool // an IPv4 prefix of 8 bits
}

func newSources(from netip.Prefix, count int) (sources, error) {
	from = from.Masked()
	s := sources{first: from.Addr(), count: count, wide: from.Addr().Is4() && from.Bits() == 8}
	room := 1 << min(24, from.Addr().BitLen()-from.Bits())
	switch {
	case s.wide:
		octets := from.Addr().As4()
		s.first = netip.AddrFrom4([4]byte{octets[0], 1, 0, 1})
		room = networks * 256
	case room > 1:
		s.first = from.Addr().Next() // the first of a network is its own name
		room--
	}
	octets := s.first.As16()
	s.last4, s.four = binary.BigEndian.Uint32(octets[12:]), s.first.Is4()
	if count > room {
		return sources{}, fmt.Errorf("%d: %v has room for %d", count, from, room)
	}
	return s, nil
}

// addr returns the address of source i.
func (s *sources) addr(i int) netip.Addr {
	n := s.last4 + uint32(i)
	if s.wide {
		n = s.last4 + uint32(i%networks)<<16 + uint32(i/networks)<<8
	}
	octets := s.first.As16()
	binary.BigEndian.PutUint32(octets[12:], n)
	if s.four {
		return netip.AddrFrom4([4]byte(octets[12:]))
	}
	return netip.AddrFrom16(octets)
}

// index4 returns which source an IPv4 address in network order is.
func (s *sources) index4(addr []byte) (int, bool) {
	n := binary.BigEndian.Uint32(addr) - s.last4
	if !s.wide {
		return int(n), s.four && int64(n) < int64(s.count)
	}
	net, host := n>>16, n>>8&0xff
	i := int(host)*networks + int(net)
	return i, n&0xff == 0 && net < networks && i < s.count
}

// index6 returns which source an IPv6 address in network order is.
func (s *sources) index6(addr []byte) (int, bool) {
	first := s.first.As16()
	if s.four || string(first[:12]) != string(addr[:12]) {
		return 0, false
	}
	n := binary.BigEndian.Uint32(addr[12:]) - s.last4
	return int(n), int64(n) < int64(s.count)
}

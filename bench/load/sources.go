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
	count int
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
	if count > room {
		return sources{}, fmt.Errorf("%d: %v has room for %d", count, from, room)
	}
	return s, nil
}

// addr returns the address of source i.
func (s *sources) addr(i int) netip.Addr {
	if s.first.Is4() {
		octets := s.first.As4()
		n := binary.BigEndian.Uint32(octets[:])
		if s.wide {
			n += uint32(i%networks)<<16 + uint32(i/networks)<<8
		} else {
			n += uint32(i)
		}
		binary.BigEndian.PutUint32(octets[:], n)
		return netip.AddrFrom4(octets)
	}
	octets := s.first.As16()
	binary.BigEndian.PutUint32(octets[12:], binary.BigEndian.Uint32(octets[12:])+uint32(i))
	return netip.AddrFrom16(octets)
}

// index4 returns which source an IPv4 address in network order is.
func (s *sources) index4(addr []byte) (int, bool) {
	if !s.first.Is4() {
		return 0, false
	}
	first := s.first.As4()
	n := binary.BigEndian.Uint32(addr) - binary.BigEndian.Uint32(first[:])
	if !s.wide {
		return int(n), int64(n) < int64(s.count)
	}
	net, host := n>>16, n>>8&0xff
	i := int(host)*networks + int(net)
	return i, n&0xff == 0 && net < networks && i < s.count
}

// index6 returns which source an IPv6 address in network order is.
func (s *sources) index6(addr []byte) (int, bool) {
	first := s.first.As16()
	if s.first.Is4() || string(first[:12]) != string(addr[:12]) {
		return 0, false
	}
	n := binary.BigEndian.Uint32(addr[12:]) - binary.BigEndian.Uint32(first[12:])
	return int(n), int64(n) < int64(s.count)
}

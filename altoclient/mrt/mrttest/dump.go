// Package mrttest writes small dumps of routing tables (RFC 6396) for tests, of
// text that a person can read: one route on a line, with its prefix, the AS of the
// peer it was learnt from, and its AS path.
//
//	192.0.2.0/24    64500  64500 64501 64501
//	192.0.2.0/24    64510  64510 64520 {64501,64502}
//	2001:db8::/32   64500  64500 (65001,65002) 64501
//
// Braces hold an AS_SET, parentheses the inner ASes of a confederation, and a path
// that is "-" is empty. Routes of one prefix make one record, in the order of
// their first lines; # begins a comment.
package mrttest

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/altracker/altracker/altoclient/mrt"
)

// Dump returns the dump of text. The error names the line.
func Dump(text string) ([]byte, error) { return dump(text, false) }

// DumpAddPath is Dump with records that can hold several paths of one peer (RFC
// 8050).
func DumpAddPath(text string) ([]byte, error) { return dump(text, true) }

type route struct {
	peer uint32
	path []byte
}

func dump(text string, addPath bool) ([]byte, error) {
	var prefixes []netip.Prefix
	routes := map[netip.Prefix][]route{}
	var peers []uint32
	n := 0
	for line := range strings.Lines(text) {
		n++
		line, _, _ = strings.Cut(line, "#")
		fields := strings.Fields(line)
		if len(fields) == 0 {
			continue
		}
		prefix, r, err := parse(fields)
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
		if routes[prefix] == nil {
			prefixes = append(prefixes, prefix)
		}
		routes[prefix] = append(routes[prefix], r)
		if !slices.Contains(peers, r.peer) {
			peers = append(peers, r.peer)
		}
	}
	b := appendRecord(nil, 1, peerTable(peers))
	for i, p := range prefixes {
		b = appendRecord(b, subtype(p, addPath), rib(uint32(i), p, routes[p], peers, addPath))
	}
	return b, nil
}

func subtype(p netip.Prefix, addPath bool) uint16 {
	s := uint16(2)
	if p.Addr().Is6() {
		s = 4
	}
	if addPath {
		s += 6
	}
	return s
}

func parse(fields []string) (netip.Prefix, route, error) {
	if len(fields) < 3 {
		return netip.Prefix{}, route{}, fmt.Errorf("want PREFIX PEER PATH")
	}
	prefix, err := netip.ParsePrefix(fields[0])
	if err != nil {
		return prefix, route{}, err
	}
	peer, err := strconv.ParseUint(fields[1], 10, 32)
	if err != nil {
		return prefix, route{}, err
	}
	path, err := asPath(fields[2:])
	return prefix, route{uint32(peer), path}, err
}

// asPath returns the value of an AS_PATH.
func asPath(words []string) ([]byte, error) {
	var b, sequence []byte
	flush := func() {
		if len(sequence) > 0 {
			b = append(append(b, mrt.Sequence, byte(len(sequence)/4)), sequence...)
			sequence = nil
		}
	}
	for _, w := range words {
		if w == "-" {
			continue
		}
		var kind byte
		switch w[0] {
		case '{':
			kind = mrt.Set
		case '(':
			kind = mrt.ConfedSequence
		}
		numbers, err := asNumbers(strings.Trim(w, "{}()"))
		if err != nil {
			return nil, err
		}
		if kind == 0 {
			sequence = append(sequence, numbers...)
			continue
		}
		flush()
		b = append(append(b, kind, byte(len(numbers)/4)), numbers...)
	}
	flush()
	return b, nil
}

func asNumbers(s string) ([]byte, error) {
	var b []byte
	for part := range strings.SplitSeq(s, ",") {
		as, err := strconv.ParseUint(part, 10, 32)
		if err != nil {
			return nil, err
		}
		b = binary.BigEndian.AppendUint32(b, uint32(as))
	}
	return b, nil
}

func appendRecord(b []byte, subtype uint16, body []byte) []byte {
	b = binary.BigEndian.AppendUint32(b, 1700000000)
	b = binary.BigEndian.AppendUint16(b, 13)
	b = binary.BigEndian.AppendUint16(b, subtype)
	b = binary.BigEndian.AppendUint32(b, uint32(len(body)))
	return append(b, body...)
}

// peerTable has every third peer with an IPv6 address, and AS numbers of two bytes
// where they fit and the peer's place in the table is even.
func peerTable(peers []uint32) []byte {
	b := []byte{192, 0, 2, 1, 0, 4, 't', 'e', 's', 't'}
	b = binary.BigEndian.AppendUint16(b, uint16(len(peers)))
	for i, as := range peers {
		long := as > 0xffff || i%2 == 1
		ipv6 := i%3 == 2
		var kind byte
		if ipv6 {
			kind |= 1
		}
		if long {
			kind |= 2
		}
		b = append(b, kind, 192, 0, 2, byte(i))
		if ipv6 {
			addr := netip.MustParseAddr("2001:db8::1").As16()
			b = append(b, addr[:]...)
		} else {
			b = append(b, 198, 51, 100, byte(i))
		}
		if long {
			b = binary.BigEndian.AppendUint32(b, as)
		} else {
			b = binary.BigEndian.AppendUint16(b, uint16(as))
		}
	}
	return b
}

func rib(sequence uint32, p netip.Prefix, routes []route, peers []uint32, addPath bool) []byte {
	b := binary.BigEndian.AppendUint32(nil, sequence)
	b = append(b, byte(p.Bits()))
	b = append(b, p.Addr().AsSlice()[:(p.Bits()+7)/8]...)
	b = binary.BigEndian.AppendUint16(b, uint16(len(routes)))
	for i, r := range routes {
		peer := slices.Index(peers, r.peer)
		b = binary.BigEndian.AppendUint16(b, uint16(peer))
		b = binary.BigEndian.AppendUint32(b, 1600000000)
		if addPath {
			b = binary.BigEndian.AppendUint32(b, uint32(i)+1)
		}
		attributes := []byte{0x40, 1, 1, 0} // ORIGIN: IGP
		attributes = append(attributes, 0x50, 2)
		attributes = binary.BigEndian.AppendUint16(attributes, uint16(len(r.path)))
		attributes = append(attributes, r.path...)
		attributes = append(attributes, 0x40, 3, 4, 192, 0, 2, 9) // NEXT_HOP
		b = binary.BigEndian.AppendUint16(b, uint16(len(attributes)))
		b = append(b, attributes...)
	}
	return b
}

package mrt

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"
)

// parseRIB reads the routes to one prefix (RFC 6396 section 4.3.2); with addPath
// each has the identifier of its path (RFC 8050 section 4.1).
func (r *Reader) parseRIB(ipv6, addPath bool) error {
	if !r.indexed {
		return errors.New("routes come before the table of peers")
	}
	c := cursor{b: r.body}
	c.uint32() // the sequence number
	prefix, err := parsePrefix(&c, ipv6)
	if err != nil {
		return err
	}
	count := int(c.uint16())
	r.rib = RIB{Prefix: prefix, Entries: r.rib.Entries[:0]}
	r.paths.reset()
	for i := range count {
		if err := r.parseEntry(&c, addPath); err != nil {
			return fmt.Errorf("%v: entry %d of %d: %w", prefix, i, count, err)
		}
	}
	if c.short {
		return fmt.Errorf("%v: %w", prefix, errShort)
	}
	if len(c.b) > 0 {
		return fmt.Errorf("%v: %d bytes are left over", prefix, len(c.b))
	}
	return nil
}

// parsePrefix reads a length in bits and as many bytes as it takes; bits beyond
// the length mean nothing.
func parsePrefix(c *cursor, ipv6 bool) (netip.Prefix, error) {
	bits := int(c.uint8())
	var addr [16]byte
	size := 4
	if ipv6 {
		size = 16
	}
	if bits > size*8 {
		return netip.Prefix{}, fmt.Errorf("prefix of %d bits, at most %d there can be", bits, size*8)
	}
	copy(addr[:], c.bytes((bits+7)/8))
	if c.short {
		return netip.Prefix{}, fmt.Errorf("prefix of %d bits: %w", bits, errShort)
	}
	a, _ := netip.AddrFromSlice(addr[:size])
	return netip.PrefixFrom(a, bits).Masked(), nil
}

func (r *Reader) parseEntry(c *cursor, addPath bool) error {
	peer := int(c.uint16())
	c.uint32() // the time
	if addPath {
		c.uint32()
	}
	attributes := cursor{b: c.bytes(int(c.uint16()))}
	if c.short {
		return errShort
	}
	if peer >= len(r.peers) {
		return fmt.Errorf("peer %d: there are %d", peer, len(r.peers))
	}
	path, err := r.parseAttributes(&attributes)
	if err != nil {
		return err
	}
	r.rib.Entries = append(r.rib.Entries, Entry{r.peers[peer], path})
	return nil
}

const (
	attributeASPath = 2
	longLength      = 1 << 4 // the length of the attribute has two bytes
)

// parseAttributes returns the AS path, which is empty if there is none.
func (r *Reader) parseAttributes(c *cursor) (Path, error) {
	var path Path
	for len(c.b) > 0 {
		flags, kind := c.uint8(), c.uint8()
		var value []byte
		if flags&longLength != 0 {
			value = c.bytes(int(c.uint16()))
		} else {
			value = c.bytes(int(c.uint8()))
		}
		if c.short {
			return nil, fmt.Errorf("attribute %d: %w", kind, errShort)
		}
		if kind == attributeASPath {
			var err error
			if path, err = r.paths.parse(value); err != nil {
				return nil, fmt.Errorf("AS path: %w", err)
			}
		}
	}
	return path, nil
}

// An arena holds the paths of one record, so that millions of routes make no
// garbage.
type arena struct {
	ases     []uint32
	segments []Segment
}

func (a *arena) reset() { a.ases, a.segments = a.ases[:0], a.segments[:0] }

// parse reads an AS_PATH of four-byte AS numbers (RFC 4271 section 4.3).
func (a *arena) parse(b []byte) (Path, error) {
	first := len(a.segments)
	c := cursor{b: b}
	for len(c.b) > 0 {
		kind, count := c.uint8(), int(c.uint8())
		numbers := c.bytes(4 * count)
		if c.short {
			return nil, fmt.Errorf("segment of %d ASes: %w", count, errShort)
		}
		if kind < Set || kind > ConfedSet {
			return nil, fmt.Errorf("segment of type %d", kind)
		}
		from := len(a.ases)
		for ; len(numbers) > 0; numbers = numbers[4:] {
			a.ases = append(a.ases, binary.BigEndian.Uint32(numbers))
		}
		a.segments = append(a.segments, Segment{kind, a.ases[from:len(a.ases):len(a.ases)]})
	}
	return a.segments[first:len(a.segments):len(a.segments)], nil
}

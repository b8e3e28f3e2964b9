package mrt

import (
	"errors"
	"fmt"
	"net/netip"
)

var errShort = errors.New("it ends too early")

// The bits of a peer's type (RFC 6396 section 4.3.1).
const (
	peerIPv6 = 1 << 0
	peerAS4  = 1 << 1
)

// parsePeers reads the table of peers (RFC 6396 section 4.3.1). A later table
// replaces the one before it, as in dumps that were joined.
func (r *Reader) parsePeers() error {
	c := cursor{b: r.body}
	c.bytes(4) // the collector's BGP identifier
	c.bytes(int(c.uint16()))
	count := int(c.uint16())
	r.peers, r.indexed = make([]Peer, 0, min(count, 1<<12)), true
	for i := range count {
		p := parsePeer(&c)
		if c.short {
			return fmt.Errorf("table of peers: peer %d of %d: %w", i, count, errShort)
		}
		r.peers = append(r.peers, p)
	}
	if c.short {
		return fmt.Errorf("table of peers: %w", errShort)
	}
	if len(c.b) > 0 {
		return fmt.Errorf("table of peers: %d bytes are left over", len(c.b))
	}
	return nil
}

func parsePeer(c *cursor) Peer {
	var p Peer
	kind := c.uint8()
	c.bytes(4) // its BGP identifier
	size := 4
	if kind&peerIPv6 != 0 {
		size = 16
	}
	p.Addr, _ = netip.AddrFromSlice(c.bytes(size))
	if kind&peerAS4 != 0 {
		p.AS = c.uint32()
	} else {
		p.AS = uint32(c.uint16())
	}
	return p
}

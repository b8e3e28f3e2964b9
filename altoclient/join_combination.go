package altoclient

import (
	"encoding/binary"
	"iter"
	"net/netip"
)

// combination is what all layers of a [join] together say of some addresses of
// one family: a byte for the family, then for each layer that has a prefix around
// them, in the order of layers, four bytes of layer and four of value. A layer
// that is left out says of them what it says of its whole family.
//
// It is a string because it must be a map's key, and must not change.
type combination string

const entryBytes = 8

// families are the indices of IPv4 and IPv6 wherever something is kept by family.
const (
	family4 = iota
	family6
	families
)

func familyOf(addr netip.Addr) int {
	if addr.Is4() {
		return family4
	}
	return family6
}

// everythingElse is the combination of the addresses that no layer has a prefix for.
func everythingElse(family int) combination { return combination([]byte{byte(family)}) }

func (c combination) family() int { return int(c[0]) }

func (c combination) entries() iter.Seq2[uint32, uint32] {
	return func(yield func(layer, value uint32) bool) {
		for at := 1; at < len(c); at += entryBytes {
			if !yield(c.word(at), c.word(at+4)) {
				return
			}
		}
	}
}

func (c combination) word(at int) uint32 {
	return uint32(c[at])<<24 | uint32(c[at+1])<<16 | uint32(c[at+2])<<8 | uint32(c[at+3])
}

// value returns what layer says, 0 if it is left out.
func (c combination) value(layer uint32) uint32 {
	for l, value := range c.entries() {
		if l == layer {
			return value
		}
	}
	return 0
}

// appendWith appends c with another value for layer; 0 leaves the layer out.
func (c combination) appendWith(b []byte, layer, value uint32) []byte {
	at := 1
	for at < len(c) && c.word(at) < layer {
		at += entryBytes
	}
	b = append(b, c[:at]...)
	if value != 0 {
		b = binary.BigEndian.AppendUint32(b, layer)
		b = binary.BigEndian.AppendUint32(b, value)
	}
	if at < len(c) && c.word(at) == layer {
		at += entryBytes
	}
	return append(b, c[at:]...)
}

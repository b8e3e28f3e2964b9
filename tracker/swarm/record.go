package swarm

import (
	"encoding/binary"
	"net/netip"
	"unsafe"
)

// key is an address and port in compact form, network byte order: what BEP 23
// and BEP 7 put on the wire.
type key interface{ [6]byte | [18]byte }

// record is one peer of a pool. It holds no pointer, so the collector never
// walks peers. Its role is the array it stands in.
type record[K key] struct {
	key  K
	seen tick   // last announce
	pid  PID    // group
	at   uint32 // place in the group's list of positions; unused in a flat pool
}

// tick is a time in units of 4 seconds, modulo 2^16: differences up to a day and
// a half are exact, and no peer lives that long.
type tick uint16

const tickSeconds = 4

func tickOf(unix int64) tick { return tick(unix / tickSeconds) }

// olderThan tells whether t is more than age ticks before now. A t after now (the
// clock was set back) is not old.
func (t tick) olderThan(age int16, now tick) bool { return int16(now-t) > age }

// wire returns the bytes of *k. A type parameter over arrays of two lengths cannot
// be sliced; this is the slice it would give.
func wire[K key](k *K) []byte {
	return unsafe.Slice((*byte)(unsafe.Pointer(k)), unsafe.Sizeof(*k))
}

func key4(a netip.AddrPort) (k [6]byte) {
	ip := a.Addr().As4()
	copy(k[:], ip[:])
	binary.BigEndian.PutUint16(k[4:], a.Port())
	return k
}

func key6(a netip.AddrPort) (k [18]byte) {
	ip := a.Addr().As16()
	copy(k[:], ip[:])
	binary.BigEndian.PutUint16(k[16:], a.Port())
	return k
}

func addrPort[K key](k *K) netip.AddrPort {
	b := wire(k)
	n := len(b) - 2
	ip, _ := netip.AddrFromSlice(b[:n])
	return netip.AddrPortFrom(ip, binary.BigEndian.Uint16(b[n:]))
}

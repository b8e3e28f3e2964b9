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
	seen tick // last announce
	is   mark
	at   uint32 // place in the group's list of positions; unused in a flat pool
}

// mark is what is known of a peer besides its address: its group in the upper 26
// bits, how often it was introduced in the lower 6 (see renown).
type mark uint32

const renownBits = 6

func markOf(p place) mark { return mark(p) << renownBits }

func (m mark) place() place   { return place(m >> renownBits) }
func (m mark) pid() PID       { return m.place().pid() }
func (m mark) class() Class   { return m.place().class() }
func (m mark) renown() renown { return renown(m & (1<<renownBits - 1)) }

// with returns m with another renown.
func (m mark) with(r renown) mark { return markOf(m.place()) | mark(r) }

// place is what peers are grouped by: a PID and a class. In the order of places, the
// groups of a PID are neighbours, and so are those of a range of PIDs.
type place uint32

const (
	classBits = 2
	maxPID    = 1<<(32-renownBits-classBits) - 1
)

// placeOf returns the place of a PID and class. A PID above maxPID, which is 16
// million, counts as none.
func placeOf(pid PID, class Class) place {
	if pid > maxPID {
		pid = 0
	}
	return place(pid)<<classBits | place(class)
}

func (p place) pid() PID     { return PID(p >> classBits) }
func (p place) class() Class { return Class(p & (1<<classBits - 1)) }

// edge returns the first place of pid, or of no PID if there is none so high.
func edge(pid PID) place { return place(min(pid, maxPID+1)) << classBits }

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

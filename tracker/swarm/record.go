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
// walks peers.
type record[K key] struct {
	key  K
	seen tick // last announce
	is   mark
}

// order is what the records of a pool are sorted by: place first, then a keyed hash of
// the address. Two peers may have one order.
func (r *record[K]) order(s secret) order { return orderOf(r.is.place(), hashOf(s, &r.key)) }

// isOf tells whether r is the peer of an address in a PID.
func (r *record[K]) isOf(k *K, pid PID) bool { return r.key == *k && r.is.pid() == pid }

// mark is what is known of a peer besides its address: its place in the upper 24 bits,
// its class in the next 2, how often it was introduced in the lower 6 (see renown).
type mark uint32

const (
	renownBits = 6
	classBits  = 2
	pidBits    = 32 - 1 - classBits - renownBits
	maxPID     = 1<<pidBits - 1
)

func markOf(p place, c Class) mark { return mark(p)<<(classBits+renownBits) | mark(c)<<renownBits }

func (m mark) place() place   { return place(m >> (classBits + renownBits)) }
func (m mark) pid() PID       { return m.place().pid() }
func (m mark) role() Role     { return m.place().role() }
func (m mark) class() Class   { return Class(m >> renownBits & (1<<classBits - 1)) }
func (m mark) renown() renown { return renown(m & (1<<renownBits - 1)) }

// with returns m with another renown.
func (m mark) with(r renown) mark { return m&^(1<<renownBits-1) | mark(r) }

// introduced returns m after one more introduction, by 32 random bits. The renown stands
// lowest, and the greatest does not rise. There is no branch to guess wrong.
func (m mark) introduced(random uint32) mark {
	return m + mark(less(random, rise[m.renown()]))
}

// place is a role and a PID: in the order of places, all leechers come before all
// seeders, and the peers of a range of PIDs stand together.
type place uint32

// placeOf returns the place of a peer. A PID above maxPID, which is 8 million, counts as
// none.
func placeOf(role Role, pid PID) place {
	if pid > maxPID {
		pid = 0
	}
	return place(role)<<pidBits | place(pid)
}

func (p place) pid() PID   { return PID(p & maxPID) }
func (p place) role() Role { return Role(p >> pidBits) }

// edge returns the first place of a PID, or the one behind all PIDs.
func edge(role Role, pid PID) place { return place(role)<<pidBits + place(min(pid, maxPID+1)) }

// behindAll is the place behind that of any peer.
const behindAll = place(2) << pidBits

// order sorts peers; see record.order.
type order uint64

const hashBits = 64 - pidBits - 1

// place returns the place that records of an order have.
func (o order) place() place { return place(o >> hashBits) }

func orderOf(p place, hash uint64) order { return order(p)<<hashBits | order(hash>>(64-hashBits)) }

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

// copyKey is *to = *from. The compiler would take the way by the stack, lest they overlap.
func copyKey[K key](to, from *K) {
	if unsafe.Sizeof(*to) != 6 {
		*to = *from
		return
	}
	a, b := (*[6]byte)(unsafe.Pointer(to)), (*[6]byte)(unsafe.Pointer(from))
	binary.NativeEndian.PutUint32(a[:4], binary.NativeEndian.Uint32(b[:4]))
	binary.NativeEndian.PutUint16(a[4:], binary.NativeEndian.Uint16(b[4:]))
}

// keysIn returns the bytes of p as the keys that they are, or are to be.
func keysIn[K key](p []byte) []K {
	var k K
	return unsafe.Slice((*K)(unsafe.Pointer(unsafe.SliceData(p))), len(p)/int(unsafe.Sizeof(k)))
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

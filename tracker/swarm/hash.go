package swarm

import (
	"encoding/binary"
	"math/bits"
	"unsafe"
)

// secret keys the hashes that place swarms in shards and peers in an order.
// Info hashes and addresses are chosen by strangers: with a hash they cannot
// foresee, they cannot aim at one lock or at one run of slots.
type secret struct{ a, b uint64 }

// ofSwarm hashes an info hash.
func (s secret) ofSwarm(h *InfoHash) uint64 {
	first := fold(s.a^uint64(len(h))^binary.LittleEndian.Uint64(h[:]), s.b)
	second := fold(first^binary.LittleEndian.Uint64(h[8:]), s.b)
	return fold(second^uint64(binary.LittleEndian.Uint32(h[16:])), s.b|1)
}

// hashOf hashes an address.
func hashOf[K key](s secret, k *K) uint64 {
	b, h := wire(k), s.a^uint64(unsafe.Sizeof(*k))
	if unsafe.Sizeof(*k) > 8 {
		h = fold(h^binary.LittleEndian.Uint64(b), s.b)
		h = fold(h^binary.LittleEndian.Uint64(b[8:]), s.b)
		return fold(h^uint64(binary.LittleEndian.Uint16(b[16:])), s.b|1)
	}
	return fold(h^(uint64(binary.LittleEndian.Uint32(b))|uint64(binary.LittleEndian.Uint16(b[4:]))<<32), s.b|1)
}

// fold multiplies to 128 bits and folds the halves together, which makes every
// bit of the result depend on every bit of a.
func fold(a, b uint64) uint64 {
	hi, lo := bits.Mul64(a, b)
	return hi ^ lo
}

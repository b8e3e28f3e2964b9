package swarm

import (
	"encoding/binary"
	"math/bits"
)

// secret keys the hashes that place swarms in shards and peers in an index.
// Info hashes and addresses are chosen by strangers: with a hash they cannot
// foresee, they cannot aim at one lock or at one run of slots.
type secret struct{ a, b uint64 }

func (s secret) sum(p []byte) uint64 {
	h := s.a ^ uint64(len(p))
	for ; len(p) >= 8; p = p[8:] {
		h = fold(h^binary.LittleEndian.Uint64(p), s.b)
	}
	var tail uint64
	for i, c := range p {
		tail |= uint64(c) << (8 * i)
	}
	return fold(h^tail, s.b|1)
}

// fold multiplies to 128 bits and folds the halves together, which makes every
// bit of the result depend on every bit of a.
func fold(a, b uint64) uint64 {
	hi, lo := bits.Mul64(a, b)
	return hi ^ lo
}

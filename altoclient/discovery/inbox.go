package discovery

import (
	"hash/maphash"
	"net/netip"
	"sync/atomic"
)

// inbox takes addresses from the announce path. It never waits and allocates
// nothing; it loses what it has no room for.
//
// Of each IPv4 /24 and IPv6 /64 it takes about one address in a period: the
// neighbours of an address most likely have the same server, and if not, their
// turn comes.
type inbox struct {
	addresses chan netip.Addr
	seed      maphash.Seed
	period    atomic.Uint64
	seen      [1 << 12]atomic.Uint64 // hashes of the networks of this period

	taken, lost atomic.Uint64 // taken counts lost ones, too
}

func newInbox(size int) *inbox {
	return &inbox{addresses: make(chan netip.Addr, size), seed: maphash.MakeSeed()}
}

func (b *inbox) offer(addr netip.Addr) {
	hash := b.hash(addr)
	slot := &b.seen[hash%uint64(len(b.seen))]
	if slot.Load() == hash {
		return
	}
	b.taken.Add(1) // first: whoever takes it out may count it at once
	select {
	case b.addresses <- addr:
		slot.Store(hash)
	default:
		b.lost.Add(1)
	}
}

// hash differs from one period to the next.
func (b *inbox) hash(addr netip.Addr) uint64 {
	var key [16]byte
	if addr.Is4() {
		a := addr.As4()
		copy(key[:], a[:3])
	} else {
		a := addr.As16()
		copy(key[:], a[:8])
	}
	period := b.period.Load()
	for i := range 7 {
		key[8+i] = byte(period >> (8 * i))
	}
	if addr.Is4() {
		key[15] = 4
	}
	return maphash.Bytes(b.seed, key[:])
}

// turn begins a new period.
func (b *inbox) turn() { b.period.Add(1) }

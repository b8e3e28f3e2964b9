package udptracker

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/binary"
	"net/netip"
	"time"
)

// issuer makes and checks connection ids. Nothing is remembered: an id is a
// keyed checksum of the client's address and of the time window it was made in,
// and is good during that window and the next one.
//
// The port is left out: clients with several sockets share one id between them
// (libtorrent caches it by tracker), and address translators change ports.
//
// The checksum is CBC-MAC with AES, which is sound here because all messages
// have the same length, two blocks. The lowest bit of an id tells whether its
// window is even or odd, so that checking costs one checksum and not two.
//
// An issuer belongs to one goroutine.
type issuer struct {
	block   cipher.Block
	window  time.Duration
	scratch [aes.BlockSize]byte // here because what is passed to block escapes
}

func newIssuer(key [16]byte, window time.Duration) (*issuer, error) {
	block, err := aes.NewCipher(key[:])
	if err != nil {
		return nil, err
	}
	return &issuer{block: block, window: window}, nil
}

// issue returns the connection id of addr at now.
func (i *issuer) issue(addr netip.Addr, now time.Time) uint64 {
	return i.id(addr, i.windowOf(now))
}

// valid tells whether id was issued to addr in this window or the one before.
func (i *issuer) valid(id uint64, addr netip.Addr, now time.Time) bool {
	w := i.windowOf(now)
	if id&1 != w&1 {
		w--
	}
	return id == i.id(addr, w)
}

func (i *issuer) windowOf(now time.Time) uint64 {
	return uint64(now.UnixNano() / int64(i.window))
}

func (i *issuer) id(addr netip.Addr, window uint64) uint64 {
	b := i.scratch[:]
	i.scratch = addr.As16()
	i.block.Encrypt(b, b)
	binary.BigEndian.PutUint64(b, binary.BigEndian.Uint64(b)^window)
	i.block.Encrypt(b, b)
	return binary.BigEndian.Uint64(b)&^1 | window&1
}

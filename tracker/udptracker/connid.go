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
// have the same length, two blocks. The window comes first, so that the first
// half of the work is done once a window. The lowest bit of an id tells whether
// its window is even or odd, so that checking costs one checksum and not two.
//
// An issuer belongs to one goroutine.
type issuer struct {
	block   cipher.Block
	window  time.Duration
	halves  [2]half             // of an even window, of an odd one
	scratch [aes.BlockSize]byte // here because what is passed to block escapes
}

// half is a checksum after its first block.
type half struct {
	window uint64
	sum    [2]uint64
}

func newIssuer(key [16]byte, window time.Duration) (issuer, error) {
	block, err := aes.NewCipher(key[:])
	if err != nil {
		return issuer{}, err
	}
	// Of the other parity, so that neither is mistaken for a window's.
	return issuer{block: block, window: window, halves: [2]half{{window: 1}, {window: 0}}}, nil
}

// windowOf returns the time window of now, which the other methods ask for.
func (i *issuer) windowOf(now time.Time) uint64 {
	return uint64(now.UnixNano() / int64(i.window))
}

// valid tells whether id was issued to addr in this window or the one before.
func (i *issuer) valid(id uint64, addr netip.Addr, window uint64) bool {
	if id&1 != window&1 {
		window--
	}
	return id == i.issue(addr, window)
}

// issue returns the connection id of addr in a window.
func (i *issuer) issue(addr netip.Addr, window uint64) uint64 {
	h := &i.halves[window&1]
	if h.window != window {
		*h = i.begin(window)
	}
	b := &i.scratch
	*b = addr.As16()
	binary.BigEndian.PutUint64(b[:8], binary.BigEndian.Uint64(b[:8])^h.sum[0])
	binary.BigEndian.PutUint64(b[8:], binary.BigEndian.Uint64(b[8:])^h.sum[1])
	i.block.Encrypt(b[:], b[:])
	return binary.BigEndian.Uint64(b[:8])&^1 | window&1
}

func (i *issuer) begin(window uint64) half {
	b := &i.scratch
	clear(b[:8])
	binary.BigEndian.PutUint64(b[8:], window)
	i.block.Encrypt(b[:], b[:])
	return half{window, [2]uint64{binary.BigEndian.Uint64(b[:8]), binary.BigEndian.Uint64(b[8:])}}
}

package swarm

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"net/netip"
)

// InfoHash names a swarm: the SHA-1 of a torrent's info dictionary (BEP 3), or
// the first 20 bytes of its SHA-256 (BEP 52).
type InfoHash [20]byte

// is tells whether two hashes are the same. The compiler would call a function for it.
func (h *InfoHash) is(other *InfoHash) bool {
	return binary.NativeEndian.Uint64(h[:]) == binary.NativeEndian.Uint64(other[:]) &&
		binary.NativeEndian.Uint64(h[8:]) == binary.NativeEndian.Uint64(other[8:]) &&
		binary.NativeEndian.Uint32(h[16:]) == binary.NativeEndian.Uint32(other[16:])
}

// String returns h as 40 hexadecimal digits.
func (h InfoHash) String() string { return hex.EncodeToString(h[:]) }

// ParseInfoHash reads 40 hexadecimal digits.
func ParseInfoHash(s string) (InfoHash, error) {
	var h InfoHash
	if len(s) != 2*len(h) {
		return h, fmt.Errorf("info hash %.50q: want 40 hexadecimal digits, have %d characters", s, len(s))
	}
	if _, err := hex.Decode(h[:], []byte(s)); err != nil {
		return h, fmt.Errorf("info hash %q: %w", s, err)
	}
	return h, nil
}

// PeerID is the 20 bytes a client chose to call itself (BEP 3, BEP 20).
type PeerID [20]byte

// PID is a dense number for an ALTO provider-defined identifier. To the store
// it is only the number of a group of peers; 0 is the group of the peers that
// no network map places.
type PID = uint32

// Role says whether a peer still downloads.
type Role uint8

// A leecher has something left to download, a seeder has nothing left.
const (
	Leecher Role = iota
	Seeder
)

// Roles is a set of roles; the empty set stands for both.
type Roles uint8

// The sets of one role.
const (
	Leechers Roles = 1 << Leecher
	Seeders  Roles = 1 << Seeder
	both           = Leechers | Seeders
)

// has tells whether a set that is not empty has r.
func (s Roles) has(r Role) bool { return s>>r&1 == 1 }

// Classes is a set of classes, a bit for each; the empty set stands for all.
type Classes uint8

const allClasses Classes = 1<<NumClasses - 1

// has tells whether a set that is not empty has c.
func (s Classes) has(c Class) bool { return s>>c&1 == 1 }

// Peer is one member of a swarm.
type Peer struct {
	Addr   netip.AddrPort // never an IPv4-mapped IPv6 address
	ID     PeerID
	Seeder bool
}

// Counts is the size of a swarm over all address families.
type Counts struct {
	Seeders    int
	Leechers   int
	Downloaded uint32 // completed events seen while the swarm was known
}

// Grouping tells the group of an address. Epoch changes when, and only when,
// the group numbers change their meaning.
type Grouping interface {
	Epoch() uint64
	PID(netip.Addr) PID
}

// Ungrouped is the Grouping that knows nothing: everybody is in group 0.
type Ungrouped struct{}

// Epoch returns 0.
func (Ungrouped) Epoch() uint64 { return 0 }

// PID returns 0.
func (Ungrouped) PID(netip.Addr) PID { return 0 }

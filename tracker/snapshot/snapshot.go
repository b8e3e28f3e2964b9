// Package snapshot keeps the swarms of a store in a file, so that a tracker that
// restarts knows its peers.
//
// The file is written beside the old one and takes its place only when it is
// complete, so there is a whole snapshot at any time. It ends with a checksum over
// everything before it; Read enters nothing from a file whose checksum is wrong.
//
// All numbers are big-endian:
//
//	magic     8 bytes, "altswrm1"
//	time      8 bytes, Unix seconds of writing
//	pieces    info hash 20, downloaded 4, count 4, then count peers:
//	          flags 1, seen 4 (seconds before time), address 4 or 16, port 2, peer id 20
//	end       a piece with count 0
//	checksum  32 bytes, SHA-256
package snapshot

import (
	"errors"
	"time"

	"github.com/altracker/altracker/tracker/swarm"
)

const magic = "altswrm1"

// The flags of a peer.
const (
	flagSeeder = 1 << iota
	flagIPv6
)

// ErrDamaged is a file that is not a whole snapshot: cut off, altered, or something
// else.
var ErrDamaged = errors.New("not a whole snapshot")

// Summary is what was written or read.
type Summary struct {
	Time  time.Time // of writing
	Peers int
}

// Store is what a snapshot is taken from and restored to.
type Store = swarm.Store

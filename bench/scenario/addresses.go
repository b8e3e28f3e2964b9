package scenario

import (
	"encoding/binary"
	"math/bits"
	"net/netip"
)

// plan deals out addresses: to each of a number of PIDs a block of its own, cut in
// prefixes, so that a part of a PID can be somewhere else.
type plan struct {
	room  netip.Prefix // that all blocks are of
	first int          // block of the first PID
	bits  int          // of a block's prefix
	parts int          // prefixes in a block
}

// The room that there is, and how it is cut.
const (
	planBits  = 8 // of 10.0.0.0/8
	planParts = 16
	leastBits = 12 // a block of a million addresses is enough for anybody

	liveBits = 24 // a.b.<PID, from 1>.<peer>: 127.0.0.0/24 is the machine's own
	mostLive = 254
)

func newPlan(pids int) plan {
	need := bits.Len(uint(max(pids, 1))) // one block more than PIDs is never used
	return plan{room: netip.MustParsePrefix("10.0.0.0/8"), bits: max(planBits+need, leastBits), parts: planParts}
}

// Rooms of live runs, for up to mostLive PIDs each.
var (
	loopback = netip.MustParsePrefix("127.0.0.0/16")  // this machine has them
	lab      = netip.MustParsePrefix("198.18.0.0/16") // of the block for benchmarks (RFC 2544)
)

// newLive is a plan of the addresses of a room.
func newLive(room netip.Prefix) plan {
	return plan{room: room, first: 1, bits: liveBits, parts: planParts}
}

// hosts is how many peers fit a PID.
func (p plan) hosts() int { return p.parts * (1<<(32-p.partBits()) - 2) }

func (p plan) partBits() int { return p.bits + bits.Len(uint(p.parts-1)) }

// prefixes returns the prefixes of a PID; PIDs count from 0.
func (p plan) prefixes(pid int) []netip.Prefix {
	list := make([]netip.Prefix, p.parts)
	for part := range list {
		list[part] = netip.PrefixFrom(p.address(pid, part, 0), p.partBits())
	}
	return list
}

// host returns the n-th address of a PID: each one is in the next prefix.
func (p plan) host(pid, n int) netip.Addr { return p.address(pid, n%p.parts, n/p.parts+1) }

func (p plan) address(pid, part, n int) netip.Addr {
	room := p.room.Addr().As4()
	at := binary.BigEndian.Uint32(room[:]) | uint32(p.first+pid)<<(32-p.bits) | uint32(part)<<(32-p.partBits()) | uint32(n)
	var raw [4]byte
	binary.BigEndian.PutUint32(raw[:], at)
	return netip.AddrFrom4(raw)
}

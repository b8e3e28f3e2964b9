package scenario

import (
	"encoding/binary"
	"math/bits"
	"net/netip"
)

// plan deals out addresses: to each of a number of PIDs a block of its own of 10/8,
// cut in prefixes, so that a part of a PID can be somewhere else.
type plan struct {
	bits  int // of a block's prefix
	parts int // prefixes in a block
}

// The room that there is, and how it is cut.
const (
	planBase  = 10 << 24 // 10.0.0.0/8
	planBits  = 8
	planParts = 16
	leastBits = 12 // a block of a million addresses is enough for anybody
)

func newPlan(pids int) plan {
	need := bits.Len(uint(max(pids, 1))) // one block more than PIDs is never used
	return plan{bits: max(planBits+need, leastBits), parts: planParts}
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
	at := uint32(planBase) | uint32(pid)<<(32-p.bits) | uint32(part)<<(32-p.partBits()) | uint32(n)
	var raw [4]byte
	binary.BigEndian.PutUint32(raw[:], at)
	return netip.AddrFrom4(raw)
}

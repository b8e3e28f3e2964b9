package altoclient

import (
	"iter"
	"net/netip"
	"slices"

	"github.com/gaissmai/bart"
)

// NetworkMap is an ALTO network map (RFC 7285 section 11.2.1), compiled for
// lookups. PIDs are numbered from 1 in the order of the document. It never
// changes; build one with a [NetworkMapBuilder] or [ParseNetworkMap].
type NetworkMap struct {
	vtag     VersionTag
	names    []string // by PID; names[0] is empty
	table    *bart.Table[uint32]
	defaults []uint32 // the PIDs that hold 0.0.0.0/0 or ::/0, ascending
	masked   int
}

// VersionTag returns the map's version tag.
func (m *NetworkMap) VersionTag() VersionTag { return m.vtag }

// PIDs returns how many PIDs there are, those without any prefix included.
func (m *NetworkMap) PIDs() int { return len(m.names) - 1 }

// Name returns the name of pid. It is empty for 0 and for numbers that the map
// does not have.
func (m *NetworkMap) Name(pid uint32) string {
	if int(pid) >= len(m.names) {
		return ""
	}
	return m.names[pid]
}

// PID returns the PID of the longest prefix that holds addr, or 0 (RFC 7285
// section 11.2.2). IPv4 and IPv6 are apart; the address must be unmapped.
func (m *NetworkMap) PID(addr netip.Addr) uint32 {
	pid, _ := m.table.Lookup(addr)
	return pid
}

// Len returns how many prefixes there are.
func (m *NetworkMap) Len() int { return m.table.Size() }

// Prefixes yields every prefix with its PID.
func (m *NetworkMap) Prefixes() iter.Seq2[netip.Prefix, uint32] { return m.table.All() }

// Default tells whether pid holds 0.0.0.0/0 or ::/0.
func (m *NetworkMap) Default(pid uint32) bool { return slices.Contains(m.defaults, pid) }

// Masked returns how many prefixes had bits set beyond their length. Such a
// prefix is taken for the network it is in.
func (m *NetworkMap) Masked() int { return m.masked }

// sameContent tells whether both maps place every address alike under the same
// numbers and names.
func (m *NetworkMap) sameContent(o *NetworkMap) bool {
	return m == o || slices.Equal(m.names, o.names) && m.table.Equal(o.table)
}

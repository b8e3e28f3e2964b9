package altoclient

import (
	"iter"
	"net/netip"
)

// View is one source's opinion of the network, compiled and immutable: a
// [Snapshot] of ALTO documents, or a table of another origin.
//
// PIDs are numbered 1 to PIDs(); 0 means "in no PID".
type View interface {
	// PIDs returns how many PIDs there are.
	PIDs() int

	// PID returns the PID of the longest prefix that holds addr, or 0. The
	// address must be unmapped.
	PID(addr netip.Addr) uint32

	// Name returns the name the source gives to pid; it is empty for 0.
	Name(pid uint32) string

	// Prefixes yields every prefix with its PID, in no particular order. Prefixes
	// may nest; no prefix comes twice.
	Prefixes() iter.Seq2[netip.Prefix, uint32]

	// Row returns the costs between home and every PID, run-length coded in the
	// order of PIDs: run i holds the PIDs from the end of the run before it (0 at
	// first) up to, not including, ends[i]. costs[i] is the cost from each PID
	// of the run to home, or from home to each of them if outward is set; NaN
	// where the source states none. internal[i] tells whether the run belongs
	// to the source's own network; a nil internal means that it does not say.
	// Callers must not write to the slices.
	Row(home uint32, outward bool) (ends []uint32, costs []float32, internal []bool)

	// Ordinal tells whether the costs are ranks (RFC 7285 section 6.1.2.2).
	Ordinal() bool

	// Default tells whether pid is the source's name for "everywhere else": it
	// holds 0.0.0.0/0 or ::/0. By default a source does not guide its requesters.
	Default(pid uint32) bool
}

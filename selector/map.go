package selector

import (
	"iter"
	"net/netip"
)

// PID is the dense number of a provider-defined identifier (RFC 7285 section
// 5.1) in one [Map]; its name is the map's business. 0 means "in no PID".
type PID = uint32

// Map is what is known of the network: which PID an address is in, and what
// traffic between PIDs costs. A Map never changes; a new map is a new value.
//
// However many ALTO servers stand behind it, it looks like one map: where
// several overlap, a PID here is one combination of their PIDs, and each home
// PID is judged by the costs of the one source responsible for it (costs of
// different servers are never compared, RFC 8686 section 4.1).
type Map interface {
	// Epoch changes when, and only when, PID numbers change their meaning.
	Epoch() uint64

	// Version changes whenever anything changes: numbering, costs, or what is
	// internal. A result computed from a Map is valid for its Version.
	Version() uint64

	// PID returns the PID of the longest prefix that holds addr, or 0. The
	// address must be unmapped.
	PID(addr netip.Addr) PID

	// Name returns the name of the source that guides the requesters of pid
	// (empty if none does) and the name that this source gives to pid.
	Name(pid PID) (source, name string)

	// Row returns the network as home's own source sees it, run-length coded in
	// the order of PIDs: run i holds the PIDs from the end of the run before it
	// (0 at first) up to, not including, ends[i]. The last end is the number
	// of PIDs plus one. PID 0 has no cost, whatever run it stands in.
	//
	// costs[i] is the cost from each PID of the run to home, or from home to
	// each of them if outward is set (RFC 7285 section 6: traffic flows from
	// provider to requester); it is NaN where the source states none.
	//
	// internal[i] tells whether the run belongs to the source's own network; nil
	// means that the source does not say.
	//
	// No runs at all means that nobody guides home. The slices are shared and
	// must not be written to.
	Row(home PID, outward bool) (ends []PID, costs []float32, internal []bool)

	// NameFor returns the name that home's own source gives to pid; it is empty if it
	// has none.
	NameFor(home, pid PID) string

	// Labels returns what home's own source says of all PIDs by a property such as
	// "isp", "region" or "access" (RFC 9240), run-length coded in the order of PIDs as
	// Row is: texts[i] is the value of each PID of run i, empty where none is stated.
	// No runs mean that the source does not know the property.
	Labels(home PID, property string) (ends []PID, texts []string)

	// Homes yields the PIDs that are one with home to its source, home among them,
	// as ascending ranges from one PID up to, not including, another. Where one
	// source stands behind the map there is only home itself.
	Homes(home PID) iter.Seq2[PID, PID]

	// Ordinal tells whether the costs that judge home are ranks, fit for
	// comparison only (RFC 7285 section 6.1.2.2).
	Ordinal(home PID) bool
}

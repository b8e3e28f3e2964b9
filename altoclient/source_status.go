package altoclient

import "time"

// State says how a [Source] is doing.
type State string

// The states of a source.
const (
	StateNone   State = "none"   // nothing has been tried yet
	StateOK     State = "ok"     // the last refresh went well
	StateStale  State = "stale"  // refreshing fails, the last good map is in use
	StateFailed State = "failed" // refreshing fails and there is no map young enough
)

// Origin says where a map comes from.
type Origin string

// OriginDisk is a map that was kept on disk by an earlier run and that the server
// has not confirmed since.
const OriginDisk Origin = "disk"

// Status is what there is to know of a [Source].
type Status struct {
	Name        string
	State       State
	VersionTag  VersionTag // of the network map in use
	PIDs        int
	Prefixes    int
	HasCosts    bool          // a cost map is in use too
	Age         time.Duration // since the map in use was last known to be right
	NextRefresh time.Duration // from now; 0 if one is under way or none will be
	LastError   string        // of the last refresh; empty if it went well

	// Origin says where the map in use comes from, if it is not what the last
	// refresh found.
	Origin     Origin
	CacheError string   // why nothing was read from disk, or is kept there; empty if all is well
	Warnings   []string // what in the configuration the map in use makes no sense of

	// Fetches is how often a server was asked, or files that had changed were
	// read, failures included; Failures how often that failed, Unchanged how often
	// it brought nothing new. To look whether files have changed is no fetch.
	Fetches, Failures, Unchanged uint64

	Skews  uint64 // times that the version tags of a pair of maps did not agree
	Retags uint64 // times that a new network map came under an old version tag

	Updates     UpdateMode // how changes are learnt of now: sse, tips or poll; empty if there is no server
	UpdateError string     // what was wrong with following updates last; empty if nothing has been since
	Applied     uint64     // updates that gave maps that agree
	Resyncs     uint64     // times that all was fetched anew because an update made no sense

	Masked   int // prefixes in use that had bits set beyond their length
	Dropped  int // costs in use left out because the network map lacks their PIDs
	Problems []string
}

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

	Fetches  uint64 // refreshes, failed ones included
	Failures uint64 // failed refreshes
	Skews    uint64 // times that the version tags of a pair of maps did not agree
	Retags   uint64 // times that a new network map came under an old version tag
	Masked   int    // prefixes in use that had bits set beyond their length
	Dropped  int    // costs in use left out because the network map lacks their PIDs
	Problems []string
}

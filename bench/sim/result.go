package sim

import "time"

// Never is the time of what did not happen.
const Never time.Duration = -1

// Result is what happened. All that is per peer is in the order of Config.Peers; all
// times count from the start of the run; all bytes are payload.
type Result struct {
	// Bytes[a][b] is what peers of place a sent to peers of place b.
	Bytes [][]float64

	// Wasted is how much of it never became a piece that somebody holds: the pieces
	// that were not complete when their peer left, or the run ended.
	Wasted float64

	Peers []Outcome

	LinkBytes []float64 // per directed link

	// LinkBins[l] is the bytes of link l in each bin of length Bin, for the links of
	// Config.BinLinks; nil for others.
	Bin      time.Duration
	LinkBins [][]float32

	// Transit[i][a*Groups+b] is what group a sent to group b in bin i, if Config.Groups
	// was given.
	Groups  int
	Transit [][]float32

	SeedBytes float64 // sent by those that had everything from the start

	// Leeching is, per place, the sum of the seconds that its leechers spent there;
	// Missing is those among them during which some piece was held by nobody of the
	// place.
	Leeching, Missing []float64

	Overlay Overlay

	Announces int
	Events    int // pieces completed, connections, choke rounds, announces, arrivals, departures

	// Allocations is how often rates were worked out, Allocated of how many flows in all.
	Allocations, Allocated int

	End time.Duration
}

// Outcome is how one peer fared. Times are Never if it did not come to that.
type Outcome struct {
	Arrived   time.Duration
	First     time.Duration // its first piece was complete
	Completed time.Duration // 0 for one that had everything from the start
	Left      time.Duration

	Sent, Received float64 // bytes
	Pieces         int     // it had at the end

	Introduced int // times it was named in a reply to somebody else
	Known      int // different addresses it learnt
	Announces  int
}

// Overlay is who was connected to whom at one moment.
type Overlay struct {
	At      time.Duration // Never if that moment did not come
	Present []int32       // peers that were there
	Edges   [][2]int32    // connections: the one that dialled, the one that accepted
}

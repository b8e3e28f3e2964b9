package live

import (
	"net/netip"
	"time"
)

// Result is what became of a [Scenario]. Bytes are useful payload.
type Result struct {
	// Clients is how each one fared, by PID, and within it by address.
	Clients []Outcome

	// Bytes[a][b] is what the clients of PID a+1 sent to those of PID b+1.
	Bytes [][]int64

	// Bins is the same bin by bin, each Scenario.Bin long but the last one.
	Bins [][][]int64

	// Overlay is who was connected with whom at Scenario.SampleAt.
	Overlay Overlay

	// FileBytes is the size of the content.
	FileBytes int64

	// Elapsed is the time from the first arrival to the end.
	Elapsed time.Duration
}

// Outcome is how one client fared.
type Outcome struct {
	Addr netip.Addr
	PID  int  // from 1
	Seed bool // had the content from the start

	// Verified tells that the client claims to be complete, and that its store
	// holds the very bytes of the content.
	Verified bool

	// Joined and Completed count from the first arrival. Both are 0 for a seed;
	// Completed is 0 for a client that did not finish.
	Joined, Completed time.Duration

	// First is when its first piece was there; 0 if there was none, or for a seed.
	First time.Duration

	Sent, Received int64 // bytes
}

// Complete tells whether everybody has the right bytes.
func (r *Result) Complete() bool {
	for _, c := range r.Clients {
		if !c.Verified {
			return false
		}
	}
	return true
}

// IntraShare returns the share of all bytes that did not leave their PID, 0 to 1.
func (r *Result) IntraShare() float64 {
	var intra, all int64
	for a, row := range r.Bytes {
		for b, n := range row {
			all += n
			if a == b {
				intra += n
			}
		}
	}
	return share(intra, all)
}

// SeedCopies returns how many times the seeds together sent the size of the
// content. Near 2 is a swarm in good health; more than one for each PID means that
// the PIDs live off the seeds.
func (r *Result) SeedCopies() float64 {
	var sent int64
	for _, c := range r.Clients {
		if c.Seed {
			sent += c.Sent
		}
	}
	return share(sent, r.FileBytes)
}

func share(part, whole int64) float64 {
	if whole == 0 {
		return 0
	}
	return float64(part) / float64(whole)
}

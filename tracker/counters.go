package tracker

import "sync/atomic"

// counter is one of the things a Tracker counts.
type counter int

const (
	announces counter = iota
	scrapes
	failures
	completedEvents
	stoppedEvents
	peersReturned
	peersFromHome
	expiredPeers
	reviews
	repliesGuided
	repliesFlat
	repliesIncomplete
	repliesNoMap
	repliesNoPID
	repliesNoSource
	numCounters
)

// lanes is how many cores can count without waiting for each other's cache lines.
const lanes = 64

// counters holds what is counted, by lane.
type counters [lanes]lane

// lane is a share of the counters, away from all else by a pair of cache lines of 64
// bytes, which are fetched together.
type lane struct {
	_ [128]byte
	n [numCounters]atomic.Uint64
}

func (c *counters) lane(i int) *lane { return &c[uint(i)%lanes] }

func (l *lane) add(k counter, n uint64) { l.n[k].Add(n) }

func (c *counters) sum(k counter) (n uint64) {
	for i := range c {
		n += c[i].n[k].Load()
	}
	return n
}

// Stats is what a Tracker has counted since it began.
type Stats struct {
	Announces, Scrapes uint64
	Failures           uint64 // requests answered with a Failure
	Completed, Stopped uint64 // events
	Expired            uint64 // peers removed after their lifetime
	PeersReturned      uint64
	PeersFromHome      uint64 // of those, peers of the requester's own PID

	Reviews uint64 // looks that the policy took at a swarm

	// How the replies came about; they add up to the replies that had peers to
	// choose for.
	Guided     uint64 // by network map and costs
	Flat       uint64 // by the network map alone: all costs are equal, or unknown
	Incomplete uint64 // by costs of which some are missing
	NoMap      uint64 // at random: there is no map
	NoPID      uint64 // at random: the requester is in no PID
	NoSource   uint64 // at random: no source guides the requester's PID
}

// guidance names one of the counters of replies.
func (k counter) guidance() string {
	return map[counter]string{
		repliesGuided: "guided", repliesFlat: "flat", repliesIncomplete: "incomplete",
		repliesNoMap: "no_map", repliesNoPID: "no_pid", repliesNoSource: "no_source",
	}[k]
}

// Stats adds up the counters.
func (t *Tracker) Stats() Stats {
	c := &t.counters
	return Stats{
		Announces: c.sum(announces), Scrapes: c.sum(scrapes), Failures: c.sum(failures),
		Completed: c.sum(completedEvents), Stopped: c.sum(stoppedEvents), Expired: c.sum(expiredPeers),
		Reviews:       c.sum(reviews),
		PeersReturned: c.sum(peersReturned), PeersFromHome: c.sum(peersFromHome),
		Guided: c.sum(repliesGuided), Flat: c.sum(repliesFlat), Incomplete: c.sum(repliesIncomplete),
		NoMap: c.sum(repliesNoMap), NoPID: c.sum(repliesNoPID), NoSource: c.sum(repliesNoSource),
	}
}

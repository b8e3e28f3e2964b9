package discovery

import "sync/atomic"

// finderCounts counts what a Finder does.
type finderCounts struct {
	asked, failed, cached, refused atomic.Uint64
}

// FinderStats is what a [Finder] has done so far.
type FinderStats struct {
	Asked   uint64 // questions to the resolver
	Failed  uint64 // of those, without an answer
	Cached  uint64 // names that were remembered
	Refused uint64 // records that did not make a usable URI
}

// Stats returns what the Finder has done so far.
func (f *Finder) Stats() FinderStats {
	failed := f.counts.failed.Load() // before Asked, which counts them, too
	return FinderStats{
		Asked:   f.counts.asked.Load(),
		Failed:  failed,
		Cached:  f.counts.cached.Load(),
		Refused: f.counts.refused.Load(),
	}
}

// followerCounts counts what a Follower does.
type followerCounts struct {
	found, nothing, failed, ignored atomic.Uint64
	opened, evicted, refused        atomic.Uint64
	servers, claims                 atomic.Int64
}

func (c *followerCounts) count(l lesson) {
	switch {
	case len(l.result.URIs) > 0:
		c.found.Add(1)
	case l.err != nil:
		c.failed.Add(1)
	default:
		c.nothing.Add(1)
	}
}

// FollowerStats is what a [Follower] has done so far.
type FollowerStats struct {
	Taken, Lost uint64 // addresses to look up, and those there was no room for
	Ignored     uint64 // of those taken, not of the public Internet

	Found, Nothing, Failed uint64 // look-ups by what came of them

	Opened  uint64 // servers followed
	Evicted uint64 // of those, given up for another one
	Refused uint64 // times that a server was not followed: no room, or it had failed

	Servers  int // followed now
	Prefixes int // that they are followed for
}

// Stats returns what the Follower has done so far.
func (f *Follower) Stats() FollowerStats {
	c := &f.counts
	ignored, lost := c.ignored.Load(), f.inbox.lost.Load() // before taken, which counts them, too
	return FollowerStats{
		Taken: f.inbox.taken.Load() - lost, Lost: lost, Ignored: ignored,
		Found: c.found.Load(), Nothing: c.nothing.Load(), Failed: c.failed.Load(),
		Opened: c.opened.Load(), Evicted: c.evicted.Load(), Refused: c.refused.Load(),
		Servers: int(c.servers.Load()), Prefixes: int(c.claims.Load()),
	}
}

package run

import (
	"math"
	"slices"
)

// supply is what counts of a peer for the limits of time.
type supply struct {
	group    int     // of its PID
	up, down float64 // bytes a second
	seed     bool
	stays    float64 // seconds that it seeds when it is complete, on average; +Inf: for ever
}

// crowd is a swarm, as far as time is concerned.
type crowd struct {
	file  float64
	peers []supply

	// horizon is the time that seeds are there for a swarm whose peers come one after the
	// other, from the first arrival to the last; 0 is a flash crowd.
	horizon float64
}

// flash is the least time in which a fluid reaches everybody of a flash crowd: the seeds
// must send one copy, each peer must receive one, and all together must send as many as
// there are leechers (Kumar and Ross 2006).
func (c *crowd) flash() float64 {
	seeds, all, slowest, leechers := 0.0, 0.0, math.Inf(1), 0.0
	for _, p := range c.peers {
		all += p.up
		if p.seed {
			seeds += p.up
			continue
		}
		leechers++
		slowest = min(slowest, p.down)
	}
	return slices.Max([]float64{c.file / seeds, c.file / slowest, leechers * c.file / all})
}

// steady is the least mean time of peers that come one after the other: what they send
// while they download and while they seed, and what the seeds send meanwhile, must be a
// copy for each (Qiu and Srikant 2004, with a sharing efficiency of 1). It is no less
// than what a mean line takes.
func (c *crowd) steady() float64 {
	seeds, up, after, alone, leechers := 0.0, 0.0, 0.0, 0.0, 0.0
	for _, p := range c.peers {
		if p.seed {
			seeds += p.up * min(p.stays, c.horizon)
			continue
		}
		leechers++
		up += p.up
		after += p.up * min(p.stays, c.horizon)
		alone += c.file / p.down
	}
	shared := (leechers*c.file - seeds - after) / up
	return max(alone/leechers, shared)
}

// limit is the network's: steady if peers come one after the other.
func (c *crowd) limit() float64 {
	if c.horizon > 0 {
		return c.steady()
	}
	return c.flash()
}

// imports is the least time in which each group that had no copy can import one over the
// links into it, whose sum of capacities is into, bytes a second.
func (c *crowd) imports(into []float64) (least float64) {
	copied, leechers := make([]bool, len(into)), make([]bool, len(into))
	for _, p := range c.peers {
		copied[p.group] = copied[p.group] || p.seed
		leechers[p.group] = leechers[p.group] || !p.seed
	}
	for group, capacity := range into {
		if leechers[group] && !copied[group] {
			least = max(least, c.file/capacity)
		}
	}
	return least
}

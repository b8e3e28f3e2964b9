package sim

import (
	"time"

	"github.com/altracker/altracker/tracker"
)

// core is the real tracker with its chores done in virtual time.
type core struct {
	*tracker.Tracker
	expired time.Time
}

// Virtual makes the real tracker one that lives in virtual time. For a run to be
// repeatable its store needs a Seed (swarm.Config).
func Virtual(t *tracker.Tracker) Tracker { return &core{Tracker: t} }

// Tick does what the daemon does about every second and every minute.
func (c *core) Tick(now time.Time) {
	c.Review(now)
	if now.Sub(c.expired) >= time.Minute {
		c.Expire(now)
		c.expired = now
	}
}

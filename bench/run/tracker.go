package run

import (
	"cmp"
	"sync/atomic"
	"time"

	"github.com/altracker/altracker/bench/scenario"
	"github.com/altracker/altracker/bench/sim"
	"github.com/altracker/altracker/selector"
	"github.com/altracker/altracker/tracker"
	"github.com/altracker/altracker/tracker/swarm"
)

// newTracker returns a tracker as altracker builds it, whose chance comes from a seed.
func newTracker(w *scenario.World, p scenario.Policy, guide func() selector.Map) (*tracker.Tracker, error) {
	policy, err := p.Build()
	if err != nil {
		return nil, err
	}
	store, err := swarm.New(swarm.Config{Shards: 1, Capacities: p.Classes(), Stable: p.Stable(), Seed: w.Seed | 1<<63})
	if err != nil {
		return nil, err
	}
	want := cmp.Or(w.Scenario.Client.Want, usualWant) // real clients ask for 200
	return tracker.New(tracker.Config{
		Store: store, Map: guide, Policy: policy, CensusInterval: censusInterval,
		DefaultNumWant: want, MaxNumWant: want,
		Interval: w.Scenario.Interval(), MinInterval: w.Scenario.Interval() / 2,
	})
}

// usualWant is what the simulator's clients ask for, unless the scenario says.
const usualWant = 50

// censusInterval is how long the tracker looks away from a swarm: less than altracker
// serve does, since swarms here are over in minutes.
const censusInterval = time.Minute

// fading is a tracker whose map is gone after a while.
type fading struct {
	sim.Tracker
	started time.Time
	after   time.Duration // 0: never
	gone    *atomic.Bool
}

// Tick implements [sim.Tracker].
func (f *fading) Tick(now time.Time) {
	if f.started.IsZero() {
		f.started = now
	}
	if f.after > 0 && now.Sub(f.started) >= f.after {
		f.gone.Store(true)
	}
	f.Tracker.Tick(now)
}

// until returns m until gone is set.
func until(gone *atomic.Bool, m func() selector.Map) func() selector.Map {
	return func() selector.Map {
		if gone.Load() {
			return nil
		}
		return m()
	}
}

package altoclient

import (
	"slices"
	"sync"
	"time"
)

// timetable makes the Snapshots of one [CostPlan]. They differ in nothing but the
// costs, and so number their PIDs alike. Only the one asked for last is kept.
type timetable struct {
	plan *CostPlan

	mu      sync.Mutex // guards what follows
	current *Snapshot
}

// NewPlannedSnapshot is [NewSnapshot] for costs that may change with time. It
// returns what holds at now; for other times there is [Snapshot.At].
func NewPlannedSnapshot(network *NetworkMap, plan *CostPlan, now time.Time, config SnapshotConfig) (*Snapshot, error) {
	s, err := NewSnapshot(network, plan.At(now), config)
	if err != nil || plan.constant != nil {
		return s, err
	}
	s.slots = plan.slots(now)
	s.times = &timetable{plan: plan, current: s}
	return s, nil
}

// At returns the Snapshot that holds at t: the same network map, with the same
// numbers, and the costs of that time. It returns the same Snapshot as long as
// the costs do not change. Nothing is fetched.
func (s *Snapshot) At(t time.Time) *Snapshot {
	if s.times == nil {
		return s
	}
	tt := s.times
	slots := tt.plan.slots(t)
	tt.mu.Lock()
	defer tt.mu.Unlock()
	if !slices.Equal(slots, tt.current.slots) {
		tt.current = s.with(tt.plan.combine(slots))
		tt.current.slots = slots
	}
	return tt.current
}

// Border returns when, after t, the costs may change; false if they will not.
func (s *Snapshot) Border(t time.Time) (time.Time, bool) {
	if s.times == nil {
		return time.Time{}, false
	}
	return s.times.plan.Border(t)
}

// with returns the Snapshot with other costs, of the same numbers.
func (s *Snapshot) with(costs *CostMap) *Snapshot {
	if !slices.Equal(costs.pids.names, s.network.names) {
		costs = costs.renumbered(s.network)
	}
	other := *s
	other.costs = costs
	other.rows = s.rows.cache.owner()
	return &other
}

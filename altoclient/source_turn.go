package altoclient

import "time"

// border returns when, after now, the costs in use will be replaced by those of
// the next slot of their calendar; zero if they will not.
func (s *Source) border(now time.Time) time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	if snapshot, ok := s.opinion.view.(*Snapshot); ok {
		border, _ := snapshot.Border(now)
		return border
	}
	return time.Time{}
}

// turn goes over to the costs that hold now, and tells whether they are others
// than before. Nothing is fetched, and all PIDs keep their numbers.
func (s *Source) turn(now time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	snapshot, ok := s.opinion.view.(*Snapshot)
	return ok && s.adopt(snapshot.At(now))
}

// end returns when the first calendar of the costs in use is over; zero if there is
// none.
func (s *Source) end() time.Time {
	if snapshot, ok := s.opinion.view.(*Snapshot); ok && snapshot.times != nil {
		return snapshot.times.plan.End()
	}
	return time.Time{}
}

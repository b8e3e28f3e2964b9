package altoclient

import (
	"context"
	"time"
)

// restore takes over what an earlier run has kept on disk. It is no fetch: the
// first refresh follows at once.
func (s *Source) restore(ctx context.Context) {
	if s.cache == nil {
		return
	}
	snapshot, right := s.cache.restore(ctx, s.direct)
	if snapshot != nil && s.takeOver(snapshot, right, time.Now()) {
		s.changed()
	}
}

// takeOver uses a map that was last known to be right at a time in the past.
func (s *Source) takeOver(snapshot *Snapshot, right, now time.Time) (tell bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.good = right
	if right.After(now) { // somebody has set the clock
		s.good = now
	}
	tell = s.adopt(snapshot.At(now))
	s.status.State, s.status.Origin = StateStale, OriginDisk
	return tell
}

// unasked is how long updates may be followed without a fetch. Only fetches are
// kept on disk; so that what is there stays useful, it must not grow old.
func (s *Source) unasked() time.Duration {
	if s.cache == nil {
		return never
	}
	return s.config.MaxAge / 4
}

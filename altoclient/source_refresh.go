package altoclient

import (
	"context"
	"math/rand/v2"
	"time"
)

// Failed refreshes are repeated at growing intervals.
const (
	firstRetry = time.Second
	lastRetry  = 15 * time.Minute
)

// Run fetches at once, and again whenever the maps may have changed, until ctx is
// done; it returns nil then. A failure keeps the last good maps, until they are
// older than SourceConfig.MaxAge.
func (s *Source) Run(ctx context.Context) error {
	if s.fetch == nil {
		<-ctx.Done()
		return nil
	}
	s.restore(ctx)
	var asked chan<- error // who waits for the result of this refresh
	for failures := 0; ctx.Err() == nil; asked = s.wait(ctx) {
		got, err := s.fetch(ctx, asked != nil)
		if ctx.Err() == nil { // else it is not the server's failure
			failures++
			if err == nil {
				failures = 0
			}
			s.settle(got, err, s.delay(got, err, failures))
		}
		if asked != nil {
			asked <- err
		}
	}
	return nil
}

// wait returns when the next refresh is due, with who asked for it, if anybody.
func (s *Source) wait(ctx context.Context) chan<- error {
	ended, stop := s.follow(ctx)
	defer stop()
	for {
		next, expiry := s.deadlines()
		timer := time.NewTimer(time.Until(earlier(earlier(next, expiry), s.border(time.Now()))))
		select {
		case <-ctx.Done():
			timer.Stop()
			return nil
		case asked := <-s.force:
			timer.Stop()
			s.begin()
			return asked
		case err := <-ended:
			timer.Stop()
			s.forsake(err)
			continue
		case <-s.updated:
			timer.Stop()
			continue // the map in use has other borders, and another end
		case <-timer.C:
		}
		if now := time.Now(); s.expire(now) || s.turn(now) {
			s.changed()
		}
		if !time.Now().Before(next) {
			s.begin()
			return nil
		}
	}
}

// deadlines returns when to refresh and, if there is a map, when it gets too old.
// While updates are followed there is a refresh when a calendar is over and nobody
// has said what comes after it.
func (s *Source) deadlines() (next, expiry time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.opinion.view != nil {
		expiry = s.good.Add(s.config.MaxAge)
	}
	next = s.next
	if end := s.end(); s.following && !end.IsZero() {
		if end.Before(s.polled) {
			end = s.polled // a refresh has not helped just now
		}
		next = earlier(next, end)
	}
	return next, expiry
}

func earlier(a, b time.Time) time.Time {
	if b.IsZero() || a.Before(b) {
		return a
	}
	return b
}

func (s *Source) begin() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.next = time.Time{}
}

// delay returns how long to wait for the next refresh.
func (s *Source) delay(got fetched, err error, failures int) time.Duration {
	c := s.config
	switch {
	case c.Directory == "":
		return c.Poll
	case err != nil:
		backoff := min(lastRetry, firstRetry<<min(failures-1, 20))
		return max(s.jitter(backoff), min(retryAfter(err), c.Ceiling))
	case !got.fresh.known:
		return s.jitter(c.Interval)
	}
	return s.jitter(min(max(got.fresh.lifetime, c.Floor), c.Ceiling))
}

// spread keeps clients that started together from asking together: it adds up to
// a quarter.
func spread(d time.Duration) time.Duration {
	return d + rand.N(d/4+1)
}

// settle takes over the result of a refresh and tells those who want to know.
func (s *Source) settle(got fetched, err error, delay time.Duration) {
	if s.accept(got, err, time.Now(), delay) {
		s.changed()
	}
}

func (s *Source) changed() {
	for _, f := range s.notify {
		f()
	}
}

func (s *Source) accept(got fetched, err error, now time.Time, delay time.Duration) (tell bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	first := !s.tried
	s.tried = true
	s.next = now.Add(delay)
	s.count(got, err, now)
	s.status.Skews += got.skews
	s.status.Retags += got.retags
	s.status.LastError = ""
	if err != nil {
		s.status.LastError = err.Error()
	}
	if got.problems != nil || err == nil {
		s.status.Problems = texts(got.problems)
	}
	if got.snapshot != nil {
		s.good = now
		s.status.Origin = ""
		tell = s.adopt(got.snapshot.At(now))
	}
	tell = s.expireLocked(now) || tell
	s.status.State = s.state(err)
	return tell || first
}

// count enters a refresh into the counters.
func (s *Source) count(got fetched, err error, now time.Time) {
	if got.idle {
		return
	}
	s.status.Fetches++
	switch {
	case err != nil:
		s.status.Failures++
	case got.snapshot != nil && s.opinion.view == View(got.snapshot.At(now)):
		s.status.Unchanged++
	}
}

func (s *Source) adopt(snapshot *Snapshot) (changed bool) {
	if s.opinion.view == View(snapshot) {
		return false
	}
	old, _ := s.opinion.view.(*Snapshot)
	if old == nil || !old.network.sameContent(snapshot.network) {
		s.opinion.numbering++
	}
	s.opinion.version++
	s.opinion.view = snapshot
	s.describe(snapshot)
	return true
}

// describe fills in what the status says about the map in use.
func (s *Source) describe(view View) {
	st := &s.status
	st.VersionTag, st.PIDs, st.Prefixes, st.HasCosts, st.Masked, st.Dropped = VersionTag{}, 0, 0, false, 0, 0
	st.Warnings = s.config.warnings(view)
	if view == nil {
		st.Origin = ""
		return
	}
	st.PIDs = view.PIDs()
	if tagged, ok := view.(interface{ VersionTag() VersionTag }); ok {
		st.VersionTag = tagged.VersionTag()
	}
	snapshot, ok := view.(*Snapshot)
	if !ok {
		st.HasCosts = true
		for range view.Prefixes() {
			st.Prefixes++
		}
		return
	}
	st.Prefixes = snapshot.network.Len()
	st.Masked = snapshot.network.masked
	if snapshot.costs != nil {
		st.HasCosts = true
		st.Dropped = snapshot.costs.dropped
	}
}

func (s *Source) state(err error) State {
	switch {
	case err == nil:
		return StateOK
	case s.opinion.view != nil:
		return StateStale
	}
	return StateFailed
}

// expire drops the map if it is too old.
func (s *Source) expire(now time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.expireLocked(now)
}

func (s *Source) expireLocked(now time.Time) bool {
	if s.opinion.view == nil || now.Sub(s.good) < s.config.MaxAge {
		return false
	}
	s.opinion.view = nil
	s.opinion.version++
	s.opinion.numbering++
	s.status.State = StateFailed
	s.describe(nil)
	return true
}

func texts(errs []error) []string {
	var list []string
	for _, err := range errs {
		list = append(list, err.Error())
	}
	return list
}

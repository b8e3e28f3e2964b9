package altoclient

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"
)

// UpdateMode says how a [Source] learns that a server's maps have changed.
type UpdateMode string

// The ways to learn of changes.
const (
	UpdatesAuto UpdateMode = "auto" // as the server offers: SSE, else TIPS, else polling
	UpdatesSSE  UpdateMode = "sse"  // an update stream (RFC 8895) if there is one, else polling
	UpdatesTIPS UpdateMode = "tips" // updates fetched as they appear (RFC 9569) if offered, else polling
	UpdatesPoll UpdateMode = "poll" // asking again when an answer is no longer fresh
)

// UpdateModes are all of them.
func UpdateModes() []UpdateMode {
	return []UpdateMode{UpdatesAuto, UpdatesSSE, UpdatesTIPS, UpdatesPoll}
}

func (m UpdateMode) known() bool { return m == "" || slices.Contains(UpdateModes(), m) }

// What ends the following of updates. Everything else is trouble on the way.
var (
	errDoubt   = errors.New("updates cannot be trusted") // our maps may be wrong: all anew
	errRefused = errors.New("updates are refused")       // our maps are right, but must be polled
)

func doubt(format string, args ...any) error {
	return fmt.Errorf("%w: %w", errDoubt, fmt.Errorf(format, args...))
}

// Streams that break are opened again after a pause that doubles. After as many
// failures in a row the maps are fetched in the ordinary way, and then the stream
// is tried again. One that the server refuses is tried again after refusedPause,
// which doubles too. There are proxies that end every stream after half a minute:
// one that has lasted about as long as an interval of polling was worth it.
const (
	reconnects   = 2
	refusedPause = time.Minute
	settled      = 20 * time.Second // what lasts longer counts as no failure
	never        = 100 * 365 * 24 * time.Hour
)

// follower keeps the maps of a remote up to date while its Source waits. The
// goroutine that follows and the one that fetches take turns.
type follower struct {
	source *Source
	remote *remote
	client *Client // knows nothing of any cache
	next   fetchFunc
	mode   UpdateMode

	usable    bool // the last fetch left maps that can be updated
	suspected bool // what is at hand may be wrong, whatever its validators say
	failures  int  // in a row, of following
	retry     time.Time
	replica   *replica
}

// fetch is that of the remote.
func (f *follower) fetch(ctx context.Context, bypass bool) (fetched, error) {
	got, err := f.next(ctx, bypass || f.suspected)
	f.usable = err == nil && got.snapshot != nil
	if f.usable {
		f.suspected = false
	}
	return got, err
}

// choose returns how to follow now, nil if there is no way.
func (f *follower) choose() func(context.Context, *replica) error {
	if !f.usable || f.mode == UpdatesPoll || time.Now().Before(f.retry) {
		return nil
	}
	switch f.remote.offer.way(f.mode) {
	case UpdatesSSE:
		return f.stream
	case UpdatesTIPS:
		return f.views
	}
	return nil
}

// follow begins to follow updates, if there are any. The channel has the error
// that ends it; stop ends it too, and returns when it has ended.
func (s *Source) follow(ctx context.Context) (ended <-chan error, stop func()) {
	if s.follower == nil {
		return nil, func() {}
	}
	way := s.follower.choose()
	if way == nil {
		s.setUpdates(UpdatesPoll)
		return nil, func() {}
	}
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan error, 1)
	var running sync.WaitGroup
	resume := s.suspend()
	running.Go(func() { done <- s.follower.run(ctx, way) })
	return done, func() {
		cancel()
		running.Wait()
		resume()
	}
}

// suspend stops polling, and returns what begins it again where it was.
func (s *Source) suspend() (resume func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.following = true
	s.polled, s.next = s.next, time.Now().Add(s.unasked())
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.following && !s.next.IsZero() {
			s.next = s.polled
		}
		s.following = false
	}
}

// run follows until something ends it that opening another stream does not mend. It
// returns nil only if ctx is done.
func (f *follower) run(ctx context.Context, way func(context.Context, *replica) error) error {
	p := f.newReplica()
	for failures := 1; ; failures++ {
		opened := time.Now()
		err := way(ctx, p)
		if time.Since(opened) > f.source.jitter(settled) {
			failures, f.failures = 1, 0
		}
		select {
		case <-ctx.Done():
			return nil
		default:
		}
		if errors.Is(err, errDoubt) || errors.Is(err, errRefused) || failures > reconnects || retryAfter(err) > 0 {
			return err
		}
		f.source.note(err)
		if !sleep(ctx, f.source.jitter(firstRetry<<(failures-1))) {
			return nil
		}
	}
}

func sleep(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}

// forsake is told why following has ended, and when to fetch and to follow again.
func (s *Source) forsake(err error) {
	if err == nil { // nothing has but the source's own time
		return
	}
	f := s.follower
	now := time.Now()
	f.failures++
	pause := min(lastRetry, firstRetry<<min(f.failures-1, 20))
	if errors.Is(err, errRefused) {
		pause = min(s.config.Ceiling, refusedPause<<min(f.failures-1, 20))
	}
	f.retry = now.Add(max(s.jitter(pause), min(retryAfter(err), s.config.Ceiling)))
	s.note(err)
	s.setUpdates(UpdatesPoll)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.following = false
	s.next = earlier(s.polled, f.retry)
	if f.failures == 1 && !errors.Is(err, errRefused) {
		f.retry, s.next = now, now
	}
	if errors.Is(err, errDoubt) {
		s.status.Resyncs++
		f.suspected = true
		f.replica = nil
	}
}

// note remembers what was wrong with updates last.
func (s *Source) note(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.status.UpdateError = ""
	if err != nil {
		s.status.UpdateError = err.Error()
	}
}

func (s *Source) setUpdates(mode UpdateMode) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.status.Updates = mode
}

// update takes over maps that were brought up to date.
func (s *Source) update(got fetched) {
	now := time.Now()
	s.mu.Lock()
	s.good = now
	s.status.Retags += got.retags
	s.status.Applied++
	s.status.UpdateError = ""
	s.status.Origin = ""
	tell := s.adopt(got.snapshot.At(now))
	s.status.State = StateOK
	s.mu.Unlock()
	select {
	case s.updated <- struct{}{}:
	default: // it is there
	}
	if tell {
		s.changed()
	}
}

// confirm is told that the server has nothing newer than the map in use.
func (s *Source) confirm() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.good = time.Now()
}

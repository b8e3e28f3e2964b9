package live

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

// Progress is how far a run is.
type Progress struct {
	Elapsed           time.Duration // since the first arrival
	Received, Wanted  int64         // bytes, of all clients that came without the content
	Complete, Clients int           // seeds included
}

// Run lets the clients of s download until all of them are complete, or until ctx
// is done: then the error says how many were not, and the Result is what there was
// by then. It calls progress, unless that is nil, about twice a second. The tracker
// has to be up already: after a failed announce a client waits for a minute.
func Run(ctx context.Context, s Scenario, progress func(Progress)) (*Result, error) {
	s, err := s.Plan(loopback)
	if err != nil {
		return nil, fmt.Errorf("live: %w", err)
	}
	c, err := NewContent(s)
	if err != nil {
		return nil, err
	}
	r := &run{scenario: s, content: c}
	defer func() { shut(r.clients) }()
	if err := r.prepare(ctx); err != nil {
		return nil, err
	}
	if progress == nil {
		progress = func(Progress) {}
	}
	err = r.download(ctx, progress)
	result := r.result()
	return result, errors.Join(err, r.strays())
}

// run is a Scenario under way.
type run struct {
	scenario Scenario
	content  Content
	clients  []*client
	senders  directory
	started  time.Time

	sampled Overlay
	bins    [][][]int64 // sums up to the end of each

	mu                sync.Mutex // guards what follows
	joined, completed []time.Duration
	end               time.Duration
}

// prepare builds all clients. The tracker does not hear of them yet.
func (r *run) prepare(ctx context.Context) error {
	peers := r.scenario.peers()
	r.senders = make(directory, len(peers))
	for i, p := range peers {
		r.senders[p.Addr] = i
	}
	for _, p := range peers {
		c, err := newClient(r.scenario, p, r.content, r.senders)
		if c != nil {
			r.clients = append(r.clients, c)
		}
		if err != nil {
			return err
		}
	}
	for _, c := range r.clients {
		if c.Seed {
			if err := c.verified(ctx); err != nil {
				return err
			}
		}
	}
	r.joined = make([]time.Duration, len(peers))
	r.completed = make([]time.Duration, len(peers))
	return nil
}

// download lets the seeds join, then the others, and waits for them.
func (r *run) download(ctx context.Context, progress func(Progress)) error {
	r.plant()
	leechers := r.leechers()
	if until := r.scenario.Until; until > 0 {
		limited, stop := context.WithTimeoutCause(ctx, until, ErrUntil)
		defer stop()
		ctx = limited
	}
	r.started = time.Now()
	var group sync.WaitGroup
	for _, i := range leechers {
		group.Go(func() { r.follow(ctx, i, r.clients[i].Arrive) })
	}
	finished := make(chan struct{})
	go func() { group.Wait(); close(finished) }()
	r.report(finished, progress)

	r.mu.Lock()
	defer r.mu.Unlock()
	r.end = time.Since(r.started)
	missing := 0
	for _, i := range leechers {
		if r.completed[i] == 0 {
			missing++
		}
	}
	if missing > 0 {
		return fmt.Errorf("%d of %d clients are not complete after %v: %w",
			missing, len(r.clients), r.end.Round(time.Millisecond), context.Cause(ctx))
	}
	return nil
}

// plant lets the seeds join. Whoever came before them would not learn of them until
// its second announce.
func (r *run) plant() {
	var seeds []*client
	for _, c := range r.clients {
		if c.Seed {
			c.join(r.scenario.Tracker)
			seeds = append(seeds, c)
		}
	}
	settle(seeds, time.Now())
}

// leechers returns the indices of the leechers.
func (r *run) leechers() (order []int) {
	for i, c := range r.clients {
		if !c.Seed {
			order = append(order, i)
		}
	}
	return order
}

// follow is the life of one leecher.
func (r *run) follow(ctx context.Context, i int, arrival time.Duration) {
	select {
	case <-time.After(time.Until(r.started.Add(arrival))):
	case <-ctx.Done():
		return
	}
	r.note(r.joined, i)
	c := r.clients[i]
	c.join(r.scenario.Tracker)
	select {
	case <-c.torrent.Complete().On():
		r.note(r.completed, i)
	case <-ctx.Done():
	}
}

func (r *run) hasJoined(i int) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.joined[i] > 0
}

func (r *run) note(times []time.Duration, i int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	times[i] = time.Since(r.started)
}

// report calls progress until finished, and once more then.
func (r *run) report(finished <-chan struct{}, progress func(Progress)) {
	tick := time.NewTicker(500 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			r.look(time.Since(r.started))
			progress(r.progress())
		case <-finished:
			progress(r.progress())
			return
		}
	}
}

func (r *run) progress() Progress {
	p := Progress{Elapsed: time.Since(r.started), Clients: len(r.clients)}
	r.mu.Lock()
	defer r.mu.Unlock()
	for i, c := range r.clients {
		if c.Seed || r.completed[i] > 0 {
			p.Complete++
		}
		if !c.Seed {
			p.Wanted += r.scenario.FileBytes
			p.Received += c.total()
		}
	}
	return p
}

func (r *run) result() *Result {
	result := &Result{FileBytes: r.scenario.FileBytes, Elapsed: r.end, Bytes: r.matrix(), Overlay: r.sampled}
	for i, c := range r.clients {
		result.Clients = append(result.Clients, Outcome{
			Addr:      c.Addr,
			PID:       c.PID,
			Seed:      c.Seed,
			Verified:  c.torrent.Complete().Bool() && c.store.holds(r.content.Data),
			Joined:    r.joined[i],
			Completed: r.completed[i],
			First:     c.store.began(r.started),
			Received:  c.total(),
		})
	}
	for _, to := range r.clients {
		for sender := range r.clients {
			result.Clients[sender].Sent += to.received[sender].Load()
		}
	}
	result.Bins = Binned(append(r.bins, r.matrix()))
	return result
}

// strays is an error if bytes came from somewhere else than a client: then the
// matrix would not be true.
func (r *run) strays() error {
	for _, c := range r.clients {
		if n := c.strays.Load(); n > 0 {
			return fmt.Errorf("client %v received %d bytes from addresses that no client has", c.Addr, n)
		}
	}
	return nil
}

package netns

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/altracker/altracker/bench/live"
)

// Result is what became of a run. Bytes and Bins are bytes on the wire, as nftables has
// counted them; what each client has sent and received is what it says, payload.
type Result struct {
	live.Result
	Programs []Program // of each client
	Counted  []Traffic // of each client
}

// Traffic is bytes on the wire.
type Traffic struct{ Sent, Received int64 }

// Wire returns how many times what the clients say they sent was counted on the wire.
func (r *Result) Wire() float64 {
	said, counted := 0.0, 0.0
	for i, c := range r.Clients {
		said += float64(c.Sent)
		counted += float64(r.Counted[i].Sent)
	}
	return counted / said // NaN if there was nothing
}

// looking is how often clients are asked how far they are: that is how well times are known.
const looking = 250 * time.Millisecond

// Run lets the clients of s download until all of them are complete, or until ctx is done:
// then the error says how many were not, and the Result is what there was by then. The
// scenario's Tracker and Delay are not used. It calls progress, unless that is nil, about
// twice a second. A Lab can do that once, and has to have a tracker.
func (l *Lab) Run(ctx context.Context, s live.Scenario, progress func(live.Progress)) (*Result, error) {
	s.Tracker = URL
	s, err := s.Plan(Room)
	if err != nil {
		return nil, fmt.Errorf("netns: %w", err)
	}
	content, err := live.NewContent(s)
	if err != nil {
		return nil, err
	}
	if progress == nil {
		progress = func(live.Progress) {}
	}
	r := &run{lab: l, scenario: s, content: content.Data, pids: map[netip.Addr]int{}}
	defer r.close()
	if err := r.prepare(ctx, content); err != nil {
		return nil, err
	}
	missing := r.download(ctx, progress)
	if missing != nil && r.began.IsZero() {
		return nil, missing
	}
	result, err := r.result(context.WithoutCancel(ctx))
	return result, errors.Join(missing, err)
}

// run is a scenario under way.
type run struct {
	lab      *Lab
	scenario live.Scenario
	content  []byte
	clients  []client
	seats    []*seat
	pids     map[netip.Addr]int // by address
	began    time.Time
	bins     [][][]int64 // sums up to the end of each

	mu      sync.Mutex // guards what follows
	fates   []fate
	overlay live.Overlay
	end     time.Duration
}

// fate is what is known of a client. Times count from the first arrival.
type fate struct {
	state
	joined, first, completed time.Duration
}

// prepare starts all programs. The tracker does not hear of them yet.
func (r *run) prepare(ctx context.Context, c live.Content) error {
	torrent := filepath.Join(r.lab.work, "content.torrent")
	meta := *c.Meta
	meta.Announce = URL
	var text bytes.Buffer
	if err := meta.Write(&text); err != nil {
		return err
	}
	if err := os.WriteFile(torrent, text.Bytes(), 0o600); err != nil {
		return err
	}
	peers := r.scenario.Peers
	programs := Deal(r.lab.config.Programs, len(peers), r.scenario.Seed)
	r.fates = make([]fate, len(peers))
	for i, p := range peers {
		seat, err := r.lab.sit(ctx, i+1, p, programs[i], r.scenario, torrent, r.content)
		if err != nil {
			return err
		}
		c, err := r.lab.begin(seat)
		if err != nil {
			return err
		}
		r.seats, r.clients = append(r.seats, seat), append(r.clients, c)
		r.pids[p.Addr] = p.PID
	}
	ctx, stop := context.WithTimeout(ctx, patience)
	defer stop()
	for i, c := range r.clients {
		ready := func() error { _, err := c.state(ctx); return err }
		if err := until(ctx, ready, c.process()); err != nil {
			return fmt.Errorf("%s is not ready: %w", r.seats[i].name, err)
		}
	}
	return r.plant(ctx)
}

// plant lets the seeds join, and waits until the tracker knows them: whoever came before
// them would not learn of them until its second announce.
func (r *run) plant(ctx context.Context) error {
	seeds := 0
	for i, c := range r.clients {
		if !r.seats[i].Seed {
			continue
		}
		seeds++
		if err := c.join(ctx); err != nil {
			return err
		}
		verified := func() error {
			state, err := c.state(ctx)
			if err == nil && !state.Complete {
				err = fmt.Errorf("%s has not verified its content", r.seats[i].name)
			}
			return err
		}
		if err := until(ctx, verified, c.process()); err != nil {
			return err
		}
	}
	return until(ctx, func() error {
		var status struct{ Seeders int }
		if err := r.lab.Ask(ctx, "/api/v1/status", &status); err != nil {
			return err
		}
		if status.Seeders != seeds {
			return fmt.Errorf("%d seeds have announced themselves, want %d", status.Seeders, seeds)
		}
		return nil
	})
}

// download lets the others join, and waits for them.
func (r *run) download(ctx context.Context, progress func(live.Progress)) error {
	if until := r.scenario.Until; until > 0 {
		limited, stop := context.WithTimeoutCause(ctx, until, live.ErrUntil)
		defer stop()
		ctx = limited
	}
	r.began = time.Now()
	tasks, ctx := errgroup.WithContext(ctx)
	for i, s := range r.seats {
		if !s.Seed {
			tasks.Go(func() error { return r.follow(ctx, i) })
		}
	}
	failed := make(chan error, 1)
	go func() { failed <- tasks.Wait() }()
	err := r.report(ctx, failed, progress)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.end = time.Since(r.began)
	if err == nil {
		return nil
	}
	missing := 0
	for i, f := range r.fates {
		if !r.seats[i].Seed && f.completed == 0 {
			missing++
		}
	}
	return fmt.Errorf("%d of %d clients are not complete after %v: %w", missing, len(r.seats), r.end.Round(time.Millisecond), err)
}

// follow is the life of one leecher until it is complete.
func (r *run) follow(ctx context.Context, i int) error {
	select {
	case <-time.After(time.Until(r.began.Add(r.seats[i].Arrive))):
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	r.mu.Lock()
	r.fates[i].joined = time.Since(r.began)
	r.mu.Unlock()
	if err := r.clients[i].join(ctx); err != nil {
		return err
	}
	tick := time.NewTicker(looking)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
		complete, err := r.look(ctx, i)
		if err != nil || complete {
			return err
		}
	}
}

// look asks one client how far it is.
func (r *run) look(ctx context.Context, i int) (complete bool, err error) {
	if err := r.clients[i].process().failure(); err != nil {
		return false, err
	}
	state, err := r.clients[i].state(ctx)
	if err != nil {
		if ctx.Err() != nil {
			err = context.Cause(ctx)
		}
		return false, err
	}
	now := time.Since(r.began)
	r.mu.Lock()
	defer r.mu.Unlock()
	f := &r.fates[i]
	f.state = state
	if r.seats[i].Seed {
		return true, nil
	}
	if state.Begun && f.first == 0 {
		f.first = now
	}
	if state.Complete && f.completed == 0 {
		f.completed = now
	}
	return state.Complete, nil
}

// report calls progress and takes samples until the downloads have ended.
func (r *run) report(ctx context.Context, ended <-chan error, progress func(live.Progress)) error {
	tick := time.NewTicker(2 * looking)
	defer tick.Stop()
	for {
		select {
		case err := <-ended:
			progress(r.progress())
			return err
		case <-tick.C:
			if err := r.sample(ctx, time.Since(r.began)); err != nil && ctx.Err() == nil {
				return errors.Join(err, context.Cause(ctx))
			}
			progress(r.progress())
		}
	}
}

func (r *run) progress() live.Progress {
	r.mu.Lock()
	defer r.mu.Unlock()
	p := live.Progress{Elapsed: time.Since(r.began), Clients: len(r.seats)}
	for i, f := range r.fates {
		if r.seats[i].Seed {
			p.Complete++
			continue
		}
		p.Received += f.Received
		p.Wanted += r.scenario.FileBytes
		if f.completed > 0 {
			p.Complete++
		}
	}
	return p
}

func (r *run) close() {
	for _, c := range r.clients {
		c.close()
	}
}

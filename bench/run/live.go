package run

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"time"

	"github.com/altracker/altracker/bench/live"
	"github.com/altracker/altracker/bench/netns"
	"github.com/altracker/altracker/bench/report"
	"github.com/altracker/altracker/bench/scenario"
	"github.com/altracker/altracker/bench/sim"
)

// LiveConfig is a series of runs with real clients, one after the other.
type LiveConfig struct {
	Config // Jobs is not used

	// MostBusy is up to what share of the machine's processor time may be used during
	// a run, by whomever, for the run to count: clients that wait for a processor are no
	// measure of a policy. 0 means 0.7.
	MostBusy float64

	Note func(string) // is told what was left out, and why; may be nil

	// Altracker is the program that is the tracker of Clients, each of which is in a network
	// namespace of its own.
	Altracker string
}

// lowerRate is what lines have of their rates when a seed is tried again because the
// machine was busy.
const lowerRate = 0.5

// BusyError is runs that are left out since the machine was the bottleneck.
type BusyError struct {
	Runs     int
	MostBusy float64
}

func (e *BusyError) Error() string {
	return fmt.Sprintf("runs left out, since the machine was busy for more than %.0f %% of the time: %d", 100*e.MostBusy, e.Runs)
}

// Live runs the series with real clients, on loopback or in network namespaces. What a seed's policies came to is
// compared among them: if the machine was busy in one of its runs, all are made again with
// slower lines, and left out if it is busy still. If ctx is done first, what has ended is
// kept, and the error is ctx's.
func Live(ctx context.Context, c LiveConfig) error {
	c.Config = c.withDefaults()
	if c.MostBusy == 0 {
		c.MostBusy = 0.7
	}
	if c.Note == nil {
		c.Note = func(string) {}
	}
	if err := c.check(); err != nil {
		return err
	}
	if !(c.MostBusy > 0 && c.MostBusy <= 1) {
		return fmt.Errorf("most busy: %v: want more than 0, at most 1", c.MostBusy)
	}
	if c.Clients != nil {
		if err := netns.Missing(ctx, c.Clients); err != nil {
			return err
		}
	}
	l := &liveSeries{config: c, began: time.Now()}
	for _, s := range c.Scenarios {
		if err := l.admit(s); err != nil {
			return err
		}
		l.runs += c.Seeds * len(c.policies(s))
	}
	if err := os.MkdirAll(c.Dir, 0o755); err != nil {
		return err
	}
	if err := l.book.open(c.Config); err != nil {
		return err
	}
	if err := l.book.compares(c.kind(), false); err != nil {
		return err
	}
	return l.run(ctx)
}

// kind is how records name the clients.
func (c *LiveConfig) kind() string {
	if c.Clients == nil {
		return inProcess
	}
	return netns.Names(c.Clients)
}

// liveSeries is a LiveConfig under way.
type liveSeries struct {
	config  LiveConfig
	book    book
	began   time.Time
	runs    int // in all
	ended   int // runs that ended or were left out
	leftOut int
}

// admit refuses what real clients cannot do.
func (l *liveSeries) admit(s *scenario.Scenario) error {
	w, err := l.world(s, 1)
	if err != nil {
		return err
	}
	if err := liveable(w); err != nil {
		return fmt.Errorf("scenario %s cannot be run live: %w", s.Name, err)
	}
	for _, p := range l.config.policies(s) {
		if _, ok := p.Oracle(); ok {
			return fmt.Errorf("scenario %s: policy %v is the simulator's: no tracker can do that", s.Name, p)
		}
	}
	return nil
}

// world has addresses of where the clients are.
func (l *liveSeries) world(s *scenario.Scenario, seed uint64) (*scenario.World, error) {
	if l.config.Clients != nil {
		return s.Lab(seed)
	}
	return s.Loopback(seed)
}

func (l *liveSeries) run(ctx context.Context) error {
	for seed := uint64(1); seed <= uint64(l.config.Seeds); seed++ {
		for _, s := range l.config.Scenarios {
			if err := l.seed(ctx, s, seed); err != nil {
				return err
			}
		}
	}
	if l.leftOut > 0 {
		return &BusyError{l.leftOut, l.config.MostBusy}
	}
	return nil
}

// seed runs all policies in one world: a second time with slower lines if need be.
func (l *liveSeries) seed(ctx context.Context, s *scenario.Scenario, seed uint64) error {
	policies := l.config.policies(s)
	first := int((seed - 1) % uint64(len(policies))) // nobody is always the first
	policies = append(policies[first:len(policies):len(policies)], policies[:first]...)
	if l.complete(s, policies, seed) {
		l.ended += len(policies)
		l.tell(0, nil)
		return nil
	}
	for _, rate := range []float64{1, lowerRate} {
		if err := l.book.withdraw(s.Name, seed); err != nil {
			return err
		}
		ended := l.ended
		err := l.attempt(ctx, s, policies, seed, rate)
		if busy := (*busyRun)(nil); !errors.As(err, &busy) {
			return err
		}
		l.ended = ended
		l.config.Note(err.Error())
	}
	l.config.Note(fmt.Sprintf("scenario %s, seed %d is left out", s.Name, seed))
	l.leftOut, l.ended = l.leftOut+len(policies), l.ended+len(policies)
	l.tell(0, nil)
	return l.book.withdraw(s.Name, seed)
}

func (l *liveSeries) complete(s *scenario.Scenario, policies []scenario.Policy, seed uint64) bool {
	for _, p := range policies {
		if !l.book.has(s, p.String(), seed) {
			return false
		}
	}
	return true
}

func (l *liveSeries) attempt(ctx context.Context, s *scenario.Scenario, policies []scenario.Policy, seed uint64, rate float64) error {
	w, err := l.world(s, seed)
	if err != nil {
		return err
	}
	slow(w, rate)
	maps := new(guided)
	if l.config.Clients == nil {
		if maps, err = fetch(ctx, w.Servers); err != nil {
			return err
		}
	}
	defer maps.close()
	for _, p := range policies {
		r := &liveRun{world: w, maps: maps, policy: p, rate: rate, clients: l.config.Clients, altracker: l.config.Altracker}
		if err := l.do(ctx, r); err != nil {
			return &Error{s.Name, p.String(), seed, err}
		}
	}
	return nil
}

func (l *liveSeries) do(ctx context.Context, r *liveRun) error {
	result, err := r.run(ctx, func(p live.Progress) { l.tell(float64(p.Received)/float64(p.Wanted), nil) })
	if err != nil {
		return err
	}
	if r.load.busy() > l.config.MostBusy {
		return &busyRun{share: r.load.busy(), own: r.load.own(), most: l.config.MostBusy, rate: r.rate}
	}
	record, detail := r.record(result)
	record.Commit, record.Clients = l.config.About.Commit, l.config.kind()
	if err := l.book.enter(record, detail); err != nil {
		return err
	}
	l.ended++
	l.tell(0, &record)
	return nil
}

func (r *liveRun) record(result *sim.Result) (report.Record, *report.Detail) {
	m := measure(r.world, result)
	record, detail := m.record(r.policy.String()), m.detail(r.policy.String())
	record.Mode, record.Digest = "live", r.world.Scenario.Digest()
	record.WallSeconds, record.CPUSeconds = r.load.wall().Seconds(), r.load.cpu().Seconds()
	record.MachineBusy, record.RateFactor = r.load.busy(), r.rate
	if r.clients != nil {
		record.WireRatio, record.IntroductionsMean, record.IntroductionsMax = r.wire, r.introduced, math.NaN()
	}
	return record, detail
}

// inProcess is what clients on loopback are.
const inProcess = "anacrolix"

// tell reports progress: how much of the run under way is done.
func (l *liveSeries) tell(done float64, last *report.Record) {
	l.config.Progress(Progress{
		Ended: l.ended, Runs: l.runs, Done: (float64(l.ended) + done) / float64(l.runs),
		Elapsed: time.Since(l.began), Last: last,
	})
}

// busyRun is a run that does not count.
type busyRun struct{ share, own, most, rate float64 }

func (b *busyRun) Error() string {
	return fmt.Sprintf("the machine was busy for %.0f %% of the time, %.0f %% with this run, at %g of the rates: above %.0f %% a run does not count",
		100*b.share, 100*b.own, b.rate, 100*b.most)
}

package run

import (
	"context"
	"errors"
	"math"
	"os"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/altracker/altracker/bench/netns"
	"github.com/altracker/altracker/bench/report"
)

// Run runs the series. If ctx is done first, what has ended is kept, and the error is
// ctx's.
func Run(ctx context.Context, c Config) error {
	c = c.withDefaults()
	if err := c.check(); err != nil {
		return err
	}
	s := &series{config: c, began: time.Now()}
	if err := os.MkdirAll(c.Dir, 0o755); err != nil {
		return err
	}
	if err := s.book.open(c); err != nil {
		return err
	}
	if err := s.book.compares(netns.Names(c.Clients), c.Near); err != nil {
		return err
	}
	s.plan()
	return s.run(ctx)
}

// series is a Config under way.
type series struct {
	config Config
	book   book
	began  time.Time
	jobs   []*job
	before int // runs that there were

	mu   sync.Mutex // guards calls of Progress
	work float64    // of all jobs
}

// plan lists the jobs that are not in the book yet: all of one seed, then of the next, so
// that what is cut off is of use.
func (s *series) plan() {
	for seed := uint64(1); seed <= uint64(s.config.Seeds); seed++ {
		for _, sc := range s.config.Scenarios {
			shared := &scene{scenario: sc, seed: seed}
			for _, p := range s.config.policies(sc) {
				if s.book.has(sc, p.String(), seed) {
					s.before++
					continue
				}
				work := float64(sc.Peers.Total) * math.Ceil(float64(sc.Swarm.File)/float64(sc.Swarm.Piece))
				shared.jobs++
				s.work += work
				s.jobs = append(s.jobs, &job{scene: shared, policy: p, work: work})
			}
		}
	}
}

func (s *series) run(ctx context.Context) error {
	tasks, inner := errgroup.WithContext(ctx)
	tasks.SetLimit(s.config.Jobs)
	for _, j := range s.jobs {
		if inner.Err() != nil {
			break
		}
		tasks.Go(func() error { return s.do(inner, j) })
	}
	err := tasks.Wait()
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return err
}

func (s *series) do(ctx context.Context, j *job) error {
	defer j.scene.leave()
	if err := context.Cause(ctx); err != nil {
		return err
	}
	if err := j.scene.open(ctx, &s.config); err != nil {
		return err
	}
	clock := startClock()
	w := j.scene.world
	result, err := simulate(ctx, w, j.scene.guide, j.policy, func(done float64) {
		j.done.Store(math.Float64bits(done))
		s.tell(nil)
	})
	if err != nil {
		return j.failure(err)
	}
	m := measure(w, result)
	record, detail := m.record(j.policy.String()), m.detail(j.policy.String())
	record.Digest, record.Commit = w.Scenario.Digest(), s.config.About.Commit
	record.Clients, record.Near = netns.Names(s.config.Clients), s.config.Near
	record.WallSeconds, record.CPUSeconds = clock.stop()
	if err := s.book.enter(record, detail); err != nil {
		return j.failure(err)
	}
	j.done.Store(math.Float64bits(1))
	s.tell(&record)
	return nil
}

// tell reports progress.
func (s *series) tell(last *report.Record) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := Progress{Ended: s.book.size(), Runs: s.before + len(s.jobs), Elapsed: time.Since(s.began), Last: last}
	for _, j := range s.jobs {
		p.Done += math.Float64frombits(j.done.Load()) * j.work / s.work
	}
	s.config.Progress(p)
}

// failure says which run failed.
func (j *job) failure(err error) error {
	if errors.Is(err, context.Canceled) {
		return err
	}
	return &Error{j.scene.scenario.Name, j.policy.String(), j.scene.seed, err}
}

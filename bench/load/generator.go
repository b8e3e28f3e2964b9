package load

import (
	"context"
	"errors"
	"fmt"
	"math"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/altracker/altracker/bench/load/machine"
)

// Generator puts one tracker under load. Its methods are called one after the other.
type Generator struct {
	config   Config
	pop      *population
	presence *presence
	start    time.Time
	workers  []worker
	decks    []deck
	answers  []counter // by worker
	filled   *Fill     // nil before
	before   machine.Usage
}

// worker is what asks on one thread, by whatever way.
type worker interface {
	// prepare gets what requests need: connection ids, connections.
	prepare(ctx context.Context, r *recorder) error

	// fill has each of the worker's peers start.
	fill(ctx context.Context, r *recorder) error

	// measure asks what f says.
	measure(ctx context.Context, r *recorder, f *feed) error

	close()
}

func newWorker(g *Generator, i int) (worker, error) {
	switch c := &g.config; {
	case c.Target.Scheme == "http" && !c.Portable:
		return newRawHTTPWorker(g, i)
	case c.http():
		return newHTTPWorker(g, i), nil
	case !c.Portable:
		w, err := newRawWire(c.Target.Addr, &g.pop.sources)
		return newUDPWorker(g, w, i), err
	default:
		w, err := newPortableWire(c.Target.Addr, &g.pop.sources)
		return newUDPWorker(g, w, i), err
	}
}

// counter counts replies for whoever watches. It has a cache line to itself.
type counter struct {
	atomic.Int64
	_ [56]byte
}

// New readies a Generator; nothing is sent yet. The error names the field of c that
// is wrong.
func New(c Config) (*Generator, error) {
	g, err := newGenerator(c)
	if err != nil {
		return nil, fmt.Errorf("load: %w", err)
	}
	return g, nil
}

func newGenerator(c Config) (*Generator, error) {
	c, err := c.withDefaults()
	if err != nil {
		return nil, err
	}
	if err := machine.Check(c.CPUs); err != nil {
		return nil, wrongField("CPUs", "%w", err)
	}
	g := &Generator{config: c, presence: newPresence(c), start: time.Now(), answers: make([]counter, c.Workers)}
	if c.PID != 0 {
		if g.before, err = machine.Of(c.PID); err != nil {
			return nil, wrongField("PID", "%w", err)
		}
	}
	if g.pop, err = newPopulation(c); err != nil {
		return nil, err
	}
	for i := range c.Workers {
		g.decks = append(g.decks, newDeck(g, i))
		w, err := newWorker(g, i)
		if err != nil {
			g.Close()
			return nil, err
		}
		g.workers = append(g.workers, w)
	}
	return g, nil
}

// Close frees the sockets.
func (g *Generator) Close() {
	for _, w := range g.workers {
		w.close()
	}
}

// clock tells the time in nanoseconds since the Generator was made.
func (g *Generator) clock() int64 { return int64(time.Since(g.start)) }

// Hashes calls f with each info hash.
func (g *Generator) Hashes(f func(hash [20]byte) error) error {
	for t := range g.pop.torrents() {
		if err := f(g.pop.hash(uint32(t))); err != nil {
			return err
		}
	}
	return nil
}

// Answers returns how many replies have come so far. It may be called at any time.
func (g *Generator) Answers() (n int64) {
	for i := range g.answers {
		n += g.answers[i].Load()
	}
	return n
}

// errNobody tells that a tracker took no peer.
var errNobody = errors.New("the tracker took nobody")

// Fill has every peer announce that it starts, and again if there is no answer.
func (g *Generator) Fill(ctx context.Context) error {
	from := g.clock()
	recorders, err := g.each(ctx, window{0, math.MaxInt64}, func(ctx context.Context, i int, r *recorder) error {
		if err := g.workers[i].prepare(ctx, r); err != nil {
			return err
		}
		return g.workers[i].fill(ctx, r)
	})
	sum := sumOf(recorders)
	g.filled = &Fill{
		Seconds: time.Duration(g.clock() - from).Seconds(), Announced: sum.answered[started],
		Refused: sum.failed, Repeated: sum.lost, Wrong: sum.wrongReplies(), Errors: sum.errors,
	}
	switch {
	case err != nil:
		return fmt.Errorf("load: fill: %w", err)
	case ctx.Err() == nil && sum.answered[started] == 0:
		for text := range sum.errors {
			return fmt.Errorf("load: fill: %w: %q", errNobody, text)
		}
		return fmt.Errorf("load: fill: %w", errNobody)
	}
	return nil
}

// Measure loads the tracker for Config.Duration and tells how that went; less if ctx
// is done before.
func (g *Generator) Measure(ctx context.Context) (*Result, error) {
	_, err := g.each(ctx, window{}, func(ctx context.Context, i int, r *recorder) error { return g.workers[i].prepare(ctx, r) })
	if err != nil {
		return nil, fmt.Errorf("load: %w", err)
	}
	start, err := g.readMeters()
	if err != nil {
		return nil, fmt.Errorf("load: %w", err)
	}
	from := start.time
	w := window{from: from + int64(g.config.Warmup)}
	w.until = w.from + int64(g.config.Duration)
	var used spending
	group, watching := errgroup.WithContext(ctx)
	group.Go(func() (err error) {
		used, err = g.watch(watching, w, start)
		return err
	})
	var recorders []*recorder
	group.Go(func() (err error) {
		recorders, err = g.each(watching, w, func(ctx context.Context, i int, r *recorder) error {
			return g.workers[i].measure(ctx, r, drawn(&g.decks[i], g.pace(i, from), w.until))
		})
		return err
	})
	if err := group.Wait(); err != nil {
		return nil, fmt.Errorf("load: %w", err)
	}
	sum := sumOf(recorders)
	return g.result(&sum, used, ctx.Err() != nil), nil
}

// pace returns the timetable of a worker: the workers' requests take turns.
func (g *Generator) pace(worker int, from int64) pace {
	if g.config.Rate == 0 {
		return pace{}
	}
	interval := 1e9 / g.config.Rate
	return pace{start: from + int64(interval*float64(worker)), interval: interval * float64(g.config.Workers)}
}

// each has all workers do something, each on its thread.
func (g *Generator) each(ctx context.Context, w window, do func(ctx context.Context, worker int, r *recorder) error) ([]*recorder, error) {
	recorders := make([]*recorder, len(g.workers))
	group, ctx := errgroup.WithContext(ctx)
	for i := range g.workers {
		recorders[i] = newRecorder(g, w)
		group.Go(func() error {
			if err := machine.Own(g.config.CPUs, g.config.Nice); err != nil {
				return err
			}
			return do(ctx, i, recorders[i])
		})
	}
	return recorders, group.Wait()
}

func sumOf(recorders []*recorder) tally {
	sum := newTally()
	for _, r := range recorders {
		sum.add(&r.tally)
	}
	return sum
}

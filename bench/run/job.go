package run

import (
	"context"
	"math"
	"sync"
	"sync/atomic"
	"time"

	"github.com/altracker/altracker/bench/scenario"
	"github.com/altracker/altracker/bench/sim"
)

// job is one run.
type job struct {
	scene  *scene
	policy scenario.Policy
	work   float64 // what it is expected to cost, in proportion
	done   atomic.Uint64
}

// scene is a world with its maps, made when the first of its jobs asks for it and given
// up when the last one is done.
type scene struct {
	scenario *scenario.Scenario
	seed     uint64

	once  sync.Once
	world *scenario.World
	guide *guided
	err   error

	mu   sync.Mutex
	jobs int // that are not done; guarded by mu
}

func (s *scene) open(ctx context.Context, c *Config) error {
	s.once.Do(func() {
		if s.world, s.err = s.scenario.World(s.seed); s.err != nil {
			return
		}
		if len(c.Clients) > 0 {
			cast(s.world, c.Clients)
		}
		if c.Near {
			s.world.Network.RTT = nil
		}
		s.guide, s.err = fetch(ctx, s.world.Servers)
	})
	return s.err
}

// leave is called once by each job.
func (s *scene) leave() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.jobs--; s.jobs == 0 {
		if s.guide != nil {
			s.guide.close()
		}
		s.world, s.guide = nil, nil
	}
}

// simulate runs one policy in a world.
func simulate(ctx context.Context, w *scenario.World, m *guided, p scenario.Policy, progress func(float64)) (*sim.Result, error) {
	c := simulation(w)
	c.Progress = progress
	if external, ok := p.Oracle(); ok {
		c.Tracker = sim.Oracle(sim.OracleConfig{
			Peers: w.Peers, External: external, Cost: w.Cost, Interval: w.Scenario.Interval(), Seed: w.Seed,
		})
		return sim.Run(ctx, c)
	}
	gone := new(atomic.Bool)
	t, err := newTracker(w, p, until(gone, m.current))
	if err != nil {
		return nil, err
	}
	defer t.Close()
	c.Tracker = &fading{Tracker: sim.Virtual(t), after: w.Absent(), gone: gone}
	return sim.Run(ctx, c)
}

// simulation is all of a run that no policy changes.
func simulation(w *scenario.World) sim.Config {
	s := &w.Scenario.Swarm
	c := sim.Config{
		Network:    w.Network,
		Peers:      w.Peers,
		Pieces:     int((s.File + s.Piece - 1) / s.Piece),
		PieceBytes: int64(s.Piece),
		FileBytes:  int64(s.File),
		Client:     clientOf(w.Scenario),
		Until:      time.Duration(s.Until),
		Seed:       w.Seed,
		SampleAt:   sampleAt(w),
		Bin:        binOf(w),
	}
	for link, capacity := range w.Network.Capacity {
		if !math.IsInf(capacity, 1) {
			c.BinLinks = append(c.BinLinks, link)
		}
	}
	if len(w.ISPs) <= mostTransit {
		c.Groups = w.ISPOf()
	}
	return c
}

func clientOf(s *scenario.Scenario) sim.Client {
	k := &s.Client
	return sim.Client{
		Slots: k.Slots, NumWant: k.Want, Connect: k.Connect, Accept: k.Accept, ReaskBelow: k.Reask, PEX: k.PEX,
	}
}

// mostTransit is up to how many ISPs what passed between each two of them is kept.
const mostTransit = 200

// binOf is the time that traffic is summed up over: a minute, or five where a run may be
// long, since there is a bin for each two ISPs.
func binOf(w *scenario.World) time.Duration {
	if time.Duration(w.Scenario.Swarm.Until) > 6*time.Hour {
		return 5 * time.Minute
	}
	return time.Minute
}

// sampleAt is when the overlay is looked at: in a flash crowd when the last have come and
// dialled, so that it tells what the tracker has made; otherwise when half are complete,
// which is what 0 means.
func sampleAt(w *scenario.World) time.Duration {
	if kind := w.Scenario.Swarm.Arrivals.Kind; kind != "" && kind != "flash" {
		return 0
	}
	early := time.Duration(crowdOf(w).flash() / 4 * float64(time.Second)) // nobody may be left after half a minute
	return time.Duration(w.Scenario.Swarm.Arrivals.Over) + min(30*time.Second, early)
}

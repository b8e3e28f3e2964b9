package run

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/altracker/altracker/bench/live"
	"github.com/altracker/altracker/bench/netns"
	"github.com/altracker/altracker/bench/scenario"
	"github.com/altracker/altracker/bench/sim"
	"github.com/altracker/altracker/tracker/udptracker"
)

// liveRun is one policy in one world with real clients.
type liveRun struct {
	world  *scenario.World
	maps   *guided
	policy scenario.Policy
	rate   float64
	load   meter

	// Of runs in namespaces alone.
	clients    []netns.Program
	altracker  string
	wire       float64 // bytes counted on the wire, over what clients say they sent
	introduced float64 // times that a peer was named, on average
}

// run has the clients download until they are complete or the scenario's time is up.
func (r *liveRun) run(ctx context.Context, progress func(live.Progress)) (*sim.Result, error) {
	if r.clients != nil {
		return r.inNamespaces(ctx, progress)
	}
	return r.onLoopback(ctx, progress)
}

// onLoopback serves as altracker does, over UDP.
func (r *liveRun) onLoopback(ctx context.Context, progress func(live.Progress)) (*sim.Result, error) {
	core, err := newTracker(r.world, r.policy, r.maps.current)
	if err != nil {
		return nil, err
	}
	defer core.Close()
	desk := newDesk(core, r.world.Peers)
	server, err := udptracker.New(udptracker.Config{Handler: desk, Listen: "127.0.0.1:0"})
	if err != nil {
		return nil, err
	}
	serving, stop := context.WithCancel(context.WithoutCancel(ctx)) // clients take their leave at last
	tasks, serving := errgroup.WithContext(serving)
	tasks.Go(func() error { return server.Run(serving) })
	tasks.Go(func() error { return chores(serving, sim.Virtual(core)) })
	result, err := r.download(ctx, fmt.Sprintf("udp://%v", server.Addr()), progress)
	stop()
	if failed := tasks.Wait(); failed != nil || err != nil {
		return nil, errors.Join(err, failed)
	}
	return r.translate(result, desk.introduced()), nil
}

func (r *liveRun) download(ctx context.Context, tracker string, progress func(live.Progress)) (*live.Result, error) {
	limited, stop, plan := r.limited(ctx, tracker)
	defer stop()
	result, err := live.Run(limited, plan, r.metered(progress))
	return result, r.excused(ctx, result != nil, err)
}

// limited is what clients have to do, and a context for it that ends soon after the
// scenario's time is up.
func (r *liveRun) limited(ctx context.Context, tracker string) (context.Context, context.CancelFunc, live.Scenario) {
	plan := r.scenario(tracker)
	limited, stop := context.WithTimeout(ctx, plan.Until+preparation)
	return limited, stop, plan
}

func (r *liveRun) metered(progress func(live.Progress)) func(live.Progress) {
	return func(p live.Progress) {
		r.load.read()
		progress(p)
	}
}

// excused is the error of a download, unless it is that the scenario's time was up: who is
// not complete by then counts as that.
func (r *liveRun) excused(ctx context.Context, known bool, err error) error {
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case errors.Is(err, live.ErrUntil) && known:
		return nil
	}
	return err
}

// preparation is how long clients may take before the first one arrives.
const preparation = time.Minute

// chores does what altracker does about every second.
func chores(ctx context.Context, t sim.Tracker) error {
	second := time.NewTicker(time.Second)
	defer second.Stop()
	for {
		select {
		case now := <-second.C:
			t.Tick(now)
		case <-ctx.Done():
			return nil
		}
	}
}

// scenario is the world as clients see it.
func (r *liveRun) scenario(tracker string) live.Scenario {
	w := r.world
	s := live.Scenario{
		Tracker: tracker, PIDs: len(w.Graph.Nodes), FileBytes: int64(w.Scenario.Swarm.File), PieceBytes: int64(w.Scenario.Swarm.Piece),
		Connections: w.Scenario.Client.Accept, Public: w.Scenario.Client.PEX, Seed: w.Seed,
		SampleAt: sampleAt(w), Bin: binOf(w), Until: time.Duration(float64(w.Scenario.Swarm.Until) / r.rate),
		Delay: func(from, to int) time.Duration { return w.Routes.Delay(from-1, to-1) },
	}
	for _, p := range w.Peers {
		s.Peers = append(s.Peers, live.Peer{
			Addr: p.Addr.Addr(), PID: p.Place + 1, Seed: p.Seed,
			UploadRate: wholeRate(p.Up), DownloadRate: wholeRate(p.Down), Arrive: p.Arrive,
		})
	}
	return s
}

// wholeRate is a rate as live has it: 0 is without limit.
func wholeRate(bytesPerSecond float64) int64 {
	if math.IsInf(bytesPerSecond, 1) {
		return 0
	}
	return max(int64(bytesPerSecond), 1)
}

// slow gives all lines of a world a share of their rates. All else stays.
func slow(w *scenario.World, rate float64) {
	for i := range w.Peers {
		p := &w.Peers[i]
		p.Up, p.Down = p.Up*rate, p.Down*rate
	}
}

// liveable tells what of a world real clients on loopback cannot do.
func liveable(w *scenario.World) error {
	s := w.Scenario
	total := 0.0
	for _, p := range w.Peers {
		total += p.Up
		if p.SeedFor >= 0 || p.Abort > 0 {
			return errors.New("clients stay: want swarm.stay, and none of swarm.aborts, swarm.leave, swarm.seeds_for")
		}
		if p.Unreachable {
			return errors.New("swarm.unreachable: everybody can be dialled on loopback")
		}
	}
	for i, l := range w.Graph.Links {
		if w.Network.Capacity[2*i] < total {
			return fmt.Errorf("topology: the link from %s to %s is slower than all peers together, and loopback has no such links",
				w.Graph.Nodes[l.A].Name, w.Graph.Nodes[l.B].Name)
		}
	}
	switch {
	case len(w.Peers) > mostClients || s.Swarm.File > mostLiveFile:
		return fmt.Errorf("%d peers and %d bytes: want at most %d peers and %d MiB in one process", len(w.Peers), s.Swarm.File, mostClients, mostLiveFile>>20)
	case s.Client.Accept == 0 || s.Client.Accept != s.Client.Connect:
		return errors.New("client.connect, client.accept: the clients have one limit for both: want them alike")
	case w.Absent() > 0:
		return errors.New("map.after: maps stay what they are")
	}
	return nil
}

// What one machine can hold in memory, and talk to.
const (
	mostClients  = 100
	mostLiveFile = 64 << 20
)

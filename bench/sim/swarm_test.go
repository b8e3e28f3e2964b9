package sim_test

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"net/netip"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/altracker/altracker/bench/sim"
	"github.com/altracker/altracker/tracker"
)

// restless is a swarm in which everything happens: peers of all speeds come, give up,
// stay for a while; some cannot be dialled; two links are narrow, one piece is short.
func restless(t testing.TB) sim.Config {
	rng := rand.New(rand.NewPCG(5, 6))
	c := sim.Config{
		Tracker: realTracker(t, 9), Pieces: 100, PieceBytes: 256 * kib, FileBytes: 100*256*kib - 1000, Seed: 3,
		Client: sim.Client{PEX: true, Connect: 12, Accept: 16, NumWant: 15, ReaskAfter: time.Minute, AutoSlots: true},
		Until:  40 * time.Minute, Interval: 5 * time.Minute, Bin: time.Minute, BinLinks: []int{0, 3}, Groups: []int{0, 0, 1, 2},
		Network: sim.Network{
			Capacity: []float64{600 * kib, 600 * kib, math.Inf(1), math.Inf(1)},
			Path: func(from, to int) []int32 {
				switch {
				case from == to:
					return []int32{2}
				case from < to:
					return []int32{0, 3}
				}
				return []int32{1}
			},
			RTT: func(from, to int) time.Duration { return time.Duration(10+30*max(from-to, to-from)) * time.Millisecond },
		},
	}
	c.Peers = append(c.Peers, sim.Peer{Addr: address(0, 0), Up: 512 * kib, Down: mib, Seed: true, SeedFor: -1})
	for i := range 150 {
		p := sim.Peer{
			Addr: address(i%4, i+1), Place: i % 4, Up: 32 * kib * math.Exp(2*rng.Float64()), Arrive: exponential(rng, 4*time.Minute),
			SeedFor: exponential(rng, 3*time.Minute), Unreachable: rng.IntN(3) == 0,
		}
		p.Down = p.Up * (1 + 9*rng.Float64())
		if rng.IntN(2) == 0 {
			p.Abort = exponential(rng, 10*time.Minute)
		}
		if i%10 == 0 {
			p.Addr = netip.AddrPortFrom(netip.MustParseAddr("2001:db8::1"), uint16(1000+i))
		}
		c.Peers = append(c.Peers, p)
	}
	return c
}

func TestBytesAreConserved(t *testing.T) { checkBytes(t, restless(t)) }

func TestBytesAreConservedByPrograms(t *testing.T) {
	c := restless(t)
	c.Until *= 2
	act(&c)
	checkBytes(t, c)
}

func checkBytes(t *testing.T, c sim.Config) {
	t.Helper()
	r := run(t, c)
	same := func(what string, got, want float64) {
		t.Helper()
		if math.Abs(got-want) > 1e-9*want+1 {
			t.Errorf("%s: %.1f, want %.1f", what, got, want)
		}
	}
	sent, received, kept, finished, aborted := 0.0, 0.0, 0.0, 0, 0
	for i, p := range r.Peers {
		sent += p.Sent
		received += p.Received
		if i == 0 {
			continue
		}
		if p.Completed != sim.Never {
			same("received by a complete peer", p.Received, float64(c.FileBytes))
			finished++
		} else if p.Left != sim.Never {
			aborted++
		}
		kept += float64(p.Pieces) * float64(c.PieceBytes)
		if p.Pieces == c.Pieces {
			kept -= 1000
		}
	}
	if finished < 50 || aborted < 10 || r.Wasted == 0 {
		t.Fatalf("%d finished, %d aborted, %.0f bytes wasted: too dull a swarm for a test", finished, aborted, r.Wasted)
	}
	// One that leaves before it is complete may hold the short piece.
	if diff := kept + r.Wasted - received; diff < -1 || diff > float64(1000*(len(r.Peers)-finished)) {
		t.Errorf("pieces and what never became one are %.0f more than was received", diff)
	}
	same("sent", sent, received)
	all, outward, inward, home := 0.0, 0.0, 0.0, 0.0
	groups := make([]float64, 9)
	for a, row := range r.Bytes {
		for b, n := range row {
			all += n
			groups[c.Groups[a]*3+c.Groups[b]] += n
			switch {
			case a == b:
				home += n
			case a < b:
				outward += n
			default:
				inward += n
			}
		}
	}
	same("matrix", all, sent)
	for l, want := range []float64{outward, inward, home, outward} {
		same("link", r.LinkBytes[l], want)
	}
	for l, bins := range r.LinkBins {
		sum := 0.0
		for _, b := range bins {
			sum += float64(b)
			if l == 0 && float64(b) > 600*kib*60*1.01 {
				t.Errorf("a link of %d bytes a minute carried %.0f", 600*kib*60, b)
			}
		}
		if l == 0 || l == 3 {
			if math.Abs(sum/outward-1) > 1e-5 {
				t.Errorf("bins of link %d: %.0f, want %.0f", l, sum, outward)
			}
		} else if bins != nil {
			t.Errorf("bins of link %d, which nobody asked for", l)
		}
	}
	sums := make([]float64, 9)
	for _, bin := range r.Transit {
		for i, n := range bin {
			sums[i] += float64(n)
		}
	}
	for i := range sums {
		if math.Abs(sums[i]-groups[i]) > 1e-5*groups[i] {
			t.Errorf("bins of groups %d to %d: %.0f, want %.0f", i/3, i%3, sums[i], groups[i])
		}
	}
}

func TestSameSeedGivesSameResult(t *testing.T) {
	a, b := run(t, restless(t)), run(t, restless(t))
	if !reflect.DeepEqual(a, b) {
		t.Error("two runs of one configuration differ")
	}
	c := restless(t)
	c.Seed++
	if reflect.DeepEqual(a.Peers, run(t, c).Peers) {
		t.Error("two runs with different seeds are alike")
	}
}

func TestNoPlaceImportsLessThanOneCopy(t *testing.T) {
	const places = 12
	c := sim.Config{Tracker: realTracker(t, 2), Network: flat, Peers: crowd(72, places, 128*kib), Pieces: 64, PieceBytes: 256 * kib, Seed: 2}
	r := run(t, c)
	last(t, r)
	for p := 1; p < places; p++ {
		in := 0.0
		for a := range r.Bytes {
			if a != p {
				in += r.Bytes[a][p]
			}
		}
		if in < 64*256*kib-1 {
			t.Errorf("place %d imported %.4f copies", p, in/(64*256*kib))
		}
	}
}

func TestSwarmStarvesIfItsSeedLeavesBeforeOneCopyIsOut(t *testing.T) {
	with := func(copies float64) *sim.Result {
		peers := crowd(40, 4, 128*kib)
		peers[0].SeedCopies = copies
		return run(t, sim.Config{Tracker: realTracker(t, 2), Peers: peers, Pieces: 128, PieceBytes: 256 * kib, Seed: 2, Until: 2 * time.Hour})
	}
	r := with(0.9)
	if sent := r.Peers[0].Sent / (128 * 256 * kib); sent < 0.9 || sent > 0.92 || r.Peers[0].Left == sim.Never {
		t.Errorf("the seed sent %.3f copies", sent)
	}
	for i, p := range r.Peers[1:] {
		if p.Completed != sim.Never || p.Pieces >= 115 || p.Pieces != r.Peers[1].Pieces {
			t.Errorf("peer %d has %d pieces, another %d", i+1, p.Pieces, r.Peers[1].Pieces)
		}
	}
	if missing, all := r.Missing[1], r.Leeching[1]; missing != all || all == 0 {
		t.Errorf("pieces were missing for %.0f of %.0f s", missing, all)
	}
	last(t, with(2))
}

// TestIsolatedPlacesLiveOffTheSeed: if a tracker keeps places apart, the seed alone has
// to send one copy to each, and no swarm is faster than that.
func TestIsolatedPlacesLiveOffTheSeed(t *testing.T) {
	const places = 8
	c := sim.Config{Peers: crowd(64, places, 128*kib), Pieces: 128, PieceBytes: 256 * kib, Seed: 4}
	c.Tracker = tellAll{c.Peers, func(x, y sim.Peer) bool { return x.Place == y.Place || x.Seed || y.Seed }}
	r := run(t, c)
	ratio := last(t, r) / (places * 128 * 256 * kib / (128 * kib))
	if ratio < 1 || ratio > 1.25 {
		t.Errorf("took %.3f times what the seed needs for %d copies", ratio, places)
	}
	for p := 1; p < places; p++ {
		if other := r.Bytes[p][(p+1)%places]; other != 0 {
			t.Errorf("place %d sent %.0f bytes to the next", p, other)
		}
	}
	if share := r.Missing[3] / r.Leeching[3]; share < 0.5 || share > 1 {
		t.Errorf("pieces were missing in a place for %.2f of the time", share)
	}
}

// tellAll is a tracker that names all peers that a rule lets know each other.
type tellAll struct {
	peers []sim.Peer
	may   func(x, y sim.Peer) bool
}

func (a tellAll) Announce(req *tracker.AnnounceRequest, resp *tracker.AnnounceResponse) error {
	resp.Interval = 10 * time.Minute
	for _, x := range a.peers {
		if x.Addr != req.Addr {
			continue
		}
		for _, y := range a.peers {
			if y.Addr != x.Addr && a.may(x, y) {
				ip := y.Addr.Addr().As4()
				resp.Peers = append(append(resp.Peers, ip[:]...), byte(y.Addr.Port()>>8), byte(y.Addr.Port()))
			}
		}
	}
	return nil
}

func (tellAll) Tick(time.Time) {}

func TestThoseWhoGiveMoreGetMore(t *testing.T) {
	peers := crowd(80, 1, 64*kib)
	for i := range peers {
		if i%2 == 0 {
			peers[i].Up *= 4
		}
		peers[i].Down = mib
	}
	peers[0].Up = mib // what it sends is not what they wait for
	r := run(t, sim.Config{Tracker: realTracker(t, 5), Peers: peers, Pieces: 256, PieceBytes: 128 * kib, Seed: 5})
	var fast, slow float64
	for i, p := range r.Peers[1:] {
		if (i+1)%2 == 0 {
			fast += p.Completed.Seconds() / 40
		} else {
			slow += p.Completed.Seconds() / 40
		}
	}
	t.Logf("fast peers took %.0f s, slow ones %.0f", fast, slow)
	if fast > 0.9*slow {
		t.Errorf("fast peers took %.0f s, slow ones %.0f", fast, slow)
	}
}

func TestClientsKeepToTheirLimits(t *testing.T) {
	c := restless(t)
	c.SampleAt = 5 * time.Minute
	r := run(t, c)
	degree := map[int32]int{}
	for _, e := range r.Overlay.Edges {
		degree[e[0]]++
		degree[e[1]]++
		if c.Peers[e[1]].Unreachable {
			t.Errorf("peer %d was dialled, and cannot be", e[1])
		}
	}
	for x, n := range degree {
		if n > 16 {
			t.Errorf("peer %d has %d connections", x, n)
		}
	}
	if len(degree) < 60 || r.Overlay.At < 5*time.Minute || r.Overlay.At > 5*time.Minute+time.Second {
		t.Errorf("%d peers with connections at %v", len(degree), r.Overlay.At)
	}
}

func TestPEXSpreadsAddressesThatTheTrackerDidNotGive(t *testing.T) {
	known := func(pex bool) (sum int) {
		r := run(t, sim.Config{
			Tracker: realTracker(t, 5), Peers: crowd(100, 1, 128*kib), Pieces: 128, PieceBytes: 256 * kib, Seed: 5,
			Client: sim.Client{NumWant: 10, PEX: pex},
		})
		for _, p := range r.Peers {
			sum += p.Known
		}
		return sum
	}
	if with, without := known(true), known(false); with < 2*without {
		t.Errorf("%d addresses known with PEX, %d without", with, without)
	}
}

func TestClientsWithFewNeighboursAskAgain(t *testing.T) {
	r := run(t, sim.Config{
		Tracker: realTracker(t, 5), Peers: crowd(100, 1, 128*kib), Pieces: 128, PieceBytes: 256 * kib, Seed: 5,
		Client: sim.Client{NumWant: 5, ReaskAfter: 30 * time.Second}, Interval: 20 * time.Second,
	})
	introduced := 0
	for i, p := range r.Peers {
		introduced += p.Introduced
		if i > 0 && (p.Known < 15 || p.Announces < 5) {
			t.Errorf("peer %d announced %d times and knows %d others", i, p.Announces, p.Known)
		}
	}
	if introduced < 1500 {
		t.Errorf("%d introductions", introduced)
	}
}

func TestRunEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	c := restless(t)
	c.Progress = func(done float64) {
		if done > 0.2 {
			cancel()
		}
	}
	r, err := sim.Run(ctx, c)
	if !errors.Is(err, context.Canceled) || r == nil || r.End == 0 || r.End > 30*time.Minute {
		t.Errorf("ended with %v", err)
	}
}

func TestWrongConfigurationsAreRefused(t *testing.T) {
	check := func(want string, change func(*sim.Config)) {
		t.Helper()
		c := sim.Config{Tracker: tellAll{}, Peers: crowd(3, 1, kib), Pieces: 2, PieceBytes: kib}
		change(&c)
		if _, err := sim.Run(context.Background(), c); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want something about %s", err, want)
		}
	}
	check("Tracker", func(c *sim.Config) { c.Tracker = nil })
	check("Peers is empty", func(c *sim.Config) { c.Peers = nil })
	check("Pieces", func(c *sim.Config) { c.Pieces = 0 })
	check("FileBytes", func(c *sim.Config) { c.FileBytes = 3 * kib })
	check("Peers[2]: Up", func(c *sim.Config) { c.Peers[2].Up = 0 })
	check("Peers[1]: Addr", func(c *sim.Config) { c.Peers[1].Addr = netip.AddrPort{} })
	check("Peers[3]: Addr 10.0.0.1:6881 is that of Peers[1]", func(c *sim.Config) { c.Peers[3].Addr = c.Peers[1].Addr })
	check("Peers[0]: Place 0 has no group", func(c *sim.Config) { c.Groups = []int{} })
	check("BinLinks has 7", func(c *sim.Config) { c.BinLinks = []int{7} })
	check("Client.Slots", func(c *sim.Config) { c.Client.Slots = -1 })
	check("Client.Connect", func(c *sim.Config) { c.Client.Accept = 256 })
	check("Network.Capacity[0]", func(c *sim.Config) { c.Network.Capacity = []float64{0} })
}

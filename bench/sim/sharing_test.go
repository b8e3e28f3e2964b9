package sim

import (
	"context"
	"math"
	"math/rand/v2"
	"net/netip"
	"testing"
	"time"

	"github.com/altracker/altracker/tracker"
)

// everybody is a tracker that names all peers.
type everybody []Peer

func (e everybody) Announce(req *tracker.AnnounceRequest, resp *tracker.AnnounceResponse) error {
	resp.Interval = time.Hour
	for _, p := range e {
		if p.Addr != req.Addr {
			ip := p.Addr.Addr().As4()
			resp.Peers = append(append(resp.Peers, ip[:]...), byte(p.Addr.Port()>>8), byte(p.Addr.Port()))
		}
	}
	return nil
}

func (everybody) Tick(time.Time) {}

// TestRatesOfFewAreThoseOfAll steps through the lives of swarms and works out all
// rates after each step: none may differ from what the step made of the few it looked at.
func TestRatesOfFewAreThoseOfAll(t *testing.T) {
	check := func(down float64, capacity ...float64) (few float64) {
		t.Helper()
		w := newWorld(mixed(down, capacity))
		for k := int64(0); w.now < 300 && w.pending+w.leechers > 0; {
			k = w.next(k)
			before := w.now
			w.now = float64(k) * w.step
			w.advance(w.now - before)
			want := make([]float64, len(w.flows))
			newAllocator(w.capacity).allocate(w.demands, want)
			for f := range want {
				if math.Abs(w.rates[f]-want[f]) > 1e-6*want[f] {
					t.Fatalf("at %.2f s flow %d of %d has %v, want %v", w.now, f, len(w.flows), w.rates[f], want[f])
				}
			}
			few += float64(len(w.flows))
		}
		return float64(w.out.Allocated) / few
	}
	if share := check(20); share > 0.85 {
		t.Errorf("%.2f of all rates were worked out where downloads are ample", share)
	}
	check(1.2)
	check(20, 1e5, math.Inf(1))
	check(2, 3e5, 1e5)
}

// mixed is 60 peers in two places, with links from one to the other.
func mixed(down float64, capacity []float64) Config {
	rng := rand.New(rand.NewPCG(8, 8))
	c := Config{Pieces: 200, PieceBytes: 128 << 10, Seed: 1, Network: Network{Capacity: capacity}}
	if len(capacity) > 0 {
		c.Network.Path = func(from, to int) []int32 {
			if from == to {
				return nil
			}
			return []int32{int32(from)}
		}
	}
	for i := range 60 {
		up := 1e5 * math.Exp(rng.Float64())
		c.Peers = append(c.Peers, Peer{
			Addr: netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, 0, 0, byte(i)}), 1), Place: i % 2, Up: up, Down: down * up,
			Arrive: time.Duration(rng.IntN(60)) * time.Second, Seed: i == 0, SeedFor: time.Duration(rng.IntN(60)) * time.Second,
		})
	}
	c.Peers[0].SeedFor = -1
	c.Tracker = everybody(c.Peers)
	return c.withDefaults()
}

func TestCancelledRunsEndAtOnce(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if r, err := Run(ctx, mixed(2, nil)); err == nil || r.End > time.Minute {
		t.Errorf("ended at %v with %v", r.End, err)
	}
}

package sim_test

import (
	"reflect"
	"testing"
	"time"

	"github.com/altracker/altracker/bench/sim"
)

// act has peers act as the three programs do, in turns.
func act(c *sim.Config) {
	programs := []sim.Client{c.Client.Transmission(), c.Client.Aria2(), c.Client.Libtorrent()}
	for i := range c.Peers {
		c.Peers[i].Client = &programs[i%len(programs)]
	}
}

// A crowd of one program's clients has its first pieces when that program's rounds allow
// it, as measured of 31 of the three together: libtorrent's within a second or two,
// Transmission's after 12, aria2's when somebody has had a round.
func TestProgramsBeginInTheirRounds(t *testing.T) {
	classic := sim.Client{Connect: 12, Accept: 12}
	for _, test := range []struct {
		name       string
		acted      sim.Client
		from, most time.Duration
	}{
		{"libtorrent", classic.Libtorrent(), 0, 3 * time.Second},
		{"transmission", classic.Transmission(), 11200 * time.Millisecond, 25 * time.Second},
		{"aria2", classic.Aria2(), 12500 * time.Millisecond, 27 * time.Second},
	} {
		c := sim.Config{
			Tracker: realTracker(t, 1), Network: flat, Peers: crowd(11, 2, 512*kib), Pieces: 40, PieceBytes: 128 * kib, Client: test.acted, Seed: 1,
			Interval: time.Minute, Until: 20 * time.Minute,
		}
		r := run(t, c)
		first, completed := sim.Never, 0
		for _, p := range r.Peers[1:] {
			if p.First != sim.Never && (first == sim.Never || p.First < first) {
				first = p.First
			}
			if p.Completed != sim.Never {
				completed++
			}
		}
		if first < test.from || first > test.most || completed != 11 {
			t.Errorf("%s: first piece after %v, want %v to %v; %d of 11 completed", test.name, first, test.from, test.most, completed)
		}
	}
}

func TestAPeersOwnClientIsLikeTheRuns(t *testing.T) {
	c := restless(t)
	want := run(t, c)
	own := c.Client
	c.Tracker = realTracker(t, 9)
	for i := range c.Peers {
		c.Peers[i].Client = &own
	}
	c.Client.Choke, c.Client.Connect, c.Client.NumWant = 7*time.Second, 3, 2 // nobody's
	if got := run(t, c); !reflect.DeepEqual(got, want) {
		t.Error("a run in which each peer has the run's client as its own came out otherwise")
	}
}

// Who has become a seed while its slots were taken goes on giving one of them to others in
// turn, though it keeps the rest for good. The others have nothing of the first seed, which is
// behind a link for one byte a second.
func TestSeedsThatWereLeechersTakeTurns(t *testing.T) {
	link := []int32{0}
	c := sim.Config{
		Tracker: realTracker(t, 1), Pieces: 400, PieceBytes: 128 * kib, Seed: 1,
		Client: sim.Client{}.Aria2(), Interval: time.Minute, Until: 10 * time.Minute,
		Network: sim.Network{Capacity: []float64{1}, Path: func(from, to int) []int32 {
			if from == 2 && to == 1 {
				return link
			}
			return nil
		}},
		Peers: []sim.Peer{
			{Addr: address(2, 0), Place: 2, Up: 100 * mib, Down: mib, Seed: true, SeedFor: -1, Client: &sim.Client{Slots: 64}},
			{Addr: address(0, 0), Up: mib, Down: mib, SeedFor: -1},
		},
	}
	for i := range 12 {
		c.Peers = append(c.Peers, sim.Peer{Addr: address(1, i), Place: 1, Up: 1, Down: 8 * kib, SeedFor: -1})
	}
	r := run(t, c)
	if done := r.Peers[1].Completed; done < 30*time.Second || done > 2*time.Minute {
		t.Fatalf("the second seed is one after %v", done)
	}
	served := 0
	for _, p := range r.Peers[2:] {
		if p.Received > 10*kib {
			served++
		}
	}
	if served < 10 {
		t.Errorf("%d of 12 were served", served)
	}
}

// A seed that serves somebody for long has sent to a few peers after a while, one that changes
// every round to more.
func TestSeedsServeInTurns(t *testing.T) {
	served := func(turn time.Duration) (peers int) {
		c := sim.Config{
			Tracker: realTracker(t, 1), Network: flat, Peers: crowd(20, 1, 256*kib), Pieces: 2000, PieceBytes: 128 * kib, Seed: 1,
			Client: sim.Client{Slots: 2, Turn: turn, Hold: true, GiveAtRounds: true}, Interval: time.Minute, Until: 3 * time.Minute,
		}
		for i := range c.Peers[1:] {
			c.Peers[i+1].Up = 1 // none has a piece to give
		}
		for _, p := range run(t, c).Peers[1:] {
			if p.Pieces > 0 {
				peers++
			}
		}
		return peers
	}
	if long, short := served(10*time.Minute), served(0); long > 8 || short < long+3 {
		t.Errorf("%d have a piece of a seed that serves ten minutes, %d of one that changes every round", long, short)
	}
}

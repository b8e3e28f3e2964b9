package sim

import (
	"errors"
	"fmt"
	"net/netip"
	"time"

	"github.com/altracker/altracker/tracker"
)

// Tracker answers announces in virtual time. [Virtual] makes one of the real tracker;
// [Oracle] is another.
type Tracker interface {
	Announce(*tracker.AnnounceRequest, *tracker.AnnounceResponse) error

	// Tick is called once a second, for what a tracker does between announces.
	Tick(now time.Time)
}

// Config is one swarm's life under one tracker.
type Config struct {
	Tracker Tracker // required
	Network Network
	Peers   []Peer // in any order, each with an address of its own

	// Pieces is how many pieces the file has, all of PieceBytes but the last one.
	// FileBytes 0 means Pieces * PieceBytes.
	Pieces                int
	PieceBytes, FileBytes int64

	Client Client

	// Interval is how often clients announce; 0 means whenever the tracker says. A
	// tracker forgets those who announce less often than its lifetime is long.
	Interval time.Duration

	// Until ends the run; 0 means 24 hours. It ends sooner when nobody downloads and
	// nobody will arrive.
	Until time.Duration

	// Seed decides all that clients leave to chance. Each peer has a series of its own.
	Seed uint64

	// Step is the distance of two looks at the swarm: rates are constant in between.
	// 0 means 250 ms, or less where pieces take less than four such steps.
	Step time.Duration

	// Bin is the length of the bins of LinkBins and Transit; 0 means 5 minutes.
	Bin time.Duration

	// BinLinks is the links whose bytes are wanted bin by bin.
	BinLinks []int

	// Groups is the group (network, ISP) of each place; if given, Result.Transit
	// tells what passed between groups, bin by bin.
	Groups []int

	// SampleAt is when Result.Overlay is taken; 0 means when half of the leechers have
	// completed.
	SampleAt time.Duration

	// Progress, if not nil, is told once in a second of virtual time how much is done, 0 to 1.
	Progress func(done float64)
}

// Peer is one client: where it is, how fast, and how patient.
type Peer struct {
	Addr netip.AddrPort

	Place    int     // where in the Network it is
	Up, Down float64 // access rates, bytes a second

	Arrive time.Duration
	Seed   bool // has everything from the start

	// Abort is how long after its arrival it gives up if it is not complete; 0 never.
	Abort time.Duration

	// SeedFor is how long it stays after completion; below 0 for ever. A Seed's time
	// runs from its arrival.
	SeedFor time.Duration

	// SeedCopies, if not 0, has a Seed leave when it has sent this many times the file.
	SeedCopies float64

	Unreachable bool // can dial, cannot be dialled

	Client *Client // how it behaves; nil: as Config.Client
}

// Network is what lies between the places.
type Network struct {
	// Capacity is that of each directed link, in bytes a second; +Inf: no limit.
	Capacity []float64

	// Path tells which directed links lead from one place to another; nil means that
	// no path has any. It may be asked for the path of a place to itself.
	Path func(from, to int) []int32

	// RTT is the round-trip time between places, without Client.AccessRTT; nil means
	// that it is 0 between all.
	RTT func(from, to int) time.Duration
}

func (c Config) withDefaults() Config {
	if c.FileBytes == 0 {
		c.FileBytes = int64(c.Pieces) * c.PieceBytes
	}
	if c.Until == 0 {
		c.Until = 24 * time.Hour
	}
	if c.Bin == 0 {
		c.Bin = 5 * time.Minute
	}
	c.Client = c.Client.withDefaults()
	if c.Step == 0 {
		c.Step = c.defaultStep()
	}
	return c
}

// defaultStep is a fourth of the time in which the fastest peer that stays under 95 %
// of the others sends a piece in one of its slots, of which Client has so many.
func (c Config) defaultStep() time.Duration {
	const most, least = 250 * time.Millisecond, 10 * time.Millisecond
	up := make([]float64, 0, len(c.Peers))
	for _, p := range c.Peers {
		up = append(up, p.Up)
	}
	rate := quantile(up, 0.95) / float64(c.Client.Slots)
	if rate <= 0 {
		return most
	}
	step := time.Duration(float64(c.PieceBytes) / rate / 4 * float64(time.Second))
	return max(least, min(most, step.Truncate(time.Millisecond)))
}

func (c Config) check() error {
	switch {
	case c.Tracker == nil:
		return errors.New("sim: Tracker is nil")
	case len(c.Peers) == 0:
		return errors.New("sim: Peers is empty")
	case c.Pieces < 1 || c.PieceBytes < 1:
		return fmt.Errorf("sim: Pieces is %d and PieceBytes %d, want 1 or more", c.Pieces, c.PieceBytes)
	case c.FileBytes <= int64(c.Pieces-1)*c.PieceBytes || c.FileBytes > int64(c.Pieces)*c.PieceBytes:
		return fmt.Errorf("sim: FileBytes is %d, which is not %d pieces of %d", c.FileBytes, c.Pieces, c.PieceBytes)
	case c.Until < 0 || c.Step < 0 || c.Bin < 0 || c.SampleAt < 0 || c.Interval < 0:
		return errors.New("sim: Until, Step, Bin, SampleAt or Interval is negative")
	}
	owners := make(map[netip.AddrPort]int, len(c.Peers))
	for i, p := range c.Peers {
		if err := p.check(); err != nil {
			return fmt.Errorf("sim: Peers[%d]: %w", i, err)
		}
		if c.Groups != nil && p.Place >= len(c.Groups) {
			return fmt.Errorf("sim: Peers[%d]: Place %d has no group", i, p.Place)
		}
		if other, taken := owners[p.Addr]; taken {
			return fmt.Errorf("sim: Peers[%d]: Addr %v is that of Peers[%d]", i, p.Addr, other)
		}
		owners[p.Addr] = i
	}
	for l, capacity := range c.Network.Capacity {
		if !(capacity > 0) {
			return fmt.Errorf("sim: Network.Capacity[%d] is %v, want more than 0", l, capacity)
		}
	}
	for _, l := range c.BinLinks {
		if l < 0 || l >= len(c.Network.Capacity) {
			return fmt.Errorf("sim: BinLinks has %d, want 0 to %d", l, len(c.Network.Capacity)-1)
		}
	}
	for _, g := range c.Groups {
		if g < 0 {
			return fmt.Errorf("sim: Groups has %d, want 0 or more", g)
		}
	}
	if err := c.Client.check(); err != nil {
		return fmt.Errorf("sim: %w", err)
	}
	return nil
}

func (p Peer) check() error {
	switch {
	case !p.Addr.IsValid() || p.Addr.Port() == 0 || p.Addr.Addr().Is4In6():
		return fmt.Errorf("Addr %v is no address of a peer", p.Addr)
	case p.Place < 0:
		return fmt.Errorf("Place is %d", p.Place)
	case !(p.Up > 0) || !(p.Down > 0):
		return fmt.Errorf("Up is %v and Down %v, want more than 0", p.Up, p.Down)
	case p.Arrive < 0 || p.Abort < 0:
		return errors.New("Arrive or Abort is negative")
	case p.Client != nil:
		return p.Client.withDefaults().check()
	}
	return nil
}

package sim

import (
	"fmt"
	"time"
)

// Client is how clients behave: all of a run, or one (Peer.Client). The defaults are those
// of the classic client, as the ns-2 model of BitTorrent has them, and of libtorrent where
// that says nothing; Transmission, Aria2 and Libtorrent are programs as they are. AccessRTT,
// Noise and Window are a run's.
type Client struct {
	Slots int // for uploads, the optimistic one among them; 0 means 4

	// AutoSlots gives each peer slots by the classic client's rule: 2, 3 or 4 below
	// 9, 15 and 42 KB/s, and the root of 0.6 times the upload in KB/s above. Slots is then
	// the most; 0 means 16.
	AutoSlots bool

	Choke      time.Duration // from one choke round to the next; 0 means 10 s
	Optimistic time.Duration // how long an optimistic unchoke lasts; 0 means 30 s

	// Hold: who has a slot keeps it to the next choke round, whether there is anything to
	// send or not. Without it, a slot is free for another as soon as it is not used.
	Hold bool

	// GiveAtRounds: a slot that is free stays so until the next choke round. Without it, it is
	// given away at once.
	GiveAtRounds bool

	// AskAtRounds: it tells neighbours at its choke rounds alone that it wants something of
	// them. Without it, it tells them at once.
	AskAtRounds bool

	// Anew: choke rounds count from a peer's Start, so that those of a crowd choke together.
	// Without it, they count from any moment, as if the program had run before.
	Anew bool

	// Turn is how long a seed serves somebody before another gets the slot, but for one
	// slot, which changes hands as a leecher's optimistic one does. 0: every choke round
	// one slot changes hands.
	Turn time.Duration

	// Mutual: a leecher ranks its neighbours by what they gave and took, not only by what
	// they gave.
	Mutual bool

	// Noise is how much the rates that clients rank each other by fluctuate: the standard
	// deviation of their logarithm. Flows are smooth as TCP is not; without noise
	// equal peers would always rank by the least difference of their round-trip times.
	// 0 means 0.3 (an assumption), below 0 none.
	Noise float64

	Start   time.Duration // from its arrival to its first announce
	NumWant int           // peers asked of the tracker; 0 means 50

	// A client dials while it has fewer connections than Connect, and accepts
	// while it has fewer than Accept, at most 255. 0 means 40 and 80.
	Connect, Accept int

	// A client that has fewer connections than ReaskBelow and knows no further address
	// announces again when ReaskAfter and the tracker's least interval have passed since
	// it last did. 0 means 20 and 5 minutes.
	ReaskBelow int
	ReaskAfter time.Duration

	Dials int           // a second; 0 means 10
	Retry time.Duration // until one who had no room is dialled again; 0 means 2 minutes

	// RandomFirst is how many pieces a client takes at random before it takes the
	// rarest first; 0 means 4, below 0 none.
	RandomFirst int

	// PEX has clients tell their neighbours of their neighbours, once a minute, at most
	// 50 at a time (BEP 11).
	PEX bool

	// Window is what a TCP connection has in flight at most, in bytes; 0 means 4 MiB.
	Window float64

	// AccessRTT is added to the round-trip time of all pairs: what the two access lines
	// take, most of it in the queue of the upload that is full. The less it is, the
	// more of an upload do near peers get, and the more does tit for tat favour
	// them. 0 means 300 ms (an assumption: LEDBAT aims at 100 ms of queue, RFC 6817, and the
	// buffers of home routers hold seconds).
	AccessRTT time.Duration
}

// mostSlots is the most uploads that a client may have.
const mostSlots = 64

const (
	pexInterval = time.Minute
	pexMost     = 50
)

func (c Client) withDefaults() Client {
	if c.Slots == 0 {
		c.Slots = 4
		if c.AutoSlots {
			c.Slots = 16
		}
	}
	or(&c.Choke, 10*time.Second)
	or(&c.Optimistic, 30*time.Second)
	or(&c.Noise, 0.3)
	or(&c.NumWant, 50)
	or(&c.Connect, 40)
	or(&c.Accept, 80)
	or(&c.ReaskBelow, 20)
	or(&c.ReaskAfter, 5*time.Minute)
	or(&c.Dials, 10)
	or(&c.Retry, 2*time.Minute)
	or(&c.RandomFirst, 4)
	or(&c.Window, 4<<20)
	or(&c.AccessRTT, 300*time.Millisecond)
	return c
}

// or sets a field that is 0 to its default.
func or[T comparable](field *T, usual T) {
	var zero T
	if *field == zero {
		*field = usual
	}
}

func (c Client) check() error {
	switch {
	case c.Slots < 1 || c.Slots > mostSlots:
		return fmt.Errorf("Client.Slots is %d, want 1 to %d", c.Slots, mostSlots)
	case c.Connect < 1 || c.Accept < c.Connect || c.Accept > 255:
		return fmt.Errorf("Client.Connect is %d and Accept %d, want 1 <= Connect <= Accept <= 255", c.Connect, c.Accept)
	case c.Choke <= 0 || c.Optimistic < c.Choke:
		return fmt.Errorf("Client.Choke is %v and Optimistic %v, want the latter no shorter", c.Choke, c.Optimistic)
	case c.Start < 0 || c.Turn < 0:
		return fmt.Errorf("Client.Start is %v and Turn %v, want 0 or more", c.Start, c.Turn)
	case c.NumWant < 0 || c.Dials < 1 || c.ReaskAfter < 0 || c.Retry <= 0:
		return fmt.Errorf("Client.NumWant %d, Dials %d, ReaskAfter %v or Retry %v is too small", c.NumWant, c.Dials, c.ReaskAfter, c.Retry)
	case !(c.Window > 0) || c.AccessRTT <= 0:
		return fmt.Errorf("Client.Window is %v and AccessRTT %v, want more than 0", c.Window, c.AccessRTT)
	}
	return nil
}

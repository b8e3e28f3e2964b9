package sim

import (
	"context"
	"math/bits"
	"net/netip"
	"time"

	"github.com/altracker/altracker/tracker"
)

// world is a run under way. Peers, connections, flows and pieces are numbers; what the
// inner loops touch lies in flat arrays.
type world struct {
	c      Config
	now    float64 // seconds
	step   float64
	peers  []peer
	byAddr map[netip.AddrPort]int32

	words   int      // of a bitfield
	have    []uint64 // bitfields of the pieces that each peer has,
	taken   []uint64 // and of those that it has begun
	scarce  []uint8  // by peer and piece: neighbours that have a piece which the peer lacks
	learned []uint64 // bitfields of the peers whose address each peer was ever given

	wires
	flows   []flow
	demands []demand  // parallel to flows
	rates   []float64 // likewise
	parts   []part
	spare   []int32 // unused parts
	full    []int32 // parts that are complete, to be dealt with
	*traffic
	sharing

	agenda agenda
	hungry []int32 // peers that may have a slot to give
	mortal []int32 // seeds that leave after some copies
	places []place

	request  tracker.AnnounceRequest
	response tracker.AnnounceResponse
	ticked   int64 // seconds
	bin      int   // that is open

	pending, leechers, completed int // downloaders yet to come, present, done
	downloaders                  int
	out                          Result
}

// peer is the state of a client. What the inner loops look at comes first.
type peer struct {
	got           int32 // pieces
	place         int32
	slots, serves int32 // slots for uploads, and those in use
	idle          int32 // parts that no flow fills
	optimistic    int32 // the neighbour served on trial, or nobody

	client *Client

	present, seed, fed bool // fed: it waits in hungry
	dialling           bool // the next round of dials is in the agenda
	retrying           bool

	chance chance
	Outcome
	parts        []int32 // pieces it has begun
	fresh, later []int32 // addresses to dial, now and after a while
	tried        float64 // when the trial began
	announceAt   float64 // the next one; an appointment for another time is void
	leaveAt      float64 // likewise; below 0 for never
	announced    float64 // the last one
	least        float64 // not sooner after that
	gossiped     float64
}

const nobody = -1

// epoch is the tracker's time at the start of a run.
var epoch = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

func newWorld(c Config) *world {
	n := len(c.Peers)
	w := &world{
		c: c, step: seconds(c.Step), byAddr: make(map[netip.AddrPort]int32, n),
		peers: make([]peer, n), words: (c.Pieces + 63) / 64, traffic: newTraffic(c),
	}
	w.wires = newWires(n, w.equip())
	w.have, w.taken = make([]uint64, n*w.words), make([]uint64, n*w.words)
	w.scarce = make([]uint8, n*c.Pieces)
	w.learned = make([]uint64, n*((n+63)/64))
	capacity := make([]float64, 0, 2*n+len(c.Network.Capacity))
	for _, p := range c.Peers {
		capacity = append(capacity, p.Up)
	}
	for _, p := range c.Peers {
		capacity = append(capacity, p.Down)
	}
	w.sharing = newSharing(append(capacity, c.Network.Capacity...))
	w.places = newPlaces(w.traffic.places, c.Pieces)
	w.out.Overlay.At = Never
	for i := range c.Peers {
		w.expect(int32(i))
	}
	return w
}

// equip has each peer know how it behaves, and returns the most connections that one may
// have.
func (w *world) equip() (most int) {
	clients := map[*Client]*Client{nil: &w.c.Client}
	for i := range w.peers {
		own := w.c.Peers[i].Client
		if clients[own] == nil {
			c := own.withDefaults()
			clients[own] = &c
		}
		w.peers[i].client = clients[own]
		most = max(most, clients[own].Accept)
	}
	return most
}

// expect makes a peer's first appointment.
func (w *world) expect(x int32) {
	from, p := &w.c.Peers[x], &w.peers[x]
	p.Outcome = Outcome{Arrived: Never, First: Never, Completed: Never, Left: Never}
	p.chance = newChance(w.c.Seed, int(x))
	p.place, p.slots, p.optimistic = int32(from.Place), int32(p.client.slots(from.Up)), nobody
	w.byAddr[from.Addr] = x
	w.agenda.add(seconds(from.Arrive), arrival, x)
	if !from.Seed {
		w.pending++
		w.downloaders++
	}
}

// run goes on until nobody downloads and nobody will.
func (w *world) run(ctx context.Context) error {
	until, told := seconds(w.c.Until), -1.0
	for k := int64(0); w.now < until && w.pending+w.leechers > 0; {
		k = w.next(k)
		before := w.now
		w.now = min(float64(k)*w.step, until)
		w.advance(w.now - before)
		if k%64 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		if w.c.Progress != nil && w.now-told >= 1 {
			told = w.now
			w.c.Progress(w.done(until))
		}
	}
	return ctx.Err()
}

// next returns the number of the next step at which something can happen.
func (w *world) next(k int64) int64 {
	if len(w.flows) > 0 || len(w.hungry) > 0 || len(w.agenda) == 0 {
		return k + 1
	}
	return max(k+1, int64(w.agenda[0].at/w.step)+1)
}

// advance is one step.
func (w *world) advance(dt float64) {
	w.count(dt)
	w.move(dt)
	for len(w.agenda) > 0 && w.agenda[0].at <= w.now {
		w.keep(w.agenda.pop())
	}
	w.retire()
	w.feed()
	w.reallocate()
	w.sample()
	if now := int64(w.now); now > w.ticked {
		w.ticked = now
		w.c.Tracker.Tick(w.time())
	}
	if bin := int(w.now / seconds(w.c.Bin)); bin != w.bin {
		w.settleAll()
		w.bin = bin
	}
}

// keep keeps an appointment.
func (w *world) keep(a appointment) {
	x, p := a.peer, &w.peers[a.peer]
	if a.kind == arrival {
		w.arrive(x)
		return
	}
	if !p.present {
		return
	}
	switch a.kind {
	case departure:
		if a.at == p.leaveAt {
			w.leave(x)
		}
	case chokeRound:
		w.out.Events++
		w.choke(x)
		w.agenda.add(a.at+seconds(p.client.Choke), chokeRound, x)
	case announcing:
		if a.at == p.announceAt {
			event := tracker.None
			if p.Announces == 0 {
				event = tracker.Started
			}
			w.announce(x, event)
		}
	case dialling:
		p.dialling = false
		w.dial(x)
	case retrying:
		p.retrying = false
		p.fresh, p.later = append(p.fresh, p.later...), p.later[:0]
		w.wantDials(x, w.now)
	case gossip:
		w.gossip(x)
		w.agenda.add(a.at+seconds(pexInterval), gossip, x)
	}
}

func (w *world) arrive(x int32) {
	w.out.Events++
	from, p := &w.c.Peers[x], &w.peers[x]
	p.present, p.Arrived, p.leaveAt = true, from.Arrive, -1
	if from.Seed {
		p.seed, p.Completed, p.got = true, 0, int32(w.c.Pieces)
		p.First = p.Arrived
		w.fill(x)
		if from.SeedFor >= 0 {
			w.depart(x, seconds(from.Arrive+from.SeedFor))
		}
		if from.SeedCopies > 0 {
			w.mortal = append(w.mortal, x)
		}
	} else {
		w.pending--
		w.leechers++
		w.places[p.place].leechers++
		if from.Abort > 0 {
			w.depart(x, seconds(from.Arrive+from.Abort))
		}
	}
	round := seconds(p.client.Choke)
	if p.client.Anew {
		round += seconds(p.client.Start)
	} else {
		round *= p.chance.unit()
	}
	w.agenda.add(w.now+round, chokeRound, x)
	if p.client.PEX {
		w.agenda.add(w.now+p.chance.unit()*seconds(pexInterval), gossip, x)
	}
	p.gossiped = Never.Seconds()
	if p.client.Start > 0 {
		w.schedule(x, w.now+seconds(p.client.Start))
		return
	}
	w.announce(x, tracker.Started)
}

// fill gives a seed all pieces.
func (w *world) fill(x int32) {
	have := w.pieces(x)
	for i := range have {
		have[i] = ^uint64(0)
	}
	if spare := w.c.Pieces % 64; spare != 0 {
		have[len(have)-1] = 1<<spare - 1
	}
	pl := &w.places[w.peers[x].place]
	for i := range pl.held {
		pl.add(i)
	}
}

// depart has a peer leave at a time, instead of any it had before.
func (w *world) depart(x int32, at float64) {
	w.peers[x].leaveAt = at
	w.agenda.add(at, departure, x)
}

// leave takes a peer out of the swarm; a leecher gives up what it has begun.
func (w *world) leave(x int32) {
	w.out.Events++
	p := &w.peers[x]
	for w.degree[x] > 0 {
		_, end := w.ends(x)
		w.disconnect(end - 1)
	}
	w.out.Wasted += w.abandon(x)
	if p.Announces > 0 {
		w.announce(x, tracker.Stopped)
	}
	p.present, p.Left = false, duration(w.now)
	pl := &w.places[p.place]
	for i, set := range w.pieces(x) {
		for ; set != 0; set &= set - 1 {
			pl.remove(64*i + bits.TrailingZeros64(set))
		}
	}
	if !p.seed {
		w.leechers--
		pl.leechers--
	}
	p.fresh, p.later = nil, nil
}

// retire has the seeds leave that have sent enough copies.
func (w *world) retire() {
	rest := w.mortal[:0]
	for _, x := range w.mortal {
		if w.sent(x) >= w.c.Peers[x].SeedCopies*float64(w.c.FileBytes) && w.peers[x].present {
			w.leave(x)
		} else {
			rest = append(rest, x)
		}
	}
	w.mortal = rest
}

// pieces returns the bitfield of a peer.
func (w *world) pieces(x int32) []uint64 {
	i := int(x) * w.words
	return w.have[i : i+w.words : i+w.words]
}

func (w *world) time() time.Time { return epoch.Add(time.Duration(w.now * 1e9)) }

// done estimates the share of a run that is over.
func (w *world) done(until float64) float64 {
	return max(w.now/until, float64(w.completed)/float64(max(1, w.downloaders)))
}

package load

import (
	"context"
	"encoding/binary"
	"fmt"
	"math"
	"time"
)

// A connection id is good for two minutes at the tracker, and for one at the client
// (BEP 15). It is renewed a little before.
const ticketLife = 55 * time.Second

// slotBits are the bits of a transaction id that name a slot; those above count how
// often the slot was used.
const slotBits = 14

// slot is room for a request under way.
type slot struct {
	exchange
	transaction uint32
	used        bool
}

// ticket is a source's connection id.
type ticket struct {
	id           uint64
	since, asked int64
	held         bool
}

func (t *ticket) stale(now int64) bool { return !t.held || now-t.since > int64(ticketLife) }

// udpWorker asks from its own sources and takes the replies. It is one goroutine.
type udpWorker struct {
	*recorder
	config *Config
	pop    *population
	wire   wire
	clock  func() int64
	width  int // requests under way in a closed loop, such as a fill
	six    bool

	slots   []slot
	free    []uint32
	tickets []ticket // by source
	request []byte
	expiry  int64 // when to look for lost requests
	silent  int   // lost requests since the last reply
	sources []int
	answers *counter
}

func newUDPWorker(g *Generator, w wire, index int) *udpWorker {
	c := &g.config
	u := &udpWorker{
		config: c, pop: g.pop, wire: w, clock: g.clock, six: c.Target.Addr.Addr().Is6(),
		slots: make([]slot, maxInFlight), tickets: make([]ticket, c.Sources),
		request: make([]byte, 0, maxRequest), sources: g.decks[index].sources, answers: &g.answers[index],
		width: max((c.InFlight+c.Workers-1-index)/c.Workers, 1),
	}
	for i := len(u.slots) - 1; i >= 0; i-- {
		u.free = append(u.free, uint32(i))
		u.slots[i].transaction = uint32(i)
	}
	return u
}

func (w *udpWorker) underWay() int { return len(w.slots) - len(w.free) }

// prepare gets connection ids for all sources that have none, or soon an old one.
func (w *udpWorker) prepare(ctx context.Context, r *recorder) error {
	w.recorder = r
	var requests []request
	for _, s := range w.sources {
		if w.tickets[s].stale(w.clock()) {
			requests = append(requests, request{kind: connect, source: s})
		}
	}
	return w.run(ctx, listed(requests))
}

// fill implements worker.
func (w *udpWorker) fill(ctx context.Context, r *recorder) error {
	w.recorder = r
	return w.run(ctx, filling(cursorsOfAll(w.pop, w.sources)))
}

// measure implements worker.
func (w *udpWorker) measure(ctx context.Context, r *recorder, f *feed) error {
	w.recorder = r
	return w.run(ctx, f)
}

func (w *udpWorker) close() { w.wire.close() }

// run asks what f says until that is over and all is answered or lost, or ctx is done.
// A list that nobody answers is an error.
func (w *udpWorker) run(ctx context.Context, f *feed) error {
	w.silent = 0
	for {
		now := w.clock()
		wake, v, err := w.ask(now, f)
		if err != nil {
			return err
		}
		if ended(ctx) || v == over && w.underWay() == 0 {
			return nil
		}
		n, err := w.wire.receive(time.Duration(min(wake, w.expiry) - now))
		if err != nil {
			return err
		}
		now = w.clock()
		underWay := w.underWay()
		for i := range n {
			w.take(w.wire.packet(i), now)
		}
		w.answers.Add(int64(underWay - w.underWay()))
		if now >= w.expiry {
			w.expire(now, f)
			if f.list && w.silent > 4*w.width {
				return fmt.Errorf("%v: no answer to %d requests", w.config.Target, w.silent)
			}
		}
	}
}

// room returns how many requests may be under way.
func (w *udpWorker) room(f *feed) int {
	if !f.list && w.config.Rate > 0 {
		return maxInFlight
	}
	return w.width
}

// ask sends what is due, as far as there is room, and returns when there is more.
func (w *udpWorker) ask(now int64, f *feed) (wake int64, v verdict, err error) {
	staged := false
	for room := w.room(f); w.underWay() < room; {
		var r request
		var due int64
		if r, due, v = f.next(now, anybody); v != ready {
			wake = due
			break
		}
		more := w.launch(r, due, now, f)
		staged = true
		if !more {
			if err := w.wire.flush(); err != nil {
				return 0, v, err
			}
			staged = false
		}
	}
	if v == ready || v == over {
		wake = math.MaxInt64 // nothing but a reply makes room
	}
	if staged {
		err = w.wire.flush()
	}
	return wake, v, err
}

// launch stages a request, or in its place one for the connection id that it lacks.
func (w *udpWorker) launch(r request, due, now int64, f *feed) (more bool) {
	t := &w.tickets[r.source]
	if r.kind != connect && t.stale(now) && now-t.asked > int64(w.config.Timeout) {
		f.giveBack(r)
		r = request{kind: connect, source: r.source}
	}
	i := w.free[len(w.free)-1]
	w.free = w.free[:len(w.free)-1]
	s := &w.slots[i]
	s.exchange = exchange{request: r, sent: now, due: due}
	s.transaction += 1 << slotBits
	s.used = true
	b := w.request[:0]
	switch r.kind {
	case connect:
		t.asked = now
		b = appendConnect(b, s.transaction)
	case scrape:
		b = appendScrape(b, t.id, s.transaction, w.pop, r, w.config.ScrapeHashes)
	default:
		b = appendAnnounce(b, t.id, s.transaction, w.pop, r, w.config.NumWant)
		b = appendURL(b, w.config.Target.Path)
	}
	w.send(&s.exchange)
	return w.wire.stage(r.source, b)
}

// take takes a datagram.
func (w *udpWorker) take(packet []byte, now int64) {
	if len(packet) < headLen {
		w.tally.blame(strayDatagram, "%d bytes", len(packet))
		return
	}
	transaction := binary.BigEndian.Uint32(packet[4:])
	i := transaction & (1<<slotBits - 1)
	s := &w.slots[i]
	if !s.used || s.transaction != transaction {
		if age := (s.transaction - transaction) >> slotBits; transaction>>slotBits > 0 && age < 1<<(31-slotBits) {
			w.tally.late++
		} else {
			w.tally.blame(wrongTransaction, "%#08x", transaction)
		}
		return
	}
	s.used = false
	w.free = append(w.free, i)
	w.silent = 0
	w.read(&s.exchange, binary.BigEndian.Uint32(packet), packet, now)
}

// read reads the reply to a request.
func (w *udpWorker) read(x *exchange, action uint32, packet []byte, now int64) {
	switch {
	case action == actionError:
		w.refused(x, packet[headLen:], now)
	case action != actionOf(x.kind):
		w.spoilt(x, now, wrongAction, "%d to %v", action, x.kind)
	case x.kind == connect && len(packet) >= connectLen:
		w.tickets[x.source] = ticket{id: binary.BigEndian.Uint64(packet[headLen:]), since: now, held: true}
		w.other(x, now)
	case x.kind == scrape && len(packet) == headLen+w.config.ScrapeHashes*countsLen:
		for i := range w.config.ScrapeHashes {
			b := packet[headLen+i*countsLen:]
			w.check.scrape(w.pop.scraped(x.peer, i), int64(int32(binary.BigEndian.Uint32(b))), int64(int32(binary.BigEndian.Uint32(b[8:]))))
		}
		w.other(x, now)
	case x.kind.announces() && len(packet) >= announceLen:
		a := parseAnnounce(packet, w.six)
		w.announced(x, &a, now)
	default:
		w.spoilt(x, now, wrongLength, "%d bytes to %v", len(packet), x.kind)
	}
}

func actionOf(k kind) uint32 {
	switch k {
	case connect:
		return actionConnect
	case scrape:
		return actionScrape
	}
	return actionAnnounce
}

// expire gives up what has waited too long.
func (w *udpWorker) expire(now int64, f *feed) {
	timeout := int64(w.config.Timeout)
	w.expiry = now + max(timeout/10, millisecond)
	if w.underWay() == 0 {
		return
	}
	for i := range w.slots {
		s := &w.slots[i]
		if !s.used || now-s.sent < timeout {
			continue
		}
		s.used = false
		w.free = append(w.free, uint32(i))
		w.silent++
		w.lose(&s.exchange, now)
		if f.list {
			f.giveBack(s.request)
		}
	}
}

package load

import (
	"encoding/binary"
	"math"
	"testing"
	"time"
)

const ms = time.Millisecond

// slower returns how many replies took longer.
func slower(t *tally, than time.Duration) (n int64) {
	for _, b := range t.latency.Distribution() {
		if b.From > int64(than) {
			n += b.Count
		}
	}
	return n
}

func small(c Config) Config {
	c.Torrents, c.Peers, c.Sources = 10, 1000, 4
	return c
}

// TestAStallIsNotOmitted: a tracker that stands still for a second makes all the
// requests of that second late, though the generator is free to send fewer.
func TestAStallIsNotOmitted(t *testing.T) {
	stalling := func(d []byte, now int64) ([]byte, time.Duration) {
		if at := time.Duration(now); at >= 2*time.Second && at < 3*time.Second {
			return tracked(d), 3*time.Second - at + ms
		}
		return tracked(d), ms
	}
	c := small(Config{Duration: 5 * time.Second, Timeout: 10 * time.Second, InFlight: 16, Rate: 1000})
	w, s, g := simulate(t, c, stalling)
	open := measured(t, w, s, g)
	if open.sent != 5000 || open.latency.TotalCount() != 5000 || open.lost != 0 {
		t.Fatalf("%d sent, %d answered, %d lost; want 5000, 5000, 0", open.sent, open.latency.TotalCount(), open.lost)
	}
	if n := slower(open, 500*ms); n < 499 || n > 501 {
		t.Errorf("%d requests took half a second, want 500", n)
	}
	c.Rate = 0
	w, s, g = simulate(t, c, stalling)
	if n := slower(measured(t, w, s, g), 500*ms); n != 16 {
		t.Errorf("closed loop: %d requests took half a second, want those under way", n)
	}
}

// TestRequestsThatFindNoRoomAreLateToo: where the generator itself is out of room,
// latency still counts from the timetable.
func TestRequestsThatFindNoRoomAreLateToo(t *testing.T) {
	const stall = 4 * time.Second // 20,000 requests, more than maxInFlight
	w, s, g := simulate(t, small(Config{Duration: 5 * time.Second, Timeout: 10 * time.Second, Rate: 5000}), func(d []byte, now int64) ([]byte, time.Duration) {
		if at := time.Duration(now); at > 2*ms && at < stall {
			return tracked(d), stall - at
		}
		return tracked(d), ms
	})
	got := measured(t, w, s, g)
	if got.sent != 25_000 || got.latency.TotalCount() != 25_000 {
		t.Fatalf("%d sent, %d answered", got.sent, got.latency.TotalCount())
	}
	if n := slower(got, 2*time.Second); n < 9_980 || n > 10_020 {
		t.Errorf("%d requests took two seconds, want 10,000", n)
	}
}

func TestAClosedLoopKeepsItsWidth(t *testing.T) {
	underWay, most := 0, 0
	var ends []int64
	w, s, g := simulate(t, small(Config{Duration: time.Second, InFlight: 37}), nil)
	s.answer = func(d []byte, now int64) ([]byte, time.Duration) {
		for len(ends) > 0 && ends[0] <= now {
			ends, underWay = ends[1:], underWay-1
		}
		underWay++
		most = max(most, underWay)
		ends = append(ends, now+int64(ms))
		return tracked(d), ms
	}
	got := measured(t, w, s, g)
	if most != 37 || got.sent != 37_000 || got.latency.TotalCount() != 37_000 {
		t.Errorf("%d under way at most, %d sent, %d answered; want 37, and 37 in each millisecond", most, got.sent, got.latency.TotalCount())
	}
	if p50 := got.latency.ValueAtPercentile(50); p50 < 999_000 || p50 > 1_001_000 {
		t.Errorf("median %d ns, want a millisecond", p50)
	}
}

func TestFillsAskAgainUntilEverybodyIsThere(t *testing.T) {
	n, arrived := int64(0), map[[20]byte]bool{}
	w, _, g := simulate(t, small(Config{Timeout: 100 * ms}), func(d []byte, now int64) ([]byte, time.Duration) {
		if n++; n%3 == 0 {
			return nil, 0
		}
		if binary.BigEndian.Uint32(d[8:]) == actionAnnounce && binary.BigEndian.Uint32(d[80:]) == 2 {
			arrived[[20]byte(d[36:56])] = true
		}
		return tracked(d), ms
	})
	r := newRecorder(g, window{0, math.MaxInt64})
	if err := w.prepare(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	if err := w.fill(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	if len(arrived) != 1000 || r.tally.answered[started] != 1000 {
		t.Errorf("%d peers started, %d of them confirmed; want 1000", len(arrived), r.tally.answered[started])
	}
	if answered := r.tally.answered[started] + r.tally.answered[connect]; r.tally.lost < 300 || r.tally.lost != n-answered {
		t.Errorf("%d lost of %d asked", r.tally.lost, n)
	}
}

func TestASilentTrackerEndsTheFill(t *testing.T) {
	w, _, g := simulate(t, small(Config{Timeout: 100 * ms}), func([]byte, int64) ([]byte, time.Duration) { return nil, 0 })
	if err := w.prepare(t.Context(), newRecorder(g, window{})); !contains(err, "udp://127.0.0.1:9: no answer to") {
		t.Error(err)
	}
}

func TestLostAndLateRepliesAreToldApart(t *testing.T) {
	n := 0
	w, s, g := simulate(t, small(Config{Duration: time.Second, InFlight: 1, Timeout: 100 * ms}), func(d []byte, _ int64) ([]byte, time.Duration) {
		n++
		switch {
		case binary.BigEndian.Uint32(d[8:]) == actionConnect:
			return tracked(d), ms
		case n%10 == 0:
			return nil, 0
		case n%10 == 5:
			return tracked(d), 150 * ms
		}
		return tracked(d), ms
	})
	got := measured(t, w, s, g)
	if got.lost < 2 || got.late < 1 || got.late >= got.lost || got.sent != got.lost+got.answered[regular] {
		t.Errorf("%d sent: %d answered, %d lost, %d late", got.sent, got.answered[regular], got.lost, got.late)
	}
	if len(got.wrongReplies()) > 0 {
		t.Error(got.wrongReplies())
	}
}

func TestConnectionIDsAreRenewedInTime(t *testing.T) {
	last := map[uint32]int64{} // by connection id, which is its number
	var ids uint32
	oldest := time.Duration(0)
	w, s, g := simulate(t, small(Config{Duration: 5 * time.Minute, Rate: 10}), func(d []byte, now int64) ([]byte, time.Duration) {
		if binary.BigEndian.Uint32(d[8:]) == actionConnect {
			ids++
			last[ids] = now
			return binary.BigEndian.AppendUint64(tracked(d)[:8], uint64(ids)), ms
		}
		since, ok := last[uint32(binary.BigEndian.Uint64(d))]
		if !ok {
			t.Error("a request without connection id")
		}
		oldest = max(oldest, time.Duration(now-since))
		return tracked(d), ms
	})
	got := measured(t, w, s, g)
	if oldest > time.Minute || oldest < 30*time.Second {
		t.Errorf("the oldest connection id was %v old, want less than a minute (BEP 15)", oldest)
	}
	if got.answered[connect] != 4*5 {
		t.Errorf("%d ids were renewed, want one a source and minute", got.answered[connect])
	}
}

func TestEachWrongnessOfADatagramIsNoticed(t *testing.T) {
	u32 := binary.BigEndian.PutUint32
	for _, c := range []struct {
		name   string
		spoil  func(reply []byte) []byte
		want   problem
		answer bool // the request is answered all the same
	}{
		{"cut short", func(b []byte) []byte { return b[:7] }, strayDatagram, false},
		{"another transaction", func(b []byte) []byte { u32(b[4:], 0x00003fff); return b }, wrongTransaction, false},
		{"a scrape's action", func(b []byte) []byte { u32(b, actionScrape); return b }, wrongAction, false},
		{"no such action", func(b []byte) []byte { u32(b, 9); return b }, wrongAction, false},
		{"no counts", func(b []byte) []byte { return b[:19] }, wrongLength, false},
		{"half a peer", func(b []byte) []byte { return append(b, 1, 2, 3) }, wrongLength, true},
		{"interval 0", func(b []byte) []byte { u32(b[8:], 0); return b }, wrongInterval, true},
	} {
		w, s, g := simulate(t, small(Config{Duration: 20 * ms, InFlight: 1, Timeout: 5 * ms}), func(d []byte, _ int64) ([]byte, time.Duration) {
			reply := tracked(d)
			if binary.BigEndian.Uint32(d[8:]) == actionAnnounce {
				reply = c.spoil(reply)
			}
			return reply, ms
		})
		got := measured(t, w, s, g)
		if list := got.wrongReplies(); len(list) != 1 || got.wrong[c.want] == 0 {
			t.Errorf("%s: have %v, want %v", c.name, list, c.want)
		}
		if answered := got.answered[regular] > 0; answered != c.answer || got.sent != got.answered[regular]+got.failed+got.lost {
			t.Errorf("%s: of %d requests %d answered, %d refused, %d lost", c.name, got.sent, got.answered[regular], got.failed, got.lost)
		}
	}
}

func TestErrorPacketsAreCounted(t *testing.T) {
	w, s, g := simulate(t, small(Config{Duration: 10 * ms, InFlight: 1}), func(d []byte, _ int64) ([]byte, time.Duration) {
		reply := tracked(d)
		if binary.BigEndian.Uint32(d[8:]) == actionAnnounce {
			reply = append(binary.BigEndian.AppendUint32(nil, actionError), d[12:16]...)
			reply = append(reply, "not registered"...)
		}
		return reply, ms
	})
	got := measured(t, w, s, g)
	if got.errors["not registered"] != 10 || got.failed != 10 || got.answered[regular] != 0 {
		t.Errorf("errors %v, %d refused", got.errors, got.failed)
	}
}

// TestNobodyIsAskedWhileLeaving: two requests of a peer may be taken in either
// order, after which nobody could say whether it is there.
func TestNobodyIsAskedWhileLeaving(t *testing.T) {
	busy, present := map[[20]byte]int64{}, map[[20]byte]bool{}
	mix := Mix{regular: 5, stopped: 3, completed: 1, started: 1}
	w, s, g := simulate(t, Config{Torrents: 2, Peers: 200, Sources: 2, InFlight: 40, Duration: time.Second, Mix: mix}, func(d []byte, now int64) ([]byte, time.Duration) {
		if binary.BigEndian.Uint32(d[8:]) == actionAnnounce {
			id := [20]byte(d[36:56])
			if busy[id] > now {
				t.Error("a peer has two requests under way")
			}
			busy[id] = now + int64(ms)
			event := binary.BigEndian.Uint32(d[80:])
			if !present[id] && event != udpEvents[started] && len(busy) == 200 {
				t.Errorf("a peer that has left sends event %d", event)
			}
			present[id] = event != udpEvents[stopped]
		}
		return tracked(d), ms
	})
	r := newRecorder(g, window{0, math.MaxInt64})
	if err := w.prepare(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	if err := w.fill(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	got := measured(t, w, s, g)
	if got.answered[stopped] < 5000 || got.answered[completed] == 0 || got.answered[started] < got.answered[stopped]*9/10 {
		t.Errorf("answered %v", got.answered)
	}
}

// TestNoRequestAllocates: from the drawing of a request to the judgement of its
// reply.
func TestNoRequestAllocates(t *testing.T) {
	w, turn := talking(quiet(t, Config{Torrents: 10, Peers: 1000, Sources: 4, InFlight: 8, Mix: Mix{regular: 5, scrape: 1, stopped: 1, connect: 1}}), 2)
	for range 100 {
		turn()
	}
	if n := testing.AllocsPerRun(100, turn); n != 0 {
		t.Errorf("%v allocations for eight requests", n)
	}
	if w.tally.failed > 0 || w.tally.wrong[strangePeer] == 0 { // a wrong reply costs no more
		t.Errorf("%d failed, %v", w.tally.failed, w.tally.wrongReplies())
	}
}

// talking returns a worker and a function that has it ask as much as it may and take
// the replies, with so many peers that belong nowhere and 32 that are the next in the
// swarm.
func talking(g *Generator, strangers int) (*udpWorker, func()) {
	s := &still{now: 1}
	w := newUDPWorker(g, s, 0)
	w.clock = func() int64 { return s.now }
	w.recorder = newRecorder(g, window{0, math.MaxInt64})
	f := drawn(&g.decks[0], pace{}, math.MaxInt64)
	return w, func() {
		_, _, _ = w.ask(s.now, f) // this wire does not fail
		s.now += int64(ms)
		for i := range w.slots[:w.width] {
			if w.slots[i].used {
				s.reply = appendReply(s.reply[:0], w, &w.slots[i], strangers)
				w.take(s.reply, s.now)
			}
		}
	}
}

func appendReply(b []byte, w *udpWorker, x *slot, strangers int) []byte {
	b = binary.BigEndian.AppendUint32(b, actionOf(x.kind))
	b = binary.BigEndian.AppendUint32(b, x.transaction)
	switch x.kind {
	case scrape:
		return append(b, make([]byte, 3*countsLen)...)
	case connect:
		return append(b, make([]byte, 8)...)
	}
	b = append(b, 0, 0, 7, 8, 0, 0, 0, 0, 0, 0, 0, 0)
	torrent := w.pop.torrent[x.peer]
	first, until := w.pop.starts[torrent], w.pop.starts[torrent+1]
	for peer := first; peer < until && peer < first+32; peer++ {
		source := peer % uint32(w.pop.sources.count)
		b = append(b, 127, byte(1+source), 0, 1)
		b = binary.BigEndian.AppendUint16(b, w.pop.port(peer))
	}
	for i := range strangers {
		b = append(b, 127, byte(i), 0, 1, 0, 1)
	}
	return b
}

// BenchmarkRequest is what a request costs the generator beside the kernel's work.
func BenchmarkRequest(b *testing.B) {
	for name, trust := range map[string]bool{"checked": false, "trusted": true} {
		b.Run(name, func(b *testing.B) {
			_, turn := talking(quiet(b, Config{Torrents: 100_000, Peers: 1_000_000, Exponent: 1, SeedShare: 0.5, TrustPeers: trust}), 0)
			b.ReportAllocs()
			b.ResetTimer()
			for range b.N {
				turn()
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*DefaultInFlight), "ns/request")
		})
	}
}

// still is a wire that carries nothing.
type still struct {
	now   int64
	reply []byte
}

func (*still) stage(int, []byte) bool             { return true }
func (*still) flush() error                       { return nil }
func (*still) receive(time.Duration) (int, error) { return 0, nil }
func (*still) packet(int) []byte                  { return nil }
func (*still) close()                             {}

package load

import (
	"container/heap"
	"encoding/binary"
	"math"
	"testing"
	"time"
)

// quiet returns a Generator that has no sockets.
func quiet(t testing.TB, c Config) *Generator {
	t.Helper()
	if c.Target == (Target{}) {
		c.Target = loopbackTarget
	}
	c, err := c.withDefaults()
	if err != nil {
		t.Fatal(err)
	}
	g := &Generator{config: c, presence: newPresence(c), answers: make([]counter, c.Workers)}
	if g.pop, err = newPopulation(c); err != nil {
		t.Fatal(err)
	}
	for i := range c.Workers {
		g.decks = append(g.decks, newDeck(g, i))
	}
	return g
}

// simulation is a wire in virtual time, with a tracker at its end.
type simulation struct {
	now    int64
	answer func(datagram []byte, now int64) (reply []byte, after time.Duration) // nil: lost
	staged [][]byte
	coming arrivals
	in     [][]byte
}

type arrival struct {
	at       int64
	datagram []byte
}

type arrivals []arrival

func (a arrivals) Len() int           { return len(a) }
func (a arrivals) Less(i, j int) bool { return a[i].at < a[j].at }
func (a arrivals) Swap(i, j int)      { a[i], a[j] = a[j], a[i] }
func (a *arrivals) Push(x any)        { *a = append(*a, x.(arrival)) }
func (a *arrivals) Pop() any {
	last := len(*a) - 1
	x := (*a)[last]
	*a = (*a)[:last]
	return x
}

func (s *simulation) stage(_ int, datagram []byte) bool {
	s.staged = append(s.staged, append([]byte(nil), datagram...))
	return len(s.staged) < batch
}

func (s *simulation) flush() error {
	for _, d := range s.staged {
		if reply, after := s.answer(d, s.now); reply != nil {
			heap.Push(&s.coming, arrival{s.now + int64(after), reply})
		}
	}
	s.staged = s.staged[:0]
	return nil
}

func (s *simulation) receive(wait time.Duration) (int, error) {
	s.in = s.in[:0]
	until := s.now + int64(max(wait, 0))
	if len(s.coming) > 0 && s.coming[0].at <= until {
		s.now = max(s.now, s.coming[0].at)
	} else {
		s.now = until
	}
	for len(s.coming) > 0 && s.coming[0].at <= s.now && len(s.in) < batch {
		s.in = append(s.in, heap.Pop(&s.coming).(arrival).datagram)
	}
	return len(s.in), nil
}

func (s *simulation) packet(i int) []byte { return s.in[i] }
func (s *simulation) close()              {}

// tracked answers as a tracker without peers does.
func tracked(d []byte) []byte {
	reply := append([]byte(nil), d[8:16]...) // action, transaction id
	switch binary.BigEndian.Uint32(d[8:]) {
	case actionConnect:
		return binary.BigEndian.AppendUint64(reply, 77)
	case actionScrape:
		return append(reply, make([]byte, (len(d)-16)/20*12)...)
	}
	reply = binary.BigEndian.AppendUint32(reply, 1800)
	return append(reply, make([]byte, 8)...)
}

// simulate returns a worker in virtual time and its wire.
func simulate(t *testing.T, c Config, answer func([]byte, int64) ([]byte, time.Duration)) (*udpWorker, *simulation, *Generator) {
	t.Helper()
	g := quiet(t, c)
	s := &simulation{answer: answer}
	w := newUDPWorker(g, s, 0)
	w.clock = func() int64 { return s.now }
	return w, s, g
}

// measured runs a whole measurement in virtual time.
func measured(t *testing.T, w *udpWorker, s *simulation, g *Generator) *tally {
	t.Helper()
	r := newRecorder(g, window{0, math.MaxInt64})
	if err := w.prepare(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	from := s.now
	r = newRecorder(g, window{from, from + int64(g.config.Duration)})
	if err := w.measure(t.Context(), r, drawn(&g.decks[0], g.pace(0, from), r.window.until)); err != nil {
		t.Fatal(err)
	}
	if w.underWay() != 0 {
		t.Errorf("%d requests are still under way", w.underWay())
	}
	return &r.tally
}

package httploop

import (
	"bytes"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

var source = netip.MustParseAddr("192.0.2.7")

// driven is a worker that no thread runs: the test does, step by step, so that it
// knows what has happened and what time it is.
type driven struct {
	*worker
	t *testing.T
}

func drive(t *testing.T, cfg Config) driven {
	t.Helper()
	listeners, addr, err := listen(cfg.Listen, 1)
	if err != nil {
		t.Fatal(err)
	}
	w, err := newWorker(&cfg, listeners[0], cfg.MaxConnections, newHandover(addr))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.closeSet)
	w.now = cfg.Now()
	return driven{w, t}
}

// connect admits one end of a pair of sockets of the given type, and returns the
// other one. text is sent before.
func (d driven) connect(kind int, text string) (client int) {
	d.t.Helper()
	pair, err := unix.Socketpair(unix.AF_UNIX, kind|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		d.t.Fatal(err)
	}
	d.t.Cleanup(func() { unix.Close(pair[0]) })
	if text != "" {
		d.say(pair[0], text)
	}
	d.admit(pair[1], source)
	return pair[0]
}

func (d driven) say(client int, text string) {
	d.t.Helper()
	if n, err := unix.Write(client, []byte(text)); n != len(text) {
		d.t.Fatalf("sent %d of %d bytes, %v", n, len(text), err)
	}
}

// turn handles the events there are.
func (d driven) turn() {
	d.t.Helper()
	n, err := unix.EpollWait(d.epoll, d.events, 0)
	if err != nil {
		d.t.Fatal(err)
	}
	if err := d.worker.turn(d.events[:n]); err != nil {
		d.t.Fatal(err)
	}
}

// wait lets time go by.
func (d driven) wait(t time.Duration) {
	d.clock += t
	d.keepTime()
}

// hear returns what has come; closed tells that nothing will any more.
func hear(client int) (text string, closed bool) {
	b := make([]byte, 1<<20)
	for {
		n, err := unix.Read(client, b)
		if n <= 0 {
			return text, err == nil || err == unix.ECONNRESET
		}
		text += string(b[:n])
	}
}

func TestPipelinedRequestsAreAnsweredInOrderWithOneWrite(t *testing.T) {
	d := drive(t, testConfig())
	const n = 100
	client := d.connect(unix.SOCK_SEQPACKET, run(n, ask)) // which keeps writes apart
	b := make([]byte, 1<<20)
	got, err := unix.Read(client, b)
	if err != nil || string(b[:got]) != run(n, reply) {
		t.Errorf("%v: %q", err, b[:got])
	}
	if text, _ := hear(client); text != "" {
		t.Errorf("and another write: %q", text)
	}
}

func TestRequestsMayBeSplitAnywhere(t *testing.T) {
	text := ask(1) + ask(2)
	for cut := range text {
		d := drive(t, testConfig())
		client := d.connect(unix.SOCK_STREAM, text[:cut])
		d.say(client, text[cut:])
		d.turn()
		if got, closed := hear(client); got != reply(1)+reply(2) || closed {
			t.Errorf("cut at %d: %q", cut, got)
		}
		d.closeSet()
	}
}

func TestRequestsMayTrickle(t *testing.T) {
	d := drive(t, testConfig())
	client := d.connect(unix.SOCK_STREAM, "")
	for _, c := range ask(1) {
		if text, _ := hear(client); text != "" {
			t.Fatalf("answered too soon: %q", text)
		}
		d.say(client, string(c))
		d.turn()
	}
	if text, _ := hear(client); text != reply(1) {
		t.Errorf("%q", text)
	}
}

// One event tells of both, and there is no other.
func TestAnEndThatComesWithARequestIsSeen(t *testing.T) {
	for _, text := range []string{ask(1), ask(1) + ask(2)} {
		d := drive(t, testConfig())
		client := d.connect(unix.SOCK_STREAM, "")
		d.say(client, text)
		unix.Shutdown(client, unix.SHUT_WR)
		d.turn()
		if got, closed := hear(client); !strings.HasPrefix(got, reply(1)) || !closed || d.open != 0 {
			t.Errorf("%q, closed %v", got, closed)
		}
	}
}

func TestIdleConnectionsHoldNoBuffer(t *testing.T) {
	d := drive(t, testConfig())
	client := d.connect(unix.SOCK_STREAM, ask(1)[:10])
	if r := d.conns[0].rest; r == nil || string(r.in) != ask(1)[:10] {
		t.Fatalf("rest %+v", r)
	}
	d.say(client, ask(1)[10:]+ask(2))
	d.turn()
	if size := unsafe.Sizeof(d.conns[0]); size > 64 {
		t.Errorf("a connection takes %d bytes", size)
	}
	if text, _ := hear(client); text != reply(1)+reply(2) || d.conns[0].rest != nil {
		t.Errorf("rest %+v after %q", d.conns[0].rest, text)
	}
}

func TestSlowClientsAreCutOff(t *testing.T) {
	cfg := testConfig()
	for _, c := range []struct {
		name string
		text string
		time time.Duration
	}{
		{"nothing sent", "", cfg.ReadTimeout},
		{"half a request", ask(1)[:20], cfg.ReadTimeout},
		{"half a request behind a whole one", ask(1) + ask(1)[:20], cfg.ReadTimeout},
		{"no further request", ask(1), cfg.IdleTimeout},
	} {
		d := drive(t, cfg)
		client := d.connect(unix.SOCK_STREAM, c.text)
		hear(client)
		d.wait(c.time / 2)
		if strings.HasPrefix(c.name, "half") {
			d.say(client, "x") // which does not buy time
			d.turn()
		}
		d.wait(c.time/2 - 1)
		if _, closed := hear(client); closed {
			t.Errorf("%s: closed too soon", c.name)
		}
		d.wait(d.period)
		if _, closed := hear(client); !closed || d.stats.expired.Load() != 1 || d.open != 0 {
			t.Errorf("%s: not closed", c.name)
		}
	}
}

func TestClientsThatDoNotReadAreNotReadFrom(t *testing.T) {
	cfg := testConfig()
	answer := strings.Repeat("y", 1000)
	cfg.NewAnswer = func() Answer {
		return func(b []byte, r *Request) []byte { return append(append(b, answer...), r.Query...) }
	}
	d := drive(t, cfg)
	client := d.connect(unix.SOCK_STREAM, "")
	var sent int
	pending := ""
	for number := 0; ; {
		if pending == "" {
			pending = ask(number)
			number++
		}
		n, err := unix.Write(client, []byte(pending))
		if err == unix.EAGAIN {
			before := d.conns[0].rest
			if d.turn(); before != nil && d.conns[0].rest == before {
				sent = number - 1
				break // nothing moves any more
			}
			continue
		}
		pending = pending[n:]
	}
	r := d.conns[0].rest
	if len(r.out) == 0 || len(r.out) > 2*maxOut || len(r.in) > readSize {
		t.Errorf("holds %d bytes of answers, %d of requests", len(r.out), len(r.in))
	}
	t.Logf("%d requests sent, %d bytes of answers and %d of requests held", sent, len(r.out), len(r.in))

	d.wait(cfg.WriteTimeout - 1)
	got := ""
	for {
		text, closed := hear(client)
		if closed {
			t.Fatal("closed too soon")
		}
		if got += text; text == "" {
			break
		}
		d.turn()
	}
	for i := range sent {
		_, after, ok := strings.Cut(got, fmt.Sprintf("%sn=%d", answer, i))
		if !ok {
			t.Fatalf("no answer %d of %d in its place", i, sent)
		}
		got = after
	}
	if got != "" || d.conns[0].deadline != d.clock+cfg.IdleTimeout && len(pending) == 0 {
		t.Errorf("left %q", got)
	}
}

func TestClientsThatNeverReadAreCutOff(t *testing.T) {
	cfg := testConfig()
	cfg.NewAnswer = func() Answer {
		return func(b []byte, r *Request) []byte { return append(b, make([]byte, 1<<20)...) }
	}
	d := drive(t, cfg)
	client := d.connect(unix.SOCK_STREAM, ask(1)+ask(2))
	d.wait(cfg.WriteTimeout - 1)
	if d.open != 1 {
		t.Fatal("closed too soon")
	}
	one := make([]byte, 1)
	unix.Read(client, one) // which does not buy time
	d.turn()
	d.wait(d.period)
	if d.open != 0 || d.stats.expired.Load() != 1 {
		t.Error("not closed")
	}
}

func TestWantOfDescriptorsIsWaitedOut(t *testing.T) {
	d := drive(t, testConfig())
	client, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(client)
	to := &unix.SockaddrInet4{Port: d.handover.addr.(*net.TCPAddr).Port, Addr: [4]byte{127, 0, 0, 1}}
	if err := unix.Connect(client, to); err != nil {
		t.Fatal(err)
	}
	d.say(client, ask(1))
	withoutFiles(t, func() {
		d.turn()
		d.turn()
	})
	if !d.paused || d.stats.paused.Load() != 1 || d.open != 0 {
		t.Fatalf("paused %v, %d times", d.paused, d.stats.paused.Load())
	}
	d.turn()
	if d.open != 0 {
		t.Error("accepted in the pause")
	}
	d.wait(pause)
	d.turn()
	b := make([]byte, 1000)
	if n, err := unix.Read(client, b); err != nil || string(b[:n]) != reply(1) {
		t.Errorf("%q, %v", b[:max(n, 0)], err)
	}
}

// withoutFiles calls f while no file can be opened.
func withoutFiles(t *testing.T, f func()) {
	t.Helper()
	var before unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &before); err != nil {
		t.Fatal(err)
	}
	none := before
	none.Cur = 0
	if err := unix.Setrlimit(unix.RLIMIT_NOFILE, &none); err != nil {
		t.Fatal(err)
	}
	defer unix.Setrlimit(unix.RLIMIT_NOFILE, &before)
	f()
}

// unluckyAt panics when it is asked a number, and else echoes.
func unluckyAt(number int) func() Answer {
	return func() Answer {
		return func(b []byte, r *Request) []byte {
			if r.Query == fmt.Sprintf("n=%d", number) {
				panic("unlucky")
			}
			return echo(b, r)
		}
	}
}

func TestAPanicCostsItsConnectionOnly(t *testing.T) {
	cfg := testConfig()
	var log bytes.Buffer
	cfg.Log = slog.New(slog.NewTextHandler(&log, nil))
	cfg.NewAnswer = unluckyAt(13)
	d := drive(t, cfg)
	lucky := d.connect(unix.SOCK_STREAM, "")
	unlucky := d.connect(unix.SOCK_STREAM, ask(13))
	d.say(lucky, ask(1))
	d.turn()
	if _, closed := hear(unlucky); !closed || d.stats.panics.Load() != 1 || !strings.Contains(log.String(), "unlucky") {
		t.Errorf("closed %v, log %s", closed, &log)
	}
	if text, _ := hear(lucky); text != reply(1) {
		t.Errorf("the other client heard %q", text)
	}
}

func TestFewConnectionsLeft(t *testing.T) {
	cfg := testConfig()
	cfg.MaxConnections = 16
	d := drive(t, cfg)
	for i := range 16 {
		client := d.connect(unix.SOCK_STREAM, ask(1))
		text, closed := hear(client)
		if last := i >= 14; closed != last || strings.Contains(text, "Connection: close") != last {
			t.Errorf("connection %d: closed %v, %q", i, closed, text)
		}
	}
	for d.open < 16 {
		d.connect(unix.SOCK_STREAM, "")
	}
	if err := d.accept(); err != nil || !d.paused {
		t.Errorf("%v, paused %v", err, d.paused)
	}
}

func TestServingDoesNotAllocate(t *testing.T) {
	d := drive(t, testConfig())
	client := d.connect(unix.SOCK_STREAM, "")
	text, want, b := []byte(transmission+ask(1)), 0, make([]byte, 4096)
	for name, serve := range map[string]func(){"in a round": d.turn, "alone": func() { d.serve(0, false) }} {
		n := testing.AllocsPerRun(1000, func() {
			unix.Write(client, text)
			serve()
			want, _ = unix.Read(client, b)
		})
		if n != 0 || want < len(reply(1)) {
			t.Errorf("%s: %v allocations, %d bytes of answers", name, n, want)
		}
	}
}

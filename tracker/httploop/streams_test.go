package httploop

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"
)

const patience = 5 * time.Second

func testConfig() Config {
	return Config{
		Listen:         "127.0.0.1:0",
		Paths:          testPaths,
		NewAnswer:      func() Answer { return echo },
		Workers:        1,
		MaxConnections: 100,
		ReadTimeout:    10 * time.Second, WriteTimeout: 20 * time.Second, IdleTimeout: 30 * time.Second,
		ShutdownTimeout: 5 * time.Second,
		Now:             func() time.Time { return time.Unix(1e9, 0) },
		Log:             slog.New(slog.DiscardHandler),
	}
}

// startStreams runs Streams, and an http.Server for what they hand on, until stop is
// called.
func startStreams(t *testing.T, cfg Config) (s *Streams, stop func()) {
	t.Helper()
	l, err := net.Listen("tcp", cfg.Listen)
	if err != nil {
		t.Fatal(err)
	}
	if s, err = NewStreams(l, cfg); err != nil {
		t.Fatal(err)
	}
	return s, runBeside(t, s.Run, s.Foreign())
}

// runBeside runs something that hands on connections, beside an http.Server for them.
func runBeside(t *testing.T, run func(context.Context) error, foreign net.Listener) (stop func()) {
	t.Helper()
	other := http.Server{Handler: http.HandlerFunc(answerSlowly)}
	ctx, cancel := context.WithCancel(t.Context())
	done, served := make(chan error, 1), make(chan error, 1)
	go func() { done <- run(ctx) }()
	go func() { served <- other.Serve(foreign) }()
	stopped := false
	stop = func() {
		if stopped {
			return
		}
		stopped = true
		cancel()
		select {
		case err := <-done:
			if err != nil {
				t.Errorf("Run: %v", err)
			}
		case <-time.After(patience):
			t.Error("Run does not return")
		}
		other.Close()
		<-served
	}
	t.Cleanup(stop)
	return stop
}

func dial(t *testing.T, addr string) *net.TCPConn {
	t.Helper()
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	conn.SetDeadline(time.Now().Add(patience))
	return conn.(*net.TCPConn)
}

// exchange sends text and returns all that comes back.
func exchange(t *testing.T, addr, text string) string {
	t.Helper()
	conn := dial(t, addr)
	go func() {
		io.WriteString(conn, text)
		conn.CloseWrite()
	}()
	answer, err := io.ReadAll(conn)
	if err != nil && !errors.Is(err, syscall.ECONNRESET) {
		t.Fatal(err)
	}
	return string(undated(answer))
}

// answersAlike fails unless what serves at ours answers as net/http alone: whatever
// comes, on a connection of its own, behind a request that is served fast, or before
// one.
func answersAlike(t *testing.T, ours string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	other := http.Server{Handler: http.HandlerFunc(answerSlowly)}
	go other.Serve(l)
	defer other.Close()
	compare := func(name, text string) {
		t.Helper()
		if got, want := exchange(t, ours, text), exchange(t, l.Addr().String(), text); got != want {
			t.Errorf("%s:\nhave %.1000q\nwant %.1000q", name, got, want)
		}
	}
	for _, c := range served {
		compare(c.text, c.text)
		compare(c.text+" twice", c.text+c.text)
		compare("half of "+c.text, c.text[:len(c.text)/2])
	}
	for name, text := range strangers {
		if strings.Contains(name, "path") || strings.Contains(name, "form") {
			continue // of which answerSlowly knows nothing
		}
		compare(name, text)
		compare(name+", behind a request", ask(1)+text)
		compare(name+", before a request", text+ask(1))
	}
}

func TestStreamsAnswerAsNetHTTP(t *testing.T) {
	s, _ := startStreams(t, testConfig())
	answersAlike(t, s.Foreign().Addr().String())
	if st := s.Stats(); st.Handed == 0 || st.Handed == st.Accepted {
		t.Errorf("%+v", st)
	}
}

func TestStreamsTakePipesAndTrickles(t *testing.T) {
	s, _ := startStreams(t, testConfig())
	conn := dial(t, s.Foreign().Addr().String())
	const n = 2000 // of which the answers are more than maxOut
	go io.WriteString(conn, run(n, ask))
	got := make([]byte, len(run(n, reply)))
	if _, err := io.ReadFull(conn, got); err != nil || string(got) != run(n, reply) {
		t.Fatalf("a pipe: %v", err)
	}
	for _, c := range ask(1) {
		io.WriteString(conn, string(c))
	}
	got = got[:len(reply(1))]
	if _, err := io.ReadFull(conn, got); err != nil || string(got) != reply(1) {
		t.Errorf("a trickle: %q, %v", got, err)
	}
}

func TestStreamsCutOffSlowClients(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		edit func(*Config)
	}{
		"nothing sent":       {"", func(c *Config) { c.ReadTimeout = 20 * time.Millisecond }},
		"half a request":     {ask(1)[:20], func(c *Config) { c.ReadTimeout = 20 * time.Millisecond }},
		"no further request": {ask(1), func(c *Config) { c.IdleTimeout = 20 * time.Millisecond }},
		"half of the next":   {ask(1) + ask(2)[:20], func(c *Config) { c.ReadTimeout = 20 * time.Millisecond }},
	} {
		cfg := testConfig()
		c.edit(&cfg)
		s, _ := startStreams(t, cfg)
		conn := dial(t, s.Foreign().Addr().String())
		io.WriteString(conn, c.text)
		if _, err := io.ReadAll(conn); err != nil || s.Stats().Expired != 1 {
			t.Errorf("%s: %v, %+v", name, err, s.Stats())
		}
	}
}

func TestStreamsCutOffClientsThatDoNotRead(t *testing.T) {
	cfg := testConfig()
	cfg.WriteTimeout = 20 * time.Millisecond
	cfg.NewAnswer = func() Answer { return func(b []byte, r *Request) []byte { return append(b, make([]byte, 16<<20)...) } }
	s, _ := startStreams(t, cfg)
	conn := dial(t, s.Foreign().Addr().String())
	io.WriteString(conn, ask(1))
	for deadline := time.Now().Add(patience); ; time.Sleep(time.Millisecond) {
		s.mu.Lock()
		n := len(s.open)
		s.mu.Unlock()
		if n == 0 && s.Stats().Accepted == 1 {
			return
		}
		if time.Now().After(deadline) {
			t.Fatal("not closed")
		}
	}
}

func TestStreamsLetRequestsFinish(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	s, stop := startStreams(t, testConfig())
	half, idle := dial(t, s.Foreign().Addr().String()), dial(t, s.Foreign().Addr().String())
	io.WriteString(half, ask(1)+ask(2)[:20])
	io.WriteString(idle, ask(1))
	for _, c := range []net.Conn{half, idle} {
		if _, err := io.ReadFull(c, make([]byte, len(reply(1)))); err != nil {
			t.Fatal(err)
		}
	}
	stopped := make(chan struct{})
	go func() { stop(); close(stopped) }()
	if text, err := io.ReadAll(idle); len(text) > 0 || err != nil {
		t.Errorf("the idle client heard %q, %v", text, err)
	}
	select {
	case <-stopped:
		t.Fatal("stopped in the middle of a request")
	default:
	}
	io.WriteString(half, ask(2)[20:])
	want := strings.Replace(reply(2), "\r\n\r\n", "\r\nConnection: close\r\n\r\n", 1)
	if text, err := io.ReadAll(half); string(text) != want || err != nil {
		t.Errorf("the other client heard %q, %v", text, err)
	}
	<-stopped
}

func TestStreamsDoNotWaitForEver(t *testing.T) {
	cfg := testConfig()
	cfg.ShutdownTimeout = time.Millisecond
	s, stop := startStreams(t, cfg)
	half := dial(t, s.Foreign().Addr().String())
	io.WriteString(half, ask(1)+ask(2)[:20])
	if _, err := io.ReadFull(half, make([]byte, len(reply(1)))); err != nil {
		t.Fatal(err)
	}
	stop()
	if text, _ := io.ReadAll(half); len(text) > 0 {
		t.Errorf("the client heard %q", text)
	}
}

func TestAPanicCostsItsStreamOnly(t *testing.T) {
	cfg := testConfig()
	cfg.NewAnswer = func() Answer {
		return func(b []byte, r *Request) []byte {
			if r.Query == "n=13" {
				panic("unlucky")
			}
			return echo(b, r)
		}
	}
	s, _ := startStreams(t, cfg)
	addr := s.Foreign().Addr().String()
	for range 10 { // more than there are sessions
		if text := exchange(t, addr, ask(13)); text != "" {
			t.Errorf("%q", text)
		}
	}
	if text := exchange(t, addr, ask(1)); text != string(undated([]byte(reply(1)))) || s.Stats().Panics != 10 {
		t.Errorf("%q, %+v", text, s.Stats())
	}
}

func TestStreamsReportABrokenListener(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s, err := NewStreams(l, testConfig())
	if err != nil {
		t.Fatal(err)
	}
	l.Close() // behind its back
	if err := s.Run(t.Context()); !errors.Is(err, net.ErrClosed) {
		t.Errorf("Run: %v", err)
	}
}

func TestStreamsDoNotAllocate(t *testing.T) {
	s, _ := startStreams(t, testConfig())
	conn := dial(t, s.Foreign().Addr().String())
	request, b := []byte(transmission), make([]byte, 4096)
	n := testing.AllocsPerRun(1000, func() {
		conn.Write(request)
		conn.Read(b)
	})
	if n != 0 {
		t.Errorf("%v allocations", n)
	}
}

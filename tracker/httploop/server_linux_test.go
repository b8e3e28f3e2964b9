package httploop

import (
	"context"
	"fmt"
	"io"
	"math"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
	"golang.org/x/sys/unix"
)

// start runs a Server, and an http.Server for what it hands on, until stop is called.
func start(t *testing.T, cfg Config) (s *Server, stop func()) {
	t.Helper()
	s, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return s, runBeside(t, s.Run, s.Foreign())
}

func TestAnswersAreThoseOfNetHTTP(t *testing.T) {
	s, _ := start(t, testConfig())
	answersAlike(t, s.Addr().String())
	if st := s.Stats(); st.Handed == 0 || st.Handed == st.Accepted {
		t.Errorf("%+v", st)
	}
}

func TestTheAddressIsThatOfTheConnection(t *testing.T) {
	cfg := testConfig()
	cfg.Listen = ":0"
	cfg.NewAnswer = func() Answer {
		return func(b []byte, r *Request) []byte { return append(b, r.Addr.String()...) }
	}
	s, _ := start(t, cfg)
	for _, host := range []string{"127.0.0.1", "::1"} {
		at := netip.AddrPortFrom(netip.MustParseAddr(host), s.Addr().Port())
		conn, err := net.Dial("tcp", at.String())
		if err != nil {
			t.Logf("%s: %v", host, err) // no IPv6 here
			continue
		}
		conn.Close()
		if answer := exchange(t, at.String(), ask(1)); !strings.HasSuffix(answer, "\r\n\r\n"+host) {
			t.Errorf("%s: %q", host, answer)
		}
	}
}

func TestAPortHasOneServer(t *testing.T) {
	cfg := testConfig()
	cfg.Workers = 3
	s, _ := start(t, cfg)
	cfg.Listen = s.Addr().String()
	if _, err := New(cfg); err == nil || !strings.Contains(err.Error(), "Config.Listen: ") {
		t.Errorf("a second server at %s: %v", cfg.Listen, err)
	}
	for i := range 50 {
		if got := exchange(t, s.Addr().String(), ask(i)); got != string(undated([]byte(reply(i)))) {
			t.Errorf("%q", got)
		}
	}
}

func TestRunLetsRequestsFinish(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	s, stop := start(t, testConfig())
	half, idle := dial(t, s.Addr().String()), dial(t, s.Addr().String())
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

func TestRunDoesNotWaitForEver(t *testing.T) {
	cfg := testConfig()
	cfg.ShutdownTimeout = time.Millisecond
	s, stop := start(t, cfg)
	half := dial(t, s.Addr().String())
	io.WriteString(half, ask(1)+ask(2)[:20])
	if _, err := io.ReadFull(half, make([]byte, len(reply(1)))); err != nil {
		t.Fatal(err)
	}
	stop()
	if text, _ := io.ReadAll(half); len(text) > 0 {
		t.Errorf("the client heard %q", text)
	}
}

func TestRunReportsABrokenListener(t *testing.T) {
	cfg := testConfig()
	cfg.Workers = 2
	s, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	if err := unix.Shutdown(s.workers[1].listener, unix.SHUT_RD); err != nil { // behind the server's back
		t.Fatal(err)
	}
	if err := s.Run(t.Context()); err == nil || !strings.Contains(err.Error(), "accept: ") {
		t.Errorf("Run: %v", err)
	}
}

func TestHandedConnectionsCount(t *testing.T) {
	cfg := testConfig()
	cfg.MaxConnections = 1
	s, _ := start(t, cfg)
	first := dial(t, s.Addr().String())
	io.WriteString(first, "GET /other HTTP/1.1\r\nHost: x\r\n\r\n")
	if _, err := first.Read(make([]byte, 1)); err != nil {
		t.Fatal(err)
	}
	second := dial(t, s.Addr().String())
	io.WriteString(second, ask(1))
	second.SetDeadline(time.Now().Add(3 * pause))
	if n, err := second.Read(make([]byte, 1)); n > 0 {
		t.Errorf("a second connection was served, %v", err)
	}
	first.Close()
	second.SetDeadline(time.Now().Add(patience))
	if _, err := second.Read(make([]byte, 1)); err != nil {
		t.Errorf("the second connection was not served once there was room: %v", err)
	}
}

func TestNewNamesTheWrongField(t *testing.T) {
	for want, edit := range map[string]func(*Config){
		"Config.Listen: missing":    func(c *Config) { c.Listen = "" },
		"Config.Listen: listen":     func(c *Config) { c.Listen = "127.0.0.1:70000" },
		"Config.Paths: missing":     func(c *Config) { c.Paths = nil },
		`Config.Paths: "announce"`:  func(c *Config) { c.Paths = []string{"announce"} },
		"Config.NewAnswer: missing": func(c *Config) { c.NewAnswer = nil },
		"Config.Workers: -1":        func(c *Config) { c.Workers = -1 },
		"Config.MaxConnections: 0":  func(c *Config) { c.MaxConnections = 0 },
		"Config.ReadTimeout: 0s":    func(c *Config) { c.ReadTimeout = 0 },
		"Config.WriteTimeout: -1ns": func(c *Config) { c.WriteTimeout = -1 },
		"Config.IdleTimeout: 0s":    func(c *Config) { c.IdleTimeout = 0 },
		"Config.ShutdownTimeout":    func(c *Config) { c.ShutdownTimeout = 0 },
	} {
		cfg := testConfig()
		edit(&cfg)
		if _, err := New(cfg); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("have %v, want %s", err, want)
		}
	}
}

// Over a socket, through epoll, with the goroutine of the worker.
func TestServingOverTCPDoesNotAllocate(t *testing.T) {
	s, _ := start(t, testConfig())
	conn := dial(t, s.Addr().String())
	request, b := []byte(transmission), make([]byte, 4096)
	least := math.Inf(1) // the runtime's own count too: of several runs, one has none of them
	for range 5 {
		least = min(least, testing.AllocsPerRun(1000, func() {
			conn.Write(request)
			conn.Read(b)
		}))
	}
	if least != 0 {
		t.Errorf("%v allocations", least)
	}
}

func ExampleNew() {
	loop, err := New(Config{
		Listen:         "127.0.0.1:0",
		Paths:          []string{"/hello"},
		NewAnswer:      func() Answer { return func(b []byte, r *Request) []byte { return append(b, "hello, "+r.Query...) } },
		MaxConnections: 100,
		ReadTimeout:    time.Second, WriteTimeout: time.Second, IdleTimeout: time.Second, ShutdownTimeout: time.Second,
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	done := make(chan error)
	go func() { done <- loop.Run(ctx) }()
	go http.Serve(loop.Foreign(), http.NotFoundHandler())
	for _, target := range []string{"/hello?you", "/else"} {
		res, err := http.Get("http://" + loop.Addr().String() + target)
		if err != nil {
			fmt.Println(err)
			return
		}
		body, _ := io.ReadAll(res.Body)
		fmt.Printf("%d %s\n", res.StatusCode, strings.TrimSpace(string(body)))
	}
	cancel()
	fmt.Println(<-done)
	// Output:
	// 200 hello, you
	// 404 404 page not found
	// <nil>
}

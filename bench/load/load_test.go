package load_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net"
	"net/http/httptest"
	"os"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/altracker/altracker/bench/load"
	"github.com/altracker/altracker/tracker"
	"github.com/altracker/altracker/tracker/httptracker"
	"github.com/altracker/altracker/tracker/swarm"
	"github.com/altracker/altracker/tracker/udptracker"
)

// core returns a tracker without guidance.
func core(t *testing.T) *tracker.Tracker {
	t.Helper()
	store, err := swarm.New(swarm.Config{})
	if err != nil {
		t.Fatal(err)
	}
	tr, err := tracker.New(tracker.Config{Store: store, Interval: 30 * time.Minute, MaxNumWant: 200})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { tr.Close() })
	return tr
}

// serve runs a server until the test ends.
func serve(t *testing.T, run func(context.Context) error) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

// serveUDP and serveHTTP serve h on an address without port and return its URL.
func serveUDP(t *testing.T, h tracker.Handler, host string) string {
	t.Helper()
	s, err := udptracker.New(udptracker.Config{Handler: h, Listen: net.JoinHostPort(host, "0")})
	if err != nil {
		t.Fatal(err)
	}
	serve(t, s.Run)
	return fmt.Sprintf("udp://%v/announce", s.Addr())
}

func serveHTTP(t *testing.T, h tracker.Handler, host string) string {
	t.Helper()
	s, err := httptracker.New(httptracker.Config{Handler: h, Listen: net.JoinHostPort(host, "0")})
	if err != nil {
		t.Fatal(err)
	}
	serve(t, s.Run)
	return fmt.Sprintf("http://%v/announce", s.Addr())
}

func target(t *testing.T, url string) load.Target {
	t.Helper()
	target, err := load.ParseTarget(t.Context(), url, false)
	if err != nil {
		t.Fatal(err)
	}
	return target
}

// loaded fills a tracker and loads it for a while. Timeouts are long: this machine
// may have other things to do.
func loaded(t *testing.T, c load.Config) *load.Result {
	t.Helper()
	c.Torrents, c.Exponent, c.SeedShare = 50, 1, 0.5
	c.Timeout = 30 * time.Second
	if c.Peers == 0 {
		c.Peers = 1000
	}
	if c.Duration == 0 {
		c.Duration = 200 * time.Millisecond
	}
	g, err := load.New(c)
	if err != nil {
		t.Fatal(err)
	}
	defer g.Close()
	if err := g.Fill(t.Context()); err != nil {
		t.Fatal(err)
	}
	for { // a busy machine may let the whole time pass
		r, err := g.Measure(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if r.Sent > 0 {
			return r
		}
	}
}

// clean demands that a load went without a fault.
func clean(t *testing.T, r *load.Result) {
	t.Helper()
	if r.Fill.Announced != int64(r.Load.Peers) || r.Fill.Refused+int64(len(r.Fill.Wrong)) != 0 {
		t.Errorf("fill: %+v", r.Fill)
	}
	if r.Wrong+r.Refused+r.Lost+r.Late != 0 || len(r.Errors) > 0 {
		t.Errorf("%d wrong, %d refused, %d lost, %d late: %+v %v", r.Wrong, r.Refused, r.Lost, r.Late, r.WrongReplies, r.Errors)
	}
	answered := int64(0)
	for _, n := range r.Answered {
		answered += n
	}
	if r.Sent == 0 || answered != r.Sent {
		t.Errorf("%d of %d requests are answered", answered, r.Sent)
	}
	counted := int64(0)
	for _, b := range r.Latency.Histogram {
		counted += b.Count
	}
	if counted != r.Sent {
		t.Errorf("%d of %d latencies are in the histogram", counted, r.Sent)
	}
	if r.PeersPerReply <= 0 || r.PeersPerReply > r.PeersPossible {
		t.Errorf("%.1f peers in a reply, of %.1f possible", r.PeersPerReply, r.PeersPossible)
	}
}

func mix(t *testing.T, text string) load.Mix {
	t.Helper()
	m, err := load.ParseMix(text)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestOurTrackerBearsALoad(t *testing.T) {
	churn := mix(t, "announce=60,started=5,stopped=10,completed=5,scrape=20")
	for _, c := range []struct {
		name   string
		serve  func(*testing.T, tracker.Handler, string) string
		host   string
		config load.Config
	}{
		{"UDP for a second", serveUDP, "127.0.0.1", load.Config{Duration: time.Second}},
		{"HTTP for a second", serveHTTP, "127.0.0.1", load.Config{Duration: time.Second}},
		{"UDP mix", serveUDP, "127.0.0.1", load.Config{Mix: churn, InFlight: 32}},
		{"UDP with connects", serveUDP, "127.0.0.1", load.Config{Mix: mix(t, "announce=1,connect=1,scrape=1")}},
		{"UDP, two workers", serveUDP, "127.0.0.1", load.Config{Workers: 2, Mix: churn, InFlight: 32}},
		{"UDP, open loop", serveUDP, "127.0.0.1", load.Config{Rate: 2000, Workers: 2}},
		{"UDP, portable", serveUDP, "127.0.0.1", load.Config{Portable: true, Sources: 8}},
		{"UDP over IPv6", serveUDP, "::1", load.Config{}},
		{"UDP over IPv6, portable", serveUDP, "::1", load.Config{Portable: true}},
		{"HTTP mix", serveHTTP, "127.0.0.1", load.Config{Mix: churn, Workers: 2, Connections: 16}},
		{"HTTP, more connections than sources", serveHTTP, "127.0.0.1", load.Config{Connections: 10, Sources: 3}},
		{"HTTP, in the pipe", serveHTTP, "127.0.0.1", load.Config{Pipeline: 8, Connections: 8}},
		{"HTTP, a connection each", serveHTTP, "127.0.0.1", load.Config{OneShot: true, Connections: 8, Sources: 20, Mix: churn}},
		{"HTTP, open loop", serveHTTP, "127.0.0.1", load.Config{Rate: 1000}},
		{"HTTP, portable", serveHTTP, "127.0.0.1", load.Config{Portable: true, Mix: churn, Connections: 16}},
		{"HTTP, portable, in the pipe", serveHTTP, "127.0.0.1", load.Config{Portable: true, Pipeline: 4}},
		{"HTTP, portable, a connection each", serveHTTP, "127.0.0.1", load.Config{Portable: true, OneShot: true, Connections: 8}},
		{"HTTP, portable, open loop", serveHTTP, "127.0.0.1", load.Config{Portable: true, Rate: 500}},
		{"HTTP over IPv6", serveHTTP, "::1", load.Config{Sources: 1}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if l, err := net.Listen("tcp", net.JoinHostPort(c.host, "0")); err != nil {
				t.Skip("no such address here: ", err)
			} else {
				l.Close()
			}
			c.config.Target = target(t, c.serve(t, core(t), c.host))
			clean(t, loaded(t, c.config))
		})
	}
}

func TestHTTPSIsLoadedToo(t *testing.T) {
	s, err := httptracker.New(httptracker.Config{Handler: core(t), Listen: "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	serve(t, s.Run)
	secure := httptest.NewUnstartedServer(s)
	secure.Config.ErrorLog = log.New(io.Discard, "", 0) // certificates are refused on purpose
	secure.StartTLS()
	defer secure.Close()
	roots := x509.NewCertPool()
	roots.AddCert(secure.Certificate())
	for _, oneShot := range []bool{false, true} {
		c := load.Config{
			Target: target(t, secure.URL+"/announce"), TLS: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12},
			Connections: 4, OneShot: oneShot, Sources: 4, Peers: 100,
		}
		clean(t, loaded(t, c))
	}
	g, err := load.New(load.Config{Target: target(t, secure.URL+"/announce"), Connections: 2, Timeout: 30 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	defer g.Close()
	if err := g.Fill(t.Context()); err == nil || !strings.Contains(err.Error(), "certificate") {
		t.Errorf("a certificate that nobody vouches for: %v", err)
	}
}

// liar spoils the replies of a tracker.
type liar struct {
	tracker.Handler
	spoil func(*tracker.AnnounceRequest, *tracker.AnnounceResponse) error
}

func (l liar) Announce(r *tracker.AnnounceRequest, a *tracker.AnnounceResponse) error {
	if err := l.Handler.Announce(r, a); err != nil {
		return err
	}
	return l.spoil(r, a)
}

// TestATrackerThatLiesIsFoundOut by both ways in.
func TestATrackerThatLiesIsFoundOut(t *testing.T) {
	addr := func(r *tracker.AnnounceRequest) []byte {
		ip := r.Addr.Addr().As4()
		return append(ip[:], byte(r.Addr.Port()>>8), byte(r.Addr.Port()))
	}
	for want, spoil := range map[string]func(*tracker.AnnounceRequest, *tracker.AnnounceResponse) error{
		"strange peer": func(_ *tracker.AnnounceRequest, a *tracker.AnnounceResponse) error {
			a.Peers = append(a.Peers[:0], 192, 0, 2, 1, 4, 0)
			return nil
		},
		"requester among peers": func(r *tracker.AnnounceRequest, a *tracker.AnnounceResponse) error {
			a.Peers = append(a.Peers[:0], addr(r)...)
			return nil
		},
		"wrong interval": func(_ *tracker.AnnounceRequest, a *tracker.AnnounceResponse) error {
			a.Interval = 0
			return nil
		},
		"wrong counts": func(_ *tracker.AnnounceRequest, a *tracker.AnnounceResponse) error {
			a.Complete += 5000
			return nil
		},
	} {
		h := liar{core(t), spoil}
		for _, url := range []string{serveUDP(t, h, "127.0.0.1"), serveHTTP(t, h, "127.0.0.1")} {
			r := loaded(t, load.Config{Target: target(t, url), Duration: 50 * time.Millisecond})
			if len(r.WrongReplies) == 0 || r.WrongReplies[0].What != want || len(r.WrongReplies) > 1 {
				t.Errorf("%s: have %+v, want %s", url, r.WrongReplies, want)
			}
		}
	}
	refusing := liar{core(t), func(*tracker.AnnounceRequest, *tracker.AnnounceResponse) error { return tracker.Failure("not here") }}
	g, err := load.New(load.Config{Target: target(t, serveUDP(t, refusing, "127.0.0.1")), Torrents: 1, Peers: 100, Sources: 4})
	if err != nil {
		t.Fatal(err)
	}
	defer g.Close()
	if err := g.Fill(t.Context()); err == nil || !strings.Contains(err.Error(), `the tracker took nobody: "not here"`) {
		t.Errorf("have error %v", err)
	}
}

func TestAnInterruptedLoadTellsWhatItSaw(t *testing.T) {
	for _, url := range []string{serveUDP(t, core(t), "127.0.0.1"), serveHTTP(t, core(t), "127.0.0.1")} {
		g, err := load.New(load.Config{Target: target(t, url), Torrents: 1, Peers: 100, Sources: 4, Duration: time.Hour})
		if err != nil {
			t.Fatal(err)
		}
		defer g.Close()
		if err := g.Fill(t.Context()); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		filled := g.Answers()
		go func() {
			for g.Answers() < filled+1000 {
				time.Sleep(time.Millisecond)
			}
			cancel()
		}()
		r, err := g.Measure(ctx)
		if err != nil || !r.Interrupted || r.Replies < 500 || r.Seconds <= 0 {
			t.Errorf("%+v, %v", r, err)
		}
		var text strings.Builder
		if err := r.Print(&text); err != nil || !strings.Contains(text.String(), "interrupted  before its time") {
			t.Errorf("%s, %v", text.String(), err)
		}
	}
}

// resultFields is the outer form of the JSON object: other people's scripts rely on
// it. Fields may be added.
var resultFields = map[string][]string{
	"": {"time", "machine", "load", "fill", "interrupted", "seconds", "sent", "lost", "refused", "answered", "late", "replies",
		"replies_per_second", "peers_per_reply", "peers_possible", "wrong", "wrong_replies", "errors", "latency", "generator", "server"},
	"machine": {"os", "arch", "cpus", "go"},
	"load": {"target", "loop", "torrents", "peers", "zipf", "seed_share", "seed", "from", "sources", "mix", "numwant", "scrape_hashes",
		"rate", "in_flight", "connections", "one_shot", "pipeline", "workers", "cpus", "nice", "warmup_seconds", "duration_seconds",
		"timeout_seconds", "peers_checked", "allow_self"},
	"fill":      {"seconds", "announced", "refused", "repeated", "wrong_replies", "errors"},
	"latency":   {"mean_us", "p50_us", "p90_us", "p99_us", "p99_9_us", "max_us", "histogram"},
	"generator": {"cpu_seconds", "cores"},
	"server":    {"pid", "cpu_seconds", "cores", "replies_per_cpu_second", "memory_before", "memory_after", "memory_peak"},
}

func TestJSONHasEveryInputAndFigure(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("processes are watched on Linux only")
	}
	r := loaded(t, load.Config{Target: target(t, serveUDP(t, core(t), "127.0.0.1")), PID: os.Getpid()})
	text, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	var whole map[string]json.RawMessage
	if err := json.Unmarshal(text, &whole); err != nil {
		t.Fatal(err)
	}
	for name, want := range resultFields {
		part := whole
		if name != "" {
			part = nil
			if err := json.Unmarshal(whole[name], &part); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
		var got []string
		for field, value := range part {
			got = append(got, field)
			if string(value) == "null" {
				t.Errorf("%s.%s is null", name, field)
			}
		}
		slices.Sort(got)
		if want = slices.Sorted(slices.Values(want)); !slices.Equal(got, want) {
			t.Errorf("%s: have fields %v, want %v", name, got, want)
		}
	}
	var back load.Result
	if err := json.Unmarshal(text, &back); err != nil || !reflect.DeepEqual(&back, r) {
		t.Errorf("what is read is not what was written: %v", err)
	}
	if r.Server.PID != os.Getpid() || r.Server.MemoryAfter == 0 {
		t.Errorf("server: %+v", r.Server)
	}
}

func TestHashesAreThoseAnnounced(t *testing.T) {
	h := core(t)
	c := load.Config{Target: target(t, serveUDP(t, h, "127.0.0.1"))}
	loaded(t, c)
	c.Torrents, c.Peers, c.Exponent, c.SeedShare = 50, 1000, 1, 0.5
	g, err := load.New(c)
	if err != nil {
		t.Fatal(err)
	}
	defer g.Close()
	var request tracker.ScrapeRequest
	if err := g.Hashes(func(hash [20]byte) error {
		request.InfoHashes = append(request.InfoHashes, swarm.InfoHash(hash))
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	var answer tracker.ScrapeResponse
	if err := h.Scrape(&request, &answer); err != nil {
		t.Fatal(err)
	}
	peers := 0
	for _, c := range answer.Counts {
		peers += c.Seeders + c.Leechers
	}
	if len(answer.Counts) != 50 || peers != 1000 {
		t.Errorf("%d torrents have %d peers, want 50 and 1000", len(answer.Counts), peers)
	}
}

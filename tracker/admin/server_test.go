package admin

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/altracker/altracker/tracker"
)

// run runs a Server until stop is called, which returns what Run returned.
func run(t *testing.T, s *Server) (stop func() error) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx) }()
	t.Cleanup(cancel)
	return func() error {
		cancel()
		select {
		case err := <-done:
			return err
		case <-time.After(patience):
			return fmt.Errorf("Run does not return")
		}
	}
}

func newClient(t *testing.T) *http.Client {
	client := &http.Client{Transport: &http.Transport{}, Timeout: patience}
	t.Cleanup(client.CloseIdleConnections)
	return client
}

func TestRunServesUntilStopped(t *testing.T) {
	s := newServer(t, nil)
	stop := run(t, s)
	url := "http://" + s.Addr().String() + "/healthz"
	client := newClient(t)
	resp, err := client.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(resp.Body)
	resp.Body.Close()
	if err != nil || resp.StatusCode != 200 || !strings.Contains(string(body), "ok") {
		t.Errorf("status %d, body %q, error %v", resp.StatusCode, body, err)
	}
	if err := stop(); err != nil {
		t.Errorf("Run: %v", err)
	}
	if resp, err := client.Get(url); err == nil {
		resp.Body.Close()
		t.Error("it still answers")
	}
}

func TestShutdownDoesNotWaitForever(t *testing.T) {
	entered, release := make(chan struct{}), make(chan struct{})
	s := newServer(t, func(c *Config) {
		c.Ready = func() error {
			close(entered)
			<-release
			return nil
		}
	})
	s.grace = time.Millisecond
	stop := run(t, s)
	var asked sync.WaitGroup
	client := newClient(t)
	asked.Go(func() {
		if resp, err := client.Get("http://" + s.Addr().String() + "/readyz"); err == nil {
			resp.Body.Close()
			t.Error("a request that hung was answered")
		}
	})
	<-entered
	if err := stop(); err != nil {
		t.Errorf("Run: %v", err)
	}
	close(release)
	asked.Wait()
}

func TestRunReportsALostListener(t *testing.T) {
	s := newServer(t, nil)
	s.listener.Close()
	if err := s.Run(t.Context()); err == nil || !strings.HasPrefix(err.Error(), "admin: ") {
		t.Errorf("Run: %v", err)
	}
}

func TestGivenListener(t *testing.T) {
	l := listen(t)
	s := newServer(t, func(c *Config) { c.Listener = l })
	if got := s.Addr().String(); got != l.Addr().String() {
		t.Errorf("Addr is %s, want %s", got, l.Addr())
	}
}

func TestNewNamesWhatIsWrong(t *testing.T) {
	tr := newTracker(t, nil)
	busy := listen(t)
	twice := prometheus.NewCounter(prometheus.CounterOpts{Name: "altracker_twice_total", Help: "Twice."})
	good := Config{Listen: "127.0.0.1:0", Tracker: tr, Policy: "staged"}
	for _, c := range []struct {
		want   string
		change func(*Config)
	}{
		{"Config.Tracker", func(c *Config) { c.Tracker = nil }},
		{"Config.Listen", func(c *Config) { c.Listen = "" }},
		{"Config.Listen", func(c *Config) { c.Listener = busy }},
		{"Config.Listen", func(c *Config) { c.Listen = busy.Addr().String() }},
		{"Config.Policy", func(c *Config) { c.Policy = "" }},
		{"Config.Policy", func(c *Config) { c.Policy = "best" }},
		{"Config.Policy", func(c *Config) { c.PolicyOptions = map[string]float64{"gamma": 1} }},
		{"Config.Collectors", func(c *Config) { c.Collectors = []prometheus.Collector{twice, twice} }},
	} {
		cfg := good
		c.change(&cfg)
		s, err := New(cfg)
		if err == nil {
			s.listener.Close()
			t.Errorf("%s: New accepted it", c.want)
		} else if !strings.HasPrefix(err.Error(), "admin: "+c.want) {
			t.Errorf("error %q does not name %s", err, c.want)
		}
	}
}

func TestOnlyOwnNamesOnLoopback(t *testing.T) {
	for _, c := range []struct {
		bound, listen, host string
		own                 bool
	}{
		{"127.0.0.1:6970", "127.0.0.1:6970", "127.0.0.1:6970", true},
		{"127.0.0.1:6970", "127.0.0.1:6970", "localhost:6970", true},
		{"127.0.0.1:6970", "127.0.0.1:6970", "LocalHost.", true},
		{"127.0.0.1:6970", "127.0.0.1:6970", "", true},
		{"127.0.0.1:6970", "127.0.0.1:6970", "192.0.2.1", true}, // by a port forwarded
		{"[::1]:6970", "[::1]:6970", "[::1]:6970", true},
		{"[::1]:6970", "[::1]:6970", "[::1]", true},
		{"127.0.1.1:6970", "Tracker.example:6970", "tracker.example:6970", true},
		{"127.0.0.1:6970", "127.0.0.1:6970", "evil.example:6970", false},
		{"127.0.0.1:6970", "127.0.0.1:6970", "127.0.0.1.evil.example", false},
		{"127.0.0.1:6970", "127.0.0.1:6970", "localhost.evil.example", false},
		{"[::1]:6970", "[::1]:6970", "evil.example", false},
		{"[::ffff:127.0.0.1]:6970", "", "evil.example", false},
		{"0.0.0.0:6970", ":6970", "tracker.example:6970", true},
		{"192.0.2.1:6970", "192.0.2.1:6970", "tracker.example", true},
	} {
		if got := hostsOf(netip.MustParseAddrPort(c.bound), c.listen).own(c.host); got != c.own {
			t.Errorf("bound to %s, Host %q: own is %v", c.bound, c.host, got)
		}
	}
	s := newServer(t, nil)
	r := httptest.NewRequest(http.MethodGet, "/api/v1/status", nil)
	r.Host = "evil.example"
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	if w.Code != http.StatusMisdirectedRequest || !strings.Contains(w.Body.String(), `"error": "Host: `) {
		t.Errorf("status %d: %s", w.Code, w.Body)
	}
}

// TestAskingWhileAnnouncing is for the race detector.
func TestAskingWhileAnnouncing(t *testing.T) {
	s := newServer(t, func(c *Config) {
		c.Sources = threeSources
		c.Now = time.Now
	})
	var wg sync.WaitGroup
	for worker := range 2 {
		wg.Go(func() {
			for i := range 500 {
				var resp tracker.AnnounceResponse
				req := tracker.AnnounceRequest{
					InfoHash: large, Addr: peerAt(1+i%3, worker*100+i%100), Left: int64(i % 2),
					NumWant: 30, Event: tracker.Event(i % 5), Now: noon,
				}
				if err := s.config.Tracker.Announce(&req, &resp); err != nil {
					t.Error(err)
				}
			}
		})
	}
	for _, path := range []string{
		"/", "/readyz", "/metrics", "/api/v1/status", "/api/v1/sources", "/api/v1/policies",
		"/api/v1/swarms/" + large.String(), explainURL(large, "10.0.1.1", "&policy=matrix"),
	} {
		wg.Go(func() {
			for range 20 {
				if w := ask(s, http.MethodGet, path); w.Code != 200 {
					t.Errorf("%s: status %d: %s", path, w.Code, w.Body)
				}
			}
		})
	}
	wg.Wait()
}

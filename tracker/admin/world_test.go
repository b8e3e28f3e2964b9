package admin

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"reflect"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/altracker/altracker/selector"
	"github.com/altracker/altracker/selector/selectortest"
	"github.com/altracker/altracker/tracker"
	"github.com/altracker/altracker/tracker/swarm"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const patience = 5 * time.Second

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// The swarms of the tests: small is returned whole, large is not, empty is nobody's.
var (
	small = swarm.InfoHash{0xA1}
	large = swarm.InfoHash{0xB2}
	empty = swarm.InfoHash{0xC3}
)

// lab is three PIDs, of which the third is outside the ISP and has no stated cost
// to the first.
func lab() selector.Map {
	w := selectortest.Square(3, func(from, to int) float32 {
		switch {
		case from == to:
			return 1
		case from == 3 && to == 1:
			return selector.Undefined
		}
		return 10.5
	})
	w.Internal = []bool{true, true, false}
	return w
}

func peerAt(pid, n int) netip.AddrPort {
	return netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, 0, byte(pid), byte(n)}), 6881)
}

func enter(t testing.TB, tr *tracker.Tracker, h swarm.InfoHash, addr netip.AddrPort, left int64) {
	t.Helper()
	var resp tracker.AnnounceResponse
	if err := tr.Announce(&tracker.AnnounceRequest{InfoHash: h, Addr: addr, Left: left, Now: noon}, &resp); err != nil {
		t.Fatal(err)
	}
}

// newTracker returns a tracker with the small and the large swarm: three peers of
// which one is of no PID, and 100 in each PID, every tenth a seeder.
func newTracker(t testing.TB, m selector.Map) *tracker.Tracker {
	t.Helper()
	store, err := swarm.New(swarm.Config{Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	staged, err := selector.New("staged", map[string]float64{"random": 0})
	if err != nil {
		t.Fatal(err)
	}
	tr, err := tracker.New(tracker.Config{Store: store, Policy: staged, Map: func() selector.Map { return m }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(tr.Close)
	enter(t, tr, small, peerAt(1, 1), 0)
	enter(t, tr, small, peerAt(3, 1), 7)
	enter(t, tr, small, netip.MustParseAddrPort("192.0.2.1:51413"), 7)
	for pid := 1; pid <= 3; pid++ {
		for i := range 100 {
			enter(t, tr, large, peerAt(pid, i), int64(i%10))
		}
	}
	return tr
}

// newServer returns a Server on a loopback address, whose fields are as change
// leaves them. Its clock says noon when it begins and a minute and a half later
// ever after.
func newServer(t testing.TB, change func(*Config)) *Server {
	t.Helper()
	times := []time.Time{noon, noon.Add(90 * time.Second)}
	cfg := Config{
		Policy:        "staged",
		PolicyOptions: map[string]float64{"random": 0},
		Version:       "v1.2.3",
		Now: func() time.Time {
			now := times[0]
			times = times[len(times)-1:]
			return now
		},
		Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
	}
	if change != nil {
		change(&cfg)
	}
	if cfg.Tracker == nil {
		cfg.Tracker = newTracker(t, lab())
	}
	if cfg.Listen == "" && cfg.Listener == nil {
		cfg.Listen = "127.0.0.1:0"
	}
	s, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.listener.Close() })
	return s
}

// ask sends a request past the network.
func ask(s *Server, method, target string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, target, nil)
	r.Host = "127.0.0.1:6970"
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w
}

// get decodes the answer to a GET into v, and demands its status.
func get(t *testing.T, s *Server, target string, status int, v any) {
	t.Helper()
	w := ask(s, http.MethodGet, target)
	if w.Code != status {
		t.Fatalf("GET %s: status %d, want %d: %s", target, w.Code, status, w.Body)
	}
	if got := w.Header().Get("Content-Type"); got != "application/json" {
		t.Errorf("GET %s: Content-Type %q", target, got)
	}
	if err := json.Unmarshal(w.Body.Bytes(), v); err != nil {
		t.Fatalf("GET %s: %v: %s", target, err, w.Body)
	}
}

// wantJSON demands that the answer be the same JSON as want.
func wantJSON(t *testing.T, s *Server, target string, status int, want string) {
	t.Helper()
	var got json.RawMessage
	get(t, s, target, status, &got)
	sameJSON(t, got, want)
}

// sameJSON compares values, not spellings.
func sameJSON(t *testing.T, got []byte, want string) {
	t.Helper()
	var a, b any
	if err := json.Unmarshal(got, &a); err != nil {
		t.Fatalf("%v: %s", err, got)
	}
	if err := json.Unmarshal([]byte(want), &b); err != nil {
		t.Fatalf("golden: %v: %s", err, want)
	}
	if !reflect.DeepEqual(a, b) {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func explainURL(h swarm.InfoHash, ip, rest string) string {
	return fmt.Sprintf("/api/v1/explain?info_hash=%v&ip=%s%s", h, ip, rest)
}

func listen(t *testing.T) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

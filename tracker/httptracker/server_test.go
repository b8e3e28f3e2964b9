package httptracker

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/altracker/altracker/tracker"
	"github.com/altracker/altracker/tracker/swarm"
	"github.com/altracker/altracker/tracker/trackertest"
)

const patience = 5 * time.Second

// engines runs a test with event loops, where there are any, and by net/http alone.
func engines(t *testing.T, test func(t *testing.T, portable bool)) {
	for _, portable := range []bool{false, true} {
		t.Run(fmt.Sprintf("portable=%v", portable), func(t *testing.T) { test(t, portable) })
	}
}

// start runs a Server until the test ends.
func start(t *testing.T, cfg Config) *Server {
	t.Helper()
	s, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		select {
		case err := <-done:
			if err != nil {
				t.Errorf("Run: %v", err)
			}
		case <-time.After(patience):
			t.Error("Run does not return")
		}
	})
	return s
}

// stub is a Handler that remembers the last request and gives what it is told.
type stub struct {
	last   tracker.AnnounceRequest
	answer tracker.AnnounceResponse
	err    error
}

func (s *stub) Announce(r *tracker.AnnounceRequest, a *tracker.AnnounceResponse) error {
	s.last = *r
	a.Interval = s.answer.Interval
	a.Peers = append(a.Peers, s.answer.Peers...)
	a.Peers6 = append(a.Peers6, s.answer.Peers6...)
	return s.err
}

func (s *stub) Scrape(r *tracker.ScrapeRequest, a *tracker.ScrapeResponse) error {
	a.Counts = append(a.Counts, make([]swarm.Counts, len(r.InfoHashes))...)
	return s.err
}

// newServer returns a Server that is asked without a socket.
func newServer(t testing.TB, h tracker.Handler) *Server {
	t.Helper()
	s, err := New(Config{
		Handler:  h,
		Listener: noListener{},
		Now:      func() time.Time { return time.Unix(1e9, 0) },
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

type noListener struct{ net.Listener }

// ask sends one request from an address to s, without a socket.
func ask(s *Server, method, target, from string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, target, nil)
	r.RemoteAddr = from
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w
}

func TestTheAddressIsThatOfTheConnection(t *testing.T) {
	for from, want := range map[string]string{
		"192.0.2.7:40000":          "192.0.2.7:6881",
		"[::ffff:192.0.2.7]:40000": "192.0.2.7:6881",
		"[2001:db8::7]:40000":      "[2001:db8::7]:6881",
		"[fe80::7%eth0]:40000":     "[fe80::7]:6881",
	} {
		h := &stub{}
		s := newServer(t, h)
		r := httptest.NewRequest("GET", "/announce?"+goodQuery+"&ip=10.0.0.1&ipv4=10.0.0.1&ipv6=%3A%3A2", nil)
		r.RemoteAddr = from
		r.Header.Set("X-Forwarded-For", "10.0.0.1")
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		if h.last.Addr != netip.MustParseAddrPort(want) || h.last.Now != time.Unix(1e9, 0) {
			t.Errorf("from %s: handler saw %v at %v", from, h.last.Addr, h.last.Now)
		}
		own := h.last.Addr.Addr().AsSlice()
		if got := decode(t, w.Body.Bytes())["external ip"]; got != string(own) {
			t.Errorf("from %s: external ip %q", from, got)
		}
	}
}

func TestAnswersSayWhatTheyAre(t *testing.T) {
	s := newServer(t, &stub{answer: tracker.AnnounceResponse{Interval: time.Minute, Peers: make([]byte, 600*6)}})
	get := ask(s, "GET", "/announce?"+goodQuery, "192.0.2.7:1")
	h := get.Result().Header
	if h.Get("Content-Type") != "text/plain" || h.Get("Content-Length") != fmt.Sprint(get.Body.Len()) {
		t.Errorf("headers %v, body of %d bytes", h, get.Body.Len())
	}
}

func TestOnlyFailuresAreShownToClients(t *testing.T) {
	scrape := "/scrape?info_hash=" + strings.Repeat("a", 20)
	for _, c := range []struct {
		err      error
		want     string
		internal uint64
	}{
		{tracker.Failure("torrent not registered"), "torrent not registered", 0},
		{fmt.Errorf("admission: %w", tracker.Failure("come back later")), "come back later", 0},
		{errors.New("disk on fire at /var/lib"), "internal error", 2},
	} {
		s := newServer(t, &stub{err: c.err})
		for _, target := range []string{"/announce?" + goodQuery, scrape} {
			w := ask(s, "GET", target, "192.0.2.7:1")
			if got := decode(t, w.Body.Bytes()); w.Code != 200 || len(got) != 1 || got["failure reason"] != c.want {
				t.Errorf("%v: %d %v", c.err, w.Code, got)
			}
		}
		if st := s.Stats(); st.Failures != 2 || st.Internal != c.internal || st.Announces+st.Scrapes != 0 {
			t.Errorf("%v: counted %+v", c.err, st)
		}
	}
}

func TestPathsAndMethods(t *testing.T) {
	s := newServer(t, &stub{})
	good := "?" + goodQuery
	for _, c := range []struct {
		method, target string
		code           int
		strays         uint64
	}{
		{"GET", "/announce" + good, 200, 0},
		{"HEAD", "/announce" + good, 200, 0},
		{"GET", "/scrape" + good, 200, 0},
		{"POST", "/announce" + good, 405, 1},
		{"PUT", "/scrape" + good, 405, 1},
		{"GET", "//announce" + good, 301, 0},
		{"GET", "/x/../announce" + good, 301, 0},
		{"GET", "/announce/" + good, 301, 0},
		{"GET", "/", 404, 1},
		{"GET", "/announce.php" + good, 404, 1},
		{"GET", "/favicon.ico", 404, 1},
	} {
		before := s.Stats().Strays
		w := ask(s, c.method, c.target, "192.0.2.7:1")
		if w.Code != c.code || s.Stats().Strays-before != c.strays {
			t.Errorf("%s %s: %d, %d strays", c.method, c.target, w.Code, s.Stats().Strays-before)
		}
		if to := w.Header().Get("Location"); c.code == 301 && to != "/announce"+good {
			t.Errorf("%s %s: sent to %s", c.method, c.target, to)
		}
	}
}

func TestConnectionWithoutAnAddress(t *testing.T) {
	s := newServer(t, &stub{})
	if w := ask(s, "GET", "/announce?"+goodQuery, "@"); decode(t, w.Body.Bytes())["failure reason"] != "internal error" {
		t.Errorf("answered %q", w.Body)
	}
}

// get fetches a path over a socket.
func get(t *testing.T, s *Server, target string) (int, []byte) {
	t.Helper()
	client := http.Client{Timeout: patience, Transport: &http.Transport{DisableKeepAlives: true}}
	res, err := client.Get("http://" + s.Addr().String() + target)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, body
}

func TestRubbishStoresNobodyAndKillsNothing(t *testing.T) {
	engines(t, func(t *testing.T, portable bool) {
		plain := trackertest.NewPlain()
		s := start(t, Config{Portable: portable, Listen: "127.0.0.1:0", Handler: plain, Log: slog.New(slog.DiscardHandler)})
		for _, query := range []string{
			"", "?", "?&&&&", "?info_hash", "?" + strings.Repeat("info_hash=a&", 1000),
			"?" + goodQuery + "&port=6881",
			"?" + strings.Replace(goodQuery, "port=6881", "port=70000", 1),
			"?" + strings.Replace(goodQuery, "left=3", "left=-3", 1),
			"?" + goodQuery + "&numwant=" + strings.Repeat("9", 5000),
			"?" + goodQuery + "&x=" + strings.Repeat("x", 1<<20),
			"?info_hash=" + strings.Repeat("%00", 1<<20/3),
		} {
			for _, path := range []string{"/announce", "/scrape"} {
				if path == "/scrape" && strings.HasPrefix(query, "?"+hashQuery) && len(query) < maxQuery {
					continue // a scrape that is right
				}
				code, body := get(t, s, path+query)
				if reason, _ := decode(t, body)["failure reason"].(string); code != 200 || reason == "" {
					t.Errorf("%s%.80s: %d %q", path, query, code, body)
				}
			}
		}
		for _, raw := range []string{
			"\x00\x01\x02\x03\r\n\r\n", "GET\r\n\r\n", "GET /announce?a b c HTTP/1.1\r\n\r\n",
			"GET /announce HTTP/9.9\r\n\r\n", "GET /%zz HTTP/1.1\r\nHost: x\r\n\r\n",
			"GET /announce?" + strings.Repeat("x", 3<<20),
		} {
			conn, err := net.Dial("tcp", s.Addr().String())
			if err != nil {
				t.Fatal(err)
			}
			conn.SetDeadline(time.Now().Add(patience))
			go io.WriteString(conn, raw)
			if res, err := http.ReadResponse(bufio.NewReader(conn), nil); err == nil && res.StatusCode < 400 {
				t.Errorf("%.40q: %s", raw, res.Status)
			}
			conn.Close()
		}
		if n := plain.Swarms(); n != 0 {
			t.Errorf("%d swarms stored", n)
		}
		if code, body := get(t, s, "/announce?"+goodQuery); code != 200 || decode(t, body)["interval"] == nil {
			t.Errorf("a good announce afterwards: %d %q", code, body)
		}
	})
}

func TestConnectionsAreKept(t *testing.T) {
	engines(t, func(t *testing.T, portable bool) {
		s := start(t, Config{Portable: portable, Listen: "127.0.0.1:0", Handler: trackertest.NewPlain()})
		conn, err := net.Dial("tcp", s.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		conn.SetDeadline(time.Now().Add(patience))
		r := bufio.NewReader(conn)
		for i := range 3 {
			fmt.Fprintf(conn, "GET /announce?%s HTTP/1.1\r\nHost: x\r\n\r\n", goodQuery)
			res, err := http.ReadResponse(r, nil)
			if err != nil || res.Close {
				t.Fatalf("request %d: %v, close %v", i, err, res != nil && res.Close)
			}
			io.Copy(io.Discard, res.Body)
		}
	})
}

func TestManyClientsAtOnce(t *testing.T) {
	engines(t, func(t *testing.T, portable bool) {
		plain := trackertest.NewPlain()
		s := start(t, Config{Portable: portable, Listen: "127.0.0.1:0", Handler: plain})
		const clients, rounds = 8, 10
		t.Run("clients", func(t *testing.T) {
			for c := range clients {
				t.Run(fmt.Sprint(c), func(t *testing.T) {
					t.Parallel()
					hash := strings.Repeat(string(rune('a'+c)), 20) // each its own swarm
					for r := range rounds {
						query := fmt.Sprintf("/announce?info_hash=%s&%s&left=1&port=%d", hash, idQuery, 1000+r)
						code, body := get(t, s, query)
						if got := decode(t, body)["incomplete"]; code != 200 || got != int64(r+1) {
							t.Errorf("round %d: %d, %v leechers", r, code, got)
						}
					}
				})
			}
		})
		if st := s.Stats(); st.Announces != clients*rounds || st.Failures != 0 {
			t.Errorf("counted %+v", st)
		}
	})
}

// slow is a Handler that takes its time: it tells when it is asked, and answers
// when it is told.
type slow struct {
	tracker.Handler
	asked, answer chan struct{}
}

func (h slow) Announce(r *tracker.AnnounceRequest, a *tracker.AnnounceResponse) error {
	close(h.asked)
	<-h.answer
	return h.Handler.Announce(r, a)
}

func TestRunLetsRequestsFinish(t *testing.T) {
	engines(t, func(t *testing.T, portable bool) {
		h := slow{trackertest.NewPlain(), make(chan struct{}), make(chan struct{})}
		s, err := New(Config{Portable: portable, Listen: "127.0.0.1:0", Handler: h})
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- s.Run(ctx) }()
		conn, err := net.Dial("tcp", s.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		conn.SetDeadline(time.Now().Add(patience))
		fmt.Fprintf(conn, "GET /announce?%s HTTP/1.1\r\nHost: x\r\n\r\n", goodQuery)
		<-h.asked
		cancel()
		select {
		case err := <-done:
			t.Fatalf("Run returned %v in the middle of a request", err)
		case <-time.After(20 * time.Millisecond):
		}
		close(h.answer)
		if err := <-done; err != nil {
			t.Errorf("Run: %v", err)
		}
		if b, err := io.ReadAll(conn); !bytes.Contains(b, []byte("8:interval")) {
			t.Errorf("answered %q, %v", b, err)
		}
	})
}

func TestRunDoesNotWaitForEver(t *testing.T) {
	engines(t, func(t *testing.T, portable bool) {
		h := slow{trackertest.NewPlain(), make(chan struct{}), make(chan struct{})}
		s, err := New(Config{Portable: portable, Listen: "127.0.0.1:0", Handler: h, ShutdownTimeout: time.Millisecond})
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- s.Run(ctx) }()
		conn, err := net.Dial("tcp", s.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		fmt.Fprintf(conn, "GET /announce?%s HTTP/1.1\r\nHost: x\r\n\r\n", goodQuery)
		<-h.asked
		cancel()
		select {
		case err := <-done:
			if err != nil {
				t.Errorf("Run: %v", err)
			}
		case <-time.After(patience):
			t.Error("Run does not return")
		}
		close(h.answer)
	})
}

func TestRunReportsABrokenListener(t *testing.T) {
	s, err := New(Config{Portable: true, Listen: "127.0.0.1:0", Handler: &stub{}})
	if err != nil {
		t.Fatal(err)
	}
	s.listener.Close() // behind the server's back
	if err := s.Run(t.Context()); !errors.Is(err, net.ErrClosed) {
		t.Errorf("Run: %v", err)
	}
}

func TestNewNamesTheWrongField(t *testing.T) {
	h := &stub{}
	taken := start(t, Config{Listen: "127.0.0.1:0", Handler: h})
	for _, c := range []struct {
		cfg  Config
		want string
	}{
		{Config{Listen: ":0"}, "Config.Handler"},
		{Config{Handler: h}, "Config.Listen"},
		{Config{Handler: h, Listen: ":0", Listener: noListener{}}, "Config.Listen"},
		{Config{Handler: h, Listen: "127.0.0.1:70000"}, "Config.Listen"},
		{Config{Handler: h, Listen: taken.Addr().String()}, "address already in use"},
		{Config{Handler: h, Listen: ":0", MaxScrape: -1}, "Config.MaxScrape"},
		{Config{Handler: h, Listen: ":0", MaxHeaderBytes: -1}, "Config.MaxHeaderBytes"},
		{Config{Handler: h, Listen: ":0", ReadTimeout: -1}, "Config.ReadTimeout"},
		{Config{Handler: h, Listen: ":0", ShutdownTimeout: -1}, "Config.ShutdownTimeout"},
	} {
		s, err := New(c.cfg)
		if err == nil {
			s.listener.Close()
		}
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: have %v, want %q", c.cfg, err, c.want)
		}
	}
}

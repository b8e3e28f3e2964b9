package admin

import (
	"errors"
	"math"
	"net/http"
	"strings"
	"testing"

	"github.com/altracker/altracker/selector"
	"github.com/altracker/altracker/tracker"
	"github.com/altracker/altracker/tracker/swarm"
)

func TestHealth(t *testing.T) {
	var unready error
	s := newServer(t, func(c *Config) { c.Ready = func() error { return unready } })
	wantJSON(t, s, "/healthz", 200, `{"status": "ok"}`)
	wantJSON(t, s, "/readyz", 200, `{"status": "ready"}`)
	unready = errors.New("udp: not bound")
	wantJSON(t, s, "/healthz", 200, `{"status": "ok"}`)
	wantJSON(t, s, "/readyz", 503, `{"error": "udp: not bound"}`)
}

func TestStatus(t *testing.T) {
	s := newServer(t, nil)
	tr := s.config.Tracker
	var resp tracker.AnnounceResponse
	for _, req := range []tracker.AnnounceRequest{
		{Addr: peerAt(1, 1), Left: 7, NumWant: 10, Event: tracker.Started},
		{Addr: peerAt(1, 1), Event: tracker.Completed},
		{Addr: peerAt(1, 1), Left: -1}, // refused
		{Addr: peerAt(1, 1), Event: tracker.Stopped},
	} {
		req.InfoHash, req.Now = large, noon
		resp.Reset()
		if err := tr.Announce(&req, &resp); err != nil && req.Left >= 0 {
			t.Fatal(err)
		}
	}
	if err := tr.Scrape(&tracker.ScrapeRequest{InfoHashes: []swarm.InfoHash{large}}, &tracker.ScrapeResponse{}); err != nil {
		t.Fatal(err)
	}
	n := tr.Stats()
	if n.PeersReturned == 0 || n.PeersFromHome == 0 {
		t.Fatalf("stats %+v", n)
	}
	var got struct {
		PeersReturned uint64 `json:"peers_returned"`
		PeersFromHome uint64 `json:"peers_from_home"`
	}
	get(t, s, "/api/v1/status", 200, &got)
	if got.PeersReturned != n.PeersReturned || got.PeersFromHome != n.PeersFromHome {
		t.Errorf("%+v, want %+v", got, n)
	}

	// All else is the same whatever was drawn.
	s = newServer(t, nil)
	wantJSON(t, s, "/api/v1/status", 200, `{
		"version": "v1.2.3", "uptime_seconds": 90,
		"policy": "staged", "policy_options": {"intra_pid": 0.75, "intra_region": 0, "intra_isp": 0.9, "random": 0, "stable": 0},
		"swarms": 2, "peers": 303, "seeders": 31, "leechers": 272,
		"announces": 303, "scrapes": 0, "failures": 0, "completed": 0, "stopped": 0, "expired": 0,
		"peers_returned": 0, "peers_from_home": 0,
		"guidance": {"guided": 202, "flat": 0, "incomplete": 100, "no_map": 0, "no_pid": 1, "no_source": 0}
	}`)
}

func TestSources(t *testing.T) {
	wantJSON(t, newServer(t, nil), "/api/v1/sources", 200, `[]`)
	s := newServer(t, func(c *Config) {
		c.Sources = func() []Source {
			return []Source{
				{Name: "lab", State: "stale", VersionTag: "3ee2", PIDs: 4, Prefixes: 9, AgeSeconds: 61.5, NextRefreshSeconds: 30, LastError: "GET /costs: timeout"},
				{Name: "embedded", State: "ok", VersionTag: "2026-10", PIDs: 70000, Prefixes: 900000, Note: "dated <2026-10>"},
			}
		}
	})
	wantJSON(t, s, "/api/v1/sources", 200, `[
		{"name": "lab", "state": "stale", "vtag": "3ee2", "pids": 4, "prefixes": 9,
		 "age_seconds": 61.5, "next_refresh_seconds": 30, "last_error": "GET /costs: timeout"},
		{"name": "embedded", "state": "ok", "vtag": "2026-10", "pids": 70000, "prefixes": 900000,
		 "age_seconds": 0, "next_refresh_seconds": 0, "last_error": "", "note": "dated <2026-10>"}
	]`)
}

func TestWhatJSONCannotSayIsAnError(t *testing.T) {
	s := newServer(t, func(c *Config) {
		c.Sources = func() []Source { return []Source{{Name: "lab", AgeSeconds: math.NaN()}} }
	})
	var got struct{ Error string }
	get(t, s, "/api/v1/sources", 500, &got)
	if got.Error == "" {
		t.Error("no error is told")
	}
}

func TestSwarm(t *testing.T) {
	s := newServer(t, nil)
	enter(t, s.config.Tracker, large, peerAt(2, 200), 7)
	wantJSON(t, s, "/api/v1/swarms/"+small.String(), 200, `{
		"info_hash": "a100000000000000000000000000000000000000", "seeders": 1, "leechers": 2, "downloaded": 0,
		"pids": [
			{"source": "", "pid": "", "seeders": 0, "leechers": 1},
			{"source": "world", "pid": "pid-1", "seeders": 1, "leechers": 0},
			{"source": "world", "pid": "pid-3", "seeders": 0, "leechers": 1}
		]}`)
	wantJSON(t, s, "/api/v1/swarms/"+strings.ToUpper(large.String()), 200, `{
		"info_hash": "b200000000000000000000000000000000000000", "seeders": 30, "leechers": 271, "downloaded": 0,
		"pids": [
			{"source": "world", "pid": "pid-2", "seeders": 10, "leechers": 91},
			{"source": "world", "pid": "pid-1", "seeders": 10, "leechers": 90},
			{"source": "world", "pid": "pid-3", "seeders": 10, "leechers": 90}
		]}`)
	wantJSON(t, s, "/api/v1/swarms/"+empty.String(), 404, `{"error": "info_hash: nobody is in this swarm"}`)
	wantJSON(t, s, "/api/v1/swarms/abc", 400, `{"error": "info_hash: \"abc\": want 40 hexadecimal digits"}`)
}

// twins is a map in which the second and third PID are combinations that have the
// same name.
type twins struct{ selector.Map }

func (m twins) Name(pid selector.PID) (source, name string) { return m.Map.Name(min(pid, 2)) }

func TestPIDsOfOneNameAreOneRow(t *testing.T) {
	s := newServer(t, func(c *Config) { c.Tracker = newTracker(t, twins{lab()}) })
	wantJSON(t, s, "/api/v1/swarms/"+large.String(), 200, `{
		"info_hash": "b200000000000000000000000000000000000000", "seeders": 30, "leechers": 270, "downloaded": 0,
		"pids": [
			{"source": "world", "pid": "pid-2", "seeders": 20, "leechers": 180},
			{"source": "world", "pid": "pid-1", "seeders": 10, "leechers": 90}
		]}`)
}

func TestSwarmWithoutAMap(t *testing.T) {
	s := newServer(t, func(c *Config) { c.Tracker = newTracker(t, nil) })
	wantJSON(t, s, "/api/v1/swarms/"+small.String(), 200, `{
		"info_hash": "a100000000000000000000000000000000000000", "seeders": 1, "leechers": 2, "downloaded": 0,
		"pids": [{"source": "", "pid": "", "seeders": 1, "leechers": 2}]}`)
}

func TestPolicies(t *testing.T) {
	var got []struct {
		Name    string
		Default bool
		Summary string
		Options []struct {
			Name              string
			Default, Min, Max float64
			Summary           string
		}
	}
	get(t, newServer(t, nil), "/api/v1/policies", 200, &got)
	infos := selector.Infos()
	if len(got) != len(infos) {
		t.Fatalf("%d policies, want %d", len(got), len(infos))
	}
	for i, info := range infos {
		p := got[i]
		if p.Name != info.Name || p.Summary != info.Summary || p.Default != (info.Name == selector.Default) {
			t.Errorf("policy %+v, want %+v", p, info)
		}
		if p.Options == nil || len(p.Options) != len(info.Options) {
			t.Errorf("%s: options %v, want %v", p.Name, p.Options, info.Options)
			continue
		}
		for j, o := range info.Options {
			if selector.Option(p.Options[j]) != o {
				t.Errorf("%s: option %+v, want %+v", p.Name, p.Options[j], o)
			}
		}
	}
}

func TestIndexListsEverything(t *testing.T) {
	s := newServer(t, nil)
	w := ask(s, http.MethodGet, "/")
	if w.Code != 200 || w.Header().Get("Content-Type") != "text/html; charset=utf-8" || w.Header().Get("Content-Security-Policy") == "" {
		t.Fatalf("status %d, header %v", w.Code, w.Header())
	}
	page := w.Body.String()
	for _, path := range []string{"/healthz", "/readyz", "/metrics", "/api/v1/status", "/api/v1/sources", "/api/v1/policies"} {
		if !strings.Contains(page, `<a href="`+path+`">`) {
			t.Errorf("no link to %s", path)
		}
	}
	for _, text := range []string{"/api/v1/swarms/{info_hash}", "/api/v1/explain?info_hash=HEX&amp;ip=ADDR", "no dashboard"} {
		if !strings.Contains(page, text) {
			t.Errorf("%q is not told", text)
		}
	}
	if t.Failed() {
		t.Log(page)
	}
}

func TestWrongPathsAndMethods(t *testing.T) {
	s := newServer(t, nil)
	for _, path := range []string{"/api", "/api/v1", "/api/v1/nothing", "/api/v1/status/", "/api/v1/swarms/", "/api/v1/swarms/a/b", "/index.html"} {
		wantJSON(t, s, path, 404, `{"error": "path: nothing is here; / lists what is served"}`)
	}
	for _, path := range []string{"/", "/healthz", "/metrics", "/api/v1/status", "/api/v1/swarms/" + small.String(), explainURL(small, "10.0.1.1", "")} {
		for _, method := range []string{http.MethodPost, http.MethodPut, http.MethodDelete, http.MethodOptions, "BREW"} {
			w := ask(s, method, path)
			if w.Code != 405 || w.Header().Get("Allow") != "GET, HEAD" || !strings.Contains(w.Body.String(), `"error"`) {
				t.Errorf("%s %s: status %d, header %v, body %s", method, path, w.Code, w.Header(), w.Body)
			}
		}
		if w := ask(s, http.MethodHead, path); w.Code != 200 {
			t.Errorf("HEAD %s: status %d", path, w.Code)
		}
	}
}

func TestBrowsersAreToldToKeepAnswersToThemselves(t *testing.T) {
	s := newServer(t, nil)
	for _, path := range []string{"/", "/metrics", "/api/v1/status", "/api/v1/nothing", explainURL(small, "x", "")} {
		h := ask(s, http.MethodGet, path).Header()
		if h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Cache-Control") != "no-store" || h.Get("Cross-Origin-Resource-Policy") != "same-origin" {
			t.Errorf("%s: header %v", path, h)
		}
		if h.Get("Access-Control-Allow-Origin") != "" {
			t.Errorf("%s: other origins may read it", path)
		}
	}
}

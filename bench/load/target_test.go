package load

import (
	"errors"
	"net/netip"
	"testing"
	"time"
)

func TestTargetsAreRead(t *testing.T) {
	for _, c := range []struct{ text, scheme, addr, path, scrape string }{
		{"udp://127.0.0.1:6969", "udp", "127.0.0.1:6969", "", ""},
		{"udp://localhost:1/announce?key=1", "udp", "127.0.0.1:1", "/announce?key=1", "/scrape?key=1"},
		{"udp://[::1]:6969", "udp", "[::1]:6969", "", ""},
		{"http://127.9.8.7/announce", "http", "127.9.8.7:80", "/announce", "/scrape"},
		{"http://127.0.0.1:8080/x/announce.php?pass=1", "http", "127.0.0.1:8080", "/x/announce.php?pass=1", "/x/scrape.php?pass=1"},
		{"https://127.0.0.1/announce", "https", "127.0.0.1:443", "/announce", "/scrape"},
		{"http://127.0.0.1/a", "http", "127.0.0.1:80", "/a", ""},
	} {
		got, err := ParseTarget(t.Context(), c.text, false)
		if err != nil || got.Scheme != c.scheme || got.Addr.String() != c.addr || got.Path != c.path || got.String() != c.text {
			t.Errorf("%s: %+v, %v", c.text, got, err)
		}
		if path, ok := got.scrapePath(); ok && path != c.scrape || ok != (c.scrape != "") {
			t.Errorf("%s: scrape path %q, %v", c.text, path, ok)
		}
	}
	for text, want := range map[string]string{
		"127.0.0.1:6969":             "first path segment",
		"udp://127.0.0.1":            "want udp://HOST:PORT",
		"udp://127.0.0.1:0":          "port: want 1 to 65535",
		"udp://127.0.0.1:65536":      "port: want 1 to 65535",
		"http://127.0.0.1:80":        "want the announce URL",
		"http://127.0.0.1:80/":       "want the announce URL",
		"ws://127.0.0.1:80/announce": "want udp://HOST:PORT or http://",
	} {
		if _, err := ParseTarget(t.Context(), text, false); !contains(err, want) {
			t.Errorf("%s: have error %v, want %q", text, err, want)
		}
	}
}

// TestNobodyElseIsLoadedByMistake: names are refused before they are looked up.
func TestNobodyElseIsLoadedByMistake(t *testing.T) {
	for _, text := range []string{
		"udp://192.0.2.1:6969", "udp://tracker.example.org:6969", "http://10.0.0.1/announce", "https://[2001:db8::1]/announce",
		"udp://0.0.0.0:6969", "udp://[::]:6969", "udp://128.0.0.1:1", "udp://[::ffff:192.0.2.1]:1", "udp://localhost.example.org:1",
	} {
		if _, err := ParseTarget(t.Context(), text, false); !errors.Is(err, ErrNotLoopback) {
			t.Errorf("%s: %v", text, err)
		}
	}
	got, err := ParseTarget(t.Context(), "udp://192.0.2.1:6969", true)
	if err != nil || got.Addr != netip.MustParseAddrPort("192.0.2.1:6969") {
		t.Errorf("an owned target: %+v, %v", got, err)
	}
}

func TestConfigsThatCannotBeAreRefused(t *testing.T) {
	web := Target{Scheme: "http", Host: "127.0.0.1:9", Addr: loopbackTarget.Addr, Path: "/announce"}
	for _, c := range []struct {
		config Config
		want   string
	}{
		{Config{}, "Config.Target: missing"},
		{Config{Target: loopbackTarget, Torrents: -1}, "Config.Torrents: -1: want 1 to"},
		{Config{Target: loopbackTarget, NumWant: -2}, "Config.NumWant: -2"},
		{Config{Target: loopbackTarget, ScrapeHashes: 75}, "Config.ScrapeHashes: 75: want 1 to 74"},
		{Config{Target: loopbackTarget, SeedShare: 1.5}, "Config.SeedShare: 1.5: want 0 to 1"},
		{Config{Target: loopbackTarget, Duration: -time.Second}, "Config.Duration: -1"},
		{Config{Target: loopbackTarget, Peers: 70_000, Sources: 1}, "Config.Peers: 70000: 1 sources have room for 64512"},
		{Config{Target: loopbackTarget, Peers: 5, Sources: 6}, "Config.Sources: 6: more than the 5 peers"},
		{Config{Target: loopbackTarget, Sources: 70_000}, "Config.Sources: 70000"},
		{Config{Target: loopbackTarget, Sources: 2, Workers: 3}, "Config.Workers: 3: more than the 2 sources"},
		{Config{Target: loopbackTarget, From: netip.MustParsePrefix("::1/128")}, "Config.From: ::1/128: the target 127.0.0.1 is of the other family"},
		{Config{Target: loopbackTarget, From: netip.MustParsePrefix("10.0.0.0/8")}, "is not reached from there"},
		{Config{Target: loopbackTarget, CPUs: []int{1 << 20}}, "Config.CPUs: processor 1048576"},
		{Config{Target: loopbackTarget, PID: -5}, "Config.PID: process -5"},
		{Config{Target: loopbackTarget, Mix: Mix{stopped: 1}, Peers: 500, Sources: 1}, "want four for each of the 128 requests in flight"},
		{Config{Target: web, Mix: Mix{connect: 1}}, "Config.Mix: connect: HTTP has no such request"},
		{Config{Target: Target{Scheme: "http", Addr: web.Addr, Path: "/a"}, Mix: Mix{scrape: 1}}, "names no scrape path"},
		{Config{Target: web, OneShot: true, Pipeline: 2}, "Config.Pipeline: a connection for each request has room for one"},
		{Config{Target: web, Connections: 2, Sources: 3}, "Config.Connections: 2: fewer than the 3 sources"},
		{Config{Target: web, Connections: 1, Sources: 1, Workers: 2}, "Config.Workers: 2"},
	} {
		g, err := New(c.config)
		if !contains(err, c.want) {
			t.Errorf("%+v: have error %v, want %q", c.config, err, c.want)
		}
		if err == nil {
			g.Close()
		}
	}
}

package httptracker

import (
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/anacrolix/torrent/bencode"

	"github.com/altracker/altracker/tracker"
	"github.com/altracker/altracker/tracker/swarm"
)

// decode reads b with another implementation, which also has to write it again
// in the same way: bencode has one canonical form.
func decode(t *testing.T, b []byte) map[string]any {
	t.Helper()
	var m map[string]any
	if err := bencode.Unmarshal(b, &m); err != nil {
		t.Fatalf("%q: %v", b, err)
	}
	if again := bencode.MustMarshal(m); string(again) != string(b) {
		t.Fatalf("not canonical:\nhave %q\nwant %q", b, again)
	}
	return m
}

func sampleAnswer() tracker.AnnounceResponse {
	return tracker.AnnounceResponse{
		Interval: 30 * time.Minute, MinInterval: 15 * time.Minute, Complete: 5, Incomplete: 7,
		Peers:  []byte("\x7f\x00\x00\x01\x1a\xe1" + "\x0a\x00\x00\x02\xff\xff"),
		Peers6: []byte("\x20\x01\x0d\xb8\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01\x00\x50"),
		IDs:    []swarm.PeerID{{19: 1}, {19: 2}},
		IDs6:   []swarm.PeerID{{19: 6}},
	}
}

func TestCompactAnswer(t *testing.T) {
	var w waits
	r := sampleAnswer()
	for _, c := range []struct {
		name string
		addr string
		edit func()
		want string
	}{
		{"both families", "192.0.2.7", func() {},
			"d8:completei5e11:external ip4:\xc0\x00\x02\x0710:incompletei7e8:intervali1800e12:min intervali900e" +
				"5:peers12:" + string(r.Peers) + "6:peers618:" + string(r.Peers6) + "e"},
		{"to IPv6", "2001:db8::7", func() { r.Peers6 = nil },
			"d8:completei5e11:external ip16:\x20\x01\x0d\xb8\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x0710:incompletei7e" +
				"8:intervali1800e12:min intervali900e5:peers12:" + string(r.Peers) + "e"},
		{"nobody, no minimum", "192.0.2.7", func() { r.Peers, r.MinInterval = nil, 0 },
			"d8:completei5e11:external ip4:\xc0\x00\x02\x0710:incompletei7e8:intervali1800e5:peers0:e"},
	} {
		c.edit()
		got := appendAnnounce(nil, &r, &w, netip.MustParseAddr(c.addr), true)
		if string(got) != c.want {
			t.Errorf("%s:\nhave %q\nwant %q", c.name, got, c.want)
		}
		decode(t, got)
	}
}

func TestDictionaryAnswer(t *testing.T) {
	var w waits
	r := sampleAnswer()
	m := decode(t, appendAnnounce(nil, &r, &w, source, false))
	if _, ok := m["peers6"]; ok {
		t.Error("peers6 beside dictionaries")
	}
	peers := m["peers"].([]any)
	for i, want := range []map[string]any{
		{"ip": "127.0.0.1", "port": int64(6881), "peer id": string(r.IDs[0][:])},
		{"ip": "10.0.0.2", "port": int64(65535), "peer id": string(r.IDs[1][:])},
		{"ip": "2001:db8::1", "port": int64(80), "peer id": string(r.IDs6[0][:])},
	} {
		got := peers[i].(map[string]any)
		if len(got) != 3 || got["ip"] != want["ip"] || got["port"] != want["port"] || got["peer id"] != want["peer id"] {
			t.Errorf("have %v, want %v", got, want)
		}
	}

	r.IDs, r.IDs6 = nil, nil
	for _, p := range decode(t, appendAnnounce(nil, &r, &w, source, false))["peers"].([]any) {
		if p := p.(map[string]any); len(p) != 2 || p["ip"] == nil || p["port"] == nil {
			t.Errorf("without ids: %v", p)
		}
	}

	r = tracker.AnnounceResponse{}
	if got := decode(t, appendAnnounce(nil, &r, &w, source, false))["peers"].([]any); len(got) != 0 {
		t.Errorf("nobody: %v", got)
	}
}

func TestScrapeAnswerIsBEP48sExample(t *testing.T) {
	got := appendScrape(nil,
		[]swarm.InfoHash{
			swarm.InfoHash([]byte(strings.Repeat("x", 20))),
			swarm.InfoHash([]byte(strings.Repeat("y", 20))),
		},
		[]swarm.Counts{
			{Seeders: 11, Downloaded: 13772, Leechers: 19},
			{Seeders: 21, Downloaded: 206, Leechers: 20},
		})
	want := "d5:filesd20:xxxxxxxxxxxxxxxxxxxxd8:completei11e10:downloadedi13772e10:incompletei19e" +
		"e20:yyyyyyyyyyyyyyyyyyyyd8:completei21e10:downloadedi206e10:incompletei20eeee"
	if string(got) != want {
		t.Errorf("have %s\nwant %s", got, want)
	}
	decode(t, got)
}

func TestFailureAnswer(t *testing.T) {
	got := appendFailure(nil, "port: missing")
	if string(got) != "d14:failure reason13:port: missinge" {
		t.Errorf("have %q", got)
	}
}

func TestEncodingDoesNotAllocate(t *testing.T) {
	var w waits
	r := sampleAnswer()
	hashes, counts := make([]swarm.InfoHash, 74), make([]swarm.Counts, 74)
	b := make([]byte, 0, 16<<10)
	for name, f := range map[string]func(){
		"compact":      func() { b = appendAnnounce(b[:0], &r, &w, source, true) },
		"dictionaries": func() { b = appendAnnounce(b[:0], &r, &w, source, false) },
		"scrape":       func() { b = appendScrape(b[:0], hashes, counts) },
	} {
		if n := testing.AllocsPerRun(100, f); n != 0 {
			t.Errorf("%s: %v allocations", name, n)
		}
	}
}

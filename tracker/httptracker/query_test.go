package httptracker

import (
	"fmt"
	"math"
	"net/netip"
	"net/url"
	"strings"
	"testing"

	"github.com/altracker/altracker/tracker"
	"github.com/altracker/altracker/tracker/swarm"
)

var source = netip.MustParseAddr("192.0.2.7")

const (
	hashQuery = "info_hash=%124Vx%9A%BC%DE%F1%23Eg%89%AB%CD%EF%124Vx%9a"
	idQuery   = "peer_id=-TR4050-abcdefghijkl"
	goodQuery = hashQuery + "&" + idQuery + "&port=6881&uploaded=1&downloaded=2&left=3"
)

var goodHash = swarm.InfoHash([]byte("\x124Vx\x9a\xbc\xde\xf1\x23Eg\x89\xab\xcd\xef\x124Vx\x9a"))

func goodRequest() tracker.AnnounceRequest {
	return tracker.AnnounceRequest{
		InfoHash: goodHash,
		PeerID:   swarm.PeerID([]byte("-TR4050-abcdefghijkl")),
		Addr:     netip.AddrPortFrom(source, 6881),
		Uploaded: 1, Downloaded: 2, Left: 3,
		NumWant:     -1,
		AllFamilies: true,
	}
}

func TestAnnounceQueryIsRead(t *testing.T) {
	for _, c := range []struct {
		name, query string
		edit        func(*announceQuery)
	}{
		{"the minimum", hashQuery + "&" + idQuery + "&port=6881&left=3",
			func(q *announceQuery) { q.request.Uploaded, q.request.Downloaded = 0, 0 }},
		{"BEP 23's example", "peer_id=aaaaaaaaaaaaaaaaaaaa&info_hash=aaaaaaaaaaaaaaaaaaaa&port=6881&left=0&downloaded=100&uploaded=0&compact=1",
			func(q *announceQuery) {
				q.request.InfoHash = swarm.InfoHash([]byte(strings.Repeat("a", 20)))
				q.request.PeerID = swarm.PeerID([]byte(strings.Repeat("a", 20)))
				q.request.Uploaded, q.request.Downloaded, q.request.Left = 0, 100, 0
			}},
		{"numwant", goodQuery + "&numwant=80", func(q *announceQuery) { q.request.NumWant = 80 }},
		{"numwant 0", goodQuery + "&numwant=0", func(q *announceQuery) { q.request.NumWant = 0 }},
		{"numwant -1", goodQuery + "&numwant=-1", func(*announceQuery) {}},
		{"started", goodQuery + "&event=started", func(q *announceQuery) { q.request.Event = tracker.Started }},
		{"completed", goodQuery + "&event=completed", func(q *announceQuery) { q.request.Event = tracker.Completed }},
		{"stopped", goodQuery + "&event=stopped", func(q *announceQuery) { q.request.Event = tracker.Stopped }},
		{"paused", goodQuery + "&event=paused", func(q *announceQuery) { q.request.Event = tracker.Paused }},
		{"empty event", goodQuery + "&event=", func(*announceQuery) {}},
		{"event without a value", goodQuery + "&event", func(*announceQuery) {}},
		{"event empty, spelt out", goodQuery + "&event=empty", func(*announceQuery) {}},
		{"unknown event", goodQuery + "&event=tired", func(*announceQuery) {}},
		{"hexadecimal key", goodQuery + "&key=DEADbeef", func(q *announceQuery) { q.request.Key = 0xdeadbeef }},
		{"short key", goodQuery + "&key=7", func(q *announceQuery) { q.request.Key = 7 }},
		{"signed decimal key", goodQuery + "&key=-123456", func(q *announceQuery) { q.request.Key = parseKey("-123456") }},
		{"binary key", goodQuery + "&key=%00%FFxx+%zz", func(q *announceQuery) { q.request.Key = parseKey("%00%FFxx+%zz") }},
		{"compact", goodQuery + "&compact=1&no_peer_id=1", func(q *announceQuery) { q.noPeerID = true }},
		{"not compact", goodQuery + "&compact=0", func(q *announceQuery) { q.compact, q.request.PeerIDs = false, true }},
		{"not compact, no ids", goodQuery + "&no_peer_id=1&compact=0", func(q *announceQuery) { q.compact, q.noPeerID = false, true }},
		{"unknown left", strings.Replace(goodQuery, "left=3", "left=18446744073709551615", 1),
			func(q *announceQuery) { q.request.Left = math.MaxInt64 }},
		{"claimed addresses", goodQuery + "&ip=10.0.0.1&ip=10.0.0.2&ipv4=10.0.0.3&ipv6=%3A%3A1&ipv6=x", func(*announceQuery) {}},
		{"other keys", "passkey=" + strings.Repeat("x", 500) + "&" + goodQuery +
			"&corrupt=-1&supportcrypto=1&requirecrypto=1&redundant=0&trackerid=%&azq=&azq=&=&&;&constructor", func(*announceQuery) {}},
	} {
		t.Run(c.name, func(t *testing.T) {
			want := announceQuery{request: goodRequest(), compact: true}
			c.edit(&want)
			var q announceQuery
			if err := q.parse(c.query, source); err != nil {
				t.Fatal(err)
			}
			if q != want {
				t.Errorf("have %+v\nwant %+v", q, want)
			}
		})
	}
}

func TestMistakesAreNamed(t *testing.T) {
	without := func(key string) string {
		v, _ := url.ParseQuery(goodQuery)
		v.Del(key)
		return v.Encode()
	}
	with := func(key, raw string) string { return without(key) + "&" + key + "=" + raw }
	for _, c := range []struct{ query, want string }{
		{"", "info_hash: missing"},
		{without("info_hash"), "info_hash: missing"},
		{without("peer_id"), "peer_id: missing"},
		{without("port"), "port: missing"},
		{without("left"), "left: missing"},

		{goodQuery + "&port=6881", "port: given twice"},
		{goodQuery + "&" + hashQuery, "info_hash: given twice"},
		{goodQuery + "&event=started&event=", "event: given twice"},
		{goodQuery + "&key=1&key=1", "key: given twice"},

		{with("info_hash", strings.Repeat("a", 19)), "info_hash: want 20 bytes"},
		{with("info_hash", strings.Repeat("a", 21)), "info_hash: longer than 20 bytes"},
		{with("info_hash", strings.Repeat("a", 40)), "info_hash: longer than 20 bytes"},
		{with("info_hash", ""), "info_hash: want 20 bytes"},
		{with("info_hash", strings.Repeat("a", 19)+"%"), "info_hash: not a whole percent escape"},
		{with("info_hash", strings.Repeat("a", 19)+"%4"), "info_hash: not a whole percent escape"},
		{with("info_hash", strings.Repeat("a", 19)+"%g0"), "info_hash: not a whole percent escape"},
		{with("peer_id", strings.Repeat("a", 19)), "peer_id: want 20 bytes"},

		{with("port", "0"), "port: want 1 to 65535"},
		{with("port", "65536"), "port: want 1 to 65535"},
		{with("port", "70000"), "port: want 1 to 65535"},
		{with("port", "-1"), "port: want 1 to 65535"},
		{with("port", "0x1ae1"), "port: want 1 to 65535"},
		{with("port", ""), "port: want 1 to 65535"},
		{with("port", "99999999999999999999"), "port: want 1 to 65535"},

		{with("left", "-1"), "left: want a decimal number, not negative"},
		{with("left", "1e9"), "left: want a decimal number, not negative"},
		{with("left", ""), "left: want a decimal number, not negative"},
		{with("left", "+1"), "left: want a decimal number, not negative"},
		{with("left", "18446744073709551616"), "left: out of range"},
		{with("left", strings.Repeat("9", 21)), "left: longer than 20 bytes"},
		{with("uploaded", "-5"), "uploaded: want a decimal number, not negative"},
		{with("uploaded", "9223372036854775808"), "uploaded: out of range"},
		{with("downloaded", "many"), "downloaded: want a decimal number, not negative"},
		{with("downloaded", "99999999999999999999"), "downloaded: out of range"},

		{goodQuery + "&numwant=-2", "numwant: want a decimal number, or -1"},
		{goodQuery + "&numwant=all", "numwant: want a decimal number, or -1"},
		{goodQuery + "&numwant=2147483648", "numwant: out of range"},
		{goodQuery + "&numwant=99999999999999999999", "numwant: out of range"},
		{goodQuery + "&event=" + strings.Repeat("e", 21), "event: longer than 20 bytes"},
		{goodQuery + "&compact=%0", "compact: not a whole percent escape"},

		{goodQuery + "&x=" + strings.Repeat("x", maxQuery), "query: longer than 16384 bytes"},
	} {
		var q announceQuery
		err := q.parse(c.query, source)
		if f, ok := err.(tracker.Failure); !ok || string(f) != c.want {
			t.Errorf("%.200s: have %v, want %s", c.query, err, c.want)
		}
	}
}

func TestEveryByteIsUnescaped(t *testing.T) {
	for c := range 256 {
		want := string([]byte{'a', byte(c), 'z'})
		for _, raw := range []string{url.QueryEscape(want), fmt.Sprintf("a%%%02xz", c), fmt.Sprintf("%%61%%%02Xz", c)} {
			var v value
			if wrong := v.unescape(raw); wrong != "" || string(v.text()) != want {
				t.Errorf("%s: have %q, %s, want %q", raw, v.text(), wrong, want)
			}
		}
	}
}

func TestParsingAnAnnounceDoesNotAllocate(t *testing.T) {
	query := goodQuery + "&numwant=200&event=started&key=1A2B3C4D&compact=1&no_peer_id=1&supportcrypto=1&redundant=0"
	var q announceQuery
	n := testing.AllocsPerRun(100, func() {
		if err := q.parse(query, source); err != nil {
			t.Fatal(err)
		}
	})
	if n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func TestScrapeQueryIsSortedAndEachHashOnce(t *testing.T) {
	a, b, z := strings.Repeat("a", 20), strings.Repeat("b", 20), strings.Repeat("%7a", 20)
	hash := func(c string) swarm.InfoHash { return swarm.InfoHash([]byte(strings.Repeat(c, 20))) }
	for _, c := range []struct {
		query string
		want  []swarm.InfoHash
	}{
		{"info_hash=" + a, []swarm.InfoHash{hash("a")}},
		{"info_hash=" + z + "&passkey=1&info_hash=" + a + "&passkey=2&info_hash=" + b,
			[]swarm.InfoHash{hash("a"), hash("b"), hash("z")}},
		{"info_hash=" + b + "&info_hash=" + a + "&info_hash=" + b, []swarm.InfoHash{hash("a"), hash("b")}},
	} {
		var r tracker.ScrapeRequest
		if err := parseScrape(&r, c.query, 3); err != nil {
			t.Errorf("%s: %v", c.query, err)
		}
		if len(r.InfoHashes) != len(c.want) {
			t.Fatalf("%s: have %v", c.query, r.InfoHashes)
		}
		for i, h := range r.InfoHashes {
			if h != c.want[i] {
				t.Errorf("%s: have %v", c.query, r.InfoHashes)
			}
		}
	}
}

func TestScrapeMistakesAreNamed(t *testing.T) {
	a := "info_hash=" + strings.Repeat("a", 20)
	for _, c := range []struct{ query, want string }{
		{"", "info_hash: missing"},
		{"infohash=" + strings.Repeat("a", 20), "info_hash: missing"},
		{a + "&info_hash=" + strings.Repeat("a", 19), "info_hash: want 20 bytes"},
		{a + "&info_hash=%", "info_hash: not a whole percent escape"},
		{a + "&" + a + "&" + a + "&" + a, "info_hash: given too often"},
		{a + "&x=" + strings.Repeat("x", maxQuery), "query: longer than 16384 bytes"},
	} {
		var r tracker.ScrapeRequest
		err := parseScrape(&r, c.query, 3)
		if f, ok := err.(tracker.Failure); !ok || string(f) != c.want {
			t.Errorf("%.200s: have %v, want %s", c.query, err, c.want)
		}
	}
}

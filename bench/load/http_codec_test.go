package load

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
)

var webTarget = Target{Scheme: "http", Host: "127.0.0.1:9", Addr: loopbackTarget.Addr, Path: "/announce"}

// TestHTTPRequestsAreReadByOthers reads them with net/http.
func TestHTTPRequestsAreReadByOthers(t *testing.T) {
	g := quiet(t, Config{Target: webTarget, Torrents: 4, Peers: 400, Connections: 8, SeedShare: 0.5, NumWant: 30})
	for _, target := range []string{"/announce", "/announce?passkey=1"} {
		g.config.Target.Path = target
		for _, oneShot := range []bool{false, true} {
			g.config.OneShot = oneShot
			h := newHTTPRequests(&g.config, g.pop)
			for peer := range uint32(400) {
				for k, event := range map[kind]string{regular: "", started: "started", completed: "completed", stopped: "stopped"} {
					r := parsed(t, h.append(nil, request{kind: k, peer: peer}))
					q, hash, id := r.URL.Query(), g.pop.hash(g.pop.torrent[peer]), g.pop.peerID(peer)
					if r.URL.Path != "/announce" || r.Close != oneShot || r.Host != "127.0.0.1:9" ||
						q.Get("info_hash") != string(hash[:]) || q.Get("peer_id") != string(id[:]) || q.Get("event") != event ||
						q.Get("port") != fmt.Sprint(g.pop.port(peer)) || q.Get("numwant") != "30" || q.Get("compact") != "1" {
						t.Fatalf("%v", r.URL)
					}
					if whole := g.pop.seed(peer) || k == completed; whole != (q.Get("left") == "0") {
						t.Fatalf("%v of peer %d: left=%s", k, peer, q.Get("left"))
					}
				}
			}
			r := parsed(t, h.append(nil, request{kind: scrape, peer: 7}))
			var want []string
			for i := range 3 {
				hash := g.pop.hash(g.pop.scraped(7, i))
				want = append(want, string(hash[:]))
			}
			if got := r.URL.Query()["info_hash"]; r.URL.Path != "/scrape" || !slices.Equal(got, want) {
				t.Errorf("scrape: %v", r.URL)
			}
		}
	}
}

func parsed(t *testing.T, b []byte) *http.Request {
	t.Helper()
	r, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(b)))
	if err != nil {
		t.Fatalf("%q: %v", b, err)
	}
	return r
}

// TestResponsesAreReadAsNetHTTPReadsThem, whatever pieces they come in.
func TestResponsesAreReadAsNetHTTPReadsThem(t *testing.T) {
	for _, c := range []struct {
		name, text string
		ends       bool // only the end of the connection ends it
	}{
		{"length", "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello", false},
		{"no body", "HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n", false},
		{"no reason", "HTTP/1.1 200\r\nCONTENT-LENGTH:2\r\n\r\nhi", false},
		{"last", "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 5\r\n\r\nhello", false},
		{"1.0", "HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nhello", false},
		{"1.0 that stays", "HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\nContent-Length: 5\r\n\r\nhello", false},
		{"chunks", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2;x=y\r\nlo\r\n0\r\n\r\n", false},
		{"a long chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1A\r\nabcdefghijklmnopqrstuvwxyz\r\n0\r\n\r\n", false},
		{"until the end", "HTTP/1.1 200 OK\r\n\r\nhello", true},
	} {
		want, err := http.ReadResponse(bufio.NewReader(strings.NewReader(c.text)), nil)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(want.Body)
		for cut := range len(c.text) {
			if _, n, err := parseResponse([]byte(c.text[:cut]), false); n != 0 || err != nil {
				t.Fatalf("%s: %d of %d bytes: %d, %v", c.name, cut, len(c.text), n, err)
			}
		}
		more := ""
		if !c.ends {
			more = "HTTP/1.1 200 OK\r\n"
		}
		b := []byte(c.text + more)
		r, n, err := parseResponse(b, c.ends)
		if err != nil || n != len(c.text) || r.status != want.StatusCode || string(r.body) != string(body) || r.close != (want.Close || c.ends) {
			t.Errorf("%s: %d of %d bytes, %+v, %v; want status %d, body %q, close %v", c.name, n, len(c.text), r, err, want.StatusCode, body, want.Close)
		}
		if string(b[n:]) != more {
			t.Errorf("%s: what follows is now %q", c.name, b[n:])
		}
	}
}

func TestBadResponsesAreRefused(t *testing.T) {
	for text, want := range map[string]error{
		"SSH-2.0-x\r\n":                                                             errNoResponse,
		"HTTP/1.1\r\n\r\n":                                                          errNoResponse,
		"HTTP/1.1 abc OK\r\n\r\n":                                                   errNoResponse,
		"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n":                             errNoResponse,
		"HTTP/1.1 200 OK\r\nContent-Length: 12345678901\r\n\r\n":                    errNoResponse,
		"HTTP/1.1 200 OK\r\nnonsense\r\n\r\n":                                       errNoResponse,
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n":              errNoResponse,
		"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel":                           errCutShort,
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel":             errCutShort,
		"HTTP/1.1 200 OK\r\nContent-Length: 999999999\r\n\r\n" + string(megabyte()): errTooLong,
	} {
		if _, n, err := parseResponse([]byte(text), want == errCutShort); n != 0 || err != want {
			t.Errorf("%.60q: %d, %v; want %v", text, n, err, want)
		}
	}
}

func megabyte() []byte { return make([]byte, maxResponse) }

func TestHTTPRepliesAreRead(t *testing.T) {
	var r replyReader
	for _, c := range []struct {
		name, body, failure, wrong string
		want                       reply
	}{
		{"compact", "d8:completei3e10:incompletei4e8:intervali1800e12:min intervali900e5:peers6:abcdefe", "", "",
			reply{interval: 1800, complete: 3, incomplete: 4, peers4: []byte("abcdef")}},
		{"both families", "d8:intervali1e5:peers0:6:peers618:abcdefghijklmnopqre", "", "",
			reply{interval: 1, peers4: []byte{}, peers6: []byte("abcdefghijklmnopqr")}},
		{"dictionaries", "d8:intervali1e5:peersld2:ip9:127.1.0.17:peer id20:aaaaaaaaaaaaaaaaaaaa4:porti258eed2:ip3:::14:porti1eeee", "", "",
			reply{interval: 1, peers4: []byte{127, 1, 0, 1, 1, 2}, peers6: append(make([]byte, 15), 1, 0, 1)}},
		{"extras", "d3:extld1:ai-1eeli1eee8:intervali-5e5:peers0:e", "", "", reply{interval: -5, peers4: []byte{}}},
		{"failure", "d14:failure reason7:go awaye", "go away", "", reply{}},
		{"no interval", "d5:peers0:e", "", "no interval", reply{}},
		{"no peers", "d8:intervali1ee", "", "no peers", reply{}},
		{"empty", "", "", "no bencode", reply{}},
		{"HTML", "<html>", "", "no bencode", reply{}},
		{"cut", "d8:intervali1e5:peers6:abc", "", "no bencode", reply{}},
		{"no end", "d8:intervali1e5:peers0:", "", "no bencode", reply{}},
		{"more behind", "d8:intervali1e5:peers0:e\n", "", "no bencode", reply{}},
		{"no number", "d8:intervali1x2e5:peers0:e", "", "no bencode", reply{}},
		{"a name as address", "d8:intervali1e5:peersld2:ip9:localhost4:porti1eeee", "", "no bencode", reply{}},
		{"a port too high", "d8:intervali1e5:peersld2:ip9:127.0.0.14:porti65536eeee", "", "no bencode", reply{}},
		{"nested too deep", "d1:a" + strings.Repeat("l", 100) + strings.Repeat("e", 101), "", "no bencode", reply{}},
	} {
		got, failure, err := r.announce([]byte(c.body))
		if c.wrong != "" {
			if !contains(err, c.wrong) {
				t.Errorf("%s: have error %v, want %q", c.name, err, c.wrong)
			}
			continue
		}
		same := got.interval == c.want.interval && got.complete == c.want.complete && got.incomplete == c.want.incomplete &&
			bytes.Equal(got.peers4, c.want.peers4) && bytes.Equal(got.peers6, c.want.peers6)
		if err != nil || string(failure) != c.failure || !same {
			t.Errorf("%s: have %+v, %q, %v", c.name, got, failure, err)
		}
	}
}

func FuzzHTTPReplies(f *testing.F) {
	f.Add([]byte("d8:completei3e10:incompletei4e8:intervali1800e12:min intervali900e5:peers6:abcdefe"))
	f.Add([]byte("d8:intervali1e5:peersld2:ip9:127.1.0.14:porti258eeee"))
	f.Add([]byte("d5:filesd20:aaaaaaaaaaaaaaaaaaaad8:completei1e10:incompletei2eeee"))
	f.Add([]byte("d8:completei-ee"))
	f.Add([]byte("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n0\r\n\r\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		var r replyReader
		if a, _, err := r.announce(b); err == nil && len(a.peers4)+len(a.peers6) > 3*len(b) {
			t.Error("more peers than bytes")
		}
		_, _ = r.scrape(b, func([]byte, counts) {})
		for _, eof := range []bool{false, true} {
			if resp, n, err := parseResponse(bytes.Clone(b), eof); n > len(b) || len(resp.body) > n || err != nil && n != 0 {
				t.Errorf("%d of %d bytes, body of %d, %v", n, len(b), len(resp.body), err)
			}
		}
	})
}

// TestEachWrongnessOfAResponseIsNoticed goes through what is not the peers'.
func TestEachWrongnessOfAResponseIsNoticed(t *testing.T) {
	g := quiet(t, Config{Target: webTarget, Torrents: 4, Peers: 400, Connections: 8})
	hashes := ""
	for i := range 3 {
		hash := g.pop.hash(g.pop.scraped(0, i))
		hashes += "20:" + string(hash[:]) + "d8:completei1e10:downloadedi0e10:incompletei2ee"
	}
	for _, c := range []struct {
		name   string
		kind   kind
		status int
		body   string
		want   problem
	}{
		{"a good announce", regular, 200, "d8:intervali1800e5:peers0:e", -1},
		{"a good scrape", scrape, 200, "d5:filesd" + hashes + "ee", -1},
		{"a line end behind it", regular, 200, "d8:intervali1800e5:peers0:e\r\n", -1},
		{"more behind it", regular, 200, "d8:intervali1800e5:peers0:e\r\n\r\n", wrongForm},
		{"another status", regular, 503, "d8:intervali1800e5:peers0:e", wrongStatus},
		{"no bencode", regular, 200, "hello", wrongForm},
		{"scrape without bencode", scrape, 200, "hello", wrongForm},
		{"scrape of nothing", scrape, 200, "d5:filesdee", wrongForm},
		{"scrape of another", scrape, 200, "d5:filesd20:aaaaaaaaaaaaaaaaaaaad8:completei1e10:incompletei2ee" + hashes + "ee", wrongForm},
		{"scrape of too many peers", scrape, 200, strings.Replace("d5:filesd"+hashes+"ee", "completei1e", "completei99e", 1), wrongCounts},
	} {
		talk := newHTTPTalk(g)
		talk.recorder = newRecorder(g, window{0, 10})
		talk.read(&exchange{request: request{kind: c.kind}}, response{status: c.status, body: []byte(c.body)}, 5)
		list := talk.tally.wrongReplies()
		if c.want < 0 && (len(list) > 0 || talk.tally.answered[c.kind] != 1) || c.want >= 0 && (len(list) != 1 || talk.tally.wrong[c.want] != 1) {
			t.Errorf("%s: %v, answered %v", c.name, list, talk.tally.answered)
		}
	}
	talk := newHTTPTalk(g)
	talk.recorder = newRecorder(g, window{0, 10})
	talk.read(&exchange{}, response{status: 200, body: []byte("d14:failure reason7:go awaye")}, 5)
	talk.read(&exchange{request: request{kind: scrape}}, response{status: 200, body: []byte("d14:failure reason7:go awaye")}, 5)
	if talk.tally.errors["go away"] != 2 || talk.tally.failed != 2 {
		t.Errorf("errors %v", talk.tally.errors)
	}
}

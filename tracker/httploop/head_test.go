package httploop

import (
	"bytes"
	"math/rand/v2"
	"strings"
	"testing"
)

var testPaths = []string{"/announce", "/scrape"}

// transmission is a request as Transmission 4 sends it.
const transmission = "GET /announce?info_hash=%124Vx%9A&peer_id=-TR4050-abcdefghijkl&port=6881&left=3 HTTP/1.1\r\n" +
	"Host: tracker.example.net:6969\r\nUser-Agent: Transmission/4.0.5\r\nAccept: */*\r\nAccept-Encoding: deflate, gzip, br\r\n\r\n"

// served are requests that are served here, and how they are read.
var served = []struct {
	text string
	want head // length is that of text
}{
	{transmission, head{path: "/announce", query: []byte("info_hash=%124Vx%9A&peer_id=-TR4050-abcdefghijkl&port=6881&left=3")}},
	{"GET /scrape HTTP/1.1\r\nHost: x\r\n\r\n", head{path: "/scrape"}},
	{"GET /scrape? HTTP/1.1\r\nHost: x\r\n\r\n", head{path: "/scrape"}},
	{"GET /scrape?? HTTP/1.1\r\nHost: x\r\n\r\n", head{path: "/scrape", query: []byte("?")}},
	{"GET /announce?a#b/../~ HTTP/1.1\r\nhost:[::1]:80\r\n\r\n", head{path: "/announce", query: []byte("a#b/../~")}},
	{"GET /announce?a HTTP/1.0\r\n\r\n", head{path: "/announce", query: []byte("a"), old: true, closes: true}},
	{"GET /announce?a HTTP/1.0\r\nHost: x\r\nConnection: keep-alive\r\n\r\n", head{path: "/announce", query: []byte("a"), old: true}},
	{"GET /announce?a HTTP/1.0\r\nConnection: Close\r\n\r\n", head{path: "/announce", query: []byte("a"), old: true, closes: true}},
	{"GET /announce?a HTTP/1.1\r\nConnection: close\r\nHost: x\r\n\r\n", head{path: "/announce", query: []byte("a"), closes: true}},
	{"GET /announce?a HTTP/1.1\r\nHOST: x\r\nCONNECTION: \t Keep-Alive \r\n\r\n", head{path: "/announce", query: []byte("a")}},
	{"GET /announce?a HTTP/1.1\r\nHost: x\r\nX-Empty:\r\nCookie: caffe\tal latte\r\nX-Forwarded-For: 10.0.0.1\r\n\r\n", head{path: "/announce", query: []byte("a")}},
}

func TestHeadsThatAreServed(t *testing.T) {
	p := parser{paths: testPaths}
	for _, c := range served {
		for _, rest := range []string{"", "GET /", "\x00\r\n\r\n"} {
			var h head
			v := p.parse(&h, []byte(c.text+rest))
			if v != whole || h.path != c.want.path || !bytes.Equal(h.query, c.want.query) || h.length != len(c.text) ||
				h.old != c.want.old || h.closes != c.want.closes {
				t.Errorf("%q: verdict %d, %+v", c.text, v, h)
			}
		}
	}
}

// strangers are for net/http, each for a reason of its own. What is missing of HTTP/1.1
// requests to be served here is put behind the request line.
var strangers = map[string]string{
	"method":               "POST /announce HTTP/1.1\r\nHost: x\r\n\r\n",
	"method in lower case": "get /announce HTTP/1.1\r\nHost: x\r\n\r\n",
	"HEAD":                 "HEAD /announce HTTP/1.1\r\nHost: x\r\n\r\n",
	"path":                 "GET / HTTP/1.1\r\nHost: x\r\n\r\n",
	"longer path":          "GET /announce/ HTTP/1.1\r\nHost: x\r\n\r\n",
	"shorter path":         "GET /announc HTTP/1.1\r\nHost: x\r\n\r\n",
	"escaped path":         "GET /%61nnounce HTTP/1.1\r\nHost: x\r\n\r\n",
	"absolute form":        "GET http://x/announce HTTP/1.1\r\nHost: x\r\n\r\n",
	"asterisk form":        "OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n",
	"HTTP/2 preface":       "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
	"TLS":                  "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
	"empty line first":     "\r\nGET /announce HTTP/1.1\r\nHost: x\r\n\r\n",

	"no version":          "GET /announce\r\nHost: x\r\n\r\n",
	"version 1.2":         "GET /announce HTTP/1.2\r\nHost: x\r\n\r\n",
	"version 2.1":         "GET /announce HTTP/2.1\r\nHost: x\r\n\r\n",
	"two spaces":          "GET /announce  HTTP/1.1\r\nHost: x\r\n\r\n",
	"space at the end":    "GET /announce HTTP/1.1 \r\nHost: x\r\n\r\n",
	"space in the query":  "GET /announce?a b HTTP/1.1\r\nHost: x\r\n\r\n",
	"tab in the query":    "GET /announce?a\tb HTTP/1.1\r\nHost: x\r\n\r\n",
	"zero in the query":   "GET /announce?aaaaaaaaaaaaaaaaa\x00aaaaaaaaaaa HTTP/1.1\r\nHost: x\r\n\r\n",
	"DEL in the query":    "GET /announce?a\x7fb HTTP/1.1\r\nHost: x\r\n\r\n",
	"CR in the query":     "GET /announce?a\rb HTTP/1.1\r\nHost: x\r\n\r\n",
	"UTF-8 in the query":  "GET /announce?a\xc3\xa9 HTTP/1.1\r\nHost: x\r\n\r\n",
	"LF after the target": "GET /announce\n",
	"bare LF":             "GET /announce HTTP/1.1\nHost: x\n\n",
	"bare LF in a header": "GET /announce HTTP/1.1\r\nHost: x\nA: b\r\n\r\n",
	"bare CR in a header": "GET /announce HTTP/1.1\r\nHost: x\r\nA: b\rTransfer-Encoding: chunked\r\n\r\n",
	"bare LF at the end":  "GET /announce HTTP/1.1\r\nHost: x\r\n\n",

	"body":                     "GET /announce HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello",
	"empty body":               "GET /announce HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n",
	"chunked body":             "GET /announce HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
	"length and chunks":        "GET /announce HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTRANSFER-ENCODING: chunked\r\n\r\n",
	"identity":                 "GET /announce HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: identity\r\n\r\n",
	"length with an underline": "GET /announce HTTP/1.1\r\nHost: x\r\nContent_Length: 5\r\n\r\n",
	"length with a space":      "GET /announce HTTP/1.1\r\nHost: x\r\nContent-Length : 5\r\n\r\n",
	"length with a tab":        "GET /announce HTTP/1.1\r\nHost: x\r\nContent-Length\t: 5\r\n\r\n",
	"coding with a tab":        "GET /announce HTTP/1.1\r\nHost: x\r\n\tTransfer-Encoding: chunked\r\n\r\n",
	"coding with VT":           "GET /announce HTTP/1.1\r\nHost: x\r\nTransfer-Encoding:\x0bchunked\r\n\r\n",
	"trailer":                  "GET /announce HTTP/1.1\r\nHost: x\r\nTrailer: A\r\n\r\n",
	"expectation":              "GET /announce HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\n\r\n",
	"upgrade":                  "GET /announce HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",

	"no host":             "GET /announce HTTP/1.1\r\n\r\n",
	"empty host":          "GET /announce HTTP/1.1\r\nHost:\r\n\r\n",
	"two hosts":           "GET /announce HTTP/1.1\r\nHost: x\r\nHost: x\r\n\r\n",
	"odd host":            "GET /announce HTTP/1.1\r\nHost: a@b\r\n\r\n",
	"folded header":       "GET /announce HTTP/1.1\r\nHost: x\r\nA: b\r\n c\r\n\r\n",
	"no colon":            "GET /announce HTTP/1.1\r\nHost: x\r\nA b\r\n\r\n",
	"no name":             "GET /announce HTTP/1.1\r\nHost: x\r\n: b\r\n\r\n",
	"odd name":            "GET /announce HTTP/1.1\r\nHost: x\r\nA\xe9: b\r\n\r\n",
	"zero in a value":     "GET /announce HTTP/1.1\r\nHost: x\r\nA: b\x00c\r\n\r\n",
	"UTF-8 in a value":    "GET /announce HTTP/1.1\r\nHost: x\r\nA: caf\xc3\xa9\r\n\r\n",
	"DEL in a value":      "GET /announce HTTP/1.1\r\nHost: x\r\nA: bbbbbbbbbb\x7fc\r\n\r\n",
	"two connections":     "GET /announce HTTP/1.1\r\nHost: x\r\nConnection: close\r\nConnection: keep-alive\r\n\r\n",
	"list of connections": "GET /announce HTTP/1.1\r\nHost: x\r\nConnection: keep-alive, close\r\n\r\n",
	"empty connection":    "GET /announce HTTP/1.1\r\nHost: x\r\nConnection:\r\n\r\n",
	"too long":            "GET /announce?" + strings.Repeat("x", maxHead) + " HTTP/1.1\r\nHost: x\r\n\r\n",
	"many headers":        "GET /announce HTTP/1.1\r\nHost: x\r\n" + strings.Repeat("A: b\r\n", maxHead/6) + "\r\n",
}

func TestHeadsThatAreForOthers(t *testing.T) {
	p := parser{paths: testPaths}
	for name, text := range strangers {
		var h head
		if v := p.parse(&h, []byte(text)); v != foreign {
			t.Errorf("%s: verdict %d, %+v", name, v, h)
		}
	}
}

// TestVerdictsStand: once the bytes at hand decide, more of them change nothing; and
// what is served is known at its last byte, no sooner.
func TestVerdictsStand(t *testing.T) {
	var h head
	p := parser{paths: testPaths}
	for _, c := range served {
		for n := range len(c.text) {
			if v := p.parse(&h, []byte(c.text[:n])); v != partial {
				t.Errorf("%q: verdict %d", c.text[:n], v)
			}
		}
	}
	for name, text := range strangers {
		last := partial
		for n := 0; n <= len(text); n += 1 + len(text)/500 {
			v := p.parse(&h, []byte(text[:n]))
			if v == whole || last == foreign && v != foreign {
				t.Errorf("%s: verdict %d at byte %d", name, v, n)
			}
			last = v
		}
	}
}

func TestStrangersAreKnownEarly(t *testing.T) {
	var h head
	p := parser{paths: testPaths}
	for _, text := range []string{"P", "GET", "GET /a", "\x16", "GET /announce/", "GET /announce HTTP/1.1\n"} {
		want := foreign
		if strings.HasPrefix("GET /announce", text) {
			want = partial
		}
		if v := p.parse(&h, []byte(text)); v != want {
			t.Errorf("%q: verdict %d", text, v)
		}
	}
}

// TestBytesAreJudgedEightAtATime holds visible and printable against one byte at a time.
func TestBytesAreJudgedEightAtATime(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	slowVisible := func(b []byte) bool {
		for _, c := range b {
			if c <= ' ' || c >= 0x7f {
				return false
			}
		}
		return true
	}
	check := func(b []byte) {
		if got, want := visible(b), slowVisible(b); got != want {
			t.Fatalf("visible(%q): %v", b, got)
		}
		if got, want := printable(b), printableSlow(b); got != want {
			t.Fatalf("printable(%q): %v", b, got)
		}
	}
	for c := range 256 {
		for at := range 20 {
			for _, around := range []byte{'a', ' ', '!', 0x7e, 0x80, 0xff} {
				b := bytes.Repeat([]byte{around}, 20)
				b[at] = byte(c)
				check(b)
			}
		}
	}
	for range 100_000 {
		b := make([]byte, random.IntN(20))
		for i := range b {
			b[i] = byte(random.Uint32())
			if random.IntN(4) > 0 {
				b[i] = b[i]%96 + ' '
			}
		}
		check(b)
	}
}

// known is a head whose header lines were read before, new is one whose were not.
func BenchmarkParseHead(b *testing.B) {
	for _, known := range []bool{true, false} {
		b.Run(map[bool]string{true: "known", false: "new"}[known], func(b *testing.B) {
			text := []byte(transmission)
			var h head
			p := parser{paths: testPaths}
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				if k := &p.recent.blocks[p.recent.last]; !known {
					k.text = k.text[:0]
				}
				if p.parse(&h, text) != whole {
					b.Fatal("not served")
				}
			}
		})
	}
}

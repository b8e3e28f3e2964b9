package httptracker

import (
	"math/rand/v2"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/altracker/altracker/tracker"
)

// clientQuery is an announce as libtorrent writes it.
const clientQuery = goodQuery + "&corrupt=0&key=1A2B3C4D&event=started&numwant=200&compact=1&no_peer_id=1&supportcrypto=1&redundant=0"

// BenchmarkParseAnnounce has many info hashes: of one alone the processor would learn
// which bytes are escaped.
func BenchmarkParseAnnounce(b *testing.B) {
	for _, c := range []struct {
		name  string
		parse func(*announceQuery, string) bool
	}{
		{"usual", func(q *announceQuery, query string) bool { return q.parseUsual(query, source) }},
		{"any", func(q *announceQuery, query string) bool { return q.parseAny(query, source) == nil }},
	} {
		b.Run(c.name, func(b *testing.B) {
			queries := manyQueries(1024)
			var q announceQuery
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				if !c.parse(&q, queries[i%len(queries)]) {
					b.Fatal("refused")
				}
			}
		})
	}
}

func manyQueries(n int) []string {
	random := rand.New(rand.NewPCG(1, 2))
	queries := make([]string, n)
	for i := range queries {
		hash := make([]byte, 20)
		for j := range hash {
			hash[j] = byte(random.Uint32())
		}
		queries[i] = strings.Replace(clientQuery, hashQuery, "info_hash="+url.QueryEscape(string(hash)), 1)
		queries[i] = strings.ReplaceAll(queries[i], "+", "%20")
	}
	return queries
}

func BenchmarkEncodeCompact50(b *testing.B) {
	var w waits
	r := tracker.AnnounceResponse{Interval: time.Hour, Peers: make([]byte, 300)}
	var body []byte
	b.ReportAllocs()
	for b.Loop() {
		body = appendAnnounce(body[:0], &r, &w, source, true)
	}
}

func BenchmarkEncodeDictionaries50(b *testing.B) {
	var w waits
	r := tracker.AnnounceResponse{Interval: time.Hour, Peers: make([]byte, 300)}
	var body []byte
	b.ReportAllocs()
	for b.Loop() {
		body = appendAnnounce(body[:0], &r, &w, source, false)
	}
}

// The three ways to reach the announce: as it is, through the router, and to a
// path that the router does not know.
func BenchmarkServeAnnounce50(b *testing.B) {
	s := newServer(b, &stub{answer: tracker.AnnounceResponse{Peers: make([]byte, 300)}})
	for _, c := range []struct {
		name    string
		handler http.Handler
		path    string
	}{{"direct", s, "/announce"}, {"mux", s.router, "/announce"}, {"stray", s, "/nothing"}} {
		b.Run(c.name, func(b *testing.B) {
			r, err := http.NewRequest("GET", "http://localhost"+c.path+"?"+clientQuery, nil)
			if err != nil {
				b.Fatal(err)
			}
			r.RemoteAddr = "192.0.2.7:40000"
			w := discard{make(http.Header)}
			b.ReportAllocs()
			for b.Loop() {
				c.handler.ServeHTTP(w, r)
			}
		})
	}
}

// discard is an http.ResponseWriter that costs nothing.
type discard struct{ header http.Header }

func (d discard) Header() http.Header         { return d.header }
func (d discard) Write(b []byte) (int, error) { return len(b), nil }
func (d discard) WriteHeader(int)             {}

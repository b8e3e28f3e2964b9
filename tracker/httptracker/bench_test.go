package httptracker

import (
	"net/http"
	"testing"
	"time"

	"github.com/altracker/altracker/tracker"
)

// clientQuery is an announce as libtorrent writes it.
const clientQuery = goodQuery + "&corrupt=0&key=1A2B3C4D&event=started&numwant=200&compact=1&no_peer_id=1&supportcrypto=1&redundant=0"

func BenchmarkParseAnnounce(b *testing.B) {
	var q announceQuery
	b.ReportAllocs()
	for b.Loop() {
		if err := q.parse(clientQuery, source); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkEncodeCompact50(b *testing.B) {
	r := tracker.AnnounceResponse{Interval: time.Hour, Peers: make([]byte, 300)}
	var body []byte
	b.ReportAllocs()
	for b.Loop() {
		body = appendAnnounce(body[:0], &r, source, true)
	}
}

func BenchmarkEncodeDictionaries50(b *testing.B) {
	r := tracker.AnnounceResponse{Interval: time.Hour, Peers: make([]byte, 300)}
	var body []byte
	b.ReportAllocs()
	for b.Loop() {
		body = appendAnnounce(body[:0], &r, source, false)
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

func BenchmarkParseAny(b *testing.B) {
	var q announceQuery
	b.ReportAllocs()
	for b.Loop() {
		if err := q.parseAny(clientQuery, source); err != nil {
			b.Fatal(err)
		}
	}
}
func TestUsualClients(t *testing.T) {
	var q announceQuery
	if !q.parseUsual(clientQuery, source) {
		t.Error("x")
	}
}

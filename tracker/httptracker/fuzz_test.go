package httptracker

import (
	"bytes"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/altracker/altracker/tracker"
	"github.com/altracker/altracker/tracker/swarm"
)

// FuzzAnnounceQuery holds the parser against net/url, its slow twin: what both
// accept, they read alike, and what is accepted is fit for a Handler.
func FuzzAnnounceQuery(f *testing.F) {
	f.Add(goodQuery)
	f.Add(goodQuery + "&event=paused&numwant=-1&compact=0&key=-1")
	f.Add(goodQuery + "&port=1&%=&&=")
	f.Add("info_hash=%")
	f.Add(strings.Repeat("&", 100))
	f.Fuzz(func(t *testing.T, query string) {
		var q, usual announceQuery
		if usual.parseUsual(query, source) {
			if err := q.parseAny(query, source); err != nil || q != usual {
				t.Errorf("usual: %+v\nany: %+v, %v", usual, q, err)
			}
		}
		if err := q.parse(query, source); err != nil {
			if reason, ok := err.(tracker.Failure); !ok || !strings.Contains(string(reason), ": ") {
				t.Errorf("error %v is no Failure that names its key", err)
			}
			return
		}
		r := q.request
		if r.Addr.Port() == 0 || r.Left < 0 || r.Uploaded < 0 || r.Downloaded < 0 || r.NumWant < -1 ||
			r.Event > tracker.Paused || r.Addr.Addr() != source {
			t.Errorf("accepted %+v", r)
		}
		values, err := url.ParseQuery(query)
		if err != nil || strings.Contains(query, ";") || escapedKey(query) {
			return // stricter than this parser, or different on purpose
		}
		if values.Get("info_hash") != string(r.InfoHash[:]) || values.Get("peer_id") != string(r.PeerID[:]) {
			t.Errorf("ids are %x and %x, want %v", r.InfoHash, r.PeerID, values)
		}
	})
}

// escapedKey tells whether any key is written with escapes: they are not undone.
func escapedKey(query string) bool {
	for pair := range strings.SplitSeq(query, "&") {
		if key, _, _ := strings.Cut(pair, "="); strings.ContainsAny(key, "%+") {
			return true
		}
	}
	return false
}

func FuzzScrapeQuery(f *testing.F) {
	f.Add("info_hash=" + strings.Repeat("a", 20))
	f.Add("info_hash=" + strings.Repeat("%61", 20) + "&info_hash=" + strings.Repeat("A", 20))
	f.Fuzz(func(t *testing.T, query string) {
		var r tracker.ScrapeRequest
		if parseScrape(&r, query, 5) != nil {
			return
		}
		compare := func(a, b swarm.InfoHash) int { return bytes.Compare(a[:], b[:]) }
		sorted := slices.Compact(slices.SortedFunc(slices.Values(r.InfoHashes), compare))
		if n := len(r.InfoHashes); n == 0 || n > 5 || !slices.Equal(r.InfoHashes, sorted) {
			t.Errorf("accepted %v", r.InfoHashes)
		}
	})
}

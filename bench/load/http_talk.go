package load

import (
	"bytes"
	"net/http"
)

// httpTalk writes requests and judges responses, for whatever way they travel. It
// belongs to one worker.
type httpTalk struct {
	*recorder // of the phase
	requests  httpRequests
	reader    replyReader
	pop       *population
	hashes    int
	whole     bool // a scrape finds every torrent, for nobody ever leaves
}

func newHTTPTalk(g *Generator) httpTalk {
	return httpTalk{requests: newHTTPRequests(&g.config, g.pop), pop: g.pop, hashes: g.config.ScrapeHashes, whole: g.presence == nil}
}

// read takes a response.
func (t *httpTalk) read(x *exchange, r response, now int64) {
	switch {
	case r.status != http.StatusOK:
		t.spoilt(x, now, wrongStatus, "%d: %.200q", r.status, r.body)
	case x.kind == scrape:
		t.readScrape(x, r.body, now)
	default:
		a, failure, err := t.reader.announce(r.body)
		switch {
		case err != nil:
			t.spoilt(x, now, wrongForm, "%v: %.200q", err, r.body)
		case failure != nil:
			t.refused(x, failure, now)
		default:
			t.announced(x, &a, now)
		}
	}
}

func (t *httpTalk) readScrape(x *exchange, body []byte, now int64) {
	var found [maxScrape]bool
	strange := false
	failure, err := t.reader.scrape(body, func(hash []byte, c counts) {
		known := false
		for i := range t.hashes {
			torrent := t.pop.scraped(x.peer, i)
			if h := t.pop.hash(torrent); bytes.Equal(h[:], hash) {
				if !known {
					t.check.scrape(torrent, c.complete, c.incomplete)
				}
				known, found[i] = true, true
			}
		}
		strange = strange || !known
	})
	missing := 0
	for _, f := range found[:t.hashes] {
		if !f {
			missing++
		}
	}
	switch {
	case err != nil:
		t.spoilt(x, now, wrongForm, "%v: %.200q", err, body)
	case failure != nil:
		t.refused(x, failure, now)
	case strange:
		t.spoilt(x, now, wrongForm, "scrape: an info hash that was not asked for")
	case missing > 0 && t.whole && !t.check.trust:
		t.spoilt(x, now, wrongForm, "scrape: %d of %d torrents are missing", missing, t.hashes)
	default:
		t.other(x, now)
	}
}

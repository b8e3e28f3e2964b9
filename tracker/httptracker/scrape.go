package httptracker

import (
	"bytes"
	"slices"

	"github.com/altracker/altracker/tracker"
	"github.com/altracker/altracker/tracker/swarm"
)

// parseScrape reads the info hashes of a scrape into r, sorted and each once, as
// the dictionary of the answer will want them. It refuses more than limit of
// them. Asking for all swarms at once, which BEP 48 does not know, is refused
// too.
func parseScrape(r *tracker.ScrapeRequest, query string, limit int) error {
	r.InfoHashes = r.InfoHashes[:0]
	if len(query) > maxQuery {
		return failQuery
	}
	for query != "" {
		var key, raw string
		key, raw, query = cutPair(query)
		if key != "info_hash" {
			continue
		}
		if len(r.InfoHashes) == limit {
			return fail(key, wrongTooOften)
		}
		var v value
		if wrong := v.unescape(raw); wrong != "" {
			return fail(key, wrong)
		}
		var h swarm.InfoHash
		if wrong := setID((*[20]byte)(&h), &v); wrong != "" {
			return fail(key, wrong)
		}
		r.InfoHashes = append(r.InfoHashes, h)
	}
	if len(r.InfoHashes) == 0 {
		return fail("info_hash", wrongMissing)
	}
	slices.SortFunc(r.InfoHashes, func(a, b swarm.InfoHash) int { return bytes.Compare(a[:], b[:]) })
	r.InfoHashes = slices.Compact(r.InfoHashes)
	return nil
}

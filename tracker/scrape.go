package tracker

import "github.com/altracker/altracker/tracker/swarm"

// ScrapeRequest asks for the sizes of swarms (BEP 48).
type ScrapeRequest struct {
	InfoHashes []swarm.InfoHash
	Lane       int // as in an AnnounceRequest
}

// ScrapeResponse answers a ScrapeRequest, hash by hash in the same order; a
// swarm nobody is in has zero counts.
type ScrapeResponse struct {
	Counts []swarm.Counts
}

// Reset empties r and keeps its slice's memory.
func (r *ScrapeResponse) Reset() { r.Counts = r.Counts[:0] }

// Scrape answers with the size of each swarm. It implements [Handler].
func (t *Tracker) Scrape(req *ScrapeRequest, resp *ScrapeResponse) error {
	t.counters.lane(req.Lane).add(scrapes, 1)
	for _, h := range req.InfoHashes {
		resp.Counts = append(resp.Counts, t.config.Store.Scrape(h))
	}
	return nil
}

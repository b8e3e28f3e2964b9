package tracker

import "github.com/altracker/altracker/tracker/swarm"

// ScrapeRequest asks for the sizes of swarms (BEP 48).
type ScrapeRequest struct {
	InfoHashes []swarm.InfoHash
}

// ScrapeResponse answers a ScrapeRequest, hash by hash in the same order; a
// swarm nobody is in has zero counts.
type ScrapeResponse struct {
	Counts []swarm.Counts
}

// Reset empties r and keeps its slice's memory.
func (r *ScrapeResponse) Reset() { r.Counts = r.Counts[:0] }

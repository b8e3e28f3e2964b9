package udptracker

import (
	"github.com/altracker/altracker/tracker"
	"github.com/altracker/altracker/tracker/swarm"
)

// maxScrape is how many info hashes a scrape may name (BEP 15: "up to about 74").
const maxScrape = 74

// parseScrape reads the info hashes of a scrape. Bytes after the last whole one
// are ignored, as BEP 15 asks.
func parseScrape(r *tracker.ScrapeRequest, packet []byte) error {
	r.InfoHashes = r.InfoHashes[:0]
	hashes := packet[headerLen:]
	n := len(hashes) / len(swarm.InfoHash{})
	if n == 0 {
		return failScrapeEmpty
	}
	if n > maxScrape {
		return failScrapeLong
	}
	for range n {
		r.InfoHashes = append(r.InfoHashes, swarm.InfoHash(hashes[:20]))
		hashes = hashes[20:]
	}
	return nil
}

func appendScrape(reply []byte, transactionID uint32, r *tracker.ScrapeResponse) []byte {
	reply = appendHeader(reply, actionScrape, transactionID)
	for _, c := range r.Counts {
		reply = appendCount(reply, int64(c.Seeders))
		reply = appendCount(reply, int64(c.Downloaded))
		reply = appendCount(reply, int64(c.Leechers))
	}
	return reply
}

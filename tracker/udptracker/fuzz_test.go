package udptracker

import (
	"encoding/binary"
	"slices"
	"testing"

	"github.com/altracker/altracker/tracker"
	"github.com/altracker/altracker/tracker/swarm"
)

// checked is a Handler that refuses to be asked nonsense.
type checked struct{ t *testing.T }

func (c checked) Announce(r *tracker.AnnounceRequest, a *tracker.AnnounceResponse) error {
	if r.Addr.Port() == 0 || r.Left < 0 || r.Uploaded < 0 || r.Downloaded < 0 || r.NumWant < -1 ||
		r.Event > tracker.Paused || r.Addr.Addr().Is4In6() || r.Now.IsZero() {
		c.t.Errorf("handler was asked %+v", *r)
	}
	n := min(max(r.NumWant, 0), 2*maxPeers4) // more than fits
	a.Peers = append(a.Peers, make([]byte, 6*n)...)
	a.Peers6 = append(a.Peers6, make([]byte, 18*n)...)
	return nil
}

func (c checked) Scrape(r *tracker.ScrapeRequest, a *tracker.ScrapeResponse) error {
	if len(r.InfoHashes) == 0 || len(r.InfoHashes) > maxScrape {
		c.t.Errorf("handler was asked for %d hashes", len(r.InfoHashes))
	}
	a.Counts = append(a.Counts, make([]swarm.Counts, len(r.InfoHashes))...)
	return nil
}

// FuzzHandle sends anything, first as it is and then behind a valid connection
// id, and demands silence or a well-formed answer to the same transaction.
func FuzzHandle(f *testing.F) {
	w := testWorker(f, &stub{})
	f.Add([]byte("\x00\x00\x04\x17\x27\x10\x19\x80\x00\x00\x00\x00\x12\x34\x56\x78"), false)
	f.Add(w.packet(client4, actionAnnounce, goodAnnounce().bytes()), false)
	f.Add(w.packet(client6, actionAnnounce, append(goodAnnounce().bytes(), "\x02\x02/a"...)), true)
	f.Add(w.packet(client4, actionScrape, make([]byte, 60)), false)
	f.Add(w.packet(client6, 9, nil), true)
	f.Fuzz(func(t *testing.T, packet []byte, six bool) {
		from, limit := client4, maxReply4
		if six {
			from, limit = client6, maxReply6
		}
		w := testWorker(t, checked{t})
		check := func(reply []byte) {
			if len(reply) == 0 {
				return
			}
			if len(reply) < 8 || len(reply) > limit {
				t.Fatalf("answer of %d bytes", len(reply))
			}
			if string(reply[4:8]) != string(packet[12:16]) {
				t.Error("answer to another transaction")
			}
			asked, answered := binary.BigEndian.Uint32(packet[8:]), binary.BigEndian.Uint32(reply)
			if answered != asked && answered != actionError {
				t.Errorf("action %d answered by %d", asked, answered)
			}
		}
		check(w.handle(nil, packet, from))
		if len(packet) >= 8 {
			packet = slices.Clone(packet)
			binary.BigEndian.PutUint64(packet, w.ids.issue(from.Addr(), w.window))
			check(w.handle(nil, packet, from))
		}
	})
}

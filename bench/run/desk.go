package run

import (
	"sync"

	"github.com/altracker/altracker/bench/sim"
	"github.com/altracker/altracker/tracker"
)

// desk is a tracker that counts whom it names. It implements [tracker.Handler].
type desk struct {
	*tracker.Tracker
	peers map[[4]byte]int

	mu    sync.Mutex
	named []int // times, by peer; guarded by mu
}

func newDesk(t *tracker.Tracker, peers []sim.Peer) *desk {
	d := &desk{Tracker: t, peers: make(map[[4]byte]int, len(peers)), named: make([]int, len(peers))}
	for i, p := range peers {
		d.peers[p.Addr.Addr().As4()] = i
	}
	return d
}

// Announce implements [tracker.Handler].
func (d *desk) Announce(req *tracker.AnnounceRequest, resp *tracker.AnnounceResponse) error {
	if err := d.Tracker.Announce(req, resp); err != nil {
		return err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	for b := resp.Peers; len(b) >= 6; b = b[6:] {
		if i, ok := d.peers[[4]byte(b[:4])]; ok {
			d.named[i]++
		}
	}
	return nil
}

func (d *desk) introduced() []int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return append([]int(nil), d.named...)
}

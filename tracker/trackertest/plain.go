package trackertest

import (
	"encoding/binary"
	"maps"
	"net/netip"
	"slices"
	"sync"
	"time"

	"github.com/altracker/altracker/tracker"
	"github.com/altracker/altracker/tracker/swarm"
)

// Plain is a [tracker.Handler] made of maps: slow, obvious, and always giving
// the same answer. Peers never expire; they are returned in the order of their
// addresses, those of the requester's family first.
type Plain struct {
	mu     sync.Mutex
	swarms map[swarm.InfoHash]*plainSwarm
}

type plainSwarm struct {
	peers      map[netip.AddrPort]swarm.Peer
	downloaded uint32
}

// What Plain answers, whatever the request.
const (
	PlainInterval    = 30 * time.Minute
	PlainMinInterval = 15 * time.Minute

	plainNumWant = 50 // for requests that ask for the default
)

// NewPlain returns a Plain that knows no swarm.
func NewPlain() *Plain {
	return &Plain{swarms: make(map[swarm.InfoHash]*plainSwarm)}
}

// Announce implements [tracker.Handler].
func (p *Plain) Announce(r *tracker.AnnounceRequest, a *tracker.AnnounceResponse) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	s := p.swarms[r.InfoHash]
	if s == nil {
		s = &plainSwarm{peers: make(map[netip.AddrPort]swarm.Peer)}
		p.swarms[r.InfoHash] = s
	}
	s.update(r)
	c := s.counts()
	a.Interval, a.MinInterval = PlainInterval, PlainMinInterval
	a.Complete, a.Incomplete = c.Seeders, c.Leechers
	if r.Event != tracker.Stopped {
		s.answer(r, a)
	}
	return nil
}

// Scrape implements [tracker.Handler].
func (p *Plain) Scrape(r *tracker.ScrapeRequest, a *tracker.ScrapeResponse) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, h := range r.InfoHashes {
		var c swarm.Counts
		if s := p.swarms[h]; s != nil {
			c = s.counts()
		}
		a.Counts = append(a.Counts, c)
	}
	return nil
}

// Peers returns the members of a swarm, sorted by address.
func (p *Plain) Peers(h swarm.InfoHash) []swarm.Peer {
	p.mu.Lock()
	defer p.mu.Unlock()
	s := p.swarms[h]
	if s == nil {
		return nil
	}
	return slices.SortedFunc(maps.Values(s.peers), func(a, b swarm.Peer) int { return a.Addr.Compare(b.Addr) })
}

// Swarms returns how many swarms have been announced to.
func (p *Plain) Swarms() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.swarms)
}

func (s *plainSwarm) update(r *tracker.AnnounceRequest) {
	if r.Event == tracker.Stopped {
		delete(s.peers, r.Addr)
		return
	}
	if r.Event == tracker.Completed {
		s.downloaded++
	}
	s.peers[r.Addr] = swarm.Peer{Addr: r.Addr, ID: r.PeerID, Seeder: r.Left == 0}
}

func (s *plainSwarm) counts() swarm.Counts {
	c := swarm.Counts{Downloaded: s.downloaded}
	for _, p := range s.peers {
		if p.Seeder {
			c.Seeders++
		} else {
			c.Leechers++
		}
	}
	return c
}

func (s *plainSwarm) answer(r *tracker.AnnounceRequest, a *tracker.AnnounceResponse) {
	want := r.NumWant
	if want < 0 {
		want = plainNumWant
	}
	for _, addr := range slices.SortedFunc(maps.Keys(s.peers), family(r.Addr.Addr())) {
		p := s.peers[addr]
		foreign := addr.Addr().Is4() != r.Addr.Addr().Is4()
		if addr == r.Addr || p.Seeder && r.Left == 0 || foreign && !r.AllFamilies {
			continue
		}
		if want == 0 {
			return
		}
		want--
		appendPeer(a, p, r.PeerIDs)
	}
}

func appendPeer(a *tracker.AnnounceResponse, p swarm.Peer, id bool) {
	peers, ids := &a.Peers6, &a.IDs6
	if p.Addr.Addr().Is4() {
		peers, ids = &a.Peers, &a.IDs
	}
	*peers = append(*peers, p.Addr.Addr().AsSlice()...)
	*peers = binary.BigEndian.AppendUint16(*peers, p.Addr.Port())
	if id {
		*ids = append(*ids, p.ID)
	}
}

package tracker

import (
	"net/netip"
	"time"

	"github.com/altracker/altracker/selector"
	"github.com/altracker/altracker/tracker/swarm"
)

// Event is what a peer says has happened to its download.
type Event uint8

// The events of BEP 3, in the numbering of BEP 15, and BEP 21's paused.
const (
	None      Event = iota // a regular announce
	Completed              // the download has just finished
	Started                // the first announce of a session
	Stopped                // the peer leaves the swarm
	Paused                 // a partial seed: downloads no more, though something is left
)

// AnnounceRequest is one announce, whatever the protocol it came by.
type AnnounceRequest struct {
	InfoHash swarm.InfoHash
	PeerID   swarm.PeerID

	// Addr is the address the request came from, unmapped, with the port the
	// peer listens on. An address that the peer only claims is never used.
	Addr netip.AddrPort

	Uploaded, Downloaded, Left int64 // bytes; Left is 0 for a seeder

	Event    Event
	NumWant  int    // peers wanted; negative asks for the default
	MaxPeers int    // peers that fit the reply; 0 means any number
	Key      uint32 // lets a client prove its identity after its address changed (BEP 7); carried, not used

	// Now is the time of arrival, stamped by the frontend: the core has no clock.
	Now time.Time

	// Lane tells apart who ask at the same time, such as the workers of a frontend,
	// so that each counts on cache lines of its own. Any number will do, also a
	// negative one.
	Lane int

	AllFamilies bool // fill up with peers of the other address family (BEP 7)
	PeerIDs     bool // the reply shall name peer ids (BEP 3 dictionary peers)

	// Asking leaves the swarm as it is: who asks wants peers without being one. It
	// is not counted as an announce.
	Asking bool

	// Hearsay, if not 0, marks an announce that came by a way that proves less than
	// a tracker announce does. It never changes what is known of a peer; a new peer
	// it enters is forgotten after this time.
	Hearsay time.Duration
}

// AnnounceResponse is the answer to one announce. Its caller owns it and its
// slices, and may reuse it after Reset.
type AnnounceResponse struct {
	Interval    time.Duration // when to announce again
	MinInterval time.Duration // not sooner than this
	Complete    int           // seeders of the swarm
	Incomplete  int           // leechers of the swarm

	// Peers is the selected peers in compact form, ready for the wire:
	// 6 bytes per IPv4 peer (BEP 23), 18 per IPv6 peer (BEP 7).
	Peers, Peers6 []byte

	// IDs and IDs6 run parallel to Peers and Peers6 if the request asked for
	// peer ids and the store keeps them; otherwise they are empty.
	IDs, IDs6 []swarm.PeerID
}

// Reset empties r and keeps its slices' memory. Field by field, it writes no pointer.
func (r *AnnounceResponse) Reset() {
	r.Interval, r.MinInterval, r.Complete, r.Incomplete = 0, 0, 0, 0
	r.Peers, r.Peers6 = r.Peers[:0], r.Peers6[:0]
	r.IDs, r.IDs6 = r.IDs[:0], r.IDs6[:0]
}

// Announce enters the peer into the swarm, or takes it out, and answers with the
// peers its network would choose. It implements [Handler].
func (t *Tracker) Announce(req *AnnounceRequest, resp *AnnounceResponse) error {
	lane := t.counters.lane(req.Lane)
	if !req.Asking {
		lane.add(announces, 1)
	}
	if err := req.check(); err != nil {
		lane.add(failures, 1)
		return err
	}
	m := t.config.Map()
	advised := t.council.on(req.InfoHash)
	a, p := t.prepare(req, m, advised)
	reply := swarm.Reply{V4: resp.Peers, V6: resp.Peers6, ID4: resp.IDs, ID6: resp.IDs6}
	t.config.Store.Announce(&a, &reply)
	resp.Interval, resp.MinInterval = t.config.Interval, t.config.MinInterval
	if p.soon {
		resp.Interval = resp.MinInterval
	}
	resp.Complete, resp.Incomplete = reply.Seeders, reply.Leechers
	resp.Peers, resp.Peers6, resp.IDs, resp.IDs6 = reply.V4, reply.V6, reply.ID4, reply.ID6
	if !req.Asking {
		lane.count(req, p.quality.counter(), &reply)
		t.council.notice(req.InfoHash, advised, m, reply.Seeders+reply.Leechers, req.Now)
	}
	return nil
}

// check refuses what no honest client sends.
func (req *AnnounceRequest) check() error {
	switch {
	case !req.Addr.Addr().IsValid() || req.Addr.Addr().Is4In6():
		return Failure("no usable address")
	case req.Addr.Port() == 0 && !req.Asking:
		return Failure("port is 0")
	case req.Left < 0 || req.Uploaded < 0 || req.Downloaded < 0:
		return Failure("negative byte count")
	}
	return nil
}

// prepare turns a request into the store's words, guided by m and by advice on the swarm.
func (t *Tracker) prepare(req *AnnounceRequest, m selector.Map, advised *advice) (swarm.Announce, plan) {
	seeder := req.Left == 0
	a := swarm.Announce{
		InfoHash:     req.InfoHash,
		Peer:         swarm.Peer{Addr: req.Addr, ID: req.PeerID, Seeder: seeder && req.Hearsay == 0},
		Now:          req.Now.Unix(),
		Leaving:      req.Event == Stopped,
		Completed:    req.Event == Completed,
		Asking:       req.Asking,
		Groups:       swarm.Ungrouped{},
		Walks:        swarm.Random,
		Uploaded:     req.Uploaded,
		Fresh:        req.Event == Started,
		Want:         t.want(req),
		LeechersOnly: (seeder || req.Event == Paused) && !req.Asking,
		AllFamilies:  req.AllFamilies,
		WithIDs:      req.PeerIDs,
	}
	if req.Hearsay > 0 {
		a.Hearsay = true
		a.Now -= int64((t.config.Lifetime - min(req.Hearsay, t.config.Lifetime)).Seconds())
	}
	if m == nil {
		return a, mapless
	}
	a.Groups, a.PID = m, m.PID(req.Addr.Addr())
	if a.PID == 0 {
		return a, placeless
	}
	p, ok := advised.plan(t.plans, m, a.PID, a.LeechersOnly)
	if !ok {
		p = t.plans.get(m, a.PID, a.LeechersOnly)
	}
	a.Walks = p.walks
	if p.most > 0 {
		a.Want = min(a.Want, int(p.most))
	}
	return a, p
}

func (q quality) counter() counter {
	return [...]counter{
		guided: repliesGuided, unguided: repliesNoSource, flat: repliesFlat, incomplete: repliesIncomplete,
		noMap: repliesNoMap, noPID: repliesNoPID,
	}[q]
}

// want returns how many peers the reply shall have at most.
func (t *Tracker) want(req *AnnounceRequest) int {
	want := min(req.NumWant, t.config.MaxNumWant)
	if req.NumWant < 0 {
		want = t.config.DefaultNumWant
	}
	if req.MaxPeers > 0 {
		want = min(want, req.MaxPeers)
	}
	if req.Event == Stopped {
		want = 0
	}
	return want
}

func (l *lane) count(req *AnnounceRequest, reason counter, r *swarm.Reply) {
	switch req.Event {
	case Completed:
		l.add(completedEvents, 1)
	case Stopped:
		l.add(stoppedEvents, 1)
		return
	}
	l.add(reason, 1)
	l.add(peersReturned, uint64(len(r.V4)/6+len(r.V6)/18))
	l.add(peersFromHome, uint64(r.Home))
}

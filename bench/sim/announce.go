package sim

import (
	"encoding/binary"
	"net/netip"

	"github.com/altracker/altracker/tracker"
	"github.com/altracker/altracker/tracker/swarm"
)

// infoHash is that of the one torrent of a run.
var infoHash = swarm.InfoHash{'s', 'i', 'm'}

// announce tells the tracker of x, and x of those it names.
func (w *world) announce(x int32, event tracker.Event) {
	w.out.Events++
	w.out.Announces++
	from, p := &w.c.Peers[x], &w.peers[x]
	p.Announces++
	first, end := w.ends(x)
	for _, f := range w.down[first:end] {
		if f >= 0 {
			w.book(f)
		}
	}
	w.request = tracker.AnnounceRequest{
		InfoHash: infoHash, PeerID: peerID(x), Addr: from.Addr,
		Uploaded: int64(w.sent(x)), Downloaded: int64(p.Received), Left: w.left(x),
		Event: event, NumWant: p.client.NumWant, Now: w.time(),
	}
	w.response.Reset()
	err := w.c.Tracker.Announce(&w.request, &w.response)
	if event == tracker.Stopped {
		return
	}
	p.announced = w.now
	interval := seconds(w.c.Interval)
	if interval == 0 {
		interval = seconds(w.response.Interval)
	}
	if interval <= 0 || err != nil {
		interval = 60 // a tracker that fails is asked again after a minute
	}
	p.least = min(seconds(w.response.MinInterval), interval)
	w.schedule(x, w.now+interval)
	if err == nil {
		w.hear(x)
	}
}

func (w *world) schedule(x int32, at float64) {
	w.peers[x].announceAt = at
	w.agenda.add(at, announcing, x)
}

// left is what x would say it lacks.
func (w *world) left(x int32) int64 {
	p := &w.peers[x]
	if int(p.got) == w.c.Pieces {
		return 0
	}
	n := w.c.FileBytes - int64(p.got)*w.c.PieceBytes
	if last := int32(w.c.Pieces - 1); w.has(x, last) {
		n += int64(w.c.Pieces)*w.c.PieceBytes - w.c.FileBytes
	}
	return n
}

func peerID(x int32) (id swarm.PeerID) {
	copy(id[:], "-SM0100-")
	binary.BigEndian.PutUint32(id[16:], uint32(x))
	return id
}

// hear takes in the peers of a reply.
func (w *world) hear(x int32) {
	for b := w.response.Peers; len(b) >= 6; b = b[6:] {
		w.introduce(x, netip.AddrFrom4([4]byte(b[:4])), b[4:6])
	}
	for b := w.response.Peers6; len(b) >= 18; b = b[18:] {
		w.introduce(x, netip.AddrFrom16([16]byte(b[:16])), b[16:18])
	}
	w.wantDials(x, w.now)
}

func (w *world) introduce(x int32, addr netip.Addr, port []byte) {
	y, ok := w.byAddr[netip.AddrPortFrom(addr, binary.BigEndian.Uint16(port))]
	if !ok || y == x {
		return
	}
	w.peers[y].Introduced++
	w.learn(x, y)
}

// learn keeps an address, once.
func (w *world) learn(x, y int32) {
	row := int(x) * ((len(w.peers) + 63) / 64)
	word, bit := &w.learned[row+int(y/64)], uint64(1)<<(y%64)
	if *word&bit != 0 {
		return
	}
	*word |= bit
	w.peers[x].Known++
	w.peers[x].fresh = append(w.peers[x].fresh, y)
}

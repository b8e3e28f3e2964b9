package tracker

import (
	"net/netip"
	"time"

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

	Event   Event
	NumWant int    // peers wanted; negative asks for the default
	Key     uint32 // lets a client prove its identity after its address changed (BEP 7); carried, not used

	// Now is the time of arrival, stamped by the frontend: the core has no clock.
	Now time.Time

	AllFamilies bool // fill up with peers of the other address family (BEP 7)
	PeerIDs     bool // the reply shall name peer ids (BEP 3 dictionary peers)
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

// Reset empties r and keeps its slices' memory.
func (r *AnnounceResponse) Reset() {
	*r = AnnounceResponse{Peers: r.Peers[:0], Peers6: r.Peers6[:0], IDs: r.IDs[:0], IDs6: r.IDs6[:0]}
}

package udptracker

import (
	"encoding/binary"
	"math"
	"net/netip"
	"time"

	"github.com/altracker/altracker/tracker"
	"github.com/altracker/altracker/tracker/swarm"
)

// announceLen is the length of an announce request; what follows is the options
// of BEP 41.
const announceLen = 98

// answerLen is the length of an announce answer without its peers.
const answerLen = 20

// A reply is one datagram that an Ethernet path carries in one piece: 1,500
// bytes less the headers of IP (20 bytes, for IPv6 40) and UDP (8 bytes).
// A fragmented datagram is lost with any of its fragments, and many firewalls
// drop fragments anyway.
const (
	maxReply4 = 1500 - 20 - 8
	maxReply6 = 1500 - 40 - 8
)

// The compact forms of a peer (BEP 23, BEP 15), and how many fit in a reply.
const (
	stride4   = 6
	stride6   = 18
	maxPeers4 = (maxReply4 - answerLen) / stride4 // 242
	maxPeers6 = (maxReply6 - answerLen) / stride6 // 79
)

// parseAnnounce reads an announce that came from addr. The packet's own "IP
// address" field is not read: an address that a client only claims may be a
// victim's. An event that BEP 15 and BEP 21 do not know is a regular announce.
// When it came, and by which worker, is left to the caller.
func parseAnnounce(r *tracker.AnnounceRequest, packet []byte, addr netip.Addr) error {
	if len(packet) < announceLen {
		return failAnnounceShort
	}
	r.InfoHash = infoHash(packet)
	r.PeerID = swarm.PeerID(packet[36:56])
	r.Downloaded = int64(binary.BigEndian.Uint64(packet[56:]))
	r.Left = parseLeft(packet[64:])
	r.Uploaded = int64(binary.BigEndian.Uint64(packet[72:]))
	r.Event = parseEvent(binary.BigEndian.Uint32(packet[80:]))
	r.Key = binary.BigEndian.Uint32(packet[88:])
	r.NumWant = int(int32(binary.BigEndian.Uint32(packet[92:])))
	r.Addr = netip.AddrPortFrom(addr, binary.BigEndian.Uint16(packet[96:]))
	r.MaxPeers = maxPeers(addr)
	r.AllFamilies, r.PeerIDs, r.Asking, r.Hearsay = false, false, false, 0 // whatever a Handler made of the last one
	switch {
	case r.Addr.Port() == 0:
		return failPort
	case r.Uploaded < 0:
		return failUploaded
	case r.Downloaded < 0:
		return failDownloaded
	case r.NumWant < -1:
		return failNumWant
	}
	return nil
}

// infoHash returns the info hash of an announce that is not too short.
func infoHash(packet []byte) swarm.InfoHash { return swarm.InfoHash(packet[16:36]) }

// parseLeft reads the field "left" as unsigned and saturates: clients that know
// a torrent only by its magnet link send 2^64-1.
func parseLeft(b []byte) int64 {
	return int64(min(binary.BigEndian.Uint64(b), math.MaxInt64))
}

func parseEvent(e uint32) tracker.Event {
	if e > uint32(tracker.Paused) {
		return tracker.None
	}
	return tracker.Event(e)
}

func maxPeers(addr netip.Addr) int {
	if addr.Is4() {
		return maxPeers4
	}
	return maxPeers6
}

// appendAnnounce appends the answer to an announce from addr, whose family
// decides which peers it holds and how they are written (BEP 15, IPv6).
func appendAnnounce(reply []byte, transactionID uint32, r *tracker.AnnounceResponse, addr netip.Addr) []byte {
	reply = appendHeader(reply, actionAnnounce, transactionID)
	reply = appendCount(reply, int64(r.Interval/time.Second))
	reply = appendCount(reply, int64(r.Incomplete))
	reply = appendCount(reply, int64(r.Complete))
	if addr.Is4() {
		return append(reply, r.Peers[:min(len(r.Peers), maxPeers4*stride4)]...)
	}
	return append(reply, r.Peers6[:min(len(r.Peers6), maxPeers6*stride6)]...)
}

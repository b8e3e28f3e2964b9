package load

import (
	"encoding/binary"
)

// The messages of BEP 15, as a client writes and reads them.
const (
	udpMagic       = 0x41727101980
	actionConnect  = 0
	actionAnnounce = 1
	actionScrape   = 2
	actionError    = 3

	headLen     = 8  // of every reply: action, transaction id
	connectLen  = 16 // of a connect reply
	announceLen = 20 // of an announce reply, before its peers
	countsLen   = 12 // of each torrent in a scrape reply
)

func appendHead(b []byte, id uint64, action, transaction uint32) []byte {
	b = binary.BigEndian.AppendUint64(b, id)
	b = binary.BigEndian.AppendUint32(b, action)
	return binary.BigEndian.AppendUint32(b, transaction)
}

func appendConnect(b []byte, transaction uint32) []byte {
	return appendHead(b, udpMagic, actionConnect, transaction)
}

// udpEvents are the numbers that BEP 15 gives to announces.
var udpEvents = [...]uint32{regular: 0, completed: 1, started: 2, stopped: 3}

// appendAnnounce appends an announce. Its "IP address" is left to the tracker, and
// its key is the end of the peer id.
func appendAnnounce(b []byte, id uint64, transaction uint32, p *population, r request, numWant int) []byte {
	b = appendHead(b, id, actionAnnounce, transaction)
	hash, peerID := p.hash(p.torrent[r.peer]), p.peerID(r.peer)
	b = append(b, hash[:]...)
	b = append(b, peerID[:]...)
	have := progressOf(p, r)
	b = binary.BigEndian.AppendUint64(b, have.downloaded)
	b = binary.BigEndian.AppendUint64(b, have.left)
	b = binary.BigEndian.AppendUint64(b, have.uploaded)
	b = binary.BigEndian.AppendUint32(b, udpEvents[r.kind])
	b = binary.BigEndian.AppendUint32(b, 0)
	b = append(b, peerID[16:]...)
	b = binary.BigEndian.AppendUint32(b, uint32(int32(numWant)))
	return binary.BigEndian.AppendUint16(b, p.port(r.peer))
}

// appendURL appends the path and query of the target as options of BEP 41.
func appendURL(b []byte, path string) []byte {
	for path != "" {
		n := min(len(path), 255)
		b = append(b, 2, byte(n))
		b = append(b, path[:n]...)
		path = path[n:]
	}
	return b
}

func appendScrape(b []byte, id uint64, transaction uint32, p *population, r request, hashes int) []byte {
	b = appendHead(b, id, actionScrape, transaction)
	for i := range hashes {
		hash := p.hash(p.scraped(r.peer, i))
		b = append(b, hash[:]...)
	}
	return b
}

// parseAnnounce reads an announce reply of at least announceLen bytes. Its peers are
// of the family of the requester.
func parseAnnounce(packet []byte, six bool) (r reply) {
	r.interval = int64(int32(binary.BigEndian.Uint32(packet[8:])))
	r.incomplete = int64(int32(binary.BigEndian.Uint32(packet[12:])))
	r.complete = int64(int32(binary.BigEndian.Uint32(packet[16:])))
	if six {
		r.peers6 = packet[announceLen:]
	} else {
		r.peers4 = packet[announceLen:]
	}
	return r
}

// progress is what a peer says of its own download.
type progress struct{ uploaded, downloaded, left uint64 }

// fileBytes is how long every torrent is.
const fileBytes = 1 << 30

func progressOf(p *population, r request) progress {
	if r.kind == completed || p.seed(r.peer) {
		return progress{uploaded: fileBytes / 2, downloaded: fileBytes}
	}
	have := mix64(uint64(r.peer)) % fileBytes
	return progress{uploaded: have / 2, downloaded: have, left: fileBytes - have}
}

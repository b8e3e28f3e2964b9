package httptracker

import (
	"encoding/binary"
	"net/netip"
	"strconv"
	"time"

	"github.com/altracker/altracker/tracker"
	"github.com/altracker/altracker/tracker/swarm"
)

// The functions here append bencode (BEP 3): dictionaries have their keys in the
// order of the raw bytes, and a key is written together with its length.

// appendAnnounce appends the answer to an announce from addr.
func appendAnnounce(b []byte, r *tracker.AnnounceResponse, w *waits, addr netip.Addr, compact bool) []byte {
	b = appendInt(append(b, "d8:complete"...), int64(r.Complete))
	b = appendAddr(append(b, "11:external ip"...), addr)
	b = appendInt(append(b, "10:incomplete"...), int64(r.Incomplete))
	b = append(b, w.text(r)...)
	if compact {
		b = appendCompact(b, r)
	} else {
		b = appendDictionaries(b, r)
	}
	return append(b, 'e')
}

// waits is the part of an answer that says when to announce again. It is the same for
// all answers of a tracker, as a rule, so that it is kept written.
type waits struct {
	interval, minInterval time.Duration
	written               []byte
}

func (w *waits) text(r *tracker.AnnounceResponse) []byte {
	if len(w.written) == 0 || w.interval != r.Interval || w.minInterval != r.MinInterval {
		w.interval, w.minInterval = r.Interval, r.MinInterval
		w.written = appendInt(append(w.written[:0], "8:interval"...), int64(r.Interval/time.Second))
		if r.MinInterval > 0 {
			w.written = appendInt(append(w.written, "12:min interval"...), int64(r.MinInterval/time.Second))
		}
	}
	return w.written
}

// appendCompact appends the peers as BEP 23 and BEP 7 have them. "peers" is
// always there, because some clients take its absence for a fault.
func appendCompact(b []byte, r *tracker.AnnounceResponse) []byte {
	b = appendString(append(b, "5:peers"...), r.Peers)
	if len(r.Peers6) > 0 {
		b = appendString(append(b, "6:peers6"...), r.Peers6)
	}
	return b
}

// appendDictionaries appends the peers of both families as BEP 3 has them.
func appendDictionaries(b []byte, r *tracker.AnnounceResponse) []byte {
	b = append(b, "5:peersl"...)
	ids := r.IDs
	for p := r.Peers; len(p) >= 6; p = p[6:] {
		b, ids = appendPeer(b, netip.AddrFrom4([4]byte(p)), p[4:], ids)
	}
	ids = r.IDs6
	for p := r.Peers6; len(p) >= 18; p = p[18:] {
		b, ids = appendPeer(b, netip.AddrFrom16([16]byte(p)), p[16:], ids)
	}
	return append(b, 'e')
}

// appendPeer appends one peer, with the first of ids if there is any left, and
// returns the others.
func appendPeer(b []byte, addr netip.Addr, port []byte, ids []swarm.PeerID) ([]byte, []swarm.PeerID) {
	b = append(b, "d2:ip"...)
	var text [46]byte // the longest form of an IPv6 address
	b = appendString(b, addr.AppendTo(text[:0]))
	if len(ids) > 0 {
		b = appendString(append(b, "7:peer id"...), ids[0][:])
		ids = ids[1:]
	}
	b = appendInt(append(b, "4:port"...), int64(binary.BigEndian.Uint16(port)))
	return append(b, 'e'), ids
}

// appendScrape appends the answer to a scrape whose hashes are sorted.
func appendScrape(b []byte, hashes []swarm.InfoHash, counts []swarm.Counts) []byte {
	b = append(b, "d5:filesd"...)
	for i, c := range counts {
		b = appendString(b, hashes[i][:])
		b = appendInt(append(b, "d8:complete"...), int64(c.Seeders))
		b = appendInt(append(b, "10:downloaded"...), int64(c.Downloaded))
		b = appendInt(append(b, "10:incomplete"...), int64(c.Leechers))
		b = append(b, 'e')
	}
	return append(b, "ee"...)
}

func appendFailure(b []byte, reason string) []byte {
	b = append(b, "d14:failure reason"...)
	b = strconv.AppendInt(b, int64(len(reason)), 10)
	b = append(append(b, ':'), reason...)
	return append(b, 'e')
}

func appendInt(b []byte, n int64) []byte {
	b = strconv.AppendInt(append(b, 'i'), n, 10)
	return append(b, 'e')
}

func appendString(b, s []byte) []byte {
	b = strconv.AppendInt(b, int64(len(s)), 10)
	return append(append(b, ':'), s...)
}

// appendAddr appends addr as a string of 4 or 16 bytes (BEP 24).
func appendAddr(b []byte, addr netip.Addr) []byte {
	if addr.Is4() {
		a := addr.As4()
		return appendString(b, a[:])
	}
	a := addr.As16()
	return appendString(b, a[:])
}

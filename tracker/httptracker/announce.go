package httptracker

import (
	"math"
	"net/netip"

	"github.com/altracker/altracker/tracker"
)

// field is a set of keys of an announce. Keys that are not among them are
// ignored, however often they are given.
type field uint16

const (
	fieldInfoHash field = 1 << iota
	fieldPeerID
	fieldPort
	fieldLeft
	fieldUploaded
	fieldDownloaded
	fieldEvent
	fieldNumWant
	fieldKey
	fieldCompact
	fieldNoPeerID
)

// required are the keys that an announce cannot go without. BEP 3 also wants
// uploaded and downloaded; they are statistics, and count as 0 if missing. left
// is not guessed: it tells a seeder from a leecher.
var required = []struct {
	field field
	key   string
}{
	{fieldInfoHash, "info_hash"},
	{fieldPeerID, "peer_id"},
	{fieldPort, "port"},
	{fieldLeft, "left"},
}

const requiredFields = fieldInfoHash | fieldPeerID | fieldPort | fieldLeft

func fieldOf(key string) field {
	switch key {
	case "info_hash":
		return fieldInfoHash
	case "peer_id":
		return fieldPeerID
	case "port":
		return fieldPort
	case "left":
		return fieldLeft
	case "uploaded":
		return fieldUploaded
	case "downloaded":
		return fieldDownloaded
	case "event":
		return fieldEvent
	case "numwant":
		return fieldNumWant
	case "key":
		return fieldKey
	case "compact":
		return fieldCompact
	case "no_peer_id":
		return fieldNoPeerID
	}
	return 0
}

// announceQuery is a parsed announce.
type announceQuery struct {
	request  tracker.AnnounceRequest
	compact  bool // BEP 23; unless the client says compact=0
	noPeerID bool
}

// parse reads an announce that came from addr. An error is a [tracker.Failure].
func (q *announceQuery) parse(query string, addr netip.Addr) error {
	if len(query) > maxQuery {
		return failQuery
	}
	if !q.parseUsual(query, addr) {
		if err := q.parseAny(query, addr); err != nil {
			return err
		}
	}
	q.request.PeerIDs = !q.compact && !q.noPeerID
	return nil
}

// reset makes q a query that says nothing.
func (q *announceQuery) reset(addr netip.Addr) {
	*q = announceQuery{compact: true}
	q.request.NumWant = -1
	q.request.AllFamilies = true
	q.request.Addr = netip.AddrPortFrom(addr, 0)
}

// parseAny reads an announce however it is written.
func (q *announceQuery) parseAny(query string, addr netip.Addr) error {
	q.reset(addr)
	var seen field
	for query != "" {
		var key, raw string
		key, raw, query = cutPair(query)
		f := fieldOf(key)
		if f == 0 {
			continue
		}
		if seen&f != 0 {
			return fail(key, wrongTwice)
		}
		seen |= f
		if wrong := q.set(f, raw); wrong != "" {
			return fail(key, wrong)
		}
	}
	for _, r := range required {
		if seen&r.field == 0 {
			return fail(r.key, wrongMissing)
		}
	}
	return nil
}

// set stores one value and returns what is wrong with it, if anything.
func (q *announceQuery) set(f field, raw string) (wrong string) {
	if f == fieldKey {
		q.request.Key = parseKey(raw)
		return ""
	}
	var v value
	if wrong := v.unescape(raw); wrong != "" {
		return wrong
	}
	r := &q.request
	switch f {
	case fieldInfoHash:
		return setID((*[20]byte)(&r.InfoHash), &v)
	case fieldPeerID:
		return setID((*[20]byte)(&r.PeerID), &v)
	case fieldPort:
		return q.setPort(v.text())
	case fieldLeft:
		return setLeft(&r.Left, v.text())
	case fieldUploaded:
		return setCounter(&r.Uploaded, v.text())
	case fieldDownloaded:
		return setCounter(&r.Downloaded, v.text())
	case fieldNumWant:
		return setNumWant(&r.NumWant, v.text())
	case fieldEvent:
		r.Event = parseEvent(v.text())
	case fieldCompact:
		q.compact = string(v.text()) != "0"
	case fieldNoPeerID:
		q.noPeerID = string(v.text()) == "1"
	}
	return ""
}

func setID(id *[20]byte, v *value) (wrong string) {
	if v.n != len(id) {
		return wrongID
	}
	*id = v.bytes
	return ""
}

func (q *announceQuery) setPort(text []byte) (wrong string) {
	n, wrong := parseNumber(text)
	if wrong != "" || n == 0 || n > math.MaxUint16 {
		return wrongPort
	}
	q.request.Addr = netip.AddrPortFrom(q.request.Addr.Addr(), uint16(n))
	return ""
}

// setLeft saturates: clients that know a torrent only by its magnet link send
// up to 2^64-1.
func setLeft(left *int64, text []byte) (wrong string) {
	n, wrong := parseNumber(text)
	*left = int64(min(n, math.MaxInt64))
	return wrong
}

func setCounter(counter *int64, text []byte) (wrong string) {
	n, wrong := parseNumber(text)
	if wrong == "" && n > math.MaxInt64 {
		return wrongRange
	}
	*counter = int64(n)
	return wrong
}

// setNumWant takes -1 for the default, as BEP 15 does.
func setNumWant(numWant *int, text []byte) (wrong string) {
	if string(text) == "-1" {
		*numWant = -1
		return ""
	}
	n, wrong := parseNumber(text)
	switch {
	case wrong == wrongNumber:
		return wrongNumWant
	case wrong == "" && n > math.MaxInt32:
		return wrongRange
	}
	*numWant = int(n)
	return wrong
}

// parseEvent takes an event that BEP 3 and BEP 21 do not know for none: it is no
// reason to lose a peer.
func parseEvent(text []byte) tracker.Event {
	switch string(text) {
	case "started":
		return tracker.Started
	case "completed":
		return tracker.Completed
	case "stopped":
		return tracker.Stopped
	case "paused":
		return tracker.Paused
	}
	return tracker.None
}

// parseKey turns a key into a number, the same key always into the same number.
// Most clients send up to eight hexadecimal digits, which over UDP are the number
// itself; others send any bytes, which are hashed (FNV-1a) as they stand.
func parseKey(raw string) uint32 {
	n := uint32(0)
	for i := range len(raw) {
		digit := hexDigit[raw[i]]
		if digit == 0 || i == 8 {
			return hashKey(raw)
		}
		n = n<<4 | uint32(digit-1)
	}
	return n
}

func hashKey(raw string) uint32 {
	hash := uint32(2166136261)
	for i := range len(raw) {
		hash = (hash ^ uint32(raw[i])) * 16777619
	}
	return hash
}

package httptracker

import (
	"math"
	"net/netip"
	"strings"
)

// parseUsual reads an announce that is written as clients write it, in one pass:
// each key once and with a value, numbers in digits, ids of unreserved bytes and
// escapes. Anything else it leaves to parseAny, which is slower and knows what is
// wrong; what it accepts, the two read alike.
func (q *announceQuery) parseUsual(query string, addr netip.Addr) (ok bool) {
	q.reset(addr)
	var seen field
	for query != "" {
		f, key, ok := fieldAt(query)
		if !ok || seen&f != 0 {
			return false
		}
		var n int
		if f == 0 {
			if n = strings.IndexByte(query, '&'); n < 0 {
				break
			}
		} else {
			seen |= f
			query = query[key:]
			if n, ok = q.take(f, query); !ok || n < len(query) && query[n] != '&' {
				return false
			}
		}
		query = query[min(n+1, len(query)):]
	}
	return seen&requiredFields == requiredFields
}

// fieldAt returns the field whose key and equals sign a query begins with, and their
// length; 0 is a key that means nothing. Not ok is a key that begins like one of them
// and goes on otherwise. A key that is known needs no search for its end.
func fieldAt(query string) (f field, length int, ok bool) {
	switch query[0] {
	case 'c':
		return keyAt(query, "compact", fieldCompact)
	case 'd':
		return keyAt(query, "downloaded", fieldDownloaded)
	case 'e':
		return keyAt(query, "event", fieldEvent)
	case 'i':
		return keyAt(query, "info_hash", fieldInfoHash)
	case 'k':
		return keyAt(query, "key", fieldKey)
	case 'l':
		return keyAt(query, "left", fieldLeft)
	case 'n':
		if f, length, ok = keyAt(query, "numwant", fieldNumWant); f == 0 {
			return keyAt(query, "no_peer_id", fieldNoPeerID)
		}
	case 'p':
		if f, length, ok = keyAt(query, "port", fieldPort); f == 0 {
			return keyAt(query, "peer_id", fieldPeerID)
		}
	case 'u':
		return keyAt(query, "uploaded", fieldUploaded)
	default:
		return 0, 0, true
	}
	return f, length, ok
}

func keyAt(query, key string, known field) (f field, length int, ok bool) {
	if !strings.HasPrefix(query, key) {
		return 0, 0, true
	}
	return known, len(key) + 1, len(query) > len(key) && query[len(key)] == '='
}

// take reads the value at the front of s into its field, and returns how long it is.
func (q *announceQuery) take(f field, s string) (n int, ok bool) {
	r := &q.request
	switch f {
	case fieldInfoHash:
		return takeID((*[20]byte)(&r.InfoHash), s)
	case fieldPeerID:
		return takeID((*[20]byte)(&r.PeerID), s)
	case fieldPort:
		port, n := takeNumber(s)
		r.Addr = netip.AddrPortFrom(r.Addr.Addr(), uint16(port))
		return n, n > 0 && 0 < port && port <= math.MaxUint16
	case fieldLeft:
		r.Left, n = takeNumber(s)
		return n, n > 0
	case fieldUploaded:
		r.Uploaded, n = takeNumber(s)
		return n, n > 0
	case fieldDownloaded:
		r.Downloaded, n = takeNumber(s)
		return n, n > 0
	case fieldNumWant:
		want, n := takeNumber(s)
		r.NumWant = int(want)
		return n, n > 0 && want <= math.MaxInt32
	}
	return q.takeWord(f, s)
}

// takeWord is take for fields that are no numbers and no ids.
func (q *announceQuery) takeWord(f field, s string) (n int, ok bool) {
	for n < len(s) && s[n] != '&' {
		n++
	}
	word := s[:n]
	switch f {
	case fieldKey:
		q.request.Key = parseKey(word)
		return n, true
	case fieldCompact:
		q.compact = word != "0"
		return n, n == 1 && isDigit(word[0])
	case fieldNoPeerID:
		q.noPeerID = word == "1"
		return n, n == 1 && isDigit(word[0])
	default: // fieldEvent
		q.request.Event = parseEvent([]byte(word))
		return n, n == 0 || q.request.Event != 0
	}
}

// takeNumber reads a number of up to 18 digits, which cannot overflow.
func takeNumber(s string) (number int64, n int) {
	for n < len(s) && n < 18 && isDigit(s[n]) {
		number = number*10 + int64(s[n]-'0')
		n++
	}
	return number, n
}

func isDigit(c byte) bool { return c-'0' <= 9 }

// takeID reads an id.
func takeID(id *[20]byte, s string) (n int, ok bool) {
	if len(s) >= len(id) && literal(s[:len(id)]) { // as most peer ids are
		copy(id[:], s[:len(id)])
		return len(id), true
	}
	for i := range id {
		if n >= len(s) {
			return n, false
		}
		c := s[n]
		n++
		switch c {
		case '%':
			if n+2 > len(s) {
				return n, false
			}
			high, low := hexDigit[s[n]], hexDigit[s[n+1]]
			if high == 0 || low == 0 {
				return n, false
			}
			c = (high-1)<<4 | (low - 1)
			n += 2
		case '&', '+':
			return n, false
		}
		id[i] = c
	}
	return n, true
}

// literal tells whether 20 bytes stand for themselves and none ends the value.
func literal(s string) bool {
	special := uint64(0)
	for _, x := range [...]uint64{load(s), load(s[8:]), load(s[12:])} {
		special |= holds(x, '%') | holds(x, '&') | holds(x, '+')
	}
	return special == 0
}

// holds returns not 0 if one of the eight bytes of x is c.
func holds(x uint64, c byte) uint64 {
	const ones, highs = 0x0101010101010101, 0x8080808080808080
	x ^= ones * uint64(c)
	return (x - ones) &^ x & highs
}

// load returns eight bytes as a number.
func load(s string) uint64 {
	_ = s[7]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
		uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}

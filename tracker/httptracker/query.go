package httptracker

import (
	"math"
	"strings"

	"github.com/altracker/altracker/tracker"
)

// maxQuery is the longest query that is read, in bytes: a scrape of some two
// hundred info hashes, of which every byte is escaped.
const maxQuery = 16 << 10

const failQuery = tracker.Failure("query: longer than 16384 bytes")

// cutPair cuts the first key=value off a raw query.
func cutPair(query string) (key, value, rest string) {
	pair, rest, _ := strings.Cut(query, "&")
	key, value, _ = strings.Cut(pair, "=")
	return key, value, rest
}

// maxValue is the length of the longest value that means anything, in bytes: an
// info hash, a peer id, 2^64-1 in decimal.
const maxValue = 20

// value is an unescaped value. It has a fixed size so that it stays on the stack.
type value struct {
	bytes [maxValue]byte
	n     int
}

func (v *value) text() []byte { return v.bytes[:v.n] }

// What may be wrong with a value, to be said behind its key.
const (
	wrongEscape   = "not a whole percent escape"
	wrongLength   = "longer than 20 bytes"
	wrongID       = "want 20 bytes"
	wrongNumber   = "want a decimal number, not negative"
	wrongRange    = "out of range"
	wrongPort     = "want 1 to 65535"
	wrongNumWant  = "want a decimal number, or -1"
	wrongTwice    = "given twice"
	wrongMissing  = "missing"
	wrongTooOften = "given too often"
)

// fail returns the Failure that names a key and what is wrong with its value.
func fail(key, wrong string) tracker.Failure { return tracker.Failure(key + ": " + wrong) }

// unescape reads a raw value into v and returns what is wrong with it, if
// anything. A plus sign is a space, as in any form: anacrolix/torrent scrapes so,
// and clients that mean a plus sign escape it.
func (v *value) unescape(raw string) (wrong string) {
	n := 0
	for i := 0; i < len(raw); i, n = i+1, n+1 {
		c := raw[i]
		switch c {
		case '%':
			if i+2 >= len(raw) {
				return wrongEscape
			}
			high, low := hexDigit[raw[i+1]], hexDigit[raw[i+2]]
			if high == 0 || low == 0 {
				return wrongEscape
			}
			c = (high-1)<<4 | (low - 1)
			i += 2
		case '+':
			c = ' '
		}
		if n >= maxValue {
			return wrongLength
		}
		v.bytes[n] = c
	}
	v.n = n
	return ""
}

// parseNumber reads an unsigned decimal number of 64 bits.
func parseNumber(text []byte) (n uint64, wrong string) {
	if len(text) == 0 {
		return 0, wrongNumber
	}
	for _, c := range text {
		if c < '0' || c > '9' {
			return 0, wrongNumber
		}
		digit := uint64(c - '0')
		if n > (math.MaxUint64-digit)/10 {
			return 0, wrongRange
		}
		n = n*10 + digit
	}
	return n, ""
}

// hexDigit is the value of a hexadecimal digit plus one, and 0 for all other bytes.
var hexDigit = [256]byte{
	'0': 1, '1': 2, '2': 3, '3': 4, '4': 5, '5': 6, '6': 7, '7': 8, '8': 9, '9': 10,
	'a': 11, 'b': 12, 'c': 13, 'd': 14, 'e': 15, 'f': 16,
	'A': 11, 'B': 12, 'C': 13, 'D': 14, 'E': 15, 'F': 16,
}

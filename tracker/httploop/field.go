package httploop

import (
	"encoding/binary"
)

// read reads header lines up to and with the empty one, and returns their length.
func (f *fields) read(b []byte) (n int, v verdict) {
	for {
		line, v := cutLine(b[n:])
		if v != whole {
			return 0, v
		}
		n += len(line) + len("\r\n")
		if len(line) == 0 {
			return n, whole
		}
		if !f.line(line) {
			return 0, foreign
		}
	}
}

// line reads one of them, and returns whether it is one for here. Most headers mean
// nothing to an announce and only have to be well-formed.
func (f *fields) line(line []byte) bool {
	colon := nameLength(line)
	if colon == 0 || colon == len(line) || line[colon] != ':' {
		return false
	}
	name, value := line[:colon], line[colon+1:]
	if !printable(value) {
		return false
	}
	switch len(name) {
	case len("host"):
		if is(name, "host") {
			again := f.host
			f.host = true
			return !again && plainHost(trim(value))
		}
	case len("connection"):
		if is(name, "connection") {
			return f.connection(trim(value))
		}
	case len("content-length"), len("transfer-encoding"), len("expect"), len("upgrade"): // and "trailer"
		return !is(name, "content-length") && !is(name, "transfer-encoding") && !is(name, "expect") && !is(name, "upgrade") && !is(name, "trailer")
	}
	return true
}

// connection reads the value of a Connection header, which has to be the only one
// and one of two words.
func (f *fields) connection(value []byte) bool {
	again := f.keep || f.close
	f.close, f.keep = is(value, "close"), is(value, "keep-alive")
	return !again && (f.close || f.keep)
}

// is tells whether b is lower, which is in lower case, in any case.
func is(b []byte, lower string) bool {
	if len(b) != len(lower) {
		return false
	}
	for i, c := range b {
		if 'A' <= c && c <= 'Z' {
			c |= 0x20
		}
		if c != lower[i] {
			return false
		}
	}
	return true
}

// trim cuts off the optional white space around a value (RFC 9110 section 5.5).
func trim(b []byte) []byte {
	for len(b) > 0 && (b[0] == ' ' || b[0] == '\t') {
		b = b[1:]
	}
	for len(b) > 0 && (b[len(b)-1] == ' ' || b[len(b)-1] == '\t') {
		b = b[:len(b)-1]
	}
	return b
}

// nameLength returns how many letters, digits and hyphens a line begins with. Names
// of other characters are allowed (RFC 9110 section 5.6.2) but rare, and where
// proxies disagree.
func nameLength(line []byte) int {
	for i, c := range line {
		if !isAlphanumeric(c) && c != '-' {
			return i
		}
	}
	return len(line)
}

// plainHost tells whether a host is a name or address of the usual kind.
func plainHost(b []byte) bool {
	for _, c := range b {
		switch {
		case isAlphanumeric(c):
		case c == '.', c == '-', c == ':', c == '[', c == ']':
		default:
			return false
		}
	}
	return len(b) > 0
}

func isAlphanumeric(c byte) bool {
	return 'a' <= c|0x20 && c|0x20 <= 'z' || '0' <= c && c <= '9'
}

// visible tells whether b is ASCII without spaces and control characters.
func visible(b []byte) bool {
	for ; len(b) >= 16; b = b[16:] {
		if odd(binary.LittleEndian.Uint64(b), '!')|odd(binary.LittleEndian.Uint64(b[8:]), '!') != 0 {
			return false
		}
	}
	for _, c := range b {
		if c < '!' || c >= 0x7f {
			return false
		}
	}
	return true
}

// printable tells whether b is ASCII without control characters but tabs.
func printable(b []byte) bool {
	for ; len(b) >= 8; b = b[8:] {
		if odd(binary.LittleEndian.Uint64(b), ' ') != 0 && !printableSlow(b[:8]) {
			return false
		}
	}
	return printableSlow(b)
}

func printableSlow(b []byte) bool {
	for _, c := range b {
		if c < ' ' && c != '\t' || c >= 0x7f {
			return false
		}
	}
	return true
}

// odd returns not 0 if any of the eight bytes of x is below least, is 0x7f or above.
// (The highest bit of a byte is set by itself, by what is taken away if that is more,
// or by adding 1 to 0x7f. Whatever runs over into the next byte, this one is odd
// already. The tests hold it against bytes taken one by one.)
func odd(x uint64, least byte) uint64 {
	const ones, highs = 0x0101010101010101, 0x8080808080808080
	return (x | (x - ones*uint64(least)) | (x + ones)) & highs
}

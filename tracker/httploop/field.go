package httploop

import (
	"bytes"
	"encoding/binary"
)

// field reads a header line. Most headers mean nothing to an announce and only
// have to be well-formed.
func (h *head) field(line []byte, host *bool) verdict {
	colon := bytes.IndexByte(line, ':')
	if colon <= 0 || !plainName(line[:colon]) {
		return foreign
	}
	name, value := line[:colon], line[colon+1:]
	if !printable(value) {
		return foreign
	}
	switch {
	case is(name, "host"):
		if *host || !plainHost(trim(value)) {
			return foreign
		}
		*host = true
	case is(name, "connection"):
		return h.connection(trim(value))
	case is(name, "content-length"), is(name, "transfer-encoding"), is(name, "expect"), is(name, "upgrade"), is(name, "trailer"):
		return foreign
	}
	return whole
}

// connection reads the value of a Connection header, which has to be the only one
// and one of two words.
func (h *head) connection(value []byte) verdict {
	switch {
	case h.keep || h.closes:
		return foreign
	case is(value, "close"):
		h.closes = true
	case is(value, "keep-alive"):
		h.keep = true
	default:
		return foreign
	}
	return whole
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

// plainName tells whether a header name is made of letters, digits and hyphens.
// Other names are allowed (RFC 9110 section 5.6.2) but rare, and where proxies
// disagree.
func plainName(b []byte) bool {
	for _, c := range b {
		if !isAlphanumeric(c) && c != '-' {
			return false
		}
	}
	return true
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

// visible tells whether b has neither spaces nor control characters. Bytes above
// ASCII pass, as they do in net/http.
func visible(b []byte) bool {
	for ; len(b) >= 8; b = b[8:] {
		if odd(binary.LittleEndian.Uint64(b), ' '+1) {
			return false
		}
	}
	for _, c := range b {
		if c <= ' ' || c == 0x7f {
			return false
		}
	}
	return true
}

// printable tells whether b has no control characters but tabs.
func printable(b []byte) bool {
	for ; len(b) >= 8; b = b[8:] {
		if odd(binary.LittleEndian.Uint64(b), ' ') && !printableSlow(b[:8]) {
			return false
		}
	}
	return printableSlow(b)
}

func printableSlow(b []byte) bool {
	for _, c := range b {
		if c < ' ' && c != '\t' || c == 0x7f {
			return false
		}
	}
	return true
}

// odd tells whether any of the eight bytes of x is below limit, which is at most
// 0x80, or is 0x7f. (Subtracting borrows out of the highest bit of a byte that is
// too small; the tests hold it against bytes taken one by one.)
func odd(x uint64, limit byte) bool {
	const ones, highs = 0x0101010101010101, 0x8080808080808080
	low := (x - ones*uint64(limit)) & ^x
	del := x ^ ones*0x7f
	return (low|(del-ones)&^del)&highs != 0
}

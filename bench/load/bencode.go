package load

import (
	"bytes"
	"errors"
)

var errBencode = errors.New("no bencode")

// bencode reads bencoded values (BEP 3) one after the other, in place.
type bencode struct {
	b   []byte
	err error // errBencode, once something was wrong
}

func (d *bencode) fail() { d.b, d.err = nil, errBencode }

// next tells what the next value begins with, 0 at the end.
func (d *bencode) next() byte {
	if len(d.b) == 0 {
		return 0
	}
	return d.b[0]
}

// open takes the beginning of a dictionary ('d') or a list ('l').
func (d *bencode) open(c byte) {
	if d.next() != c {
		d.fail()
		return
	}
	d.b = d.b[1:]
}

// more tells whether the dictionary or list goes on, and takes its end if not.
func (d *bencode) more() bool {
	if d.next() != 'e' {
		if len(d.b) == 0 {
			d.fail()
		}
		return d.err == nil
	}
	d.b = d.b[1:]
	return false
}

func (d *bencode) text() []byte {
	colon := bytes.IndexByte(d.b[:min(len(d.b), 10)], ':')
	if colon < 0 {
		d.fail()
		return nil
	}
	n, ok := parseUint(d.b[:colon])
	if !ok || n > len(d.b)-colon-1 {
		d.fail()
		return nil
	}
	s := d.b[colon+1 : colon+1+n]
	d.b = d.b[colon+1+n:]
	return s
}

func (d *bencode) number() int64 {
	end := bytes.IndexByte(d.b[:min(len(d.b), 22)], 'e')
	if end < 2 || d.b[0] != 'i' {
		d.fail()
		return 0
	}
	digits, sign := d.b[1:end], int64(1)
	if digits[0] == '-' {
		digits, sign = digits[1:], -1
	}
	var n int64
	for _, c := range digits {
		if c < '0' || c > '9' || n > (1<<62)/10 {
			d.fail()
			return 0
		}
		n = n*10 + int64(c-'0')
	}
	if len(digits) == 0 {
		d.fail()
		return 0
	}
	d.b = d.b[end+1:]
	return sign * n
}

// maxDepth bounds how deep values that nobody reads may be nested.
const maxDepth = 16

// skip takes a value of any kind.
func (d *bencode) skip() { d.skipWithin(maxDepth) }

func (d *bencode) skipWithin(depth int) {
	switch c := d.next(); {
	case c == 'i':
		d.number()
	case c != 'd' && c != 'l':
		d.text()
	case depth == 0:
		d.fail()
	default:
		for d.open(c); d.more(); {
			d.skipWithin(depth - 1)
		}
	}
}

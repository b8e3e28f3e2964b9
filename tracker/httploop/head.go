package httploop

import "bytes"

// maxHead is the longest head that is served here, in bytes. Longer ones are for
// net/http, so that what a connection holds while its request trickles in is
// bounded by it.
const maxHead = 16 << 10

// verdict says what the bytes at the front of a connection are.
type verdict uint8

const (
	partial verdict = iota // the beginning of something; more bytes will tell
	whole                  // a request to serve
	foreign                // something else, whatever may follow
)

// head is a request that is served here, in the bytes it came in.
type head struct {
	path   string // of the list that was given
	query  []byte
	old    bool // HTTP/1.0
	fields fields
	length int  // up to and with the empty line
	closes bool // the connection ends with the answer
}

// fields is what the header lines say that matters here.
type fields struct {
	host        bool // there is one
	keep, close bool // what Connection says
}

// parser reads heads. One goroutine has it.
type parser struct {
	paths  []string
	recent recent
}

// parse reads a request from the front of b. It accepts a part of what net/http
// accepts, and reads it alike; whatever could be understood in two ways is foreign: a
// body or the announcement of one, folded or repeated headers that matter, a bare CR
// or LF, a space where none belongs (RFC 9112, RFC 9110 section 5.5). A verdict other
// than partial does not change when more bytes are added to b.
func (p *parser) parse(h *head, b []byte) verdict {
	*h = head{}
	n, v := h.requestLine(b, p.paths)
	if v != whole {
		return orTooLong(v, b)
	}
	lines, known := p.recent.find(b[n:])
	if known != nil {
		h.fields = *known
	} else if lines, v = h.fields.read(b[n:]); v != whole {
		return orTooLong(v, b)
	} else {
		p.recent.add(b[n:n+lines], h.fields)
	}
	h.length = n + lines
	if h.length > maxHead || !h.fields.host && !h.old { // RFC 9112 section 3.2
		return foreign
	}
	h.closes = h.fields.close || h.old && !h.fields.keep
	return whole
}

// orTooLong is v, unless b goes on for too long already.
func orTooLong(v verdict, b []byte) verdict {
	if v == partial && len(b) >= maxHead {
		return foreign
	}
	return v
}

// requestLine reads "GET /path?query HTTP/1.1" and returns its length. Only the
// origin form is served here.
func (h *head) requestLine(b []byte, paths []string) (n int, v verdict) {
	const method = "GET "
	if len(b) < len(method) {
		return 0, partialIf(startsLike(method, b))
	}
	if string(b[:len(method)]) != method {
		return 0, foreign
	}
	target := b[len(method):]
	if v := h.findPath(target, paths); v != whole {
		return 0, v
	}
	line, v := cutLine(b)
	if v != whole {
		return 0, v
	}
	const version = " HTTP/1.x"
	cut := len(line) - len(version)
	if cut < len(method)+len(h.path) || string(line[cut:len(line)-1]) != version[:len(version)-1] {
		return 0, foreign
	}
	switch line[len(line)-1] {
	case '1':
	case '0':
		h.old = true
	default:
		return 0, foreign
	}
	if query := line[len(method)+len(h.path) : cut]; len(query) > 0 {
		if query[0] != '?' || !visible(query) {
			return 0, foreign
		}
		h.query = query[1:]
	}
	return len(line) + len("\r\n"), whole
}

// findPath finds out which path a target begins with: it has to end in a question
// mark or a space.
func (h *head) findPath(target []byte, paths []string) verdict {
	v := foreign
	for _, p := range paths {
		if len(target) <= len(p) {
			if startsLike(p, target) {
				v = partial
			}
			continue
		}
		if end := target[len(p)]; string(target[:len(p)]) == p && (end == '?' || end == ' ') {
			h.path = p
			return whole
		}
	}
	return v
}

func startsLike(s string, b []byte) bool { return len(b) <= len(s) && s[:len(b)] == string(b) }

func partialIf(ok bool) verdict {
	if ok {
		return partial
	}
	return foreign
}

// cutLine returns the line at the front of b, without its end. A line that ends in
// LF alone is foreign.
func cutLine(b []byte) ([]byte, verdict) {
	lf := bytes.IndexByte(b, '\n')
	switch {
	case lf < 0:
		return nil, partial
	case lf == 0 || b[lf-1] != '\r':
		return nil, foreign
	}
	return b[:lf-1], whole
}

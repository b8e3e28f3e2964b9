package load

import (
	"bytes"
	"errors"
)

// maxResponse is how long a response may be, headers and all.
const maxResponse = 1 << 20

// readSize is how much room there is for each read at least.
const readSize = 16 << 10

// response is an HTTP response, its body a slice of what was received.
type response struct {
	status int
	body   []byte
	close  bool // the connection ends with it
}

var (
	errNoResponse = errors.New("no HTTP response")
	errTooLong    = errors.New("longer than 1 MiB")
	errCutShort   = errors.New("cut short")
)

// parseResponse reads the first response in b, and tells how long it is: 0 if the
// rest has yet to come. eof tells that nothing will. A chunked body (RFC 9112,
// section 7.1) is put together in place.
func parseResponse(b []byte, eof bool) (r response, n int, err error) {
	n, err = r.parse(b, eof)
	switch {
	case err != nil || n > 0:
		return r, n, err
	case eof:
		return r, 0, errCutShort
	case len(b) >= maxResponse:
		return r, 0, errTooLong
	}
	return r, 0, nil
}

func (r *response) parse(b []byte, eof bool) (int, error) {
	const version = "HTTP/1."
	if n := min(len(b), len(version)); string(b[:n]) != version[:n] {
		return 0, errNoResponse
	}
	end := bytes.Index(b, []byte("\r\n\r\n"))
	if end < 0 {
		return 0, nil
	}
	head, body := b[:end], b[end+4:]
	line, headers, _ := bytes.Cut(head, []byte("\r\n"))
	if len(line) < len("HTTP/1.1 200") || line[8] != ' ' {
		return 0, errNoResponse
	}
	status, ok := parseUint(line[9:12])
	if !ok {
		return 0, errNoResponse
	}
	r.status, r.close = status, line[7] == '0'
	length, chunked, err := r.headers(headers)
	switch {
	case err != nil:
		return 0, err
	case chunked:
		n, size, err := unchunk(body)
		if n == 0 || err != nil {
			return 0, err
		}
		r.body = body[:size]
		return end + 4 + n, nil
	case length < 0 && !eof:
		r.close = true
		return 0, nil
	case length < 0:
		r.body, r.close = body, true
		return len(b), nil
	case len(body) < length:
		return 0, nil
	}
	r.body = body[:length]
	return end + 4 + length, nil
}

// headers reads what matters for the framing. No length is -1.
func (r *response) headers(headers []byte) (length int, chunked bool, err error) {
	length = -1
	for len(headers) > 0 {
		var line []byte
		line, headers, _ = bytes.Cut(headers, []byte("\r\n"))
		colon := bytes.IndexByte(line, ':')
		if colon < 0 {
			return 0, false, errNoResponse
		}
		name, value := line[:colon], bytes.TrimSpace(line[colon+1:])
		switch {
		case isName(name, "content-length"):
			n, ok := parseUint(value)
			if !ok {
				return 0, false, errNoResponse
			}
			length = n
		case isName(name, "transfer-encoding"):
			chunked = isName(value, "chunked")
		case isName(name, "connection"):
			r.close = isName(value, "close") || r.close && !isName(value, "keep-alive")
		}
	}
	return length, chunked, nil
}

// isName compares without regard to case; name is in lower case.
func isName(b []byte, name string) bool {
	if len(b) != len(name) {
		return false
	}
	for i, c := range b {
		if 'A' <= c && c <= 'Z' {
			c |= 0x20
		}
		if c != name[i] {
			return false
		}
	}
	return true
}

// parseUint reads a decimal number that a response may hold.
func parseUint(b []byte) (n int, ok bool) {
	if len(b) == 0 || len(b) > 9 {
		return 0, false
	}
	for _, c := range b {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = n*10 + int(c-'0')
	}
	return n, true
}

// unchunk moves the chunks of a body together. It returns how long they were, and
// how long the body is; 0 for one whose end is missing, which then is left alone.
func unchunk(body []byte) (n, size int, err error) {
	if n, err = walkChunks(body, func([]byte) {}); n == 0 || err != nil {
		return 0, 0, err
	}
	_, _ = walkChunks(body, func(chunk []byte) { size += copy(body[size:], chunk) })
	return n, size, nil
}

func walkChunks(body []byte, chunk func([]byte)) (n int, err error) {
	for {
		line := bytes.IndexByte(body[n:], '\n')
		if line < 0 {
			return 0, nil
		}
		length, ok := parseHex(bytes.TrimSpace(body[n : n+line]))
		if !ok {
			return 0, errNoResponse
		}
		n += line + 1
		if len(body)-n < length+2 {
			return 0, nil
		}
		chunk(body[n : n+length])
		n += length + 2
		if length == 0 {
			return n, nil
		}
	}
}

func parseHex(b []byte) (n int, ok bool) {
	b, _, _ = bytes.Cut(b, []byte(";"))
	if len(b) == 0 || len(b) > 6 {
		return 0, false
	}
	for _, c := range b {
		switch c |= 0x20; {
		case '0' <= c && c <= '9':
			n = n<<4 + int(c-'0')
		case 'a' <= c && c <= 'f':
			n = n<<4 + int(c-'a') + 10
		default:
			return 0, false
		}
	}
	return n, true
}

package httploop

import (
	"net/http"
	"strconv"
	"time"
)

// appendHead appends the head of an answer with a body of n bytes: the headers that
// net/http sends, in its order.
func appendHead(out []byte, h *head, n int, date []byte) []byte {
	if h.old {
		out = append(out, "HTTP/1.0 200 OK\r\nContent-Length: "...)
	} else {
		out = append(out, "HTTP/1.1 200 OK\r\nContent-Length: "...)
	}
	out = strconv.AppendInt(out, int64(n), 10)
	out = append(out, "\r\nContent-Type: text/plain\r\nDate: "...)
	out = append(out, date...)
	switch {
	case h.closes && !h.old: // with HTTP/1.0 it goes without saying
		out = append(out, "\r\nConnection: close"...)
	case !h.closes && h.old:
		out = append(out, "\r\nConnection: keep-alive"...)
	}
	return append(out, "\r\n\r\n"...)
}

// date is the value of a Date header, written once a second.
type date struct {
	second int64
	text   []byte
}

func (d *date) at(now time.Time) []byte {
	if second := now.Unix(); second != d.second || d.text == nil {
		d.second = second
		d.text = now.UTC().AppendFormat(d.text[:0], http.TimeFormat)
	}
	return d.text
}

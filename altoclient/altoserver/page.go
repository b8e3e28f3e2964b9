package altoserver

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// page is a document that is ready to be sent.
type page struct {
	mediaType string
	body      []byte
	zipped    func() []byte // the same, compressed when it is first asked for; nil: not worth it
	sum       string
	until     time.Time // when another one takes its place by itself; zero: never
}

func newPage(mediaType string, body []byte) page {
	p := page{mediaType: mediaType, body: body, sum: digest(body)}
	if len(body) >= leastZipped {
		p.zipped = sync.OnceValue(func() []byte { return zip(body) })
	}
	return p
}

// etag differs by encoding, since the bytes do (RFC 9110 section 8.8.3.3).
func (p page) etag(zipped bool) string {
	if zipped {
		return `"` + p.sum + `-gzip"`
	}
	return `"` + p.sum + `"`
}

func digest(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:20])
}

// Shorter bodies fit a packet or two anyway.
const leastZipped = 1400

func zip(body []byte) []byte {
	var b bytes.Buffer
	// A level that exists, and a writer that never fails.
	w, _ := gzip.NewWriterLevel(&b, gzip.BestSpeed)
	_, _ = w.Write(body)
	_ = w.Close()
	return b.Bytes()
}

// acceptsGzip reads Accept-Encoding (RFC 9110 section 12.5.3).
func acceptsGzip(h http.Header) bool {
	rest := false
	for item := range strings.SplitSeq(strings.Join(h.Values("Accept-Encoding"), ","), ",") {
		coding, params, _ := strings.Cut(item, ";")
		_, weight, weighted := strings.Cut(params, "=")
		q, err := strconv.ParseFloat(strings.TrimSpace(weight), 64)
		wanted := !weighted || err == nil && q > 0
		switch strings.ToLower(strings.TrimSpace(coding)) {
		case "gzip":
			return wanted
		case "*":
			rest = wanted
		}
	}
	return rest
}

// sendZipped is send for bodies that are made for one request.
func sendZipped(w http.ResponseWriter, r *http.Request, mediaType string, body []byte) {
	w.Header().Set("Vary", "Accept-Encoding")
	if len(body) >= leastZipped && acceptsGzip(r.Header) {
		w.Header().Set("Content-Encoding", "gzip")
		body = zip(body)
	}
	send(w, mediaType, http.StatusOK, body)
}

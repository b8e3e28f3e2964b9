package load

import "strconv"

// httpRequests writes the requests of HTTP. It belongs to one worker.
type httpRequests struct {
	pop              *population
	announce, scrape string // up to the first key
	rest             string // from behind the last key to the end of the headers
	numWant, hashes  int
}

func newHTTPRequests(c *Config, p *population) httpRequests {
	connection := "keep-alive"
	if c.OneShot {
		connection = "close"
	}
	scrape, _ := c.Target.scrapePath()
	return httpRequests{
		pop: p, announce: "GET " + withQuery(c.Target.Path), scrape: "GET " + withQuery(scrape),
		rest:    " HTTP/1.1\r\nHost: " + c.Target.Host + "\r\nUser-Agent: altbench\r\nConnection: " + connection + "\r\n\r\n",
		numWant: c.NumWant, hashes: c.ScrapeHashes,
	}
}

// withQuery returns a path that a key can follow.
func withQuery(path string) string {
	for i := range len(path) {
		if path[i] == '?' {
			return path + "&"
		}
	}
	return path + "?"
}

// append appends a request.
func (h *httpRequests) append(b []byte, r request) []byte {
	if r.kind == scrape {
		return h.appendScrape(b, r)
	}
	p := h.pop
	hash, peerID, have := p.hash(p.torrent[r.peer]), p.peerID(r.peer), progressOf(p, r)
	b = append(b, h.announce...)
	b = append(b, "info_hash="...)
	b = appendEscaped(b, hash[:])
	b = append(b, "&peer_id="...)
	b = append(b, peerID[:]...) // none of it needs escaping
	b = append(b, "&port="...)
	b = strconv.AppendUint(b, uint64(p.port(r.peer)), 10)
	b = append(b, "&uploaded="...)
	b = strconv.AppendUint(b, have.uploaded, 10)
	b = append(b, "&downloaded="...)
	b = strconv.AppendUint(b, have.downloaded, 10)
	b = append(b, "&left="...)
	b = strconv.AppendUint(b, have.left, 10)
	b = append(b, "&compact=1&key="...)
	b = append(b, peerID[12:]...)
	if h.numWant >= 0 {
		b = append(b, "&numwant="...)
		b = strconv.AppendUint(b, uint64(h.numWant), 10)
	}
	if r.kind != regular {
		b = append(b, "&event="...)
		b = append(b, kindNames[r.kind]...)
	}
	return append(b, h.rest...)
}

func (h *httpRequests) appendScrape(b []byte, r request) []byte {
	b = append(b, h.scrape...)
	for i := range h.hashes {
		if i > 0 {
			b = append(b, '&')
		}
		b = append(b, "info_hash="...)
		hash := h.pop.hash(h.pop.scraped(r.peer, i))
		b = appendEscaped(b, hash[:])
	}
	return append(b, h.rest...)
}

// appendEscaped appends a value of a query (RFC 3986, section 2).
func appendEscaped(b, value []byte) []byte {
	const digits = "0123456789ABCDEF"
	for _, c := range value {
		if 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '-' || c == '.' || c == '_' || c == '~' {
			b = append(b, c)
		} else {
			b = append(b, '%', digits[c>>4], digits[c&15])
		}
	}
	return b
}

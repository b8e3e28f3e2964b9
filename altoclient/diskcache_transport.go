package altoclient

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"
)

// client returns a client like c whose requests pass through the cache.
func (c *diskCache) client(like *Client) *Client {
	through, inner := *like, *like.http
	if c.base = inner.Transport; c.base == nil {
		c.base = http.DefaultTransport
	}
	inner.Transport = c
	through.http = &inner
	return &through
}

// RoundTrip implements [http.RoundTripper].
func (c *diskCache) RoundTrip(req *http.Request) (*http.Response, error) {
	key, err := requestKey(req)
	if err != nil {
		return nil, err
	}
	document, known, offline := c.find(key, req)
	if offline {
		return c.replay(document, known, req)
	}
	if !known && !c.broken() {
		// "Not modified" would leave the cache without the document.
		req = req.Clone(req.Context())
		req.Header.Del("If-None-Match")
		req.Header.Del("If-Modified-Since")
	}
	resp, err := c.base.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	c.watch(key, req, resp)
	return resp, nil
}

// requestKey tells requests apart that may have different answers. It does not
// depend on who asks, because a source asks as one.
func requestKey(req *http.Request) (string, error) {
	h := sha256.New()
	u := *req.URL
	u.User, u.Fragment = nil, ""
	fmt.Fprintf(h, "%s %s\n", req.Method, u.String())
	if req.GetBody != nil {
		body, err := req.GetBody()
		if err != nil {
			return "", err
		}
		if _, err := io.Copy(h, body); err != nil {
			return "", err
		}
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// publicURL returns a URL without the parts that may hold a secret.
func publicURL(text string) string {
	u, err := url.Parse(text)
	if err != nil {
		return ""
	}
	u.User, u.RawQuery, u.ForceQuery, u.Fragment = nil, "", false, ""
	return u.String()
}

func (c *diskCache) find(key string, req *http.Request) (d keptDocument, known, offline bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if d, known = c.staged[key]; known && !c.offline {
		return d, true, false
	}
	d, known = c.manifest.find(key, publicURL(req.URL.String()))
	return d, known, c.offline
}

// replay answers from disk.
func (c *diskCache) replay(d keptDocument, known bool, req *http.Request) (*http.Response, error) {
	if req.Body != nil {
		_ = req.Body.Close() // as a RoundTripper must
	}
	if !known {
		return nil, fmt.Errorf("%s was not kept", publicURL(req.URL.String()))
	}
	resp := &http.Response{
		Status:        fmt.Sprintf("%d %s", d.Status, http.StatusText(d.Status)),
		StatusCode:    d.Status,
		Proto:         "HTTP/1.1",
		ProtoMajor:    1,
		ProtoMinor:    1,
		Header:        make(http.Header),
		ContentLength: d.Size,
		Body:          http.NoBody,
		Request:       req,
	}
	for name, value := range map[string]string{
		"Content-Type": d.MediaType, "ETag": d.ETag, "Last-Modified": d.LastModified, "Location": d.Location,
	} {
		if value != "" {
			resp.Header.Set(name, value)
		}
	}
	if d.Sum != "" {
		file, err := os.Open(c.path(d.Sum))
		if err != nil {
			return nil, err
		}
		resp.Body = file
	}
	return resp, nil
}

// watch notes what a server answered, and has the body kept when it is read.
func (c *diskCache) watch(key string, req *http.Request, resp *http.Response) {
	now := time.Now()
	d := keptDocument{
		Key:          key,
		URL:          publicURL(req.URL.String()),
		Status:       resp.StatusCode,
		MediaType:    resp.Header.Get("Content-Type"),
		ETag:         resp.Header.Get("ETag"),
		LastModified: resp.Header.Get("Last-Modified"),
		Fetched:      now,
		Checked:      now,
	}
	location := resp.Header.Get("Location")
	switch {
	case resp.StatusCode == http.StatusNotModified:
		c.mu.Lock()
		c.touched[key] = true
		c.mu.Unlock()
	case resp.StatusCode == http.StatusOK && isMapDocument(d.MediaType):
		resp.Body = c.keep(d, resp.Body)
	case resp.StatusCode/100 == 3 && location != "":
		d.MediaType, d.ETag, d.LastModified, d.Location = "", "", "", publicURL(location)
		c.stage(d)
	}
}

// isMapDocument keeps streams, and what is not ALTO's, away from the disk.
func isMapDocument(mediaType string) bool {
	return strings.HasPrefix(strings.ToLower(mediaType), "application/alto-") && !isMediaType(mediaType, MediaTypeError)
}

func (c *diskCache) stage(d keptDocument) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if old := c.staged[d.Key]; old.temporary != "" {
		_ = os.Remove(old.temporary) // swept later if this fails
	}
	c.staged[d.Key] = d
}

// keptBody writes to a file what is read of a body.
type keptBody struct {
	io.ReadCloser
	cache    *diskCache
	document keptDocument
	file     *os.File // nil once it is complete, or given up
	hash     hash.Hash
}

func (c *diskCache) keep(d keptDocument, body io.ReadCloser) io.ReadCloser {
	file, err := c.create()
	if err != nil {
		c.fail(err)
		return body
	}
	return &keptBody{ReadCloser: body, cache: c, document: d, file: file, hash: sha256.New()}
}

// Read implements [io.Reader]. Trouble with the file is none of the reader's.
func (b *keptBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if b.file == nil {
		return n, err
	}
	_, _ = b.hash.Write(p[:n]) // never fails
	b.document.Size += int64(n)
	if b.document.Size > b.cache.limit {
		b.giveUp(fmt.Errorf("%s has more than %d bytes: %w", b.document.URL, b.cache.limit, ErrTooLarge))
	} else if _, err := b.file.Write(p[:n]); err != nil {
		b.giveUp(err)
	}
	if err == io.EOF && b.file != nil {
		b.finish()
	}
	return n, err
}

func (b *keptBody) finish() {
	err := b.file.Sync()
	if err == nil {
		err = b.file.Close()
	}
	if err != nil {
		b.giveUp(err)
		return
	}
	b.document.Sum = hex.EncodeToString(b.hash.Sum(nil))
	b.document.temporary = b.file.Name()
	b.file = nil
	b.cache.stage(b.document)
}

func (b *keptBody) giveUp(err error) {
	b.discard()
	b.cache.fail(err)
}

func (b *keptBody) discard() {
	_ = b.file.Close()
	_ = os.Remove(b.file.Name()) // swept later if this fails
	b.file = nil
}

// Close implements [io.Closer]. A body that was not read to its end is not kept.
func (b *keptBody) Close() error {
	if b.file != nil {
		b.discard()
	}
	return b.ReadCloser.Close()
}

package altoclient

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"
)

// request asks for one document.
type request struct {
	uri       string
	mediaType string
	known     validators // of the version at hand, if any
	bypass    bool       // no cache on the way may answer
	accepts   string     // media type of params; empty means GET
	params    []byte     // POSTed

	contentType *string // set to the media type of a good answer, with its parameters
}

// validators name a version of a document to HTTP (RFC 9110 section 8.8). They
// are not version tags.
type validators struct {
	etag         string
	lastModified string
}

// reply is what there is to know of an answer besides its body.
type reply struct {
	unchanged bool // the version at hand is still right
	validators
	fresh freshness
}

// get sends r and passes the body of a good answer to parse, together with the
// URL that it came from after all redirects.
func (c *Client) get(ctx context.Context, r request, parse func(body io.Reader, base *url.URL) error) (reply, error) {
	ctx, cancel := context.WithTimeout(ctx, c.config.Timeout)
	defer cancel()
	req, err := c.newRequest(ctx, r)
	if err != nil {
		return reply{}, err
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return reply{}, fmt.Errorf("%s: %w", req.URL.Redacted(), withoutURL(err))
	}
	defer func() { _ = resp.Body.Close() }() // it was only read

	rep, err := c.answer(r, resp, parse)
	if err != nil {
		if cut := ctx.Err(); cut != nil && !errors.Is(err, cut) {
			err = fmt.Errorf("%w: %w", cut, err) // a read that was cut short does not always say why
		}
		return reply{}, fmt.Errorf("%s: %w", resp.Request.URL.Redacted(), err)
	}
	return rep, nil
}

// withoutURL takes the URL out of an error of net/url or net/http: it may hold a
// password or, after a redirect, not say where we asked.
func withoutURL(err error) error {
	var named *url.Error
	if errors.As(err, &named) {
		return named.Err
	}
	return err
}

func (c *Client) newRequest(ctx context.Context, r request) (*http.Request, error) {
	method, body := http.MethodGet, io.Reader(nil)
	if r.accepts != "" {
		method, body = http.MethodPost, bytes.NewReader(r.params)
	}
	req, err := http.NewRequestWithContext(ctx, method, r.uri, body)
	if err != nil {
		return nil, withoutURL(err)
	}
	if r.accepts != "" {
		req.Header.Set("Content-Type", r.accepts)
	}
	req.Header.Set("Accept", r.mediaType+", "+MediaTypeError)
	req.Header.Set("User-Agent", c.config.UserAgent)
	if r.known.etag != "" {
		req.Header.Set("If-None-Match", r.known.etag)
	}
	if r.known.lastModified != "" {
		req.Header.Set("If-Modified-Since", r.known.lastModified)
	}
	if r.bypass {
		req.Header.Set("Cache-Control", "no-cache")
	}
	return req, nil
}

func (c *Client) answer(r request, resp *http.Response, parse func(io.Reader, *url.URL) error) (reply, error) {
	rep := reply{
		validators: validators{etag: resp.Header.Get("ETag"), lastModified: resp.Header.Get("Last-Modified")},
		fresh:      parseFreshness(resp.Header, time.Now()),
	}
	mediaType := resp.Header.Get("Content-Type")
	switch {
	case resp.StatusCode == http.StatusNotModified && r.known != (validators{}):
		rep.unchanged = true
		rep.validators = r.known
		return rep, nil
	case isMediaType(mediaType, MediaTypeError), resp.StatusCode != http.StatusOK:
		return rep, newStatusError(resp)
	case !isMediaType(mediaType, r.mediaType):
		return rep, fmt.Errorf("media type is %.80q, want %s", mediaType, r.mediaType)
	case resp.ContentLength > c.config.Limits.Bytes:
		return rep, tooManyBytes(c.config.Limits.Bytes)
	}
	if r.contentType != nil {
		*r.contentType = mediaType
	}
	return rep, parse(resting(resp.Body, c.config.Rest, c.config.Timeout/2), resp.Request.URL)
}

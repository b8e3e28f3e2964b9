package altoclient

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// The media types of RFC 8895.
const (
	MediaTypeUpdateStreamParams  = "application/alto-updatestreamparams+json"
	MediaTypeUpdateStreamControl = "application/alto-updatestreamcontrol+json"
)

// UpdateStreamParams asks for an update stream, or for a change of one (RFC 8895
// section 6.5).
type UpdateStreamParams struct {
	Add    map[string]AddUpdates `json:"add,omitempty"`    // by substream id
	Remove *[]string             `json:"remove,omitempty"` // substream ids; none means all
}

// AddUpdates asks for the updates of one resource.
type AddUpdates struct {
	ResourceID  string `json:"resource-id"`
	Tag         string `json:"tag,omitempty"`                 // of the version at hand
	Incremental *bool  `json:"incremental-changes,omitempty"` // nil means true

	// Input is what would be POSTed to a resource that wants that (RFC 8895
	// section 6.5); nil for the others.
	Input jsontext.Value `json:"input,omitempty"`
}

// UpdateStreamControl is what an update stream says about itself (RFC 8895
// section 5.3).
type UpdateStreamControl struct {
	ControlURI       string // as sent; empty if there is none
	Started, Stopped []string
	Description      string
}

// ParseUpdateStreamControl reads the data of a control update message.
func ParseUpdateStreamControl(r io.Reader) (UpdateStreamControl, error) {
	var c UpdateStreamControl
	d := open(r, Limits{Bytes: 1 << 20})
	err := d.object(func(name []byte) (err error) {
		switch string(name) {
		case "control-uri":
			if d.dec.PeekKind() == kindNull {
				return d.skip()
			}
			c.ControlURI, err = d.str()
		case "started":
			c.Started, err = d.strings()
		case "stopped":
			c.Stopped, err = d.strings()
		case "description":
			c.Description, err = d.str()
		default:
			err = d.skip()
		}
		return err
	})
	if err != nil {
		return c, err
	}
	return c, d.close()
}

var (
	errNoBase = errors.New("a JSON Patch of a map that was never sent in full")
	errSilent = errors.New("the server has said nothing for too long")
)

func errUpdateType(mediaType string) error {
	return fmt.Errorf("media type %.80q is neither a map nor a change of one", mediaType)
}

// The substreams that we ask for: the network map's, and one for each document of
// costs, which has its number after the prefix.
const (
	networkStream = "network"
	costsStream   = "costs-"
)

// stream opens an update stream and applies what it says, until it ends.
func (f *follower) stream(ctx context.Context, p *replica) error {
	offer := f.remote.offer
	params, err := json.Marshal(p.streamParams(offer), json.Deterministic(true))
	if err != nil {
		return err
	}
	req := request{uri: offer.sse.URI, mediaType: MediaTypeEventStream, accepts: MediaTypeUpdateStreamParams, params: params}
	return f.client.stream(ctx, req, f.client.config.Timeout, p.silence, p.heard, func(resp *http.Response) error {
		_, err := f.client.answer(req, resp, func(io.Reader, *url.URL) error { return nil })
		if err != nil {
			return fmt.Errorf("%w: %w", errRefused, err)
		}
		f.source.setUpdates(UpdatesSSE)
		f.source.note(nil)
		return p.read(newEventReader(resp.Body, p.limits.Bytes))
	})
}

func (p *replica) streamParams(offer updateOffer) UpdateStreamParams {
	add := func(id, tag string, input jsontext.Value) AddUpdates {
		a := AddUpdates{ResourceID: id, Tag: tag, Input: input}
		if !offer.sse.patchable(id) {
			a.Incremental = new(bool)
		}
		return a
	}
	network := offer.network.ID
	params := UpdateStreamParams{Add: map[string]AddUpdates{
		networkStream: add(network, p.networkTag(offer.sse.IncrementalChanges[network]), nil),
	}}
	for i, c := range p.costs {
		params.Add[costsStream+strconv.Itoa(i)] = add(c.question.at.ID, p.costsTag(c), c.question.input())
	}
	return params
}

// read applies the events of a stream.
func (p *replica) read(events *eventReader) error {
	for {
		name, data, err := events.next()
		if err != nil {
			return cut(err)
		}
		source := &remembering{r: data}
		if err := p.event(name, source); err != nil {
			if errors.Is(source.err, ErrTooLarge) || errors.Is(source.err, errLateName) {
				return doubt("event %.80q: %w", name, source.err)
			}
			return source.or(err)
		}
	}
}

// event applies one event. Its name is a media type and, but for control
// messages, a substream id (RFC 8895 section 5.2).
func (p *replica) event(name string, data io.Reader) error {
	mediaType, id := name, ""
	if i := strings.LastIndexByte(name, ','); i >= 0 {
		mediaType, id = name[:i], strings.TrimSpace(name[i+1:])
	}
	switch {
	case isMediaType(mediaType, MediaTypeUpdateStreamControl):
		return p.control(data)
	case id == networkStream:
		return p.updateNetwork(mediaType, data)
	}
	for i, c := range p.costs {
		if id == costsStream+strconv.Itoa(i) {
			return p.updateCosts(c, mediaType, data)
		}
	}
	return doubt("event %.80q is of no substream of ours", name)
}

func (p *replica) control(data io.Reader) error {
	c, err := ParseUpdateStreamControl(data)
	switch {
	case err != nil:
		return doubt("control message: %w", err)
	case len(c.Stopped) > 0:
		return fmt.Errorf("%w: the server has stopped %.80q: %.200s", errRefused, c.Stopped, c.Description)
	}
	return nil
}

// stream sends r and passes a good connection to read. It is given up if there is no
// answer for as long as answer, or if nothing comes for as long as silence; heard
// is called whenever something does, and ends it by an error.
func (c *Client) stream(ctx context.Context, r request, answer, silence time.Duration, heard func() error, read func(*http.Response) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	req, err := c.newRequest(ctx, r)
	if err != nil {
		return err
	}
	watchdog := time.AfterFunc(answer, func() { cancel(errSilent) })
	defer watchdog.Stop()
	resp, err := c.http.Do(req)
	if err == nil {
		watchdog.Reset(silence)
		body := resp.Body
		defer func() { _ = body.Close() }() // it was only read
		resp.Body = io.NopCloser(&heardReader{body, func() error {
			watchdog.Reset(silence)
			return heard()
		}})
		req = resp.Request
		err = read(resp)
	}
	switch {
	case err == nil:
		return nil
	case errors.Is(context.Cause(ctx), errSilent):
		err = errSilent
	}
	return fmt.Errorf("%s: %w", req.URL.Redacted(), withoutURL(err))
}

type heardReader struct {
	r     io.Reader
	heard func() error
}

func (h *heardReader) Read(p []byte) (int, error) {
	n, err := h.r.Read(p)
	if n > 0 {
		if err := h.heard(); err != nil {
			return 0, err
		}
	}
	return n, err
}

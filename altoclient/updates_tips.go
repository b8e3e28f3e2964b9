package altoclient

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"sync"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"golang.org/x/sync/errgroup"
)

// viewer follows the views of a network map and its costs. RFC 9569 has no way to
// close a view; one that nobody asks about is forgotten by its server.
type viewer struct {
	follower *follower

	mu      sync.Mutex // guards what follows
	replica *replica
	idle    map[*view]bool // views that have nothing newer, since the last confirmation
	waiting int            // how many views there are
}

// view follows the updates of one resource.
type view struct {
	*viewer
	id     string
	input  jsontext.Value
	uri    *url.URL
	accept string
	tag    func() string
	update func(mediaType string, data io.Reader) error
}

// views opens a view of each map and applies their updates, until something goes
// wrong.
func (f *follower) views(ctx context.Context, p *replica) error {
	w := &viewer{follower: f, replica: p, idle: make(map[*view]bool), waiting: 1 + len(p.costs)}
	offer := f.remote.offer
	all := w.newViews(offer)
	edges := make([]TIPSEdge, len(all))
	for i, v := range all {
		var err error
		if edges[i], err = v.open(ctx, offer.tips.URI); err != nil {
			return err
		}
	}
	tasks, ctx := errgroup.WithContext(ctx)
	for i, v := range all {
		tasks.Go(func() error { return v.run(ctx, edges[i]) })
	}
	f.source.setUpdates(UpdatesTIPS)
	f.source.note(nil)
	return tasks.Wait()
}

// newViews returns the views, the network map's first.
func (w *viewer) newViews(offer updateOffer) []*view {
	p := w.replica
	incremental := offer.tips.IncrementalChanges[offer.network.ID]
	all := []*view{{
		viewer: w, id: offer.network.ID, update: p.updateNetwork, accept: updateTypes(MediaTypeNetworkMap),
		tag: func() string { return p.networkTag(incremental) },
	}}
	for _, c := range p.costs {
		all = append(all, &view{
			viewer: w, id: c.question.at.ID, input: c.question.input(), accept: updateTypes(MediaTypeCostMap),
			tag:    func() string { return p.costsTag(c) },
			update: func(mediaType string, data io.Reader) error { return p.updateCosts(c, mediaType, data) },
		})
	}
	return all
}

// updateTypes are the media types of the updates of a map.
func updateTypes(whole string) string {
	return whole + ", " + MediaTypeMergePatch + ", " + MediaTypeJSONPatch
}

// open asks for the view, and returns the edge to begin with.
func (v *view) open(ctx context.Context, uri string) (TIPSEdge, error) {
	var base *url.URL
	summary, tag, err := v.ask(ctx, uri, MediaTypeTIPS, v.input, &base)
	if err != nil {
		return TIPSEdge{}, v.failed(err, isTrouble(err))
	}
	if v.uri, err = base.Parse(summary.URI); err != nil {
		return TIPSEdge{}, fmt.Errorf("%w: TIPS view of %s: %w", errRefused, v.id, withoutURL(err))
	}
	scheme := v.uri.Scheme
	if summary.URI == "" || v.uri.Host == "" || scheme != "https" && (scheme != "http" || base.Scheme != "http") {
		return TIPSEdge{}, fmt.Errorf("%w: TIPS view of %s: bad URI %.80q", errRefused, v.id, summary.URI)
	}
	if v.uri.User == nil && origin(v.uri) == origin(base) {
		v.uri.User = base.User
	}
	if summary.Next.From != 0 && tag == "" {
		return TIPSEdge{}, fmt.Errorf("%w: TIPS view of %s: no edge from nothing", errRefused, v.id)
	}
	return summary.Next, nil
}

// ask sends TIPSParams, and returns the tag that they had.
func (v *view) ask(ctx context.Context, uri, mediaType string, input jsontext.Value, base **url.URL) (summary TIPSView, tag string, err error) {
	v.mu.Lock()
	tag = v.tag()
	v.mu.Unlock()
	params, err := json.Marshal(TIPSParams{v.id, tag, input})
	if err != nil {
		return summary, tag, err
	}
	req := request{uri: uri, mediaType: mediaType, accepts: MediaTypeTIPSParams, params: params}
	_, err = v.follower.client.get(ctx, req, func(body io.Reader, at *url.URL) (err error) {
		if base != nil {
			*base = at
		}
		summary, err = ParseTIPSView(body)
		return err
	})
	return summary, tag, err
}

// failed says what has, and that the server has refused unless to ask again may
// help.
func (v *view) failed(err error, again bool) error {
	if !again {
		err = fmt.Errorf("%w: %w", errRefused, err)
	}
	return fmt.Errorf("TIPS view of %s: %w", v.id, err)
}

// isBusy tells whether a server has said that it is, about a view that it had
// opened before.
func isBusy(err error) bool {
	var status *StatusError
	return errors.As(err, &status) && (status.Status == http.StatusTooManyRequests || status.Status == http.StatusServiceUnavailable)
}

// isTrouble tells whether to ask again may help: the server was not reached, or
// has forgotten a view.
func isTrouble(err error) bool {
	var network net.Error
	var status *StatusError
	return errors.As(err, &status) && status.Status == http.StatusNotFound || errors.As(err, &network) ||
		errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, context.Canceled)
}

// run fetches edge after edge; it never returns nil.
func (v *view) run(ctx context.Context, edge TIPSEdge) error {
	for failures := 0; ; {
		err := v.fetch(ctx, edge)
		var status *StatusError
		switch {
		case err == nil:
			failures = 0
			edge = TIPSEdge{edge.To, edge.To + 1}
			continue
		case ctx.Err() != nil:
			return ctx.Err()
		case errors.Is(err, errSilent):
			// Nothing has changed, or the server is gone: it will say.
			if edge, err = v.next(ctx, edge.From); err != nil {
				return err
			}
			continue
		case errors.Is(err, errEarly):
			if err := v.wait(); err != nil {
				return err
			}
		case !errors.As(err, &status):
			return err
		}
		if status != nil {
			switch status.Status {
			case http.StatusGone: // versions as old as ours are
				var failed error
				if edge, failed = v.next(ctx, edge.From); failed != nil {
					return failed
				}
			case http.StatusTooEarly, http.StatusTooManyRequests:
			case http.StatusUnsupportedMediaType:
				return fmt.Errorf("%w: %w", errRefused, err)
			default:
				return err
			}
		}
		if failures++; failures > reconnects {
			return err
		}
		if !sleep(ctx, max(v.follower.source.jitter(firstRetry<<(failures-1)), retryAfter(err))) {
			return ctx.Err()
		}
	}
}

// wait is called when costs have come before their network map.
func (v *view) wait() error {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.replica.split.IsZero() {
		v.replica.split = time.Now()
	}
	return v.replica.heard()
}

// next returns the edge that leads on from version at. The view knows what was asked
// for (RFC 9569 section 7.4.1).
func (v *view) next(ctx context.Context, at uint64) (TIPSEdge, error) {
	summary, _, err := v.ask(ctx, v.uri.JoinPath("ug").String(), MediaTypeMergePatch, nil, nil)
	if err != nil {
		return TIPSEdge{}, v.failed(err, isTrouble(err) || isBusy(err))
	}
	if at < summary.Start {
		if summary.Next.From != 0 {
			return TIPSEdge{}, doubt("TIPS view of %s: no way from version %d to %d", v.id, at, summary.End)
		}
		return summary.Next, nil
	}
	if summary.End == at {
		err = v.confirm()
	}
	return TIPSEdge{at, at + 1}, err
}

// confirm is called when the server has nothing newer. The maps are confirmed when
// that has been said of all.
func (v *view) confirm() error {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.idle[v] = true
	if len(v.idle) < v.waiting && v.replica.split.IsZero() {
		return nil
	}
	clear(v.idle)
	return v.replica.heard()
}

// fetch fetches an edge and applies it. If the edge is not there yet, the server
// is expected to wait until it is; the error is errSilent if that takes too long.
func (v *view) fetch(ctx context.Context, edge TIPSEdge) error {
	at := v.uri.JoinPath("ug", strconv.FormatUint(edge.From, 10), strconv.FormatUint(edge.To, 10))
	req := request{uri: at.String(), mediaType: v.accept}
	client := v.follower.client
	err := client.stream(ctx, req, v.replica.silence, v.replica.silence, func() error { return nil }, func(resp *http.Response) error {
		mediaType := resp.Header.Get("Content-Type")
		if resp.StatusCode != http.StatusOK || isMediaType(mediaType, MediaTypeError) {
			return newStatusError(resp)
		}
		v.mu.Lock()
		defer v.mu.Unlock()
		delete(v.idle, v)
		if edge.From == 0 && !isMediaType(mediaType, MediaTypeNetworkMap) && !isMediaType(mediaType, MediaTypeCostMap) {
			return doubt("a change of nothing: %w", errUpdateType(mediaType))
		}
		data := &remembering{r: resp.Body}
		if err := v.update(mediaType, data); err != nil {
			return data.or(err)
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("edge from %d to %d: %w", edge.From, edge.To, err)
	}
	return nil
}

// remembering tells a source that fails from one that is wrong.
type remembering struct {
	r   io.Reader
	err error
}

func (m *remembering) Read(p []byte) (int, error) {
	n, err := m.r.Read(p)
	if err != nil && err != io.EOF {
		m.err = err
	}
	return n, err
}

// or returns the error of the source, or else err.
func (m *remembering) or(err error) error {
	if m.err != nil {
		return m.err
	}
	return err
}

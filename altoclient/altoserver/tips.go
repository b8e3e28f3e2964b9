package altoserver

import (
	"mime"
	"net/http"
	"strconv"
	"strings"
	"sync"

	"github.com/go-json-experiment/json"
	"github.com/gorilla/mux"

	"github.com/altracker/altracker/altoclient"
)

const pathTIPS = "/tips"

// maxVersions is how many versions of a resource a view keeps.
const maxVersions = 4

// tipsView is the updates graph of one resource (RFC 9569 section 3): its last few
// versions, each with its snapshot, and what leads from each to the next. All
// clients share it.
type tipsView struct {
	id string
	of subject

	mu       sync.Mutex // guards what follows
	start    uint64     // number of versions[0]
	versions []tipsVersion
	content  *Content // that has the last version
}

type tipsVersion struct {
	tag   string
	whole update
	next  update // leads to the version after this one
}

// view returns the view of a resource, a new one if need be.
func (h *hub) view(content *Content, r resource) *tipsView {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, v := range h.views {
		if v.of == r.subject {
			return v
		}
	}
	v := &tipsView{id: secret(), of: r.subject, start: 1, content: content}
	v.versions = []tipsVersion{version(r)}
	h.views[v.id] = v
	return v
}

func version(r resource) tipsVersion { return tipsVersion{tag: r.tag, whole: r.update()} }

// publish adds a version, if the resource has changed. A view of a resource that
// is no more is closed.
func (v *tipsView) publish(latest func() *Content, h *hub) {
	v.mu.Lock()
	defer v.mu.Unlock()
	content := latest() // never older than what another call has seen
	r, ok := content.resource(v.of)
	if !ok {
		h.mu.Lock()
		defer h.mu.Unlock()
		delete(h.views, v.id)
		return
	}
	if content == v.content {
		return
	}
	u := h.change(v.content, content, r)
	v.content = content
	if u.body == nil {
		return
	}
	v.versions[len(v.versions)-1].next = u
	v.versions = append(v.versions, version(r))
	if len(v.versions) > maxVersions {
		v.versions = append([]tipsVersion(nil), v.versions[1:]...)
		v.start++
	}
}

func (v *tipsView) end() uint64 { return v.start + uint64(len(v.versions)) - 1 }

// The wire form of RFC 9569 section 6.2.
type (
	tipsAnswer struct {
		URI     string      `json:"tips-view-uri,omitempty"`
		Summary tipsSummary `json:"tips-view-summary"`
	}
	tipsSummary struct {
		Graph tipsGraph `json:"updates-graph-summary"`
	}
	tipsGraph struct {
		Start uint64   `json:"start-seq"`
		End   uint64   `json:"end-seq"`
		Next  tipsEdge `json:"start-edge-rec"`
	}
	tipsEdge struct {
		From uint64 `json:"seq-i"`
		To   uint64 `json:"seq-j"`
	}
)

// summary recommends an edge to a client that has the version of tag.
func (v *tipsView) summary(tag string) tipsSummary {
	v.mu.Lock()
	defer v.mu.Unlock()
	g := tipsGraph{Start: v.start, End: v.end(), Next: tipsEdge{0, v.end()}}
	changes, whole := 0, len(v.versions[len(v.versions)-1].whole.body)
	for i := len(v.versions) - 1; i >= 0 && tag != ""; i-- {
		changes += len(v.versions[i].next.body)
		if changes >= whole {
			break
		}
		if v.versions[i].tag == tag {
			at := v.start + uint64(i)
			g.Next = tipsEdge{at, at + 1}
			break
		}
	}
	return tipsSummary{g}
}

// openView answers with a view (RFC 9569 section 6).
func (s *Server) openView(w http.ResponseWriter, r *http.Request) {
	params, ok := s.tipsParams(w, r)
	if !ok {
		return
	}
	content := s.latest()
	resource, ok := content.resource(subject{id: params.ResourceID})
	if !ok {
		refuse(w, *invalid("resource-id", params.ResourceID))
		return
	}
	v := s.hub.view(content, resource)
	v.publish(s.content.Load, s.hub) // it may have missed something
	answer := tipsAnswer{URI: outside(r) + pathTIPS + "/" + v.id, Summary: v.summary(params.Tag)}
	body, _ := json.Marshal(answer)
	send(w, altoclient.MediaTypeTIPS, http.StatusOK, body)
}

// outside is where the client sees us. The URI of a view must be whole (RFC 9569
// section 6.2).
func outside(r *http.Request) string {
	scheme := "http"
	if r.TLS != nil || r.Header.Get("X-Forwarded-Proto") == "https" {
		scheme = "https"
	}
	return scheme + "://" + r.Host
}

func (s *Server) tipsParams(w http.ResponseWriter, r *http.Request) (params altoclient.TIPSParams, ok bool) {
	body, ok := s.body(w, r, altoclient.MediaTypeTIPSParams)
	if !ok {
		return params, false
	}
	if fault := decode(body, &params); fault != nil {
		refuse(w, *fault)
		return params, false
	}
	if params.ResourceID == "" {
		refuse(w, *missing("resource-id"))
		return params, false
	}
	return params, true
}

func (s *Server) findView(r *http.Request) *tipsView {
	s.hub.mu.Lock()
	defer s.hub.mu.Unlock()
	return s.hub.views[mux.Vars(r)["view"]]
}

// nextEdge recommends an edge (RFC 9569 section 7.4).
func (s *Server) nextEdge(w http.ResponseWriter, r *http.Request) {
	params, ok := s.tipsParams(w, r)
	if !ok {
		return
	}
	v := s.findView(r)
	if v == nil {
		http.NotFound(w, r)
		return
	}
	if params.ResourceID != v.of.id {
		refuse(w, *invalid("resource-id", params.ResourceID))
		return
	}
	body, _ := json.Marshal(tipsAnswer{Summary: v.summary(params.Tag)})
	send(w, altoclient.MediaTypeMergePatch, http.StatusOK, body)
}

// edge answers with what is on an edge, as soon as it is there (RFC 9569 section
// 7.2).
func (s *Server) edge(w http.ResponseWriter, r *http.Request) {
	v := s.findView(r)
	from, err := strconv.ParseUint(mux.Vars(r)["i"], 10, 64)
	to, err2 := strconv.ParseUint(mux.Vars(r)["j"], 10, 64)
	if v == nil || err != nil || err2 != nil {
		http.NotFound(w, r)
		return
	}
	for waiting := false; ; {
		changed := s.hub.signal() // before looking at what there is
		s.latest()
		u, status := v.edge(from, to)
		switch {
		case status == http.StatusOK && !accepts(r, u.mediaType):
			http.Error(w, "the update is "+u.mediaType, http.StatusUnsupportedMediaType)
			return
		case status == http.StatusOK:
			sendZipped(w, r, u.mediaType, u.body)
			return
		case status != http.StatusTooEarly || from == 0 || from > v.last():
			http.Error(w, http.StatusText(status), status)
			return
		case changed == nil:
			http.Error(w, "closing", http.StatusServiceUnavailable)
			return
		}
		if !waiting && !s.hub.beginPoll(s.config.MaxStreams) {
			w.Header().Set("Retry-After", "60")
			http.Error(w, "too many requests wait", http.StatusTooManyRequests)
			return
		}
		if !waiting {
			waiting = true
			defer s.hub.endPoll()
		}
		select {
		case <-r.Context().Done():
			return
		case <-changed:
		case <-s.turned():
		}
	}
}

func (v *tipsView) last() uint64 {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.end()
}

// edge returns what is on an edge, or the status that says why there is nothing.
func (v *tipsView) edge(from, to uint64) (update, int) {
	v.mu.Lock()
	defer v.mu.Unlock()
	switch end := v.end(); {
	case to <= from || from != 0 && to != from+1:
		return update{}, http.StatusNotFound
	case to < v.start || from != 0 && from < v.start:
		return update{}, http.StatusGone
	case to > end:
		return update{}, http.StatusTooEarly
	case from == 0:
		return v.versions[to-v.start].whole, http.StatusOK
	}
	return v.versions[from-v.start].next, http.StatusOK
}

func (h *hub) beginPoll(limit int) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.polls >= limit {
		return false
	}
	h.polls++
	return true
}

func (h *hub) endPoll() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.polls--
}

// accepts tells whether Accept has a media type (RFC 9110 section 12.5.1).
func accepts(r *http.Request, mediaType string) bool {
	values := r.Header.Values("Accept")
	if len(values) == 0 {
		return true
	}
	for item := range strings.SplitSeq(strings.Join(values, ","), ",") {
		if t, _, err := mime.ParseMediaType(item); err == nil && (t == mediaType || t == "*/*" || t == "application/*") {
			return true
		}
	}
	return false
}

package altoserver

import (
	"maps"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/altracker/altracker/altoclient"
)

const (
	pathUpdates = "/updates"
	pathStreams = pathUpdates + "/streams"
)

// stream is one update stream (RFC 8895).
type stream struct {
	mu      sync.Mutex // guards what follows
	active  map[string]*substream
	used    map[string]bool // ids that have ever been active
	stopped []string        // to be told
	started []string
}

// substream is what a client wants of one resource.
type substream struct {
	id          string
	of          subject
	incremental bool
	tag         string   // of the client's version; empty once sent is set
	sent        *Content // the client's version; nil: the client has none, or that of tag
}

// openStream answers with an update stream (RFC 8895 section 6).
func (s *Server) openStream(w http.ResponseWriter, r *http.Request) {
	body, ok := s.body(w, r, altoclient.MediaTypeUpdateStreamParams)
	if !ok {
		return
	}
	var params altoclient.UpdateStreamParams
	if fault := decode(body, &params); fault != nil {
		refuse(w, *fault)
		return
	}
	st := &stream{active: make(map[string]*substream), used: make(map[string]bool)}
	if len(params.Add) == 0 {
		refuse(w, *missing("add"))
		return
	}
	params.Remove = nil // to be ignored here (section 6.5)
	if fault := st.change(params, s.latest()); fault != nil {
		refuse(w, *fault)
		return
	}
	id, ok := s.hub.enter(st, s.config.MaxStreams)
	if !ok {
		w.Header().Set("Retry-After", "60")
		http.Error(w, "too many update streams", http.StatusServiceUnavailable)
		return
	}
	defer s.hub.leave(id)
	h := w.Header()
	h.Set("Content-Type", altoclient.MediaTypeEventStream)
	h.Set("Cache-Control", "no-store")
	h.Set("X-Accel-Buffering", "no") // nginx would keep events back
	w.WriteHeader(http.StatusOK)
	s.serveStream(newEventWriter(w, s.config.Stall), r, st, id)
}

func (h *hub) enter(st *stream, limit int) (id string, ok bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed || len(h.streams) >= limit {
		return "", false
	}
	id = secret()
	h.streams[id] = st
	return id, true
}

func (h *hub) leave(id string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.streams, id)
}

// serveStream sends what is new until the client goes, reads too slowly, or wants
// nothing any more.
func (s *Server) serveStream(w *eventWriter, r *http.Request, st *stream, id string) {
	first, _ := json.Marshal(map[string]string{"control-uri": pathStreams + "/" + id})
	w.event(altoclient.MediaTypeUpdateStreamControl, first)
	keepAlive := time.NewTicker(s.config.KeepAlive)
	defer keepAlive.Stop()
	for {
		changed := s.hub.signal() // before looking at what there is
		if changed == nil {
			return
		}
		more := s.sendUpdates(w, st)
		if w.flush() != nil || !more {
			return
		}
		select {
		case <-r.Context().Done():
			return
		case <-changed:
		case <-s.turned():
		case <-keepAlive.C:
			w.comment()
		}
	}
}

// sendUpdates brings the client up to date, and tells whether it wants any more.
func (s *Server) sendUpdates(w *eventWriter, st *stream) bool {
	content := s.latest()
	active, started, stopped := st.take(content)
	if len(started)+len(stopped) > 0 {
		doc, _ := json.Marshal(struct {
			Started []string `json:"started,omitempty"`
			Stopped []string `json:"stopped,omitempty"`
		}{started, stopped})
		w.event(altoclient.MediaTypeUpdateStreamControl, doc)
	}
	for _, r := range content.resources() {
		for _, sub := range active {
			if sub.of == r.subject {
				s.sendUpdate(w, sub, content, r)
			}
		}
	}
	for _, sub := range active {
		if sub.of.input == "" {
			continue
		}
		if r, ok := content.resource(sub.of); ok {
			s.sendUpdate(w, sub, content, r)
		}
	}
	return len(active) > 0
}

func (s *Server) sendUpdate(w *eventWriter, sub *substream, content *Content, r resource) {
	u := s.updateFor(sub, content, r)
	if u.body != nil {
		w.event(u.mediaType+","+sub.id, u.body)
	}
	sub.sent, sub.tag = content, ""
}

func (s *Server) updateFor(sub *substream, content *Content, r resource) update {
	whole := r.update()
	switch {
	case sub.sent == nil && sub.tag != "" && sub.tag == r.tag:
		return update{}
	case sub.sent == nil:
		return whole
	case sub.sent == content:
		return update{}
	}
	u := s.hub.change(sub.sent, content, r)
	if u.body != nil && !sub.incremental {
		return whole
	}
	return u
}

// take returns the active substreams in the order of their ids, and what the
// client has to be told about them.
func (st *stream) take(content *Content) (active []*substream, started, stopped []string) {
	st.mu.Lock()
	defer st.mu.Unlock()
	for _, id := range slices.Sorted(maps.Keys(st.active)) {
		sub := st.active[id]
		if content.check(sub.of) != nil { // the files have changed
			delete(st.active, id)
			st.stopped = append(st.stopped, id)
			continue
		}
		active = append(active, sub)
	}
	started, stopped = st.started, st.stopped
	st.started, st.stopped = nil, nil
	return active, started, stopped
}

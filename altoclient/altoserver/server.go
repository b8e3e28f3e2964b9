package altoserver

import (
	"fmt"
	"io"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gorilla/mux"

	"github.com/altracker/altracker/altoclient"
)

// Config says how a [Server] answers.
type Config struct {
	// MaxAge is how long clients may use an answer without asking again; 0 means
	// 5 minutes, less means that they must ask each time.
	MaxAge time.Duration

	// MaxRequest bounds the body of a request in bytes; 0 means 1 MiB.
	MaxRequest int64

	// MaxPairs bounds the costs in an answer to an endpoint cost request, those of
	// all cost types and slots of calendars; 0 means 100,000.
	MaxPairs int

	// KeepAlive is how often a quiet update stream shows that it lives; 0 means 15
	// seconds (RFC 8895 section 6.8).
	KeepAlive time.Duration

	// Stall is how long the client of an update stream may take nothing of what is
	// sent; 0 means 30 seconds.
	Stall time.Duration

	// MaxStreams bounds the update streams, and the TIPS requests that wait; 0
	// means 1,000 each.
	MaxStreams int
}

// Server answers from the Content published last. It is an [http.Handler].
type Server struct {
	config  Config
	router  *mux.Router
	content atomic.Pointer[Content] // see latest
	turning sync.Mutex              // held while a calendar goes on; before all locks of the hub
	hub     *hub
}

// New returns a Server of content.
func New(content *Content, config Config) *Server {
	if config.MaxAge == 0 {
		config.MaxAge = 5 * time.Minute
	}
	if config.MaxRequest == 0 {
		config.MaxRequest = 1 << 20
	}
	if config.MaxPairs == 0 {
		config.MaxPairs = 100_000
	}
	if config.KeepAlive == 0 {
		config.KeepAlive = 15 * time.Second
	}
	if config.Stall == 0 {
		config.Stall = 30 * time.Second
	}
	if config.MaxStreams == 0 {
		config.MaxStreams = 1000
	}
	s := &Server{config: config, router: mux.NewRouter(), hub: newHub()}
	s.content.Store(content)
	const costMap = "/costmap/{mode:num|ord}/{metric}"
	get := func(path string) {
		s.router.HandleFunc(path, s.page).Methods(http.MethodGet, http.MethodHead)
	}
	post := func(path string, answer http.HandlerFunc) {
		s.router.HandleFunc(path, answer).Methods(http.MethodPost)
	}
	get(pathDirectory)
	for _, set := range []string{"", pathMaps + "/{map}"} {
		get(set + pathNetworkMap)
		get(set + costMap)
		post(set+pathNetworkMap+pathFiltered, s.filterNetworkMap)
		post(set+costMap+pathFiltered, s.filterCostMap)
		post(set+pathCostMaps+pathFiltered, s.filterCostMaps)
	}
	get(pathPropertyMap + "/{map}")
	post(pathPropertyMap+"/{map}"+pathFiltered, s.filterPropertyMap)
	post(pathPropertyMap+pathFiltered, s.filterPIDs)
	post(pathEndpointProperties, s.endpointProperties)
	post(pathEndpointCosts, s.endpointCosts)
	post(pathUpdates, s.openStream)
	post(pathStreams+"/{stream}", s.controlStream)
	post(pathTIPS, s.openView)
	post(pathTIPS+"/{view}/ug", s.nextEdge)
	s.router.HandleFunc(pathTIPS+"/{view}/ug/{i:[0-9]+}/{j:[0-9]+}", s.edge).Methods(http.MethodGet)
	s.router.MethodNotAllowedHandler = http.HandlerFunc(methodNotAllowed)
	return s
}

// Publish replaces what the server answers from.
func (s *Server) Publish(content *Content) {
	s.content.Store(content)
	s.hub.publish(s.content.Load)
}

// latest returns what there is to say now. Where a calendar has gone on to its next
// slot, that is published first.
func (s *Server) latest() *Content {
	if c := s.content.Load(); !c.over(time.Now()) {
		return c
	}
	s.turning.Lock()
	defer s.turning.Unlock()
	c := s.content.Load()
	if next := c.at(time.Now()); next != c && s.content.CompareAndSwap(c, next) {
		s.hub.publish(s.content.Load)
	}
	return s.content.Load()
}

// turned is when latest will have something else to say by itself.
func (s *Server) turned() <-chan time.Time {
	until := s.content.Load().until
	if until.IsZero() {
		return nil
	}
	return time.After(time.Until(until))
}

func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.router.ServeHTTP(w, r) }

// methodNotAllowed says what is allowed, which mux does not.
func methodNotAllowed(w http.ResponseWriter, r *http.Request) {
	allow := "GET, HEAD"
	if strings.HasSuffix(r.URL.Path, pathFiltered) || r.URL.Path == pathEndpointProperties || r.URL.Path == pathEndpointCosts ||
		strings.HasPrefix(r.URL.Path, pathUpdates) || strings.HasPrefix(r.URL.Path, pathTIPS) {
		allow = "POST"
	}
	w.Header().Set("Allow", allow)
	http.Error(w, "allowed: "+allow, http.StatusMethodNotAllowed)
}

func (s *Server) page(w http.ResponseWriter, r *http.Request) {
	p, ok := s.latest().pages[r.URL.Path]
	if !ok {
		http.NotFound(w, r)
		return
	}
	zipped := p.zipped != nil && acceptsGzip(r.Header)
	h := w.Header()
	h.Set("ETag", p.etag(zipped))
	h.Set("Cache-Control", s.cacheControl(p.until))
	h.Set("Vary", "Accept-Encoding")
	if matches(r.Header.Values("If-None-Match"), p.etag(zipped)) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	body := p.body
	if zipped {
		h.Set("Content-Encoding", "gzip")
		body = p.zipped()
	}
	send(w, p.mediaType, http.StatusOK, body)
}

// cacheControl says how long an answer holds that may be another one from until on.
func (s *Server) cacheControl(until time.Time) string {
	if s.config.MaxAge < 0 {
		return "no-cache"
	}
	age := s.config.MaxAge
	if !until.IsZero() {
		age = max(0, min(age, time.Until(until)))
	}
	return "max-age=" + strconv.Itoa(int(age/time.Second))
}

// matches compares weakly (RFC 9110 section 13.1.2).
func matches(ifNoneMatch []string, etag string) bool {
	for _, line := range ifNoneMatch {
		for tag := range strings.SplitSeq(line, ",") {
			if tag = strings.TrimSpace(tag); tag == "*" || strings.TrimPrefix(tag, "W/") == etag {
				return true
			}
		}
	}
	return false
}

// send sets the media type bare: there are clients that compare it as a string.
func send(w http.ResponseWriter, mediaType string, status int, body []byte) {
	h := w.Header()
	h.Set("Content-Type", mediaType)
	h.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	_, _ = w.Write(body) // the client may have gone
}

func refuse(w http.ResponseWriter, doc altoclient.ErrorDocument) {
	send(w, altoclient.MediaTypeError, http.StatusBadRequest, doc.AppendJSON(nil))
}

// body reads a request's body of the given media type. If there is none it has
// answered already.
func (s *Server) body(w http.ResponseWriter, r *http.Request, mediaType string) ([]byte, bool) {
	if have, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || have != mediaType {
		http.Error(w, "want a body of "+mediaType, http.StatusUnsupportedMediaType)
		return nil, false
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, s.config.MaxRequest))
	if err != nil {
		http.Error(w, fmt.Sprintf("reading the body: %v", err), http.StatusRequestEntityTooLarge)
		return nil, false
	}
	return body, true
}

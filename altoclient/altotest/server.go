package altotest

import (
	"net/http"
	"sync"
	"time"

	"github.com/altracker/altracker/altoclient/altoserver"
)

// Server is an ALTO server with faults. It is an [http.Handler] and may be used
// from several goroutines.
type Server struct {
	// Delay is the unit of the slow faults. NewServer sets it to one second; it must
	// not be changed once the server is in use.
	Delay time.Duration

	// Elsewhere is where Moved leads, a URL without path. It must not be changed
	// once the server is in use.
	Elsewhere string

	inner *altoserver.Server

	mu       sync.Mutex
	faults   map[string]Fault // by path; "" is all other paths
	requests map[string]int   // by path
}

// keepAlive is short, for tests of what happens without it.
const keepAlive = 50 * time.Millisecond

// NewServer returns a Server of the given documents that tells its clients to ask
// each time. The error is altoserver's.
func NewServer(networkMap []byte, costMaps ...[]byte) (*Server, error) {
	content, err := altoserver.NewContent(networkMap, costMaps...)
	if err != nil {
		return nil, err
	}
	return &Server{
		Delay:    time.Second,
		inner:    altoserver.New(content, altoserver.Config{MaxAge: -1, KeepAlive: keepAlive}),
		faults:   make(map[string]Fault),
		requests: make(map[string]int),
	}, nil
}

// Publish replaces the maps.
func (s *Server) Publish(networkMap []byte, costMaps ...[]byte) error {
	content, err := altoserver.NewContent(networkMap, costMaps...)
	if err != nil {
		return err
	}
	s.inner.Publish(content)
	return nil
}

// Close ends update streams and requests that wait.
func (s *Server) Close() { s.inner.Close() }

// Break makes answers at path go wrong; the empty path means all that have no
// fault of their own.
func (s *Server) Break(path string, fault Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults[path] = fault
}

// Mend ends all faults.
func (s *Server) Mend() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.faults)
}

// Requests returns how many requests there were at path.
func (s *Server) Requests(path string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.requests[path]
}

func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	fault, broken := s.fault(r.URL.Path)
	if !broken {
		s.inner.ServeHTTP(w, r)
		return
	}
	if waits(r) {
		s.spoilStream(fault, w, r)
		return
	}
	good := &recorder{status: http.StatusOK, headers: make(http.Header)}
	ask := r.Clone(r.Context())
	ask.Header.Del("If-None-Match") // a 304 has no body to spoil
	ask.Header.Del("Accept-Encoding")
	s.inner.ServeHTTP(good, ask)
	s.spoil(fault, w, r, good)
}

func (s *Server) fault(path string) (Fault, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests[path]++
	if fault, ok := s.faults[path]; ok {
		return fault, true
	}
	fault, ok := s.faults[""]
	return fault, ok
}

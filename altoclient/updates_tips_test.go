package altoclient_test

import (
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/altracker/altracker/altoclient"
	"github.com/altracker/altracker/altoclient/altoserver"
)

// edges is a server whose TIPS edges can be answered by somebody else.
type edges struct {
	*altoserver.Server

	mu     sync.Mutex
	answer func(w http.ResponseWriter, path string) bool
	asked  []string
}

func (e *edges) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if i := strings.Index(r.URL.Path, "/ug"); i >= 0 {
		e.mu.Lock()
		e.asked = append(e.asked, r.Method+" "+r.URL.Path[i:])
		answer := e.answer
		e.mu.Unlock()
		if answer != nil && answer(w, r.URL.Path[i:]) {
			return
		}
	}
	e.Server.ServeHTTP(w, r)
}

func (e *edges) set(answer func(http.ResponseWriter, string) bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.answer = answer
}

func (e *edges) hasAsked(what string) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, asked := range e.asked {
		if asked == what {
			return true
		}
	}
	return false
}

func newEdges(t *testing.T, silence time.Duration) (*edges, *following) {
	t.Helper()
	e := &edges{Server: altoserver.New(newContent(t, "1", pidA, 5), altoserver.Config{})}
	f := runSource(t, e, altoclient.SourceConfig{Updates: altoclient.UpdatesTIPS, Silence: silence}, altoclient.Limits{})
	f.eventually(t, "following", f.by(altoclient.UpdatesTIPS))
	f.eventually(t, "first map", f.has("1", 5))
	return e, f
}

// TestTIPSVersionsThatAreGone has a client that misses more versions than the
// server keeps.
func TestTIPSVersionsThatAreGone(t *testing.T) {
	e, f := newEdges(t, 200*time.Millisecond)
	var once sync.Once
	e.set(func(w http.ResponseWriter, path string) bool {
		if strings.HasPrefix(path, "/ug/") {
			once.Do(func() {
				for cost := 10; cost < 20; cost++ {
					e.Publish(newContent(t, "1", pidA, cost))
				}
			})
			w.WriteHeader(http.StatusTooEarly)
			e.set(nil)
			return true
		}
		return false
	})
	f.eventually(t, "newest map", f.has("1", 19))
	if s := f.source.Status(); s.Resyncs != 0 || !e.hasAsked("POST /ug") {
		t.Errorf("%v, %+v", e.asked, s)
	}
}

func TestTIPSIdleViewsConfirmTheMap(t *testing.T) {
	e, f := newEdges(t, 50*time.Millisecond)
	f.eventually(t, "question", func() bool { return e.hasAsked("POST /ug") })
	begun := time.Now()
	f.eventually(t, "confirmation after several silences", func() bool {
		return time.Since(begun) > 300*time.Millisecond && f.source.Status().Age < 150*time.Millisecond
	})
	if s := f.source.Status(); s.Updates != altoclient.UpdatesTIPS || s.UpdateError != "" {
		t.Errorf("%+v", s)
	}
}

func TestTIPSStatuses(t *testing.T) {
	for status, refused := range map[int]bool{
		http.StatusUnsupportedMediaType: true, http.StatusNotFound: false, http.StatusTooManyRequests: false,
		http.StatusServiceUnavailable: false, http.StatusGone: false,
	} {
		t.Run(http.StatusText(status), func(t *testing.T) {
			t.Parallel()
			e, f := newEdges(t, 100*time.Millisecond)
			e.set(func(w http.ResponseWriter, path string) bool {
				if status == http.StatusGone && path == "/ug" {
					return false // what else there is
				}
				w.WriteHeader(status)
				return true
			})
			f.eventually(t, "error", func() bool { return f.source.Status().UpdateError != "" })
			if refused {
				f.eventually(t, "polling", f.by(altoclient.UpdatesPoll))
				return
			}
			e.set(nil)
			e.Publish(newContent(t, "2", pidA+`"b":{"ipv4":["10.2.0.0/16"]},`, 6))
			f.eventually(t, "next map", f.has("2", 6))
		})
	}
}

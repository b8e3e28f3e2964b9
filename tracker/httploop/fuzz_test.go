package httploop

import (
	"bufio"
	"bytes"
	"io"
	"net"
	"net/http"
	"net/netip"
	"reflect"
	"regexp"
	"strconv"
	"testing"
	"time"
)

// FuzzHead holds the parser against net/http: what is served here is a request there
// too, the same one, of the same length, and is answered with the same bytes. The
// other way round nothing is promised: net/http accepts more.
func FuzzHead(f *testing.F) {
	for _, c := range served {
		f.Add([]byte(c.text), uint16(len(c.text)/2))
	}
	for _, text := range strangers {
		if len(text) < 1000 {
			f.Add([]byte(text), uint16(len(text)/2))
		}
	}
	twin := newTwin(f)
	f.Fuzz(func(t *testing.T, b []byte, cut uint16) {
		var h, other head
		p := parser{paths: testPaths}
		v := p.parse(&h, b)
		if early := p.parse(&other, b[:min(int(cut), len(b))]); early != partial && early != v {
			t.Errorf("verdict %d, of the beginning %d", v, early)
		}
		if again := p.parse(&other, b); again != v || v == whole && !reflect.DeepEqual(h, other) {
			t.Errorf("verdict %d and %+v, then %d and %+v", v, h, again, other)
		}
		if v != whole {
			return
		}
		sameRequest(t, &h, b)
		s := session{parser: parser{paths: testPaths}, answer: echo}
		out, _, _ := s.serve(nil, b[:h.length], netip.Addr{}, time.Now(), false)
		if theirs := twin.ask(t, b[:h.length], len(out)); !bytes.Equal(undated(out), undated(theirs)) {
			t.Errorf("answered\n%q, by net/http\n%q", out, theirs)
		}
	})
}

// sameRequest fails unless net/http reads h from b.
func sameRequest(t *testing.T, h *head, b []byte) {
	t.Helper()
	source := bytes.NewReader(b)
	buffered := bufio.NewReader(source)
	r, err := http.ReadRequest(buffered)
	if err != nil {
		t.Fatalf("net/http: %v", err)
	}
	used := len(b) - source.Len() - buffered.Buffered()
	if r.Method != "GET" || r.URL.Path != h.path || r.URL.RawQuery != string(h.query) || r.URL.Host != "" ||
		r.ProtoAtLeast(1, 1) == h.old || r.Close != h.closes || used != h.length ||
		r.Body != http.NoBody || r.ContentLength != 0 || r.TransferEncoding != nil || r.Trailer != nil {
		t.Errorf("read %+v, net/http reads %+v", h, r)
	}
}

// echo answers with the request.
func echo(body []byte, r *Request) []byte {
	return append(append(append(body, r.Path...), '?'), r.Query...)
}

var dates = regexp.MustCompile(`\r\nDate: [^\r]{29}\r\n`)

// undated is an answer without its time.
func undated(answer []byte) []byte { return dates.ReplaceAll(answer, []byte("\r\n")) }

// twin is net/http with the same answers.
type twin struct{ conns chan net.Conn }

func newTwin(tb testing.TB) *twin {
	w := &twin{make(chan net.Conn)}
	server := http.Server{Handler: http.HandlerFunc(answerSlowly)}
	go server.Serve(w)
	tb.Cleanup(func() { server.Close() })
	return w
}

func answerSlowly(w http.ResponseWriter, r *http.Request) {
	body := echo(nil, &Request{Path: r.URL.Path, Query: r.URL.RawQuery})
	w.Header().Set("Content-Type", "text/plain")
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.Write(body)
}

// ask sends a request over a connection of its own and returns up to n bytes of
// what comes back.
func (w *twin) ask(t *testing.T, request []byte, n int) []byte {
	ours, theirs := net.Pipe()
	defer ours.Close()
	w.conns <- theirs
	ours.SetDeadline(time.Now().Add(5 * time.Second))
	if _, err := ours.Write(request); err != nil {
		t.Fatal(err)
	}
	answer, err := io.ReadAll(io.LimitReader(ours, int64(n)))
	if err != nil {
		t.Fatal(err)
	}
	return answer
}

func (w *twin) Accept() (net.Conn, error) {
	c, ok := <-w.conns
	if !ok {
		return nil, net.ErrClosed
	}
	return c, nil
}
func (w *twin) Close() error   { close(w.conns); return nil }
func (w *twin) Addr() net.Addr { return &net.TCPAddr{} }

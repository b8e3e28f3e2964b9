package httptracker

import (
	"bufio"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"
	"unsafe"

	"github.com/altracker/altracker/tracker/trackertest"
)

const scrapeQuery = hashQuery + "&info_hash=aaaaaaaaaaaaaaaaaaaa"

// TestBothEnginesAnswerAlike: every kind of request, byte for byte.
func TestBothEnginesAnswerAlike(t *testing.T) {
	requests := map[string]string{
		"announce":        "GET /announce?" + goodQuery + " HTTP/1.1\r\nHost: x\r\n\r\n",
		"announce in any": "GET /announce?" + goodQuery + "&numwant=-1 HTTP/1.1\r\nHost: x\r\n\r\n",
		"dictionaries":    "GET /announce?" + goodQuery + "&compact=0 HTTP/1.1\r\nHost: x\r\n\r\n",
		"failure":         "GET /announce?info_hash=1 HTTP/1.1\r\nHost: x\r\n\r\n",
		"nothing":         "GET /announce HTTP/1.1\r\nHost: x\r\n\r\n",
		"scrape":          "GET /scrape?" + scrapeQuery + " HTTP/1.1\r\nHost: x\r\n\r\n",
		"scrape of all":   "GET /scrape HTTP/1.1\r\nHost: x\r\n\r\n",
		"HTTP/1.0":        "GET /announce?" + goodQuery + " HTTP/1.0\r\n\r\n",
		"kept":            "GET /announce?" + goodQuery + " HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
		"closed":          "GET /announce?" + goodQuery + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
		"HEAD":            "HEAD /announce?" + goodQuery + " HTTP/1.1\r\nHost: x\r\n\r\n",
		"POST":            "POST /announce?" + goodQuery + " HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc",
		"GET with a body": "GET /announce?" + goodQuery + " HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc",
		"chunks":          "GET /announce?" + goodQuery + " HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
		"expectation":     "GET /announce?" + goodQuery + " HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\nabc",
		"absolute form":   "GET http://x/announce?" + goodQuery + " HTTP/1.1\r\nHost: x\r\n\r\n",
		"escaped path":    "GET /%61nnounce?" + goodQuery + " HTTP/1.1\r\nHost: x\r\n\r\n",
		"slash":           "GET /announce/?" + goodQuery + " HTTP/1.1\r\nHost: x\r\n\r\n",
		"two slashes":     "GET //announce?" + goodQuery + " HTTP/1.1\r\nHost: x\r\n\r\n",
		"stray":           "GET /favicon.ico HTTP/1.1\r\nHost: x\r\n\r\n",
		"no host":         "GET /announce?" + goodQuery + " HTTP/1.1\r\n\r\n",
		"long query":      "GET /announce?" + goodQuery + "&x=" + strings.Repeat("x", 20<<10) + " HTTP/1.1\r\nHost: x\r\n\r\n",
		"long headers":    "GET /announce?" + goodQuery + " HTTP/1.1\r\nHost: x\r\nX: " + strings.Repeat("x", 20<<10) + "\r\n\r\n",
		"too long":        "GET /announce?" + strings.Repeat("x", 100<<10) + " HTTP/1.1\r\nHost: x\r\n\r\n",
	}
	var servers [2]*Server
	for i := range servers {
		servers[i] = start(t, Config{Listen: "127.0.0.1:0", Handler: trackertest.NewPlain(), MaxHeaderBytes: 40 << 10, Portable: i == 1})
	}
	last := "GET /scrape?" + scrapeQuery + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
	for name, text := range requests {
		for _, text := range []string{text, text + last, requests["announce"] + text, text + text + last} {
			var loop, portable string
			var both sync.WaitGroup
			both.Go(func() { loop = talk(t, servers[0], text) })
			both.Go(func() { portable = talk(t, servers[1], text) })
			both.Wait()
			if loop != portable {
				t.Errorf("%s:\nevent loop  %.2000q\nnet/http    %.2000q", name, loop, portable)
			}
		}
	}
	loop, portable := servers[0].Stats(), servers[1].Stats()
	if runtime.GOOS == "linux" && (loop.Connections.Handed == 0 || loop.Connections.Handed == loop.Connections.Accepted) {
		t.Errorf("connections: %+v", loop.Connections)
	}
	loop.Connections = portable.Connections
	if loop != portable {
		t.Errorf("counted\n%+v, net/http\n%+v", loop, portable)
	}
}

var dates = regexp.MustCompile(`Date: [^\r]*\r\n`)

// talk sends text over a connection of its own and returns what comes back, without
// dates.
func talk(t *testing.T, s *Server, text string) string {
	t.Helper()
	conn, err := net.Dial("tcp", s.Addr().String())
	if err != nil {
		t.Error(err)
		return ""
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(patience))
	go func() {
		io.WriteString(conn, text)
		conn.(*net.TCPConn).CloseWrite()
	}()
	answer, _ := io.ReadAll(conn) // what is left of a request that is too long resets the connection
	return dates.ReplaceAllString(string(answer), "")
}

func TestServingAllocatesNothing(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("no event loops here")
	}
	for name, newHandler := range trackertest.Handlers(t) {
		if name == "plain" {
			continue // is not made for it
		}
		s := start(t, Config{Listen: "127.0.0.1:0", Handler: newHandler()})
		conn, err := net.Dial("tcp", s.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		answer := make([]byte, 4096)
		for _, text := range []string{
			"GET /announce?" + clientQuery + " HTTP/1.1\r\nHost: x\r\n\r\n",
			"GET /announce?" + goodQuery + "&compact=0 HTTP/1.1\r\nHost: x\r\n\r\n",
			"GET /scrape?" + scrapeQuery + " HTTP/1.1\r\nHost: x\r\n\r\n",
		} {
			request := []byte(text)
			n := testing.AllocsPerRun(1000, func() {
				conn.Write(request)
				conn.Read(answer)
			})
			if n != 0 {
				t.Errorf("%.20s: %v allocations", text, n)
			}
		}
		if st := s.Stats(); st.Announces < 2000 || st.Scrapes < 1000 || st.Connections.Handed > 0 {
			t.Errorf("%+v", st)
		}
	}
}

// TestLoopsShareNoCacheLine: what a loop writes to is 64 bytes from everything else.
func TestLoopsShareNoCacheLine(t *testing.T) {
	const line = 64
	var d desk
	first, last := unsafe.Offsetof(d.exchange), unsafe.Offsetof(d.stats)+unsafe.Offsetof(d.stats.strays)+unsafe.Sizeof(d.stats.strays)
	if first < line || unsafe.Sizeof(d)-last < line {
		t.Errorf("written to from %d to %d of %d bytes", first, last, unsafe.Sizeof(d))
	}
}

func TestTLS(t *testing.T) {
	ca := httptest.NewUnstartedServer(nil) // for its certificate
	ca.StartTLS()
	defer ca.Close()
	for _, c := range []struct {
		protocols []string // of the server
		http2     bool     // of the client
		want      string
	}{
		{nil, true, "HTTP/2.0"},
		{nil, false, "HTTP/1.1"},
		{[]string{"http/1.1"}, true, "HTTP/1.1"},
	} {
		s := start(t, Config{Listen: "127.0.0.1:0", Handler: trackertest.NewPlain(),
			TLS: &tls.Config{Certificates: ca.TLS.Certificates, NextProtos: c.protocols}})
		transport := ca.Client().Transport.(*http.Transport).Clone()
		transport.ForceAttemptHTTP2 = c.http2
		if !c.http2 {
			transport.TLSClientConfig.NextProtos = nil
			transport.TLSNextProto = map[string]func(string, *tls.Conn) http.RoundTripper{}
		}
		client := http.Client{Transport: transport, Timeout: patience}
		for i := range 3 {
			res, err := client.Get(fmt.Sprintf("https://%v/announce?%s", s.Addr(), strings.Replace(goodQuery, "6881", fmt.Sprint(7000+i), 1)))
			if err != nil {
				t.Fatal(err)
			}
			body, _ := io.ReadAll(res.Body)
			res.Body.Close()
			if res.Proto != c.want || decode(t, body)["incomplete"] != int64(i+1) {
				t.Errorf("%v: %s, %q", c.protocols, res.Proto, body)
			}
		}
		client.CloseIdleConnections()
	}
}

func TestMoreConnectionsThanAllowedWait(t *testing.T) {
	engines(t, func(t *testing.T, portable bool) {
		s := start(t, Config{Listen: "127.0.0.1:0", Handler: trackertest.NewPlain(), Portable: portable, Workers: 1, MaxConnections: 1})
		var conns [2]net.Conn
		for i := range conns {
			conn, err := net.Dial("tcp", s.Addr().String())
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			conn.SetDeadline(time.Now().Add(patience))
			conns[i] = conn
			fmt.Fprintf(conn, "GET /announce?%s HTTP/1.1\r\nHost: x\r\n\r\n", goodQuery)
			if i == 0 {
				if _, err := http.ReadResponse(bufio.NewReader(conn), nil); err != nil {
					t.Fatal(err)
				}
			}
		}
		conns[1].SetDeadline(time.Now().Add(50 * time.Millisecond))
		if n, err := conns[1].Read(make([]byte, 1)); n > 0 {
			t.Errorf("a second connection is served, %v", err)
		}
		conns[0].Close()
		conns[1].SetDeadline(time.Now().Add(patience))
		if _, err := http.ReadResponse(bufio.NewReader(conns[1]), nil); err != nil {
			t.Errorf("when there is room: %v", err)
		}
	})
}

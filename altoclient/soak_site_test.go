package altoclient_test

import (
	"context"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/altracker/altracker/altoclient/altoserver"
)

// site is a server at one address that may be restarted.
type site struct {
	url, addr string
	slowly    *slowly

	mu     sync.Mutex // guards what follows
	server *altoserver.Server
	web    *http.Server
	conns  map[net.Conn]bool
	ended  sync.WaitGroup
}

func newSite(t *testing.T, content *altoserver.Content) *site {
	t.Helper()
	s := &site{slowly: new(slowly), addr: "127.0.0.1:0"}
	s.start(t, content)
	s.url = "http://" + s.addr
	return s
}

func (s *site) start(t *testing.T, content *altoserver.Content) {
	t.Helper()
	var listener net.Listener
	for deadline := time.Now().Add(5 * time.Second); listener == nil; {
		var err error
		if listener, err = net.Listen("tcp", s.addr); err != nil && time.Now().After(deadline) {
			t.Fatal(err)
		}
	}
	s.addr = listener.Addr().String()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.server = altoserver.New(content, altoserver.Config{MaxAge: -1, KeepAlive: 100 * time.Millisecond, Stall: 200 * time.Millisecond})
	s.conns = make(map[net.Conn]bool)
	web := &http.Server{Handler: s.server, ConnState: s.note}
	s.web = web
	s.ended.Go(func() { _ = web.Serve(listener) })
}

func (s *site) note(conn net.Conn, state http.ConnState) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if state == http.StateClosed {
		delete(s.conns, conn)
	} else {
		s.conns[conn] = true
	}
}

func (s *site) publish(content *altoserver.Content) {
	s.mu.Lock()
	server := s.server
	s.mu.Unlock()
	server.Publish(content)
}

// cut resets every connection.
func (s *site) cut() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for conn := range s.conns {
		_ = conn.(*net.TCPConn).SetLinger(0)
		_ = conn.Close()
	}
}

func (s *site) close() {
	s.mu.Lock()
	server, web := s.server, s.web
	s.mu.Unlock()
	server.Close()
	_ = web.Close()
	s.ended.Wait()
}

func (s *site) restart(t *testing.T, content *altoserver.Content) {
	t.Helper()
	s.close()
	s.start(t, content)
}

// pace is how the client reads.
type pace int32

const (
	slow  pace = 1 // some bytes at a time
	stuck pace = 2 // a while nothing, longer than the server waits
)

// slowly is a client's way to read at a pace that can be set.
type slowly struct{ pace atomic.Int32 }

func (s *slowly) set(p pace) { s.pace.Store(int32(p)) }

func (s *slowly) client() *http.Client {
	return &http.Client{Transport: &http.Transport{
		DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
			conn, err := new(net.Dialer).DialContext(ctx, network, addr)
			if err != nil {
				return nil, err
			}
			_ = conn.(*net.TCPConn).SetReadBuffer(4096) // so that the server notices
			return &slowConn{conn, s}, nil
		},
		IdleConnTimeout: time.Second,
	}}
}

type slowConn struct {
	net.Conn
	slowly *slowly
}

func (c *slowConn) Read(p []byte) (int, error) {
	switch pace(c.slowly.pace.Load()) {
	case slow:
		time.Sleep(time.Millisecond)
		p = p[:min(len(p), 2048)]
	case stuck:
		time.Sleep(300 * time.Millisecond)
	}
	return c.Conn.Read(p)
}

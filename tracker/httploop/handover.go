package httploop

import (
	"net"
	"os"
	"sync"
	"sync/atomic"
)

// backlog is how many connections may wait for the http.Server, which takes them as
// fast as it can start goroutines.
const backlog = 256

// handover is the net.Listener of the connections that are handed on.
type handover struct {
	addr  net.Addr
	queue chan *handed
	done  chan struct{} // closed by Close

	mu     sync.Mutex // orders offer and Close, so that nothing is left in the queue
	closed bool
}

func newHandover(addr net.Addr) *handover {
	return &handover{addr: addr, queue: make(chan *handed, backlog), done: make(chan struct{})}
}

// offer hands on a connection, or closes it if nobody takes it. It does not wait.
func (h *handover) offer(c *handed) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		c.drop()
		return
	}
	select {
	case h.queue <- c:
	default:
		c.drop()
	}
}

// Accept implements [net.Listener].
func (h *handover) Accept() (net.Conn, error) {
	for {
		select {
		case c := <-h.queue:
			if c.open() {
				return c.whole(), nil
			}
		case <-h.done:
			return nil, net.ErrClosed
		}
	}
}

// Close implements [net.Listener]. Connections that nobody has taken are closed.
func (h *handover) Close() error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		return nil
	}
	h.closed = true
	close(h.done)
	for len(h.queue) > 0 {
		select {
		case c := <-h.queue:
			c.drop()
		default: // Accept was faster
		}
	}
	return nil
}

// Addr implements [net.Listener].
func (h *handover) Addr() net.Addr { return h.addr }

// handed is a connection that is handed on. What had been read of it is read first.
type handed struct {
	net.Conn
	fd     int    // a socket to make Conn of, if it is nil
	head   []byte // read already
	closed atomic.Bool
	gone   func() // called once, when it is closed; nil: nobody wants to know
}

// whole returns the connection as net/http gets it. One of which nothing was read is
// left as it is, so that net/http finds out what it is.
func (c *handed) whole() net.Conn {
	if len(c.head) == 0 && c.gone == nil {
		return c.Conn
	}
	return c
}

// open makes Conn of the socket, and tells whether that went well. It is the
// acceptor who does it, for it takes some system calls.
func (c *handed) open() bool {
	if c.Conn != nil {
		return true
	}
	file := os.NewFile(uintptr(c.fd), "")
	defer file.Close() // Conn is made of a copy of the descriptor
	conn, err := net.FileConn(file)
	if err != nil {
		c.gone()
		return false
	}
	c.Conn = conn
	return true
}

// drop closes a connection that nobody accepts.
func (c *handed) drop() {
	if c.open() {
		_ = c.Close()
	}
}

// Read implements [net.Conn].
func (c *handed) Read(b []byte) (int, error) {
	if len(c.head) == 0 {
		return c.Conn.Read(b)
	}
	n := copy(b, c.head)
	if c.head = c.head[n:]; len(c.head) == 0 {
		c.head = nil
	}
	return n, nil
}

// Close implements [net.Conn].
func (c *handed) Close() error {
	if !c.closed.Swap(true) && c.gone != nil {
		c.gone()
	}
	return c.Conn.Close()
}

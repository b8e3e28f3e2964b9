package httploop

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/netip"
	"os"
	"runtime/debug"
	"sync"
	"time"
)

// streamRead is the size of the buffer that a stream begins with, in bytes: most
// requests are shorter. It is little beside what TLS holds.
const streamRead = 1 << 10

// streamKeep is how much of its buffers a stream keeps while it waits.
const streamKeep = 4 << 10

// stream is a connection of [Streams]. Its goroutine owns it, but for what mu guards.
type stream struct {
	streams *Streams
	conn    net.Conn
	from    netip.Addr

	in, out []byte
	now     time.Time // of what was read last
	begun   time.Time // when the request that has not come whole began to come
	greeted bool      // has been answered before
	writeBy time.Time // the deadline in force

	mu     sync.Mutex
	idle   bool      // waits for a request, and may be told not to
	readBy time.Time // the deadline in force
}

func newStream(s *Streams, conn net.Conn) *stream {
	c := &stream{streams: s, conn: conn, in: make([]byte, 0, streamRead), now: time.Now()}
	c.begun = c.now
	if a, ok := conn.RemoteAddr().(*net.TCPAddr); ok {
		c.from = a.AddrPort().Addr().Unmap().WithZone("")
	}
	return c
}

func (c *stream) run() {
	defer c.streams.forget(c)
	defer c.rescue()
	if !c.greet() {
		c.streams.stats.handed.Add(1)
		c.streams.handover.offer(&handed{Conn: c.conn}) // what it is, or what is wrong, net/http knows
		return
	}
	for {
		n, err := c.read()
		switch {
		case n > 0:
		case errors.Is(err, io.EOF) && len(c.in) > 0:
			c.handOn() // half a request is all there will be
			return
		default:
			if errors.Is(err, os.ErrDeadlineExceeded) && !c.streams.stopping.Load() {
				c.streams.stats.expired.Add(1)
			}
			c.conn.Close()
			return
		}
		if !c.answer() {
			return
		}
	}
}

func (c *stream) rescue() {
	if p := recover(); p != nil {
		c.streams.stats.panics.Add(1)
		c.streams.config.Log.Error("an answer panicked", "panic", p, "stack", string(debug.Stack()))
		c.conn.Close()
	}
}

// greet does the handshake of TLS, and tells whether the connection is one to be
// served here.
func (c *stream) greet() bool {
	secure, ok := c.conn.(*tls.Conn)
	if !ok {
		return true
	}
	ctx, cancel := context.WithTimeout(context.Background(), c.streams.config.ReadTimeout)
	defer cancel()
	return secure.HandshakeContext(ctx) == nil && secure.ConnectionState().NegotiatedProtocol != "h2"
}

// read waits for more.
func (c *stream) read() (n int, err error) {
	switch {
	case len(c.in) == 0 && cap(c.in)+cap(c.out) > streamKeep:
		c.in, c.out = make([]byte, 0, streamRead), nil
	case len(c.in) == cap(c.in):
		c.in = append(c.in, 0)[:len(c.in)] // up to maxHead, beyond which nothing is read
	}
	if !c.await() {
		return 0, io.ErrClosedPipe
	}
	n, err = c.conn.Read(c.in[len(c.in):cap(c.in)])
	c.now = time.Now()
	if len(c.in) == 0 {
		c.begun = c.now
	}
	c.in = c.in[:len(c.in)+n]
	return n, err
}

// await sets the deadline of a read, unless there is to be none.
func (c *stream) await() bool {
	timeout, since := c.streams.config.IdleTimeout, c.now
	if len(c.in) > 0 || !c.greeted {
		timeout, since = c.streams.config.ReadTimeout, c.begun
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.idle = len(c.in) == 0
	if c.idle && c.streams.stopping.Load() {
		return false
	}
	return postpone(&c.readBy, since.Add(timeout), timeout, c.conn.SetReadDeadline) == nil
}

// hurry ends the wait for a request.
func (c *stream) hurry() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.idle {
		c.readBy = time.Time{} // so that it is set again for a request that comes this moment
		_ = c.conn.SetReadDeadline(time.Unix(1, 0))
	}
}

// postpone sets a deadline anew if it is off by more than an eighth of its time, for
// setting one costs as much as parsing a request.
func postpone(deadline *time.Time, to time.Time, timeout time.Duration, set func(time.Time) error) error {
	if late := to.Sub(*deadline); late >= 0 && late < timeout/8 {
		return nil
	}
	*deadline = to
	return set(to)
}

// answer serves the requests that have come, and tells whether to read on.
func (c *stream) answer() bool {
	for {
		end := c.respond()
		if len(c.out) > 0 {
			timeout := c.streams.config.WriteTimeout
			err := postpone(&c.writeBy, c.now.Add(timeout), timeout, c.conn.SetWriteDeadline)
			if err == nil {
				_, err = c.conn.Write(c.out)
			}
			if err != nil {
				c.conn.Close()
				return false
			}
		}
		switch end {
		case more:
			return true
		case last:
			c.conn.Close()
			return false
		case strange:
			c.handOn()
			return false
		case full: // go on
		}
	}
}

// respond appends the answers to what has come to c.out, by a session that is free.
func (c *stream) respond() ending {
	s := <-c.streams.sessions
	defer func() { c.streams.sessions <- s }()
	now := c.now
	if c.streams.config.Now != nil {
		now = c.streams.config.Now()
	}
	out, used, end := s.serve(c.out[:0], c.in, c.from, now, c.streams.stopping.Load())
	c.out = out
	if used > 0 {
		c.greeted, c.begun = true, c.now
		c.in = append(c.in[:0], c.in[used:]...)
	}
	return end
}

// cut closes the connection without a farewell, which with TLS could take a while.
func (c *stream) cut() {
	if secure, ok := c.conn.(*tls.Conn); ok {
		secure.NetConn().Close()
		return
	}
	c.conn.Close()
}

// handOn gives the connection to net/http, with what was read of it.
func (c *stream) handOn() {
	c.streams.stats.handed.Add(1)
	c.streams.handover.offer(&handed{Conn: c.conn, head: c.in})
}

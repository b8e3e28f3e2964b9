package live

import (
	"bytes"
	"context"
	"net"
	"net/netip"
	"sync"
	"time"
)

// Bytes on their way: as many parcels as are in flight at most, and the most that one
// holds. Together they are the window of a connection, 4 MiB.
const (
	parcelBytes = 64 << 10
	inFlight    = 64
)

// farDialer connects to peers that are some time away. Loopback is not, and the kernel
// may not know how to pretend: what is sent either way waits here, at the end that
// dialled. It is a dialer of the client library.
type farDialer struct {
	net.Dialer
	delay func(to netip.Addr) (there, back time.Duration)
}

// DialerNetwork says for whom it is.
func (d *farDialer) DialerNetwork() string { return "tcp4" }

// Dial returns after a round trip, as a handshake of TCP does.
func (d *farDialer) Dial(ctx context.Context, address string) (net.Conn, error) {
	to, err := netip.ParseAddrPort(address)
	if err != nil {
		return nil, err
	}
	there, back := d.delay(to.Addr().Unmap())
	if there+back > 0 {
		select {
		case <-time.After(there + back):
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
	conn, err := d.DialContext(ctx, "tcp4", address)
	if err != nil || there+back == 0 {
		return conn, err
	}
	return newFarConn(conn, there, back), nil
}

// farConn is a connection whose bytes arrive later. Deadlines hold for what lies behind
// it; one that has passed ends the connection.
type farConn struct {
	net.Conn
	there, back time.Duration

	out, in chan parcel
	rest    []byte // of the parcel that is being read

	once   sync.Once
	closed chan struct{}
	mu     sync.Mutex
	err    error // why it was closed; guarded by mu
}

// parcel is bytes that have been sent and are not due yet.
type parcel struct {
	due  time.Time
	data []byte
}

func newFarConn(conn net.Conn, there, back time.Duration) *farConn {
	c := &farConn{
		Conn: conn, there: there, back: back,
		out: make(chan parcel, inFlight), in: make(chan parcel, inFlight), closed: make(chan struct{}),
	}
	go c.deliver()
	go c.receive()
	return c
}

// Write implements [net.Conn]. It returns when the bytes are on their way.
func (c *farConn) Write(b []byte) (n int, err error) {
	for len(b) > 0 {
		if err := c.reason(); err != nil {
			return n, err
		}
		part := b[:min(len(b), parcelBytes)]
		select {
		case <-c.closed:
			return n, c.reason()
		case c.out <- parcel{time.Now().Add(c.there), bytes.Clone(part)}:
		}
		n += len(part)
		b = b[len(part):]
	}
	return n, nil
}

// Read implements [net.Conn].
func (c *farConn) Read(b []byte) (int, error) {
	if len(c.rest) == 0 {
		p, ok := c.next(c.in)
		if !ok {
			return 0, c.reason()
		}
		c.rest = p.data
	}
	n := copy(b, c.rest)
	c.rest = c.rest[n:]
	return n, nil
}

// next takes a parcel when it is due; not ok if the connection is closed first.
func (c *farConn) next(from <-chan parcel) (p parcel, ok bool) {
	select {
	case <-c.closed:
		return p, false
	case p = <-from:
	}
	wait := time.NewTimer(time.Until(p.due))
	defer wait.Stop()
	select {
	case <-c.closed:
		return p, false
	case <-wait.C:
		return p, true
	}
}

func (c *farConn) deliver() {
	for {
		p, ok := c.next(c.out)
		if !ok {
			return
		}
		if _, err := c.Conn.Write(p.data); err != nil {
			c.end(err)
			return
		}
	}
}

func (c *farConn) receive() {
	buffer := make([]byte, parcelBytes)
	for {
		n, err := c.Conn.Read(buffer)
		if n > 0 {
			select {
			case <-c.closed:
				return
			case c.in <- parcel{time.Now().Add(c.back), bytes.Clone(buffer[:n])}:
			}
		}
		if err != nil {
			c.end(err)
			return
		}
	}
}

// Close implements [net.Conn]. What is on its way is lost.
func (c *farConn) Close() error {
	c.end(net.ErrClosed)
	return c.Conn.Close()
}

// end has all reads and writes fail. What lies behind stays open until Close: the library
// does not bear a deadline that cannot be set.
func (c *farConn) end(reason error) {
	c.once.Do(func() {
		c.mu.Lock()
		c.err = reason
		c.mu.Unlock()
		close(c.closed)
	})
}

func (c *farConn) reason() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.err
}

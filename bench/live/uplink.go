package live

import (
	"context"
	"io"
	"net"
	"net/netip"
	"sync"
	"time"
)

// uplink makes a client's connections, all of them from its own address. Those to
// the tracker it keeps in view: the library talks to the tracker in the background,
// even when the client is closed already, and leaves these connections open for
// ever.
type uplink struct {
	dialer net.Dialer
	addr   netip.Addr

	mu      sync.Mutex
	latest  time.Time // when the tracker was last talked to
	sockets []io.Closer
	closed  bool
}

func newUplink(addr netip.Addr) *uplink {
	local := net.TCPAddrFromAddrPort(netip.AddrPortFrom(addr, 0))
	return &uplink{addr: addr, dialer: net.Dialer{LocalAddr: local}}
}

// dialTracker connects to an HTTP tracker.
func (u *uplink) dialTracker(ctx context.Context, _, address string) (net.Conn, error) {
	conn, err := u.dialer.DialContext(ctx, "tcp4", address)
	if err != nil {
		return nil, err
	}
	return trackerConn{conn, u}, u.keep(conn)
}

// listenTracker opens a socket for a UDP tracker.
func (u *uplink) listenTracker(string, string) (net.PacketConn, error) {
	conn, err := net.ListenUDP("udp4", net.UDPAddrFromAddrPort(netip.AddrPortFrom(u.addr, 0)))
	if err != nil {
		return nil, err
	}
	return trackerSocket{conn, u}, u.keep(conn)
}

func (u *uplink) keep(c io.Closer) error {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.closed {
		c.Close()
		return net.ErrClosed
	}
	u.sockets = append(u.sockets, c)
	return nil
}

func (u *uplink) touch() {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.latest = time.Now()
}

// lastUse returns when the tracker was last talked to.
func (u *uplink) lastUse() time.Time {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.latest
}

func (u *uplink) close() {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.closed = true
	for _, c := range u.sockets {
		c.Close()
	}
}

type trackerConn struct {
	net.Conn
	uplink *uplink
}

func (c trackerConn) Read(b []byte) (int, error) {
	defer c.uplink.touch()
	return c.Conn.Read(b)
}

func (c trackerConn) Write(b []byte) (int, error) {
	defer c.uplink.touch()
	return c.Conn.Write(b)
}

type trackerSocket struct {
	net.PacketConn
	uplink *uplink
}

func (s trackerSocket) ReadFrom(b []byte) (int, net.Addr, error) {
	defer s.uplink.touch()
	return s.PacketConn.ReadFrom(b)
}

func (s trackerSocket) WriteTo(b []byte, to net.Addr) (int, error) {
	defer s.uplink.touch()
	return s.PacketConn.WriteTo(b, to)
}

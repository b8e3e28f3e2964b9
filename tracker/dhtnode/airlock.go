package dhtnode

import (
	"net"
	"net/netip"
	"os"
	"sync"
	"time"
)

// airlock is what a [dht.Server] reads from and writes to in place of a socket. It
// fails on reading only after Close: the server panics on any other error.
type airlock struct {
	local net.Addr
	leave func(datagram []byte, to netip.AddrPort) error

	inside chan packet
	once   sync.Once
	closed chan struct{}
}

type packet struct {
	datagram []byte
	from     *net.UDPAddr
}

func newAirlock(local net.Addr, leave func([]byte, netip.AddrPort) error) *airlock {
	return &airlock{local: local, leave: leave, inside: make(chan packet), closed: make(chan struct{})}
}

// enter hands a datagram to the server, and waits until it takes it: what arrives
// meanwhile waits in the socket, where the kernel bounds it.
func (a *airlock) enter(datagram []byte, from netip.AddrPort) {
	select {
	case a.inside <- packet{datagram, net.UDPAddrFromAddrPort(from)}:
	case <-a.closed:
	}
}

// ReadFrom implements [net.PacketConn].
func (a *airlock) ReadFrom(b []byte) (int, net.Addr, error) {
	select {
	case p := <-a.inside:
		return copy(b, p.datagram), p.from, nil
	case <-a.closed:
		return 0, nil, net.ErrClosed
	}
}

// WriteTo implements [net.PacketConn]. The server calls it from many goroutines.
func (a *airlock) WriteTo(b []byte, to net.Addr) (int, error) {
	udp, ok := to.(*net.UDPAddr)
	if !ok {
		return 0, net.InvalidAddrError("no UDP address: " + to.String())
	}
	addr := udp.AddrPort()
	if err := a.leave(b, netip.AddrPortFrom(addr.Addr().Unmap(), addr.Port())); err != nil {
		return 0, err
	}
	return len(b), nil
}

// Close implements [net.PacketConn].
func (a *airlock) Close() error {
	a.once.Do(func() { close(a.closed) })
	return nil
}

// LocalAddr implements [net.PacketConn].
func (a *airlock) LocalAddr() net.Addr { return a.local }

// The server sets no deadlines.

// SetDeadline implements [net.PacketConn].
func (a *airlock) SetDeadline(time.Time) error { return os.ErrNoDeadline }

// SetReadDeadline implements [net.PacketConn].
func (a *airlock) SetReadDeadline(time.Time) error { return os.ErrNoDeadline }

// SetWriteDeadline implements [net.PacketConn].
func (a *airlock) SetWriteDeadline(time.Time) error { return os.ErrNoDeadline }

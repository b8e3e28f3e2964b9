package udptracker

import (
	"fmt"
	"net"
)

// receiveBuffer is what a socket asks of the kernel, in bytes: some ten
// thousand announces, a burst that arrives while the workers are busy. The
// kernel grants less if its own limit (Linux: net.core.rmem_max) is lower.
const receiveBuffer = 4 << 20

// socket answers each datagram from the address it was sent to. Clients drop
// answers that come from another address than they asked, and on a host with
// several addresses a socket bound to all of them would let the routing table
// choose.
type socket struct {
	conn *net.UDPConn

	// control tells that the kernel reports local addresses in control messages.
	control bool
}

func (s *socket) prepare() error {
	if err := s.conn.SetReadBuffer(receiveBuffer); err != nil {
		return fmt.Errorf("set receive buffer: %w", err)
	}
	if local := s.conn.LocalAddr().(*net.UDPAddr); local.IP.IsUnspecified() {
		ok, err := reportLocalAddress(s.conn)
		if err != nil {
			return fmt.Errorf("ask for local addresses: %w", err)
		}
		s.control = ok
	}
	return nil
}

func listenOne(address string) (*net.UDPConn, error) {
	conn, err := net.ListenPacket("udp", address)
	if err != nil {
		return nil, fmt.Errorf("Config.Listen: %w", err)
	}
	return conn.(*net.UDPConn), nil
}

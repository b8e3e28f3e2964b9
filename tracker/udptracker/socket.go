package udptracker

import (
	"fmt"
	"net"
	"net/netip"
)

// receiveBuffer is what a socket asks of the kernel, in bytes: some ten
// thousand announces, a burst that arrives while the workers are busy. The
// kernel grants less if its own limit (Linux: net.core.rmem_max) is lower.
const receiveBuffer = 4 << 20

// maxPacket is the longest datagram that is looked at: an announce with a URL of
// some kilobytes, a scrape of more info hashes than are allowed.
const maxPacket = 4096

// socket receives datagrams and answers each from the address it was sent to.
// Clients drop answers that come from another address than they asked, and on a
// host with several addresses a socket bound to all of them would let the
// routing table choose. Any number of workers may share a socket.
type socket struct {
	conn *net.UDPConn

	// control tells that the kernel reports local addresses in control messages.
	control bool
}

func newSocket(conn *net.UDPConn) (*socket, error) {
	if err := conn.SetReadBuffer(receiveBuffer); err != nil {
		return nil, fmt.Errorf("set receive buffer: %w", err)
	}
	s := &socket{conn: conn}
	if local := conn.LocalAddr().(*net.UDPAddr); local.IP.IsUnspecified() {
		ok, err := reportLocalAddress(conn)
		if err != nil {
			return nil, fmt.Errorf("ask for local addresses: %w", err)
		}
		s.control = ok
	}
	return s, nil
}

// datagram is a received datagram and the room for it.
type datagram struct {
	buffer  [maxPacket + 1]byte // one byte more, to tell what is too long
	control [64]byte

	n, controlLen int
	from          netip.AddrPort // as the socket reports it, fit for sending back
}

func (d *datagram) payload() []byte { return d.buffer[:d.n] }

func (s *socket) receive(d *datagram) (err error) {
	if s.control {
		d.n, d.controlLen, _, d.from, err = s.conn.ReadMsgUDPAddrPort(d.buffer[:], d.control[:])
		return err
	}
	d.n, d.from, err = s.conn.ReadFromUDPAddrPort(d.buffer[:])
	return err
}

// answer sends reply to where d came from, from where d was sent to.
func (s *socket) answer(d *datagram, reply []byte) (err error) {
	if s.control {
		_, _, err = s.conn.WriteMsgUDPAddrPort(reply, replyControl(d.control[:d.controlLen]), d.from)
		return err
	}
	_, err = s.conn.WriteToUDPAddrPort(reply, d.from)
	return err
}

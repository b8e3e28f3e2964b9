package load

import (
	"bytes"
	"net/netip"
	"os"
	"unsafe"

	"golang.org/x/sys/unix"
)

// httpConn is one connection of a worker, or the room for one.
type httpConn struct {
	fd     int // -1: none
	source int
	out    []byte // what is still to be sent
	in     []byte // what was received, and not yet understood
	asked  []exchange
	waits  bool // it is among the connections that have room
}

// open connects from an address without waiting for the handshake.
func (c *httpConn) open(from netip.Addr, to netip.AddrPort) error {
	family := unix.AF_INET
	if to.Addr().Is6() {
		family = unix.AF_INET6
	}
	fd, err := unix.Socket(family, unix.SOCK_STREAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return os.NewSyscallError("socket", err)
	}
	// The port is chosen at connect(2), when it need be free for this target only.
	_ = unix.SetsockoptInt(fd, unix.IPPROTO_IP, unix.IP_BIND_ADDRESS_NO_PORT, 1)
	_ = unix.SetsockoptInt(fd, unix.IPPROTO_TCP, unix.TCP_NODELAY, 1)
	if err := unix.Bind(fd, socketAddress(from, 0)); err != nil {
		_ = unix.Close(fd)
		return os.NewSyscallError("bind", err)
	}
	if err := unix.Connect(fd, socketAddress(to.Addr(), to.Port())); err != nil && err != unix.EINPROGRESS { //nolint:errorlint // an errno as it is
		_ = unix.Close(fd)
		return os.NewSyscallError("connect", err)
	}
	c.fd = fd
	return nil
}

func socketAddress(a netip.Addr, port uint16) unix.Sockaddr {
	if a.Is4() {
		return &unix.SockaddrInet4{Port: int(port), Addr: a.As4()}
	}
	return &unix.SockaddrInet6{Port: int(port), Addr: a.As16()}
}

func (c *httpConn) close() {
	if c.fd >= 0 {
		_ = unix.Close(c.fd)
	}
	c.fd = -1
	c.out, c.in = c.out[:0], c.in[:0]
}

// send sends what the kernel takes of what is to be sent.
func (c *httpConn) send() error {
	for len(c.out) > 0 {
		n, _, errno := unix.RawSyscall6(unix.SYS_SENDTO, uintptr(c.fd), uintptr(unsafe.Pointer(&c.out[0])), uintptr(len(c.out)), unix.MSG_NOSIGNAL, 0, 0)
		switch errno {
		case 0:
			if int(n) == len(c.out) {
				c.out = c.out[:0]
				return nil
			}
			c.out = c.out[:copy(c.out, c.out[n:])]
		case unix.EINTR:
		case unix.EAGAIN, unix.ENOTCONN: // the handshake is under way
			return nil
		default:
			return os.NewSyscallError("send", errno)
		}
	}
	return nil
}

// receive reads once. It tells whether there may be more, and whether the other side
// has ended.
func (c *httpConn) receive() (more, eof bool, err error) {
	if cap(c.in)-len(c.in) < readSize {
		c.in = append(bytes.Clone(c.in), make([]byte, readSize)...)[:len(c.in)]
	}
	room := c.in[len(c.in):cap(c.in)]
	for {
		n, _, errno := unix.RawSyscall(unix.SYS_READ, uintptr(c.fd), uintptr(unsafe.Pointer(&room[0])), uintptr(len(room)))
		switch errno {
		case 0:
			c.in = c.in[:len(c.in)+int(n)]
			return int(n) == len(room), n == 0, nil
		case unix.EINTR:
		case unix.EAGAIN:
			return false, false, nil
		default:
			return false, false, os.NewSyscallError("read", errno)
		}
	}
}

package mmsg

import (
	"fmt"
	"net/netip"
	"os"

	"golang.org/x/sys/unix"
)

// buffer is what a socket asks of the kernel for each direction, in bytes.
const buffer = 4 << 20

// Socket returns a non-blocking UDP socket bound to an address.
func Socket(local netip.AddrPort) (fd int, err error) {
	family := unix.AF_INET6
	if local.Addr().Is4() {
		family = unix.AF_INET
	}
	fd, err = unix.Socket(family, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, 0)
	if err != nil {
		return -1, os.NewSyscallError("socket", err)
	}
	for _, o := range [][2]int{{unix.SO_RCVBUFFORCE, unix.SO_RCVBUF}, {unix.SO_SNDBUFFORCE, unix.SO_SNDBUF}} {
		if unix.SetsockoptInt(fd, unix.SOL_SOCKET, o[0], buffer) != nil { // for root only
			_ = unix.SetsockoptInt(fd, unix.SOL_SOCKET, o[1], buffer) // the kernel grants what it likes
		}
	}
	if err := unix.Bind(fd, sockaddr(local)); err != nil {
		unix.Close(fd)
		return -1, fmt.Errorf("%v: %w", local, os.NewSyscallError("bind", err))
	}
	return fd, nil
}

func sockaddr(a netip.AddrPort) unix.Sockaddr {
	if a.Addr().Is4() {
		return &unix.SockaddrInet4{Port: int(a.Port()), Addr: a.Addr().As4()}
	}
	return &unix.SockaddrInet6{Port: int(a.Port()), Addr: a.Addr().As16()}
}

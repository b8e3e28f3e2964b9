package httploop

import (
	"context"
	"fmt"
	"net"
	"syscall"

	"golang.org/x/sys/unix"
)

// listen opens n listeners at one address; the kernel spreads connections over them
// evenly (SO_REUSEPORT).
func listen(address string, n int) (fds []int, addr *net.TCPAddr, err error) {
	defer func() {
		if err != nil {
			closeAll(fds)
		}
	}()
	for len(fds) < n {
		config := net.ListenConfig{}
		if addr != nil {
			address = addr.String()
			config.Control = sharePort
		}
		l, err := config.Listen(context.Background(), "tcp", address)
		if err != nil {
			return fds, nil, err
		}
		fd, err := take(l.(*net.TCPListener))
		if err != nil {
			return fds, nil, err
		}
		addr = l.Addr().(*net.TCPAddr)
		fds = append(fds, fd)
	}
	return fds, addr, nil
}

// sharePort is set before the bind on all listeners but the first, which so finds
// out whether the port is somebody else's; see take for that one.
func sharePort(_, _ string, c syscall.RawConn) error {
	return control(c, func(fd int) error {
		return unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_REUSEPORT, 1)
	})
}

// deferAccept is how long, in seconds, a connection without a byte stays in the
// kernel. Mostly the request is there when the connection is accepted, which then
// takes one system call and one wake-up less.
const deferAccept = 1

// take makes l ours: out of the net package's hands, and with the options that
// accepted connections inherit.
func take(l *net.TCPListener) (fd int, err error) {
	defer func() { _ = l.Close() }() // fd is a copy of its descriptor
	raw, err := l.SyscallConn()
	if err != nil {
		return -1, err
	}
	fd = -1
	err = control(raw, func(original int) (err error) {
		for _, o := range []struct{ level, option, value int }{
			{unix.SOL_SOCKET, unix.SO_REUSEPORT, 1},
			{unix.IPPROTO_TCP, unix.TCP_NODELAY, 1},
			{unix.IPPROTO_TCP, unix.TCP_DEFER_ACCEPT, deferAccept},
		} {
			if err := unix.SetsockoptInt(original, o.level, o.option, o.value); err != nil {
				return fmt.Errorf("setsockopt: %w", err)
			}
		}
		fd, err = unix.FcntlInt(uintptr(original), unix.F_DUPFD_CLOEXEC, 0)
		return err
	})
	return fd, err
}

// control calls f with the descriptor of c and returns its error.
func control(c syscall.RawConn, f func(fd int) error) error {
	var result error
	if err := c.Control(func(fd uintptr) { result = f(int(fd)) }); err != nil {
		return err
	}
	return result
}

func closeAll(fds []int) {
	for _, fd := range fds {
		closeFD(fd)
	}
}

package udptracker

import (
	"context"
	"fmt"
	"net"
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// listen binds n sockets to the address, among which the kernel spreads the
// datagrams by their source and destination (SO_REUSEPORT, socket(7)), so that
// those of one client come to one socket. It returns also those that it got
// before an error.
//
// The first is bound alone, and opened to others afterwards: so two servers
// that are started by mistake with one address do not share it.
func listen(address string, n int) ([]*net.UDPConn, error) {
	first, err := listenOne(address)
	if err != nil {
		return nil, err
	}
	conns := []*net.UDPConn{first}
	if n == 1 {
		return conns, nil
	}
	raw, err := first.SyscallConn()
	if err == nil {
		err = reusePort("", "", raw)
	}
	if err != nil {
		return conns, fmt.Errorf("Config.Listen: share the address: %w", err)
	}
	config := net.ListenConfig{Control: reusePort}
	for len(conns) < n {
		conn, err := config.ListenPacket(context.Background(), "udp", first.LocalAddr().String())
		if err != nil {
			return conns, fmt.Errorf("Config.Listen: socket of another worker: %w", err)
		}
		conns = append(conns, conn.(*net.UDPConn))
	}
	return conns, nil
}

func reusePort(_, _ string, raw syscall.RawConn) error {
	var optErr error
	err := raw.Control(func(fd uintptr) {
		optErr = os.NewSyscallError("setsockopt", unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_REUSEPORT, 1))
	})
	if err != nil {
		return err
	}
	return optErr
}

func newLine(s *socket, portable bool) (line, error) {
	if portable {
		return &single{sock: s}, nil
	}
	return newBatch(s)
}

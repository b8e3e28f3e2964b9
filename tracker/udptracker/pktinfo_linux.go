package udptracker

import (
	"net"
	"os"

	"golang.org/x/sys/unix"
)

// reportLocalAddress makes the kernel tell, with each datagram, which of the
// host's addresses it was sent to. A dual-stack socket is an IPv6 one: it
// reports IPv4 addresses in their mapped form, and takes them back so.
func reportLocalAddress(conn *net.UDPConn) (ok bool, err error) {
	raw, err := conn.SyscallConn()
	if err != nil {
		return false, err
	}
	var optErr error
	if err := raw.Control(func(fd uintptr) { optErr = setPktinfo(int(fd)) }); err != nil {
		return false, err
	}
	return optErr == nil, optErr
}

func setPktinfo(fd int) error {
	domain, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_DOMAIN)
	if err != nil {
		return os.NewSyscallError("getsockopt", err)
	}
	if domain == unix.AF_INET {
		err = unix.SetsockoptInt(fd, unix.IPPROTO_IP, unix.IP_PKTINFO, 1)
	} else {
		err = unix.SetsockoptInt(fd, unix.IPPROTO_IPV6, unix.IPV6_RECVPKTINFO, 1)
	}
	return os.NewSyscallError("setsockopt", err)
}

// replyControl turns the control message of a datagram into that of its answer,
// in place. The two have the same form (ip(7), ipv6(7)); only the interface must
// go, for the way back may be another. It returns nil, which leaves the choice of
// address to the kernel, if there is no such message.
func replyControl(control []byte) []byte {
	if len(control) < unix.SizeofCmsghdr {
		return nil
	}
	h, data, _, err := unix.ParseOneSocketControlMessage(control)
	if err != nil {
		return nil
	}
	switch {
	case h.Level == unix.IPPROTO_IP && h.Type == unix.IP_PKTINFO && len(data) == unix.SizeofInet4Pktinfo:
		clear(data[:4]) // ipi_ifindex; ipi_spec_dst, which follows, is the source of the answer
	case h.Level == unix.IPPROTO_IPV6 && h.Type == unix.IPV6_PKTINFO && len(data) == unix.SizeofInet6Pktinfo:
		clear(data[16:]) // ipi6_ifindex, behind ipi6_addr
	default:
		return nil
	}
	return control[:unix.CmsgLen(len(data))] // without padding, for the kernel has 36 bytes ready
}

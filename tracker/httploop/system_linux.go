package httploop

import (
	"net/netip"
	"unsafe"

	"golang.org/x/sys/unix"
)

// These calls are raw: none of them can block, so the scheduler need not be told of
// them, which saves a few percent of an announce. recv and send cost less than read
// and write, which go through the file system's layer first.

// recv reads what has arrived. 0 means that the client has finished.
func recv(fd int, b []byte) (int, unix.Errno) {
	n, _, e := unix.RawSyscall6(unix.SYS_RECVFROM, uintptr(fd), uintptr(unsafe.Pointer(unsafe.SliceData(b))), uintptr(len(b)), 0, 0, 0)
	return int(n), e
}

// send writes as much of b as there is room for.
func send(fd int, b []byte, flags int) (int, unix.Errno) {
	n, _, e := unix.RawSyscall6(unix.SYS_SENDTO, uintptr(fd), uintptr(unsafe.Pointer(unsafe.SliceData(b))), uintptr(len(b)), uintptr(flags), 0, 0)
	return int(n), e
}

func closeFD(fd int) { _, _, _ = unix.RawSyscall(unix.SYS_CLOSE, uintptr(fd), 0, 0) }

// accept takes a connection off a listener, and returns where it comes from,
// unmapped and without zone.
func accept(listener int) (int, netip.Addr, unix.Errno) {
	var from unix.RawSockaddrInet6 // the longer of the two
	size := uint32(unix.SizeofSockaddrInet6)
	fd, _, e := unix.RawSyscall6(unix.SYS_ACCEPT4, uintptr(listener), uintptr(unsafe.Pointer(&from)), uintptr(unsafe.Pointer(&size)),
		unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0, 0)
	if e != 0 {
		return -1, netip.Addr{}, e
	}
	if from.Family == unix.AF_INET {
		return int(fd), netip.AddrFrom4((*unix.RawSockaddrInet4)(unsafe.Pointer(&from)).Addr), 0
	}
	return int(fd), netip.AddrFrom16(from.Addr).Unmap(), 0
}

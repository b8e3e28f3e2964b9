package mmsg

import (
	"errors"
	"net/netip"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// header is struct mmsghdr.
type header struct {
	unix.Msghdr
	n uint32
}

// name has room for a socket address of either family.
type name [unix.SizeofSockaddrInet6]byte

// controlSize holds one IP_PKTINFO or IPV6_PKTINFO.
const controlSize = 40

// Batch is room for datagrams, as the kernel wants it. Slices that it returns are
// its own. It must not be copied.
type Batch struct {
	headers  []header
	vectors  []unix.Iovec
	names    []name
	controls []byte
	data     []byte
	size     int
}

// NewBatch returns room for n datagrams of size bytes.
func NewBatch(n, size int) *Batch {
	b := &Batch{
		headers: make([]header, n), vectors: make([]unix.Iovec, n), names: make([]name, n),
		controls: make([]byte, n*controlSize), data: make([]byte, n*size), size: size,
	}
	for i := range n {
		b.vectors[i].Base = &b.data[i*size]
		h := &b.headers[i]
		h.Name = &b.names[i][0]
		h.Iov = &b.vectors[i]
		h.Iovlen = 1
	}
	return b
}

// Len returns how many datagrams there is room for.
func (b *Batch) Len() int { return len(b.headers) }

// Room returns where datagram i is written to, or where it was received to.
func (b *Batch) Room(i int) []byte { return b.data[i*b.size : (i+1)*b.size : (i+1)*b.size] }

// Packet returns received datagram i.
func (b *Batch) Packet(i int) []byte { return b.Room(i)[:b.headers[i].n] }

// SetLen sets the length of datagram i.
func (b *Batch) SetLen(i, n int) { b.vectors[i].SetLen(n) }

// SetTo sets the destination of datagram i; an IPv6 address has no zone.
func (b *Batch) SetTo(i int, to netip.AddrPort) {
	b.headers[i].Namelen = put(&b.names[i], to)
}

func put(n *name, to netip.AddrPort) uint32 {
	port := to.Port()
	if to.Addr().Is4() {
		sa := (*unix.RawSockaddrInet4)(unsafe.Pointer(n))
		*sa = unix.RawSockaddrInet4{Family: unix.AF_INET, Port: port<<8 | port>>8, Addr: to.Addr().As4()}
		return unix.SizeofSockaddrInet4
	}
	sa := (*unix.RawSockaddrInet6)(unsafe.Pointer(n))
	*sa = unix.RawSockaddrInet6{Family: unix.AF_INET6, Port: port<<8 | port>>8, Addr: to.Addr().As16()}
	return unix.SizeofSockaddrInet6
}

// Answer makes the sender of datagram j of in the destination of datagram i.
func (b *Batch) Answer(i int, in *Batch, j int) {
	b.names[i] = in.names[j]
	b.headers[i].Namelen = in.headers[j].Namelen
}

// IsFrom tells whether received datagram i comes from an address.
func (b *Batch) IsFrom(i int, addr *netip.AddrPort) bool {
	port := addr.Port()
	if addr.Addr().Is4() {
		sa := (*unix.RawSockaddrInet4)(unsafe.Pointer(&b.names[i]))
		return sa.Family == unix.AF_INET && sa.Port == port<<8|port>>8 && sa.Addr == addr.Addr().As4()
	}
	sa := (*unix.RawSockaddrInet6)(unsafe.Pointer(&b.names[i]))
	return sa.Family == unix.AF_INET6 && sa.Port == port<<8|port>>8 && sa.Addr == addr.Addr().As16()
}

// SetFrom makes datagram i leave from an address of this machine (ip(7), ipv6(7)).
func (b *Batch) SetFrom(i int, from netip.Addr) {
	control := b.controls[i*controlSize : (i+1)*controlSize]
	h := (*unix.Cmsghdr)(unsafe.Pointer(&control[0]))
	data := control[unix.CmsgLen(0):]
	size := unix.SizeofInet4Pktinfo
	if from.Is4() {
		h.Level, h.Type = unix.IPPROTO_IP, unix.IP_PKTINFO
		info := (*unix.Inet4Pktinfo)(unsafe.Pointer(&data[0]))
		*info = unix.Inet4Pktinfo{Spec_dst: from.As4()}
	} else {
		size = unix.SizeofInet6Pktinfo
		h.Level, h.Type = unix.IPPROTO_IPV6, unix.IPV6_PKTINFO
		info := (*unix.Inet6Pktinfo)(unsafe.Pointer(&data[0]))
		*info = unix.Inet6Pktinfo{Addr: from.As16()}
	}
	h.SetLen(unix.CmsgLen(size))
	b.headers[i].Control = &control[0]
	b.headers[i].SetControllen(unix.CmsgSpace(size))
}

// Receive takes what the socket holds, and returns at once: how many datagrams, none
// if the socket is empty.
func (b *Batch) Receive(fd int) (int, error) {
	b.ready()
	for {
		n, _, errno := unix.RawSyscall6(unix.SYS_RECVMMSG, uintptr(fd), uintptr(unsafe.Pointer(&b.headers[0])), uintptr(len(b.headers)), unix.MSG_DONTWAIT, 0, 0)
		switch errno {
		case 0:
			return int(n), nil
		case unix.EINTR:
		case unix.EAGAIN:
			return 0, nil
		default:
			return 0, errno
		}
	}
}

// ReceiveOne is Receive, but waits for a datagram as long as the socket says
// (SO_RCVTIMEO).
func (b *Batch) ReceiveOne(fd int) (int, error) {
	if n, err := b.Receive(fd); n > 0 || err != nil {
		return n, err
	}
	b.ready()
	n, _, errno := unix.Syscall6(unix.SYS_RECVMMSG, uintptr(fd), uintptr(unsafe.Pointer(&b.headers[0])), uintptr(len(b.headers)), unix.MSG_WAITFORONE, 0, 0)
	switch errno {
	case 0:
		return int(n), nil
	case unix.EINTR, unix.EAGAIN:
		return 0, nil
	default:
		return 0, errno
	}
}

// ready gives all room back to the kernel.
func (b *Batch) ready() {
	for i := range b.headers {
		b.headers[i].Namelen = unix.SizeofSockaddrInet6
		b.vectors[i].SetLen(b.size)
	}
}

// Send sends the first n datagrams, and waits while the socket has no room.
func (b *Batch) Send(fd, n int) error {
	for sent := 0; sent < n; {
		k, _, errno := unix.RawSyscall6(unix.SYS_SENDMMSG, uintptr(fd), uintptr(unsafe.Pointer(&b.headers[sent])), uintptr(n-sent), unix.MSG_DONTWAIT, 0, 0)
		switch errno {
		case 0:
			sent += int(k)
		case unix.EINTR:
		case unix.EAGAIN, unix.ENOBUFS:
			if _, err := wait(fd, unix.POLLOUT, time.Second); err != nil {
				return err
			}
		case unix.ECONNREFUSED: // an earlier datagram's, told of at this one
		default:
			return errno
		}
	}
	return nil
}

// Wait waits until the socket holds a datagram, for so long at most.
func Wait(fd int, timeout time.Duration) (ready bool, err error) {
	return wait(fd, unix.POLLIN, timeout)
}

func wait(fd int, events int16, timeout time.Duration) (bool, error) {
	fds := [1]unix.PollFd{{Fd: int32(fd), Events: events}}
	ts := unix.NsecToTimespec(int64(max(timeout, 0)))
	n, err := unix.Ppoll(fds[:], &ts, nil)
	if errors.Is(err, unix.EINTR) {
		return false, nil
	}
	return n > 0, err
}

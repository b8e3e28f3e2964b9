package udptracker

import (
	"net/netip"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// controlRoom holds the control message of the longest kind, IPV6_PKTINFO.
const controlRoom = 64

// mmsghdr is the struct of recvmmsg(2).
type mmsghdr struct {
	header unix.Msghdr
	length uint32
}

// inbox is the memory that datagrams are received into. The structs point to each
// other and never move.
type inbox struct {
	messages [batchLen]mmsghdr
	used     int // messages[:used] are as the kernel left them
	control  bool
	vectors  [batchLen]unix.Iovec
	names    [batchLen]unix.RawSockaddrInet6 // or RawSockaddrInet4, which is shorter
	controls [batchLen][controlRoom]byte
	packets  [batchLen][packetRoom]byte
}

// packetRoom is maxPacket, and enough more that the beginnings of packets do not
// compete for one set of the processor's cache.
const packetRoom = maxPacket + 192

func (in *inbox) layOut(control bool) {
	in.used, in.control = batchLen, control
	for i := range in.messages {
		h := &in.messages[i].header
		in.vectors[i].Base = &in.packets[i][0]
		in.vectors[i].SetLen(maxPacket)
		h.Iov = &in.vectors[i]
		h.SetIovlen(1)
		h.Name = (*byte)(unsafe.Pointer(&in.names[i]))
		if control {
			h.Control = &in.controls[i][0]
		}
	}
}

// receive fills the inbox with what has come, if anything.
func (in *inbox) receive(fd uintptr) (n int, errno syscall.Errno) {
	for i := range in.messages[:in.used] {
		h := &in.messages[i].header
		h.Namelen = unix.SizeofSockaddrInet6
		if in.control {
			h.SetControllen(controlRoom)
		}
	}
	in.used = 0
	r, _, errno := unix.RawSyscall6(unix.SYS_RECVMMSG, fd,
		uintptr(unsafe.Pointer(&in.messages)), batchLen, unix.MSG_DONTWAIT, 0, 0)
	if errno != 0 {
		return 0, errno
	}
	in.used = int(r)
	return in.used, 0
}

// datagram returns the i-th datagram. One that is longer than any packet is
// returned as none, one of an unknown family as from nobody.
func (in *inbox) datagram(i int) (packet []byte, from netip.AddrPort) {
	m := &in.messages[i]
	if m.header.Flags&unix.MSG_TRUNC == 0 {
		packet = in.packets[i][:m.length]
	}
	switch name := &in.names[i]; name.Family {
	case unix.AF_INET:
		name4 := (*unix.RawSockaddrInet4)(unsafe.Pointer(name))
		return packet, netip.AddrPortFrom(netip.AddrFrom4(name4.Addr), bigEndian(&name4.Port))
	case unix.AF_INET6:
		return packet, netip.AddrPortFrom(netip.AddrFrom16(name.Addr), bigEndian(&name.Port))
	}
	return packet, netip.AddrPort{}
}

// bigEndian reads a port, which socket addresses hold in the network's order.
func bigEndian(port *uint16) uint16 {
	b := (*[2]byte)(unsafe.Pointer(port))
	return uint16(b[0])<<8 | uint16(b[1])
}

package udptracker

import (
	"context"
	"fmt"
	"net/netip"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// batch is the line of one worker that has a socket to itself. It receives and
// sends up to batchLen datagrams by one system call each (recvmmsg(2),
// sendmmsg(2)), in memory that is laid out once.
//
// The calls never wait: they are made without telling the scheduler, which costs
// less, and hold up a stop of the world by no more than the sending of one
// batch. To wait is left to the poller of package net. Why that is the cheapest
// way to sleep and wake is in docs/decisions/0011-udp-batches.md.
type batch struct {
	raw syscall.RawConn
	in  inbox
	out outbox
}

func newBatch(s *socket) (*batch, error) {
	raw, err := s.conn.SyscallConn()
	if err != nil {
		return nil, err
	}
	b := &batch{raw: raw}
	b.in.layOut(s.control)
	b.out.layOut()
	return b, nil
}

func (b *batch) serve(ctx context.Context, w *worker) error {
	var broken error
	// turn serves until the socket has nothing more. It never leaves the callback of
	// Read in between: each entry into Read forgets what the poller knew, so that it
	// would have to begin by asking the kernel once more.
	turn := func(fd uintptr) (done bool) {
		for failed := 0; ctx.Err() == nil; {
			n, errno := b.in.receive(fd)
			switch errno {
			case 0:
				failed = 0
				b.answer(fd, n, w)
				if n < batchLen {
					return false // there was no more
				}
			case unix.EAGAIN:
				return false
			case unix.EINTR:
			default:
				w.stats.readErrors.Add(1)
				if failed++; failed == maxReadErrors {
					broken = errno
					return true
				}
			}
		}
		return true
	}
	err := b.raw.Read(turn)
	if err == nil {
		err = broken
	}
	if ctx.Err() == nil {
		return fmt.Errorf("udptracker: receive: %w", err)
	}
	return nil
}

// answer answers the n datagrams in the inbox, in their order.
func (b *batch) answer(fd uintptr, n int, w *worker) {
	w.stamp()
	for i := range n {
		packet, from := b.in.datagram(i)
		if reply := w.handle(b.out.room(), packet, from); len(reply) > 0 {
			b.out.put(reply, &b.in.messages[i])
		}
	}
	if failed := b.flush(fd); failed > 0 {
		w.stats.writeErrors.Add(uint64(failed))
	}
}

// flush sends the answers, and returns how many could not be sent. The kernel
// stops at the first that it refuses; the others are no worse for it.
func (b *batch) flush(fd uintptr) (failed int) {
	for sent := 0; sent < b.out.n; {
		n, errno := b.out.send(fd, sent)
		if errno == unix.EAGAIN {
			n, errno = b.waitAndSend(sent)
		}
		switch errno {
		case 0:
			sent += n
		case unix.EINTR:
		default:
			failed++
			sent++
		}
	}
	b.out.n = 0
	return failed
}

// waitAndSend is send for when the socket's send buffer is full.
func (b *batch) waitAndSend(from int) (n int, errno syscall.Errno) {
	err := b.raw.Write(func(fd uintptr) bool {
		n, errno = b.out.send(fd, from)
		return errno != unix.EAGAIN
	})
	if err != nil {
		errno = unix.EBADF // closed meanwhile
	}
	return n, errno
}

// batchLen is how many datagrams a batch holds. Above 8 nothing certain is gained,
// and the first answer of a full batch waits for the last.
const batchLen = 16

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

// outbox is the memory that answers are sent from.
type outbox struct {
	messages [batchLen]mmsghdr
	n        int // answers
	vectors  [batchLen]unix.Iovec
	replies  [batchLen][maxReply4]byte
}

func (out *outbox) layOut() {
	for i := range out.messages {
		out.messages[i].header.Iov = &out.vectors[i]
		out.messages[i].header.SetIovlen(1)
	}
}

// room is where the next answer may be written.
func (out *outbox) room() []byte { return out.replies[out.n][:0] }

// put adds the answer to a question, to be sent to where that came from, from
// where it was sent to.
func (out *outbox) put(reply []byte, question *mmsghdr) {
	out.vectors[out.n].Base = unsafe.SliceData(reply)
	out.vectors[out.n].SetLen(len(reply))
	h := &out.messages[out.n].header
	h.Name, h.Namelen = question.header.Name, question.header.Namelen
	if question.header.Control != nil {
		control := replyControl(unsafe.Slice(question.header.Control, question.header.Controllen))
		h.Control = unsafe.SliceData(control)
		h.SetControllen(len(control))
	}
	out.n++
}

// send sends answers from the given one on, and returns how many the kernel took.
func (out *outbox) send(fd uintptr, from int) (n int, errno syscall.Errno) {
	r, _, errno := unix.RawSyscall6(unix.SYS_SENDMMSG, fd,
		uintptr(unsafe.Pointer(&out.messages[from])), uintptr(out.n-from), unix.MSG_DONTWAIT, 0, 0)
	if errno != 0 {
		return 0, errno
	}
	return int(r), 0
}

package udptracker

import (
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

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

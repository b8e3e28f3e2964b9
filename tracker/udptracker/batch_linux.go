package udptracker

import (
	"context"
	"fmt"
	"syscall"

	"golang.org/x/sys/unix"
)

// batchLen is how many datagrams a batch holds. Above 8 nothing certain is gained,
// and the first answer of a full batch waits for the last.
const batchLen = 16

// expectFrom is how many datagrams must have come for it to be worth while to look ahead.
const expectFrom = 4

// batch is the line of one worker that has a socket to itself. It receives and
// sends up to batchLen datagrams by one system call each (recvmmsg(2),
// sendmmsg(2)), in memory that is laid out once.
//
// The calls never wait: they are made without telling the scheduler, which costs
// less, and hold up a stop of the world by no more than the sending of one
// batch. To wait is left to the poller of package net. Why that is the cheapest
// way to sleep and wake is in docs/decisions/0011-udp-batches.md.
type batch struct {
	raw       syscall.RawConn
	in        inbox
	questions [batchLen]question
	out       outbox
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
	questions := b.questions[:n]
	for i := range questions {
		questions[i] = w.read(b.in.datagram(i))
	}
	if n >= expectFrom {
		w.expect(questions)
	}
	for i := range questions {
		if reply := w.answer(b.out.room(), &questions[i]); len(reply) > 0 {
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

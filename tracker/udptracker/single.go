package udptracker

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
)

// single is the line that every system has: one datagram at a time, by the calls
// of package net. Any number of singles may share a socket.
type single struct {
	sock *socket

	buffer  [maxPacket + 1]byte // one byte more, to tell what is too long
	control [controlRoom]byte
	reply   [maxReply4]byte

	n, controlLen int
	from          netip.AddrPort // as the socket reports it, fit for sending back
}

func (s *single) serve(ctx context.Context, w *worker) error {
	for failed := 0; ; {
		err := s.receive()
		switch {
		case err == nil:
			failed = 0
		case ctx.Err() != nil && errors.Is(err, net.ErrClosed):
			return nil
		default:
			w.stats.readErrors.Add(1)
			if failed++; failed == maxReadErrors {
				return fmt.Errorf("udptracker: receive: %w", err)
			}
			continue
		}
		w.stamp()
		reply := w.handle(s.reply[:0], s.buffer[:s.n], s.from)
		if len(reply) == 0 {
			continue
		}
		if err := s.answer(reply); err != nil {
			w.stats.writeErrors.Add(1)
		}
	}
}

func (s *single) receive() (err error) {
	if s.sock.control {
		s.n, s.controlLen, _, s.from, err = s.sock.conn.ReadMsgUDPAddrPort(s.buffer[:], s.control[:])
		return err
	}
	s.n, s.from, err = s.sock.conn.ReadFromUDPAddrPort(s.buffer[:])
	return err
}

// answer sends reply to where the datagram came from, from where it was sent to.
func (s *single) answer(reply []byte) (err error) {
	if s.sock.control {
		_, _, err = s.sock.conn.WriteMsgUDPAddrPort(reply, replyControl(s.control[:s.controlLen]), s.from)
		return err
	}
	_, err = s.sock.conn.WriteToUDPAddrPort(reply, s.from)
	return err
}

package null

import (
	"context"
	"encoding/binary"
	"fmt"
	"net/netip"
	"os"

	"golang.org/x/sync/errgroup"
	"golang.org/x/sys/unix"

	"github.com/altracker/altracker/bench/load/machine"
	"github.com/altracker/altracker/bench/load/mmsg"
)

// UDP is a server of BEP 15.
type UDP struct {
	config Config
	addr   netip.AddrPort
	socks  []int // by worker
}

// batch is how many datagrams are received and sent at a time.
const batch = 64

// maxPacket is the longest request that is looked at.
const maxPacket = 2048

// ListenUDP binds an address; port 0 is any that is free.
func ListenUDP(addr netip.AddrPort, c Config) (*UDP, error) {
	s := &UDP{config: c.withDefaults(), addr: addr}
	for range s.config.Workers {
		fd, err := mmsg.Socket(s.addr, s.config.Workers > 1)
		if err != nil {
			s.close()
			return nil, fmt.Errorf("null: %w", err)
		}
		s.socks = append(s.socks, fd)
		// The wait for datagrams ends now and then, to see whether it is over.
		wait := unix.NsecToTimeval(1e8)
		if err := unix.SetsockoptTimeval(fd, unix.SOL_SOCKET, unix.SO_RCVTIMEO, &wait); err != nil {
			s.close()
			return nil, fmt.Errorf("null: %w", os.NewSyscallError("setsockopt", err))
		}
		if s.addr, err = mmsg.Local(fd); err != nil {
			s.close()
			return nil, fmt.Errorf("null: %w", err)
		}
	}
	return s, nil
}

// Addr returns the address the server is bound to.
func (s *UDP) Addr() netip.AddrPort { return s.addr }

func (s *UDP) close() {
	for _, fd := range s.socks {
		_ = unix.Close(fd)
	}
}

// Run serves until ctx is done.
func (s *UDP) Run(ctx context.Context) error {
	defer s.close()
	group, ctx := errgroup.WithContext(ctx)
	for _, fd := range s.socks {
		group.Go(func() error {
			if err := machine.Own(nil, 0); err != nil {
				return err
			}
			return s.serve(ctx, fd)
		})
	}
	return group.Wait()
}

func (s *UDP) serve(ctx context.Context, fd int) error {
	in, out := mmsg.NewBatch(batch, maxPacket), mmsg.NewBatch(batch, maxPacket)
	size := 6
	if s.addr.Addr().Is6() {
		size = 18
	}
	peers := compact(min(s.config.Peers, (maxPacket-20)/size), size)
	for i := range batch {
		copy(out.Room(i)[20:], peers)
		binary.BigEndian.PutUint32(out.Room(i)[8:], interval)
	}
	for ctx.Err() == nil {
		n, err := in.ReceiveOne(fd)
		if err != nil {
			return fmt.Errorf("null: receive: %w", err)
		}
		m := 0
		for i := range n {
			if length := answer(out.Room(m), in.Packet(i), len(peers)); length > 0 {
				out.SetLen(m, length)
				out.Answer(m, in, i)
				m++
			}
		}
		if err := out.Send(fd, m); err != nil {
			return fmt.Errorf("null: send: %w", err)
		}
	}
	return nil
}

// answer turns room, which holds an announce reply, into the reply to a request and
// returns its length. A connection id is whatever stands there.
func answer(room, request []byte, peers int) int {
	if len(request) < 16 {
		return 0
	}
	copy(room[:8], request[8:16]) // action, transaction id
	switch action := request[11]; {
	case action == 1:
		return 20 + peers
	case action == 2:
		return min(8+(len(request)-16)/20*12, len(room))
	default:
		return 16
	}
}

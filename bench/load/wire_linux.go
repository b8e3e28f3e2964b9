package load

import (
	"net/netip"
	"time"

	"golang.org/x/sys/unix"

	"github.com/altracker/altracker/bench/load/mmsg"
)

// rawWire is one socket that speaks for all sources of a worker: each datagram says
// where it comes from. So a batch is full however many sources there are.
type rawWire struct {
	fd      int
	target  netip.AddrPort
	from    []netip.Addr
	in, out *mmsg.Batch
	staged  int
}

func newRawWire(target netip.AddrPort, s *sources) (wire, error) {
	local := netip.IPv4Unspecified()
	if target.Addr().Is6() {
		local = netip.IPv6Unspecified()
	}
	if s.count == 1 {
		local = s.addr(0)
	}
	fd, err := mmsg.Socket(netip.AddrPortFrom(local, 0), false)
	if err != nil {
		return nil, err
	}
	w := &rawWire{fd: fd, target: target, in: mmsg.NewBatch(batch, maxReply), out: mmsg.NewBatch(batch, maxRequest)}
	for i := range s.count {
		w.from = append(w.from, s.addr(i))
	}
	for i := range batch {
		w.out.SetTo(i, target)
	}
	return w, nil
}

func (w *rawWire) stage(source int, datagram []byte) bool {
	w.out.SetLen(w.staged, copy(w.out.Room(w.staged), datagram))
	w.out.SetFrom(w.staged, w.from[source])
	w.staged++
	return w.staged < batch
}

func (w *rawWire) flush() error {
	n := w.staged
	w.staged = 0
	return w.out.Send(w.fd, n)
}

func (w *rawWire) receive(wait time.Duration) (int, error) {
	n, err := w.in.Receive(w.fd)
	if n > 0 || err != nil || wait <= 0 {
		return n, err
	}
	if ready, err := mmsg.Wait(w.fd, wait); !ready || err != nil {
		return 0, err
	}
	return w.in.Receive(w.fd)
}

func (w *rawWire) packet(i int) []byte {
	if !w.in.IsFrom(i, &w.target) {
		return nil
	}
	return w.in.Packet(i)
}

func (w *rawWire) close() { _ = unix.Close(w.fd) }

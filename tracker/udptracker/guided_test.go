package udptracker

import (
	"encoding/binary"
	"net/netip"
	"testing"

	"github.com/altracker/altracker/selector"
	"github.com/altracker/altracker/selector/selectortest"
	"github.com/altracker/altracker/tracker"
)

// guidedTracker returns a real tracker with a map of four PIDs.
func guidedTracker(t testing.TB) *tracker.Tracker {
	var world selector.Map = selectortest.Square(4, func(from, to int) float32 { return float32(1 + 4*max(from-to, to-from)) })
	policy, err := selector.New(selector.Default, nil)
	if err != nil {
		t.Fatal(err)
	}
	tr, err := tracker.New(tracker.Config{Map: func() selector.Map { return world }, Policy: policy})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(tr.Close)
	return tr
}

// guided returns a worker on a guided tracker, and the announces of the thousand
// peers, in four PIDs, that are in the swarm.
func guided(t testing.TB) (*worker, []netip.AddrPort, [][]byte) {
	w := testWorker(t, guidedTracker(t))
	var from []netip.AddrPort
	var packets [][]byte
	for i := range 1000 {
		a := goodAnnounce()
		a.port = uint16(1000 + i)
		from = append(from, netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, 0, byte(1 + i%4), byte(i / 4)}), 50000))
		packets = append(packets, w.packet(from[i], actionAnnounce, a.bytes()))
		w.handle(nil, packets[i], from[i])
	}
	return w, from, packets
}

func TestGuidedAnnounceAllocatesNothing(t *testing.T) {
	w, from, packets := guided(t)
	i, reply := 0, make([]byte, 0, maxReply4)
	if n := testing.AllocsPerRun(2000, func() {
		i = (i + 1) % len(packets)
		reply = w.handle(reply[:0], packets[i], from[i])
	}); n != 0 {
		t.Errorf("%v allocations from datagram to reply", n)
	}
	if binary.BigEndian.Uint32(reply) != actionAnnounce || len(reply) != 20+50*6 {
		t.Errorf("the reply has %d bytes and action %x", len(reply), reply[:4])
	}
}

// BenchmarkGuidedAnnounce is a whole announce but for the socket.
func BenchmarkGuidedAnnounce(b *testing.B) {
	w, from, packets := guided(b)
	reply := make([]byte, 0, maxReply4)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		w.handle(reply, packets[i%len(packets)], from[i%len(from)])
	}
}

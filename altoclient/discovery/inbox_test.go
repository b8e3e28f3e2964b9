package discovery

import (
	"net/netip"
	"testing"
)

func TestInboxTakesOneOfAllNeighbours(t *testing.T) {
	b := newInbox(100)
	take := func() (list []string) {
		for len(b.addresses) > 0 {
			list = append(list, (<-b.addresses).String())
		}
		return list
	}
	offer := func(addrs ...string) {
		for _, a := range addrs {
			b.offer(netip.MustParseAddr(a))
		}
	}
	offer("192.0.2.1", "192.0.2.1", "192.0.2.200", "2001:db8::1", "2001:db8::2", "2001:db8:0:1::1", "192.0.3.1")
	if got := take(); len(got) != 4 {
		t.Errorf("took %q, want one of each /24 and /64", got)
	}
	offer("192.0.2.7")
	if got := take(); got != nil {
		t.Errorf("took %q in the same period", got)
	}
	b.turn()
	offer("192.0.2.7")
	if got := take(); len(got) != 1 {
		t.Errorf("took %q in the next period", got)
	}
}

func TestInboxLosesWhatItHasNoRoomFor(t *testing.T) {
	b := newInbox(2)
	for i := range 10 {
		b.offer(netip.AddrFrom4([4]byte{10, byte(i), 0, 1}))
	}
	if b.taken.Load() != 10 || b.lost.Load() != 8 {
		t.Errorf("%d taken, %d lost", b.taken.Load(), b.lost.Load())
	}
	<-b.addresses
	b.offer(netip.AddrFrom4([4]byte{10, 9, 0, 1}))
	if b.lost.Load() != 8 {
		t.Error("an address that was lost does not come again")
	}
}

func TestInboxAllocatesNothing(t *testing.T) {
	b := newInbox(1000)
	i := uint32(0)
	if n := testing.AllocsPerRun(5000, func() {
		i++
		b.offer(netip.AddrFrom4([4]byte{10, byte(i >> 8), byte(i), 1}))
		b.offer(netip.AddrFrom16([16]byte{0x20, 1, byte(i >> 8), byte(i)}))
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkAsk(b *testing.B) {
	box := newInbox(1000)
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		i := uint32(0)
		for pb.Next() {
			i++
			box.offer(netip.AddrFrom4([4]byte{10, byte(i >> 8), byte(i), 1}))
		}
	})
}

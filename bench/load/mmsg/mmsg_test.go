//go:build linux

package mmsg

import (
	"bytes"
	"fmt"
	"net/netip"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

const patience = 20 * time.Second

func socket(t *testing.T, addr string, reuse bool) (int, netip.AddrPort) {
	t.Helper()
	fd, err := Socket(netip.MustParseAddrPort(addr), reuse)
	if err != nil {
		if netip.MustParseAddrPort(addr).Addr().Is6() {
			t.Skip("no such address here: ", err)
		}
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = unix.Close(fd) })
	local, err := Local(fd)
	if err != nil || local.Port() == 0 {
		t.Fatalf("bound to %v, %v", local, err)
	}
	return fd, local
}

// receiveAll waits for so many datagrams and calls f with each of a batch.
func receiveAll(t *testing.T, fd, n int, b *Batch, f func(i int)) {
	t.Helper()
	for n > 0 {
		if ready, err := Wait(fd, patience); !ready || err != nil {
			t.Fatalf("%d datagrams are missing: %v", n, err)
		}
		k, err := b.Receive(fd)
		if err != nil {
			t.Fatal(err)
		}
		for i := range k {
			f(i)
		}
		n -= k
	}
}

// TestDatagramsGoThereAndBack from many addresses of one socket, each answer to where
// its datagram came from.
func TestDatagramsGoThereAndBack(t *testing.T) {
	for _, c := range []struct {
		client, server string
		from           func(i int) string
	}{
		{"0.0.0.0:0", "127.0.0.1:0", func(i int) string { return fmt.Sprintf("127.7.%d.1", i) }},
		{"[::1]:0", "[::1]:0", func(int) string { return "::1" }},
	} {
		client, clientAddr := socket(t, c.client, false)
		server, serverAddr := socket(t, c.server, false)
		const n = 50 // more than one batch
		out, in := NewBatch(32, 100), NewBatch(16, 60)
		for sent := 0; sent < n; {
			k := min(out.Len(), n-sent)
			for i := range k {
				text := fmt.Sprintf("datagram %d", sent+i)
				out.SetLen(i, copy(out.Room(i), text))
				out.SetTo(i, serverAddr)
				out.SetFrom(i, netip.MustParseAddr(c.from(sent+i)))
			}
			if err := out.Send(client, k); err != nil {
				t.Fatal(err)
			}
			sent += k
		}
		replies, answered := NewBatch(16, 100), 0
		receiveAll(t, server, n, in, func(i int) {
			from := netip.AddrPortFrom(netip.MustParseAddr(c.from(answered)), clientAddr.Port())
			if want := fmt.Sprintf("datagram %d", answered); string(in.Packet(i)) != want || !in.IsFrom(i, &from) || in.IsFrom(i, &serverAddr) {
				t.Fatalf("%q is not %q from %v", in.Packet(i), want, from)
			}
			replies.SetLen(0, copy(replies.Room(0), bytes.ToUpper(in.Packet(i))))
			replies.Answer(0, in, i)
			if err := replies.Send(server, 1); err != nil {
				t.Fatal(err)
			}
			answered++
		})
		got := 0
		receiveAll(t, client, n, in, func(i int) {
			if want := fmt.Sprintf("DATAGRAM %d", got); string(in.Packet(i)) != want || !in.IsFrom(i, &serverAddr) {
				t.Fatalf("%q is not %q", in.Packet(i), want)
			}
			got++
		})
		if k, err := in.Receive(client); k != 0 || err != nil {
			t.Errorf("an empty socket holds %d datagrams, %v", k, err)
		}
	}
}

func TestWaitsEnd(t *testing.T) {
	fd, _ := socket(t, "127.0.0.1:0", false)
	if ready, err := Wait(fd, time.Millisecond); ready || err != nil {
		t.Errorf("%v, %v", ready, err)
	}
	wait := unix.NsecToTimeval(1e6)
	if err := unix.SetsockoptTimeval(fd, unix.SOL_SOCKET, unix.SO_RCVTIMEO, &wait); err != nil {
		t.Fatal(err)
	}
	if n, err := NewBatch(4, 10).ReceiveOne(fd); n != 0 || err != nil {
		t.Errorf("%d datagrams, %v", n, err)
	}
}

func TestSocketsShareAnAddressIfTheyAreToldTo(t *testing.T) {
	_, addr := socket(t, "127.0.0.1:0", true)
	socket(t, addr.String(), true)
	if fd, err := Socket(addr, false); err == nil {
		_ = unix.Close(fd)
		t.Error("a third that was not told has it too")
	}
}

func TestNoSystemCallAllocates(t *testing.T) {
	client, _ := socket(t, "0.0.0.0:0", false)
	server, addr := socket(t, "127.0.0.1:0", false)
	out, in := NewBatch(8, 100), NewBatch(8, 100)
	source := netip.MustParseAddr("127.3.2.1")
	turn := func() {
		for i := range 8 {
			out.SetLen(i, 50)
			out.SetTo(i, addr)
			out.SetFrom(i, source)
		}
		if err := out.Send(client, 8); err != nil {
			t.Fatal(err)
		}
		for n := 0; n < 8; {
			k, err := in.Receive(server)
			if err != nil {
				t.Fatal(err)
			}
			n += k
		}
	}
	if n := testing.AllocsPerRun(100, turn); n != 0 {
		t.Errorf("%v allocations for eight datagrams", n)
	}
}

func BenchmarkThereAndBack(b *testing.B) {
	fd, err := Socket(netip.MustParseAddrPort("127.0.0.1:0"), false)
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = unix.Close(fd) }()
	addr, _ := Local(fd)
	for _, size := range []int{1, 8, 64} {
		b.Run(fmt.Sprint(size), func(b *testing.B) {
			out, in := NewBatch(size, 100), NewBatch(size, 100)
			for i := range size {
				out.SetLen(i, 98)
				out.SetTo(i, addr)
			}
			for range b.N {
				if err := out.Send(fd, size); err != nil {
					b.Fatal(err)
				}
				for n := 0; n < size; {
					k, err := in.Receive(fd)
					if err != nil {
						b.Fatal(err)
					}
					n += k
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*size), "ns/datagram")
		})
	}
}

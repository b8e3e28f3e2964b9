package udptracker

import (
	"encoding/binary"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"testing"
	"time"
	"unsafe"

	"github.com/altracker/altracker/tracker/swarm"
	"github.com/altracker/altracker/tracker/trackertest"
)

// newTestBatch returns a batch on a bound socket that nobody serves.
func newTestBatch(t *testing.T, network, address string) (*batch, netip.AddrPort) {
	t.Helper()
	conn, err := net.ListenPacket(network, address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	s := &socket{conn: conn.(*net.UDPConn)}
	if err := s.prepare(); err != nil {
		t.Fatal(err)
	}
	b, err := newBatch(s)
	if err != nil {
		t.Fatal(err)
	}
	return b, s.conn.LocalAddr().(*net.UDPAddr).AddrPort()
}

// receive returns what is in the socket, up to a batch.
func (b *batch) receive(t *testing.T) (n int) {
	t.Helper()
	if err := b.raw.Control(func(fd uintptr) { n, _ = b.in.receive(fd) }); err != nil {
		t.Fatal(err)
	}
	return n
}

// answerAll answers what is in the inbox.
func (b *batch) answerAll(t *testing.T, w *worker, n int) {
	t.Helper()
	if err := b.raw.Control(func(fd uintptr) { b.answer(fd, n, w) }); err != nil {
		t.Fatal(err)
	}
}

func TestABatchIsReceivedInOrder(t *testing.T) {
	for _, c := range []struct{ network, listen, from, to string }{
		{"udp4", "127.0.0.1:0", "127.0.0.5", "127.0.0.1"},
		{"udp4", "0.0.0.0:0", "127.0.0.5", "127.0.0.9"},
		{"udp", "[::]:0", "127.0.0.5", "127.0.0.9"},
		{"udp", "[::]:0", "::1", "::1"},
	} {
		t.Run(c.network+" "+c.listen+" "+c.to, func(t *testing.T) {
			if c.to == "::1" {
				requireIPv6(t)
			}
			b, local := newTestBatch(t, c.network, c.listen)
			client := dial(t, c.from, netip.AddrPortFrom(netip.MustParseAddr(c.to), local.Port()))
			const sent = batchLen + 5
			for i := range sent {
				fmt.Fprint(client, "datagram ", i)
			}
			got := 0
			for _, want := range []int{batchLen, sent - batchLen, 0} {
				if n := b.receive(t); n != want {
					t.Fatalf("received %d, want %d", n, want)
				}
				for i := range want {
					packet, from := b.in.datagram(i)
					from = netip.AddrPortFrom(from.Addr().Unmap(), from.Port())
					if string(packet) != "datagram "+strconv.Itoa(got) || from.String() != client.LocalAddr().String() {
						t.Errorf("datagram %d is %q from %v", got, packet, from)
					}
					got++
				}
			}
		})
	}
}

func TestADatagramThatIsTooLongIsNone(t *testing.T) {
	b, local := newTestBatch(t, "udp4", "127.0.0.1:0")
	client := dial(t, "127.0.0.1", local)
	for _, n := range []int{maxPacket, maxPacket + 1, 60000, 16} {
		client.Write(make([]byte, n))
	}
	b.receive(t)
	for i, want := range []int{maxPacket, 0, 0, 16} {
		if packet, _ := b.in.datagram(i); len(packet) != want {
			t.Errorf("datagram %d has %d bytes, want %d", i, len(packet), want)
		}
	}
}

// The kernel refuses to send to port 0: it stops there, and must be asked to go
// on behind it.
func TestAnAnswerThatCannotBeSentHindersNoOther(t *testing.T) {
	for _, c := range []struct {
		name   string
		broken []int
	}{
		{"none", nil}, {"the first", []int{0}}, {"the last", []int{9}}, {"some", []int{3, 4, 7}},
		{"all", []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}},
	} {
		t.Run(c.name, func(t *testing.T) {
			b, local := newTestBatch(t, "udp4", "127.0.0.1:0")
			w := testWorker(t, &stub{})
			client := dial(t, "127.0.0.1", local)
			from := client.LocalAddr().(*net.UDPAddr).AddrPort()
			for i := range 10 {
				p := w.packet(from, actionScrape, make([]byte, 20))
				binary.BigEndian.PutUint32(p[12:], uint32(i))
				client.Write(p)
			}
			if n := b.receive(t); n != 10 {
				t.Fatalf("received %d", n)
			}
			w.stamp()
			for i := range 10 {
				packet, from := b.in.datagram(i)
				if slices.Contains(c.broken, i) {
					b.in.names[i].Port = 0
				}
				b.out.put(w.handle(b.out.room(), packet, from), &b.in.messages[i])
			}
			failed := -1
			b.raw.Control(func(fd uintptr) { failed = b.flush(fd) })
			if failed != len(c.broken) {
				t.Errorf("%d failed, want %d", failed, len(c.broken))
			}
			buf := make([]byte, 100)
			for i := range 10 {
				if slices.Contains(c.broken, i) {
					continue
				}
				if n, err := client.Read(buf); err != nil || binary.BigEndian.Uint32(buf[4:]) != uint32(i) {
					t.Errorf("answer %d: %x, %v", i, buf[:n], err)
				}
			}
		})
	}
}

func TestSilentDatagramsLeaveNoGapInTheAnswers(t *testing.T) {
	b, local := newTestBatch(t, "udp4", "127.0.0.1:0")
	w := testWorker(t, &stub{})
	client := dial(t, "127.0.0.1", local)
	from := client.LocalAddr().(*net.UDPAddr).AddrPort()
	good, bad := w.packet(from, actionScrape, make([]byte, 20)), w.packet(client4, actionScrape, make([]byte, 20))
	for range 5 {
		client.Write(bad)
		client.Write(good)
		client.Write(nil)
	}
	b.answerAll(t, w, b.receive(t))
	if st := &w.stats; st.scrapes.Load() != 5 || st.badIDs.Load() != 5 || st.malformed.Load() != 5 || st.writeErrors.Load() != 0 {
		t.Errorf("counted %d scrapes, %d bad ids, %d malformed", st.scrapes.Load(), st.badIDs.Load(), st.malformed.Load())
	}
	for range 5 {
		if _, err := client.Read(make([]byte, 100)); err != nil {
			t.Fatal(err)
		}
	}
}

// A UDP socket on the loopback interface never fills its send buffer; a Unix one
// takes few datagrams that nobody reads.
func TestAFullSendBufferIsWaitedFor(t *testing.T) {
	reader, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: t.TempDir() + "/socket"})
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	writer, err := net.DialUnix("unixgram", nil, reader.LocalAddr().(*net.UnixAddr))
	if err != nil {
		t.Fatal(err)
	}
	defer writer.Close()
	b := &batch{}
	b.raw, _ = writer.SyscallConn()
	b.out.layOut()
	question := new(mmsghdr) // from nobody: the socket is connected
	const batches = 4
	done := make(chan int)
	go func() {
		failed := 0
		b.raw.Read(func(fd uintptr) bool {
			for i := range batches * batchLen {
				b.out.put(append(b.out.room(), byte(i)), question)
				if b.out.n == batchLen {
					failed += b.flush(fd)
				}
			}
			return true
		})
		done <- failed
	}()
	reader.SetDeadline(time.Now().Add(patience))
	buf := make([]byte, 10)
	for i := range batches * batchLen {
		if _, err := reader.Read(buf); err != nil || buf[0] != byte(i) {
			t.Fatalf("answer %d: %d, %v", i, buf[0], err)
		}
	}
	if failed := <-done; failed != 0 {
		t.Errorf("%d answers failed", failed)
	}
}

func TestEachWorkerHasASocket(t *testing.T) {
	s := start(t, Config{Listen: ":0", Handler: trackertest.NewPlain(), Workers: 3})
	if len(s.sockets) != 3 {
		t.Fatalf("%d sockets", len(s.sockets))
	}
	served := func() (n int) {
		for _, w := range s.workers {
			if w.stats.connects.Load() > 0 {
				n++
			}
		}
		return n
	}
	to := netip.AddrPortFrom(netip.MustParseAddr("127.0.0.1"), s.Addr().Port())
	for range 200 { // the kernel deals by a hash of the ports
		connect(t, dial(t, "127.0.0.1", to))
	}
	if n := served(); n != 3 {
		t.Errorf("%d of 3 workers have served", n)
	}
}

func TestMessagesAreLaidOutAsTheKernelHasThem(t *testing.T) {
	// struct mmsghdr: a msghdr of seven words (one of them padded), and a length.
	const word = unsafe.Sizeof(uintptr(0))
	if got, want := unsafe.Sizeof(mmsghdr{}), 7*word+max(4, word); got != want {
		t.Errorf("mmsghdr has %d bytes, want %d", got, want)
	}
	if got := unsafe.Sizeof(batch{}); got > 200<<10 {
		t.Errorf("a batch has %d bytes", got)
	}
}

// seer is a handler that wants to know what comes.
type seer struct {
	stub
	expected []swarm.InfoHash
}

func (s *seer) Expect(hashes []swarm.InfoHash) {
	if s.announced > 0 {
		panic("told too late")
	}
	s.expected = append(s.expected, hashes...)
}

// A handler is told of the announces in a batch before the first is answered, and of nothing
// else, least of all of those whose sender has not shown a connection id of his own; where there
// are few, looking ahead is not worth it.
func TestTheHandlerIsToldOfAnnouncesAhead(t *testing.T) {
	for _, announces := range []int{1, expectFrom - 3, batchLen - 3} {
		h := &seer{}
		w := testWorker(t, h)
		b, local := newTestBatch(t, "udp4", "127.0.0.1:0")
		client := dial(t, "127.0.0.1", local)
		from := client.LocalAddr().(*net.UDPAddr).AddrPort()
		client.Write(w.packet(from, actionScrape, make([]byte, 20)))
		var want []swarm.InfoHash
		for i := range announces {
			a := goodAnnounce()
			a.hash[1] = byte(i)
			client.Write(w.packet(from, actionAnnounce, a.bytes()))
			want = append(want, a.hash)
		}
		client.Write(w.packet(from, actionAnnounce, goodAnnounce().bytes()[:80]))
		client.Write(w.packet(netip.MustParseAddrPort("127.0.0.9:1"), actionAnnounce, goodAnnounce().bytes())) // another's id
		n := b.receive(t)
		b.answerAll(t, w, n)
		if n < expectFrom {
			want = nil
		}
		if !slices.Equal(h.expected, want) {
			t.Errorf("of %d announces it was told of %x, want %x", announces, h.expected, want)
		}
		if h.announced != announces {
			t.Errorf("%d announced, want %d", h.announced, announces)
		}
	}
}

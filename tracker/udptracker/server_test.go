package udptracker

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"net"
	"net/netip"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/altracker/altracker/tracker/trackertest"
)

const patience = 5 * time.Second

// bothWays runs a test of the server with the batches of Linux, where there are
// any, and in the portable way.
func bothWays(t *testing.T, test func(t *testing.T, portable bool)) {
	for name, portable := range map[string]bool{"batches": false, "portable": true} {
		t.Run(name, func(t *testing.T) { test(t, portable) })
	}
}

// start runs a Server until the test ends.
func start(t *testing.T, cfg Config) *Server {
	t.Helper()
	s, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		select {
		case err := <-done:
			if err != nil {
				t.Errorf("Run: %v", err)
			}
		case <-time.After(patience):
			t.Error("Run does not return")
		}
	})
	return s
}

// dial returns a socket that sends from the address, and only hears the server
// at the other one.
func dial(t *testing.T, from string, to netip.AddrPort) *net.UDPConn {
	t.Helper()
	local := net.UDPAddrFromAddrPort(netip.AddrPortFrom(netip.MustParseAddr(from), 0))
	conn, err := net.DialUDP("udp", local, net.UDPAddrFromAddrPort(to))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	conn.SetDeadline(time.Now().Add(patience))
	return conn
}

func exchange(t *testing.T, conn *net.UDPConn, request []byte) []byte {
	t.Helper()
	if _, err := conn.Write(request); err != nil {
		t.Fatal(err)
	}
	buf := make([]byte, 2048)
	n, err := conn.Read(buf)
	if err != nil {
		t.Fatal(err)
	}
	return buf[:n]
}

func connect(t *testing.T, conn *net.UDPConn) (id []byte) {
	t.Helper()
	reply := exchange(t, conn, []byte("\x00\x00\x04\x17\x27\x10\x19\x80\x00\x00\x00\x00abcd"))
	if len(reply) != 16 || !bytes.HasPrefix(reply, []byte("\x00\x00\x00\x00abcd")) {
		t.Fatalf("connect answered %q", reply)
	}
	return reply[8:]
}

func requireIPv6(t *testing.T) {
	t.Helper()
	conn, err := net.ListenPacket("udp6", "[::1]:0")
	if err != nil {
		t.Skip("no IPv6 on the loopback interface")
	}
	conn.Close()
}

// A connected socket drops what comes from another address than it talks to, as
// clients do; so hearing an answer at all proves where it came from.
func TestAnswersComeFromTheAddressThatWasAsked(t *testing.T) {
	listen := func(network, address string) *net.UDPConn {
		conn, err := net.ListenPacket(network, address)
		if err != nil {
			t.Fatal(err)
		}
		return conn.(*net.UDPConn)
	}
	bothWays(t, func(t *testing.T, portable bool) {
		for _, c := range []struct {
			name string
			cfg  Config
		}{
			{"IPv4 socket", Config{Conn: listen("udp4", "0.0.0.0:0")}},
			{"dual-stack socket", Config{Listen: "[::]:0"}},
			{"dual-stack sockets", Config{Listen: ":0", Workers: 3}},
		} {
			t.Run(c.name, func(t *testing.T) {
				c.cfg.Handler, c.cfg.Portable = trackertest.NewPlain(), portable
				s := start(t, c.cfg)
				for _, server := range []string{"127.0.0.9", "127.0.0.1", "127.77.0.1"} {
					conn := dial(t, "127.0.0.1", netip.AddrPortFrom(netip.MustParseAddr(server), s.Addr().Port()))
					connect(t, conn)
				}
			})
		}
	})
}

func TestIPv6(t *testing.T) {
	requireIPv6(t)
	bothWays(t, func(t *testing.T, portable bool) {
		for _, listen := range []string{"[::1]:0", "[::]:0"} {
			s := start(t, Config{Listen: listen, Handler: trackertest.NewPlain(), Portable: portable})
			conn := dial(t, "::1", netip.AddrPortFrom(netip.IPv6Loopback(), s.Addr().Port()))
			a := goodAnnounce()
			for _, want := range []int{answerLen, answerLen + stride6} {
				header := append(connect(t, conn), "\x00\x00\x00\x01wxyz"...)
				if got := exchange(t, conn, append(header, a.bytes()...)); len(got) != want {
					t.Errorf("%s: %d bytes, want %d: %q", listen, len(got), want, got)
				}
				a.port++
			}
		}
	})
}

func TestRubbishStoresNobodyAndKillsNothing(t *testing.T) {
	bothWays(t, func(t *testing.T, portable bool) {
		plain := trackertest.NewPlain()
		s := start(t, Config{Listen: "127.0.0.1:0", Handler: plain, Workers: 2, Portable: portable})
		conn := dial(t, "127.0.0.1", s.Addr())
		id := connect(t, conn)
		good := append(append(bytes.Clone(id), "\x00\x00\x00\x01wxyz"...), goodAnnounce().bytes()...)
		for n := range good {
			if n < len(good)-1 {
				conn.Write(good[:n]) // silence below the header, an error packet above
			}
			wrong := bytes.Clone(good)
			wrong[n%8] ^= byte(n + 1)
			conn.Write(wrong)
		}
		conn.Write(bytes.Repeat([]byte{0xff}, 60000))
		connectRequest := []byte("\x00\x00\x04\x17\x27\x10\x19\x80\x00\x00\x00\x00abcd")
		for reply := []byte(nil); !bytes.HasPrefix(reply, []byte("\x00\x00\x00\x00abcd")); {
			reply = exchange(t, conn, connectRequest) // at first, the errors still on their way
		}
		if n := plain.Swarms(); n != 0 {
			t.Errorf("%d swarms stored", n)
		}
		if st := s.Stats(); st.Malformed == 0 || st.BadIDs == 0 || st.Errors == 0 || st.Announces != 0 {
			t.Errorf("counted %+v", st)
		}
	})
}

func TestManyClientsAtOnce(t *testing.T) {
	bothWays(t, func(t *testing.T, portable bool) {
		plain := trackertest.NewPlain()
		s := start(t, Config{Listen: "127.0.0.1:0", Handler: plain, Workers: 4, Portable: portable})
		const clients, rounds, window = 8, 20, 50
		t.Run("clients", func(t *testing.T) {
			for c := range clients {
				t.Run(strconv.Itoa(c), func(t *testing.T) {
					t.Parallel()
					conn := dial(t, "127.0.0.1", s.Addr())
					id := connect(t, conn)
					a := goodAnnounce()
					a.port = uint16(1000 + c)
					for r := range rounds {
						sendMany(t, conn, id, a, uint32(c<<16|r<<8), window)
						receiveMany(t, conn, uint32(c<<16|r<<8), window)
					}
				})
			}
		})
		if got := s.Stats(); got.Connects != clients || got.Announces != clients*rounds*window || got.Errors != 0 {
			t.Errorf("counted %+v", got)
		}
		if n := len(plain.Peers(goodAnnounce().hash)); n != clients {
			t.Errorf("%d peers stored", n)
		}
	})
}

// sendMany sends an announce n times, as transactions that count up from first.
func sendMany(t *testing.T, conn *net.UDPConn, id []byte, a announceBody, first uint32, n int) {
	t.Helper()
	for i := range n {
		p := binary.BigEndian.AppendUint32(append(bytes.Clone(id), 0, 0, 0, 1), first+uint32(i))
		if _, err := conn.Write(append(p, a.bytes()...)); err != nil {
			t.Fatal(err)
		}
	}
}

// receiveMany demands an answer to each of n announces, in any order.
func receiveMany(t *testing.T, conn *net.UDPConn, first uint32, n int) {
	t.Helper()
	buf := make([]byte, 2048)
	open := map[uint32]bool{}
	for i := range n {
		open[first+uint32(i)] = true
	}
	for len(open) > 0 {
		if _, err := conn.Read(buf); err != nil {
			t.Fatalf("%d answers are missing: %v", len(open), err)
		}
		id := binary.BigEndian.Uint32(buf[4:])
		if !open[id] {
			t.Errorf("an answer to %x, which is not asked or answered twice", id)
		}
		delete(open, id)
	}
}

func TestRunEndsWithItsContext(t *testing.T) {
	bothWays(t, func(t *testing.T, portable bool) {
		s, err := New(Config{Listen: "127.0.0.1:0", Handler: trackertest.NewPlain(), Workers: 3, Portable: portable})
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := s.Run(ctx); err != nil {
			t.Errorf("Run: %v", err)
		}
		for _, sock := range s.sockets {
			if _, err := sock.conn.Write(nil); !errors.Is(err, net.ErrClosed) {
				t.Errorf("a socket is still open: %v", err)
			}
		}
	})
}

func TestRunEndsUnderLoad(t *testing.T) {
	bothWays(t, func(t *testing.T, portable bool) {
		s, err := New(Config{Listen: "127.0.0.1:0", Handler: trackertest.NewPlain(), Workers: 2, Portable: portable})
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- s.Run(ctx) }()
		conn := dial(t, "127.0.0.1", s.Addr())
		id := connect(t, conn)
		var load sync.WaitGroup
		load.Go(func() {
			for conn.SetDeadline(time.Time{}) == nil {
				conn.Write(id) // too short: counted, not answered
			}
		})
		for s.Stats().Malformed < 1000 {
			runtime.Gosched()
		}
		cancel()
		select {
		case err := <-done:
			if err != nil {
				t.Errorf("Run: %v", err)
			}
		case <-time.After(patience):
			t.Error("Run does not return")
		}
		conn.Close()
		load.Wait()
	})
}

func TestRunReportsABrokenSocket(t *testing.T) {
	bothWays(t, func(t *testing.T, portable bool) {
		s, err := New(Config{Listen: "127.0.0.1:0", Handler: trackertest.NewPlain(), Workers: 2, Portable: portable})
		if err != nil {
			t.Fatal(err)
		}
		s.sockets[0].conn.Close() // behind the server's back
		if err := s.Run(t.Context()); !errors.Is(err, net.ErrClosed) {
			t.Errorf("Run: %v", err)
		}
	})
}

// Two servers that are started with one address by mistake must not share it.
func TestAnAddressIsTakenOnce(t *testing.T) {
	h := trackertest.NewPlain()
	bothWays(t, func(t *testing.T, portable bool) {
		taken := start(t, Config{Listen: "127.0.0.1:0", Handler: h, Workers: 2, Portable: portable})
		for _, second := range []Config{{Workers: 1}, {Workers: 2}, {Portable: true}} {
			second.Handler, second.Listen = h, taken.Addr().String()
			if _, err := New(second); !errors.Is(err, syscall.EADDRINUSE) {
				t.Errorf("%+v: have %v", second, err)
			}
		}
	})
}

// The client's side allocates nothing, so that what is counted is the server's.
func TestADatagramThroughTheSocketAllocatesNothing(t *testing.T) {
	bothWays(t, func(t *testing.T, portable bool) {
		for _, c := range []struct{ listen, from, to string }{
			{"127.0.0.1:0", "127.0.0.1", "127.0.0.1"},
			{"[::]:0", "127.0.0.1", "127.0.0.9"},
			{"[::]:0", "::1", "::1"},
		} {
			t.Run(c.listen+" "+c.to, func(t *testing.T) {
				if c.to == "::1" {
					requireIPv6(t)
				}
				s := start(t, Config{Listen: c.listen, Handler: guidedTracker(t), Workers: 2, Portable: portable})
				conn := dial(t, c.from, netip.AddrPortFrom(netip.MustParseAddr(c.to), s.Addr().Port()))
				id := connect(t, conn)
				announce := append(append(bytes.Clone(id), "\x00\x00\x00\x01wxyz"...), goodAnnounce().bytes()...)
				scrape := append(append(bytes.Clone(id), "\x00\x00\x00\x02wxyz"...), make([]byte, 40)...)
				buf := make([]byte, 2048)
				round := func() { // more than a batch
					for range 20 {
						conn.Write(announce)
						conn.Write(scrape)
					}
					for range 40 {
						if n, err := conn.Read(buf); err != nil || n < answerLen || buf[3] == actionError {
							t.Fatalf("%x, %v", buf[:n], err)
						}
					}
				}
				round() // the swarm is made
				if n := testing.AllocsPerRun(50, round); n != 0 {
					t.Errorf("%v allocations in 40 datagrams", n)
				}
			})
		}
	})
}

func TestNewNamesTheWrongField(t *testing.T) {
	h := trackertest.NewPlain()
	for _, c := range []struct {
		cfg  Config
		want string
	}{
		{Config{Listen: ":0"}, "Config.Handler"},
		{Config{Handler: h}, "Config.Listen"},
		{Config{Handler: h, Listen: ":0", Conn: new(net.UDPConn)}, "Config.Listen"},
		{Config{Handler: h, Listen: "nonsense"}, "Config.Listen"},
		{Config{Handler: h, Listen: "127.0.0.1:70000"}, "Config.Listen"},
		{Config{Handler: h, Listen: ":0", Workers: -1}, "Config.Workers"},
		{Config{Handler: h, Conn: new(net.UDPConn), Workers: 2}, "Config.Workers"},
		{Config{Handler: h, Listen: ":0", IDLifetime: -1}, "Config.IDLifetime"},
	} {
		if s, err := New(c.cfg); err == nil || !strings.Contains(err.Error(), c.want) {
			if err == nil {
				s.close()
			}
			t.Errorf("%+v: have %v, want %q", c.cfg, err, c.want)
		}
	}
}

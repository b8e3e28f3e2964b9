package udptracker

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/altracker/altracker/tracker/trackertest"
)

const patience = 5 * time.Second

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
	for _, c := range []struct {
		name string
		cfg  Config
	}{
		{"IPv4 socket", Config{Conn: listen("udp4", "0.0.0.0:0")}},
		{"dual-stack socket", Config{Listen: "[::]:0"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.cfg.Handler = trackertest.NewPlain()
			s := start(t, c.cfg)
			for _, server := range []string{"127.0.0.9", "127.0.0.1", "127.77.0.1"} {
				conn := dial(t, "127.0.0.1", netip.AddrPortFrom(netip.MustParseAddr(server), s.Addr().Port()))
				connect(t, conn)
			}
		})
	}
}

func TestIPv6(t *testing.T) {
	requireIPv6(t)
	for _, listen := range []string{"[::1]:0", "[::]:0"} {
		s := start(t, Config{Listen: listen, Handler: trackertest.NewPlain()})
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
}

func TestRubbishStoresNobodyAndKillsNothing(t *testing.T) {
	plain := trackertest.NewPlain()
	s := start(t, Config{Listen: "127.0.0.1:0", Handler: plain, Workers: 2})
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
}

func TestManyClientsAtOnce(t *testing.T) {
	plain := trackertest.NewPlain()
	s := start(t, Config{Listen: "127.0.0.1:0", Handler: plain, Workers: 4})
	const clients, rounds = 8, 20
	t.Run("clients", func(t *testing.T) {
		for c := range clients {
			t.Run(strconv.Itoa(c), func(t *testing.T) {
				t.Parallel()
				conn := dial(t, "127.0.0.1", s.Addr())
				id := connect(t, conn)
				a := goodAnnounce()
				a.port = uint16(1000 + c)
				for r := range rounds {
					p := binary.BigEndian.AppendUint32(append(bytes.Clone(id), 0, 0, 0, 1), uint32(c<<16|r))
					reply := exchange(t, conn, append(p, a.bytes()...))
					if binary.BigEndian.Uint32(reply[4:]) != uint32(c<<16|r) {
						t.Errorf("somebody else's answer: %x", reply)
					}
				}
			})
		}
	})
	if got := s.Stats(); got.Connects != clients || got.Announces != clients*rounds || got.Errors != 0 {
		t.Errorf("counted %+v", got)
	}
	if n := len(plain.Peers(goodAnnounce().hash)); n != clients {
		t.Errorf("%d peers stored", n)
	}
}

func TestRunEndsWithItsContext(t *testing.T) {
	s, err := New(Config{Listen: "127.0.0.1:0", Handler: trackertest.NewPlain()})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.Run(ctx); err != nil {
		t.Errorf("Run: %v", err)
	}
	if _, err := s.sock.conn.Write(nil); !errors.Is(err, net.ErrClosed) {
		t.Errorf("the socket is still open: %v", err)
	}
}

func TestRunReportsABrokenSocket(t *testing.T) {
	s, err := New(Config{Listen: "127.0.0.1:0", Handler: trackertest.NewPlain()})
	if err != nil {
		t.Fatal(err)
	}
	s.sock.conn.Close() // behind the server's back
	if err := s.Run(t.Context()); !errors.Is(err, net.ErrClosed) {
		t.Errorf("Run: %v", err)
	}
}

func TestNewNamesTheWrongField(t *testing.T) {
	h := trackertest.NewPlain()
	taken := start(t, Config{Listen: "127.0.0.1:0", Handler: h})
	for _, c := range []struct {
		cfg  Config
		want string
	}{
		{Config{Listen: ":0"}, "Config.Handler"},
		{Config{Handler: h}, "Config.Listen"},
		{Config{Handler: h, Listen: ":0", Conn: new(net.UDPConn)}, "Config.Listen"},
		{Config{Handler: h, Listen: "nonsense"}, "Config.Listen"},
		{Config{Handler: h, Listen: "127.0.0.1:70000"}, "Config.Listen"},
		{Config{Handler: h, Listen: taken.Addr().String()}, "address already in use"},
		{Config{Handler: h, Listen: ":0", Workers: -1}, "Config.Workers"},
		{Config{Handler: h, Listen: ":0", IDLifetime: -1}, "Config.IDLifetime"},
	} {
		if s, err := New(c.cfg); err == nil || !strings.Contains(err.Error(), c.want) {
			if err == nil {
				s.sock.conn.Close()
			}
			t.Errorf("%+v: have %v, want %q", c.cfg, err, c.want)
		}
	}
}

package udptracker

import (
	"net"
	"net/netip"
	"testing"
)

// The way through the kernel and back, for each kind of socket.
func TestSocketDoesNotAllocate(t *testing.T) {
	for _, c := range []struct{ network, listen, from, to string }{
		{"udp4", "127.0.0.1:0", "127.0.0.1", "127.0.0.1"},
		{"udp4", "0.0.0.0:0", "127.0.0.1", "127.0.0.9"},
		{"udp", "[::]:0", "127.0.0.1", "127.0.0.9"},
		{"udp", "[::]:0", "::1", "::1"},
	} {
		t.Run(c.network+" "+c.listen+" "+c.to, func(t *testing.T) {
			if c.to == "::1" {
				requireIPv6(t)
			}
			conn, err := net.ListenPacket(c.network, c.listen)
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			sock, err := newSocket(conn.(*net.UDPConn))
			if err != nil {
				t.Fatal(err)
			}
			port := conn.LocalAddr().(*net.UDPAddr).AddrPort().Port()
			client := dial(t, c.from, netip.AddrPortFrom(netip.MustParseAddr(c.to), port))
			in, question, buf := new(datagram), []byte("question"), make([]byte, 64)
			n := testing.AllocsPerRun(50, func() {
				client.Write(question)
				if err := sock.receive(in); err != nil || string(in.payload()) != "question" {
					t.Fatalf("received %q, %v", in.payload(), err)
				}
				if err := sock.answer(in, in.payload()); err != nil {
					t.Fatal(err)
				}
				if _, err := client.Read(buf); err != nil {
					t.Fatal(err)
				}
			})
			if n != 0 {
				t.Errorf("%v allocations", n)
			}
		})
	}
}

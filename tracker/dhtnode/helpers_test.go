package dhtnode

import (
	"context"
	"encoding/binary"
	"errors"
	"net"
	"net/netip"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/altracker/altracker/tracker"
	"github.com/altracker/altracker/tracker/swarm"
	"github.com/anacrolix/dht/v2"
	"github.com/anacrolix/dht/v2/krpc"
	"github.com/anacrolix/log"
	"go.uber.org/goleak"
	"golang.org/x/time/rate"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var (
	noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	hash = swarm.InfoHash{1, 2, 3}
)

// clock is a clock that tests set.
type clock struct{ unix atomic.Int64 }

func newClock() *clock {
	c := new(clock)
	c.unix.Store(noon.Unix())
	return c
}

func (c *clock) now() time.Time          { return time.Unix(c.unix.Load(), 0) }
func (c *clock) advance(d time.Duration) { c.unix.Add(int64(d / time.Second)) }

// fake is a Handler that remembers what it was asked and always gives the same.
type fake struct {
	peers, peers6 []byte
	err           error

	mu   sync.Mutex
	seen []tracker.AnnounceRequest
}

func (f *fake) Announce(req *tracker.AnnounceRequest, resp *tracker.AnnounceResponse) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.seen = append(f.seen, *req)
	if f.err != nil {
		return f.err
	}
	resp.Peers = append(resp.Peers, f.peers...)
	resp.Peers6 = append(resp.Peers6, f.peers6...)
	return nil
}

func (f *fake) Scrape(*tracker.ScrapeRequest, *tracker.ScrapeResponse) error {
	return errors.New("not expected")
}

func (f *fake) requests() []tracker.AnnounceRequest {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.seen)
}

// manyPeers returns n peers in compact form, of addresses with ipLen bytes.
func manyPeers(n, ipLen int) (peers []byte) {
	for i := range n {
		ip := make([]byte, ipLen)
		ip[0] = 10
		binary.BigEndian.PutUint16(ip[ipLen-2:], uint16(i))
		peers = append(peers, ip...)
		peers = binary.BigEndian.AppendUint16(peers, 6881)
	}
	return peers
}

// start runs a Node until the test ends.
func start(t testing.TB, c Config) *Node {
	t.Helper()
	if c.Listen == "" {
		c.Listen = "127.0.0.1:0"
	}
	if c.Handler == nil {
		c.Handler = &fake{}
	}
	n, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	run(t, n)
	return n
}

func run(t testing.TB, n *Node) {
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- n.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			t.Error("Run:", err)
		}
	})
}

// client returns a plain node of the library at an address of the loopback net,
// which knows the given nodes and nobody else.
func client(t testing.TB, ip string, knows ...netip.AddrPort) *dht.Server {
	t.Helper()
	return clientWithID(t, krpc.RandomNodeID(), ip, knows...)
}

func clientWithID(t testing.TB, id krpc.ID, ip string, knows ...netip.AddrPort) *dht.Server {
	t.Helper()
	conn, err := net.ListenPacket("udp", net.JoinHostPort(ip, "0"))
	if err != nil {
		t.Skip(err)
	}
	silent := log.NewLogger()
	silent.SetHandlers()
	s, err := dht.NewServer(&dht.ServerConfig{
		NodeId:     id,
		Conn:       conn,
		NoSecurity: true,
		Logger:     silent,
		StartingNodes: func() (addrs []dht.Addr, err error) {
			for _, a := range knows {
				addrs = append(addrs, toAddr(a))
			}
			return addrs, nil
		},
		DefaultWant:      []krpc.Want{krpc.WantNodes, krpc.WantNodes6},
		SendLimiter:      rate.NewLimiter(rate.Inf, 1),
		QueryResendDelay: func() time.Duration { return time.Second },
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

func toAddr(a netip.AddrPort) dht.Addr { return dht.NewAddr(net.UDPAddrFromAddrPort(a)) }

func addrOf(s *dht.Server) netip.AddrPort { return s.Addr().(*net.UDPAddr).AddrPort() }

// getPeers asks n as a plain client does.
func getPeers(t testing.TB, c *dht.Server, n *Node, h swarm.InfoHash) *krpc.Return {
	t.Helper()
	res := c.GetPeers(t.Context(), toAddr(n.Addr()), krpc.ID(h).Int160(), false, dht.QueryRateLimiting{})
	if err := res.ToError(); err != nil {
		t.Fatal("get_peers:", err)
	}
	if res.Reply.R == nil || res.Reply.R.Token == nil {
		t.Fatalf("get_peers: no result or no token: %+v", res.Reply)
	}
	return res.Reply.R
}

// query asks n anything, and returns the reply whatever it is.
func query(t testing.TB, c *dht.Server, n *Node, q string, args krpc.MsgArgs) krpc.Msg {
	t.Helper()
	res := c.Query(t.Context(), toAddr(n.Addr()), q, dht.QueryInput{MsgArgs: args, NumTries: 2})
	if res.Err != nil {
		t.Fatalf("%s: %v", q, res.Err)
	}
	return res.Reply
}

// raw is a socket that talks to a Node in bytes.
type raw struct {
	t    testing.TB
	conn *net.UDPConn
	node netip.AddrPort
}

func newRaw(t testing.TB, ip string, n *Node) *raw {
	t.Helper()
	conn, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.ParseIP(ip)})
	if err != nil {
		t.Skip(err)
	}
	t.Cleanup(func() { conn.Close() })
	return &raw{t, conn, n.Addr()}
}

func (r *raw) send(datagram string) {
	r.t.Helper()
	if _, err := r.conn.WriteToUDPAddrPort([]byte(datagram), r.node); err != nil {
		r.t.Fatal(err)
	}
}

// receive returns the next reply; the node's own questions are left unanswered.
func (r *raw) receive() string {
	r.t.Helper()
	r.conn.SetReadDeadline(time.Now().Add(5 * time.Second))
	var b [4096]byte
	for {
		n, _, err := r.conn.ReadFromUDPAddrPort(b[:])
		if err != nil {
			r.t.Fatal(err)
		}
		if m, err := parse(b[:n]); err != nil || m.Y != isQuery {
			return string(b[:n])
		}
	}
}

// ask sends a query and returns the reply.
func (r *raw) ask(m message) (string, *message) {
	r.t.Helper()
	if m.A == nil {
		m.A = &arguments{}
	}
	if m.A.ID == "" {
		m.A.ID = "abcdefghij0123456789"
	}
	m.T, m.Y = "aa", isQuery
	r.send(string(m.encode()))
	reply := r.receive()
	got, err := parse([]byte(reply))
	if err != nil {
		r.t.Fatalf("reply %q: %v", reply, err)
	}
	if got.T != "aa" {
		r.t.Fatalf("reply %q has another transaction id", reply)
	}
	return reply, got
}

// eventually waits until what is true.
func eventually(t testing.TB, what string, is func() bool) {
	t.Helper()
	for deadline := time.Now().Add(5 * time.Second); !is(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("never came true:", what)
		}
	}
}

package dhtnode

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/altracker/altracker/selector"
	"github.com/altracker/altracker/selector/selectortest"
	"github.com/altracker/altracker/tracker"
	"github.com/altracker/altracker/tracker/swarm"
	"github.com/anacrolix/dht/v2"
	"github.com/anacrolix/dht/v2/krpc"
)

// loopback places 127.0.<PID>.0/24.
type loopback struct{ selectortest.World }

func (l loopback) PID(a netip.Addr) selector.PID {
	if !a.Is4() || a.As4()[0] != 127 {
		return 0
	}
	b := a.As4()
	b[0] = 10
	return l.World.PID(netip.AddrFrom4(b))
}

// lab returns a tracker guided by four PIDs on the loopback net.
func lab(t testing.TB) *tracker.Tracker {
	t.Helper()
	m := loopback{selectortest.Square(4, func(from, to int) float32 {
		if from == to {
			return 1
		}
		return 10
	})}
	tr, err := tracker.New(tracker.Config{
		Map:    func() selector.Map { return m },
		Policy: selector.Staged{IntraPID: 0.75, IntraISP: 0.90},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(tr.Close)
	return tr
}

func peerIn(pid, i int) netip.AddrPort {
	return netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, byte(pid), byte(i)}), 6881)
}

func announce(t testing.TB, h tracker.Handler, peer netip.AddrPort, now time.Time) {
	t.Helper()
	req := tracker.AnnounceRequest{InfoHash: hash, Addr: peer, Left: 1, Now: now}
	if err := h.Announce(&req, &tracker.AnnounceResponse{}); err != nil {
		t.Fatal(err)
	}
}

func TestGetPeersIsAnsweredByThePolicyForTheAskingAddress(t *testing.T) {
	tr := lab(t)
	for pid := 1; pid <= 4; pid++ {
		for i := range 100 {
			announce(t, tr, peerIn(pid, i+1), noon)
		}
	}
	n := start(t, Config{Handler: tr, Now: newClock().now})
	for pid := 1; pid <= 4; pid++ {
		got := getPeers(t, client(t, fmt.Sprintf("127.0.%d.200", pid)), n, hash)
		home := 0
		for _, v := range got.Values {
			if v.IP[2] == byte(pid) {
				home++
			}
		}
		if share := float64(home) / float64(len(got.Values)); len(got.Values) < 50 || share < 0.70 || share > 0.80 {
			t.Errorf("client in PID %d: %d of %d peers are of its PID, want three quarters of 50 or more", pid, home, len(got.Values))
		}
	}
	// Asking leaves no trace.
	if c := tr.Store().Scrape(hash); c.Leechers != 400 {
		t.Errorf("swarm has %d peers after questions, want 400", c.Leechers)
	}
}

func TestGetPeersAsksOnBehalfOfTheSource(t *testing.T) {
	f := &fake{peers: manyPeers(3, 4)}
	n := start(t, Config{Handler: f, Now: newClock().now})
	c := client(t, "127.0.3.7")
	got := getPeers(t, c, n, hash)
	seen := f.requests()
	if len(seen) != 1 {
		t.Fatalf("handler was asked %d times, want once", len(seen))
	}
	req := seen[0]
	if req.InfoHash != hash || req.Addr != addrOf(c) || !req.Asking || req.Left == 0 || req.Hearsay != 0 || !req.Now.Equal(noon) {
		t.Errorf("handler was asked %+v", req)
	}
	var values []string
	for _, v := range got.Values {
		values = append(values, v.String())
	}
	if want := []string{"10.0.0.0:6881", "10.0.0.1:6881", "10.0.0.2:6881"}; !slices.Equal(values, want) {
		t.Errorf("values = %v, want %v", values, want)
	}
}

func TestValuesAreAListOfCompactPeers(t *testing.T) {
	f := &fake{peers: []byte("axje.uidhtnm")}
	n := start(t, Config{Handler: f, NodeID: [20]byte([]byte("mnopqrstuvwxyz123456"))})
	r := newRaw(t, "127.0.0.5", n)
	reply, m := r.ask(message{Q: "get_peers", A: &arguments{InfoHash: string(hash[:])}})
	local := r.conn.LocalAddr().String()
	ip := compact(netip.MustParseAddrPort(local))
	// The form of BEP 5's example, with BEP 42's ip before it.
	want := "d2:ip6:" + ip + "1:rd2:id20:mnopqrstuvwxyz1234565:token8:" + m.R.Token + "6:valuesl6:axje.u6:idhtnmee1:t2:aa1:y1:re"
	if reply != want {
		t.Errorf("reply is\n%q, want\n%q", reply, want)
	}
}

func TestReplyFitsOneDatagram(t *testing.T) {
	f := &fake{peers: manyPeers(500, 4), peers6: manyPeers(500, 16)}
	bootstrap := make([]string, 0, 8)
	for i := range 8 {
		bootstrap = append(bootstrap, addrOf(client(t, fmt.Sprintf("127.0.9.%d", i+1))).String())
	}
	n := start(t, Config{Handler: f, Bootstrap: bootstrap})
	eventually(t, "eight good nodes", func() bool { return n.Stats().Nodes == 8 })
	r := newRaw(t, "127.0.0.5", n)
	reply, m := r.ask(message{Q: "get_peers", RO: true, A: &arguments{InfoHash: string(hash[:]), Want: []string{"n4", "n6"}}})
	if len(reply) > 1024 || len(reply) < 1024-8 {
		t.Errorf("reply has %d bytes, want 1024 or just less", len(reply))
	}
	if len(m.R.Nodes) != 8*26 {
		t.Errorf("reply has %d bytes of nodes, want 8 nodes of 26", len(m.R.Nodes))
	}
	if m.R.Nodes6 != "" {
		t.Errorf("reply calls IPv4 nodes IPv6: %x", m.R.Nodes6)
	}
	if want := f.requests()[0].NumWant; len(m.R.Values) != want || want < 50 {
		t.Errorf("reply has %d peers, and asked for %d, want as many and 50 or more", len(m.R.Values), want)
	}
	for _, v := range m.R.Values {
		if len(v) != 6 {
			t.Fatalf("a peer has %d bytes, want 6", len(v))
		}
	}
}

func TestIPv6AskersGetIPv6Peers(t *testing.T) {
	f := &fake{peers: manyPeers(500, 4), peers6: manyPeers(500, 16)}
	n, err := New(Config{Handler: f, Listen: "[::1]:0"})
	if err != nil {
		t.Skip("no IPv6:", err)
	}
	run(t, n)
	r := newRaw(t, "::1", n)
	reply, m := r.ask(message{Q: "get_peers", A: &arguments{InfoHash: string(hash[:])}})
	if len(reply) > 1024 || len(m.R.Values) < 30 {
		t.Errorf("reply has %d bytes and %d peers, want at most 1024 and 30 or more", len(reply), len(m.R.Values))
	}
	for _, v := range m.R.Values {
		if len(v) != 18 {
			t.Fatalf("a peer has %d bytes, want 18", len(v))
		}
	}
	if len(m.IP) != 18 {
		t.Errorf("ip has %d bytes, want 18", len(m.IP))
	}
}

func TestUnknownHashGetsNodesAndAGoodToken(t *testing.T) {
	tr := lab(t)
	known := client(t, "127.0.9.1")
	n := start(t, Config{Handler: tr, Bootstrap: []string{addrOf(known).String()}})
	eventually(t, "the bootstrap node is known", func() bool { return n.Stats().Nodes == 1 })
	c := client(t, "127.0.2.1")
	// Whatever the distance between the hash and the node's own id.
	for _, h := range []swarm.InfoHash{{1}, {0x40}, {0x80}, {0xC0}, swarm.InfoHash(n.ID())} {
		got := getPeers(t, c, n, h)
		if len(got.Values) != 0 {
			t.Errorf("%v: got peers %v of a swarm that is not", h, got.Values)
		}
		if !slices.ContainsFunc(got.Nodes, func(i krpc.NodeInfo) bool { return i.ID == known.ID() }) {
			t.Errorf("%v: nodes %v do not name the one node there is", h, got.Nodes)
		}
		if m := announcePeer(t, c, n, h, 7000, false, *got.Token); m.R == nil {
			t.Errorf("%v: announce with the token of a reply without peers: %v", h, m.Error())
		}
		if c := tr.Store().Scrape(h); c.Leechers != 1 {
			t.Errorf("%v: swarm has %d peers after the announce, want 1", h, c.Leechers)
		}
	}
}

func TestOnlyNodesThatAnswerAreNamed(t *testing.T) {
	n := start(t, Config{})
	silent := newRaw(t, "127.0.2.1", n)
	silent.ask(message{Q: "get_peers", A: &arguments{InfoHash: string(hash[:])}})
	if n.Stats().Nodes != 1 {
		t.Fatalf("%d nodes are known, want the one that asked", n.Stats().Nodes)
	}
	if got := getPeers(t, client(t, "127.0.2.2"), n, hash); len(got.Nodes) != 0 {
		t.Errorf("nodes %v name one that never answered", got.Nodes)
	}
}

func TestReadOnlyAskersAreNoNodes(t *testing.T) {
	n := start(t, Config{Handler: &fake{peers: manyPeers(1, 4)}})
	for _, q := range []string{"ping", "find_node", "get_peers"} {
		_, m := newRaw(t, "127.0.0.5", n).ask(message{
			Q: q, RO: true, A: &arguments{InfoHash: string(hash[:]), Target: string(hash[:])},
		})
		if m.R == nil {
			t.Errorf("%s of a read-only node is not answered: %v", q, m.E)
		}
	}
	if n.Stats().Nodes != 0 {
		t.Errorf("%d nodes are known, want none", n.Stats().Nodes)
	}
}

func TestFindNodeIsAnswered(t *testing.T) {
	known := client(t, "127.0.9.1")
	n := start(t, Config{Bootstrap: []string{addrOf(known).String()}})
	eventually(t, "the bootstrap node is known", func() bool { return n.Stats().Nodes == 1 })
	res := client(t, "127.0.2.1").FindNode(toAddr(n.Addr()), krpc.ID(known.ID()).Int160(), dht.QueryRateLimiting{})
	if err := res.ToError(); err != nil {
		t.Fatal(err)
	}
	if r := res.Reply.R; r.ID != n.ID() || len(r.Nodes) != 1 || r.Nodes[0].ID != known.ID() || r.Nodes[0].Addr.Port != int(addrOf(known).Port()) {
		t.Errorf("find_node gave %+v", r)
	}
}

func TestClosestNodesAreNamed(t *testing.T) {
	var near []string // to the target: their first bit is set
	var bootstrap []string
	for i := range 16 {
		id := krpc.ID{19: byte(i)}
		if i%2 == 0 {
			id[0] = 0x80
			near = append(near, string(id[:]))
		} else {
			id[1] = 0xFF
		}
		bootstrap = append(bootstrap, addrOf(clientWithID(t, id, "127.0.9.1")).String())
	}
	n := start(t, Config{NodeID: [20]byte{0x40}, Bootstrap: bootstrap})
	eventually(t, "all nodes are known", func() bool { return n.Stats().Nodes == 16 })
	r := newRaw(t, "127.0.0.5", n)
	for _, test := range []struct {
		name string
		m    message
	}{
		{"find_node", message{Q: "find_node", A: &arguments{Target: near[3]}}},
		{"get_peers", message{Q: "get_peers", A: &arguments{InfoHash: near[3]}}},
	} {
		test.m.RO = true
		_, m := r.ask(test.m)
		got := m.R.Nodes
		if len(got) != 8*node4Len {
			t.Errorf("%s: %d bytes of nodes, want 8 nodes", test.name, len(got))
		}
		for ; len(got) > 0; got = got[node4Len:] {
			if !slices.Contains(near, got[:idLen]) {
				t.Errorf("%s: named %x, which is far from the target", test.name, got[:idLen])
			}
		}
	}
}

func TestRefusalOfTheHandlerCostsOnlyThePeers(t *testing.T) {
	n := start(t, Config{Handler: &fake{err: tracker.Failure("not here")}})
	got := getPeers(t, client(t, "127.0.0.5"), n, hash)
	if len(got.Values) != 0 || n.Stats().Failures != 1 {
		t.Errorf("%d peers, %d failures, want 0 and 1", len(got.Values), n.Stats().Failures)
	}
}

func TestWithoutMapped(t *testing.T) {
	node := func(ip string) string {
		b := netip.MustParseAddr(ip).As16()
		return strings.Repeat("i", 20) + string(b[:]) + string(binary.BigEndian.AppendUint16(nil, 1))
	}
	six, mapped := node("2001:db8::1"), node("192.0.2.1")
	if got := withoutMapped(mapped + six + mapped); got != six {
		t.Errorf("kept %q, want %q", got, six)
	}
}

package dhtnode

import (
	"errors"
	"net/netip"
	"testing"
	"time"

	"github.com/altracker/altracker/tracker"
	"github.com/altracker/altracker/tracker/swarm"
	"github.com/anacrolix/dht/v2"
	"github.com/anacrolix/dht/v2/krpc"
)

func announcePeer(t testing.TB, c *dht.Server, n *Node, h swarm.InfoHash, port int, implied bool, token string) krpc.Msg {
	t.Helper()
	return query(t, c, n, "announce_peer", krpc.MsgArgs{InfoHash: krpc.ID(h), Port: &port, ImpliedPort: implied, Token: token})
}

func TestAnnouncedPeerEntersAndIsSoonForgotten(t *testing.T) {
	tr := lab(t)
	clk := newClock()
	n := start(t, Config{Handler: tr, Now: clk.now})
	announce(t, tr, peerIn(2, 1), noon)

	c := client(t, "127.0.1.5")
	m := announcePeer(t, c, n, hash, 7000, false, *getPeers(t, c, n, hash).Token)
	if m.R == nil || m.R.ID != n.ID() {
		t.Fatalf("announce_peer gave %+v", m)
	}
	got := getPeers(t, client(t, "127.0.3.5"), n, hash)
	found := false
	for _, v := range got.Values {
		found = found || v.String() == "127.0.1.5:7000"
	}
	if !found || len(got.Values) != 2 {
		t.Errorf("after the announce another client gets %v", got.Values)
	}

	clk.advance(29 * time.Minute)
	tr.Expire(clk.now())
	if c := tr.Store().Scrape(hash); c.Leechers != 2 {
		t.Fatalf("after 29 minutes %d peers are left, want both", c.Leechers)
	}
	clk.advance(3 * time.Minute)
	tr.Expire(clk.now())
	if c := tr.Store().Scrape(hash); c.Leechers != 1 {
		t.Errorf("after 32 minutes %d peers are left, want the one that announced to the tracker", c.Leechers)
	}
}

func TestAnnounceIsHearsay(t *testing.T) {
	f := &fake{}
	n := start(t, Config{Handler: f, Now: newClock().now, Lifetime: 20 * time.Minute})
	c := client(t, "127.0.1.5")
	token := *getPeers(t, c, n, hash).Token
	announcePeer(t, c, n, hash, 7000, false, token)
	announcePeer(t, c, n, hash, 7000, true, token)
	seen := f.requests()
	if len(seen) != 3 {
		t.Fatalf("handler was asked %d times, want 3", len(seen))
	}
	for i, port := range []uint16{7000, addrOf(c).Port()} {
		req := seen[i+1]
		want := netip.AddrPortFrom(addrOf(c).Addr(), port)
		if req.InfoHash != hash || req.Addr != want || req.Hearsay != 20*time.Minute || req.Asking || req.Left == 0 || req.NumWant != 0 || !req.Now.Equal(noon) {
			t.Errorf("announce %d came as %+v", i, req)
		}
	}
	if s := n.Stats(); s.Announces != 2 || s.GetPeers != 1 {
		t.Errorf("stats are %+v", s)
	}
}

func TestAnnounceIsRefused(t *testing.T) {
	f := &fake{}
	clk := newClock()
	n := start(t, Config{Handler: f, Now: clk.now})
	c, other := client(t, "127.0.1.5"), client(t, "127.0.1.6")
	token := *getPeers(t, c, n, hash).Token
	asked := len(f.requests())
	refused := func(name string, m krpc.Msg) {
		t.Helper()
		if e := m.Error(); e == nil || e.Code != krpc.ErrorCodeProtocolError {
			t.Errorf("%s: got %+v, want error 203", name, m)
		}
	}
	refused("wrong token", announcePeer(t, c, n, hash, 7000, false, "aoeusnth"))
	refused("no token", announcePeer(t, c, n, hash, 7000, false, ""))
	refused("token of another address", announcePeer(t, other, n, hash, 7000, false, token))
	refused("port 0", announcePeer(t, c, n, hash, 0, false, token))
	refused("port 70000", announcePeer(t, c, n, hash, 70000, false, token))
	refused("negative port", announcePeer(t, c, n, hash, -1, false, token))
	refused("no info hash", query(t, c, n, "announce_peer", krpc.MsgArgs{Token: token}))
	clk.advance(15 * time.Minute)
	refused("old token", announcePeer(t, c, n, hash, 7000, false, token))
	if got := len(f.requests()); got != asked {
		t.Errorf("%d refused announces reached the handler", got-asked)
	}
	if s := n.Stats(); s.BadTokens != 4 {
		t.Errorf("%d bad tokens were counted, want 4", s.BadTokens)
	}
}

func TestFailureOfTheHandlerIsToldToTheAnnouncer(t *testing.T) {
	for _, test := range []struct {
		err  error
		want string
	}{
		{tracker.Failure("not here"), "not here"},
		{errors.New("secret"), "internal error"},
	} {
		n := start(t, Config{Handler: &fake{err: test.err}})
		c := client(t, "127.0.1.5")
		m := announcePeer(t, c, n, hash, 7000, false, *getPeers(t, c, n, hash).Token)
		if e := m.Error(); e == nil || e.Code != krpc.ErrorCodeServerError || e.Msg != test.want {
			t.Errorf("announce gave %+v, want error 202 %q", m, test.want)
		}
	}
}

func TestPrivateHashIsNeitherAnsweredNorEntered(t *testing.T) {
	tr := lab(t)
	announce(t, tr, peerIn(2, 1), noon)
	n := start(t, Config{Handler: tr, Now: newClock().now, Private: func(h swarm.InfoHash) bool { return h == hash }})
	c := client(t, "127.0.1.5")
	got := getPeers(t, c, n, hash)
	if len(got.Values) != 0 {
		t.Errorf("peers of a private swarm: %v", got.Values)
	}
	announcePeer(t, c, n, hash, 7000, false, *got.Token)
	if c := tr.Store().Scrape(hash); c.Leechers != 1 {
		t.Errorf("private swarm has %d peers, want the 1 that it had", c.Leechers)
	}
	public := swarm.InfoHash{9}
	announcePeer(t, c, n, public, 7000, false, *got.Token)
	if c := tr.Store().Scrape(public); c.Leechers != 1 {
		t.Errorf("public swarm has %d peers, want 1", c.Leechers)
	}
	if s := n.Stats(); s.Private != 2 || s.Announces != 1 {
		t.Errorf("stats are %+v", s)
	}
}

func TestClientFindsTheNodeThroughOthersAndAnnounces(t *testing.T) {
	tr := lab(t)
	announce(t, tr, peerIn(2, 1), noon)
	first := client(t, "127.0.9.1")
	n := start(t, Config{Handler: tr, Now: newClock().now, Bootstrap: []string{addrOf(first).String()}})
	for _, ip := range []string{"127.0.9.2", "127.0.9.3"} {
		if _, err := client(t, ip, addrOf(first)).Bootstrap(); err != nil {
			t.Fatal(err)
		}
	}
	eventually(t, "the node is in the network", func() bool { return n.Stats().Nodes > 0 })

	c := client(t, "127.0.1.5", addrOf(first), n.Addr())
	a, err := c.AnnounceTraversal(hash, dht.AnnouncePeer(dht.AnnouncePeerOpts{Port: 7000}))
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	found := false
	for values := range a.Peers {
		for _, p := range values.Peers {
			found = found || p.String() == peerIn(2, 1).String()
		}
	}
	<-a.Finished()
	if !found {
		t.Error("the traversal did not find the peer")
	}
	if c := tr.Store().Scrape(hash); c.Leechers != 2 {
		t.Errorf("swarm has %d peers, want the announced one too", c.Leechers)
	}
}

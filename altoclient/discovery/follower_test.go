package discovery

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net/http/httptest"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/altracker/altracker/altoclient"
	"github.com/altracker/altracker/altoclient/altotest"
)

const (
	testNetwork = `{"meta": {"vtag": {"resource-id": "networkmap", "tag": "1"}}, "network-map": {
		"near": {"ipv4": ["198.51.100.0/25"]}, "far": {"ipv4": ["198.51.100.128/25", "203.0.113.0/24"]},
		"rest": {"ipv4": ["0.0.0.0/0"], "ipv6": ["::/0"]}}}`
	testCosts = `{"meta": {"dependent-vtags": [{"resource-id": "networkmap", "tag": "1"}],
		"cost-type": {"cost-mode": "numerical", "cost-metric": "routingcost"}},
		"cost-map": {"near": {"near": 1, "far": 5}, "far": {"near": 5, "far": 1}}}`
)

// startALTO runs an ALTO server over TLS whose certificate is for example.com, and
// returns the URI of its directory there.
func startALTO(t *testing.T) (*altotest.Server, *httptest.Server, string) {
	t.Helper()
	alto, err := altotest.NewServer([]byte(testNetwork), []byte(testCosts))
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewTLSServer(alto)
	t.Cleanup(server.Close)
	return alto, server, "https://example.com" + server.URL[strings.LastIndex(server.URL, ":"):] + "/directory"
}

// followerWorld is a Follower with everything around it, running.
type followerWorld struct {
	*Follower
	guide *altoclient.Guide
	dns   *nameServer
	clock *clock
	cache string // folder of the sources
	stop  func()
}

func startFollower(t *testing.T, dns *nameServer, change func(*FollowerConfig), servers ...*httptest.Server) *followerWorld {
	t.Helper()
	w := &followerWorld{dns: dns, clock: newClock()}
	w.start(t, change, servers...)
	return w
}

// restart starts another Follower in place of the first one, with the same clock.
func (w *followerWorld) restart(t *testing.T, change func(*FollowerConfig), servers ...*httptest.Server) *followerWorld {
	t.Helper()
	w.stop()
	next := &followerWorld{dns: w.dns, clock: w.clock, cache: w.cache}
	next.start(t, change, servers...)
	return next
}

func (w *followerWorld) start(t *testing.T, change func(*FollowerConfig), servers ...*httptest.Server) {
	t.Helper()
	dns := w.dns
	finder := newTestFinder(t, dns, func(c *FinderConfig) { c.Now = w.clock.now })
	pool := x509.NewCertPool()
	for _, s := range servers {
		pool.AddCert(s.Certificate())
	}
	hc := Guard{Resolver: finder.config.Resolver, AllowPrivate: true, TLS: &tls.Config{RootCAs: pool}}.Client()
	client := altoclient.NewClient(altoclient.Config{HTTP: hc, Timeout: 2 * time.Second})
	var err error
	if w.guide, err = altoclient.NewGuide(nil); err != nil {
		t.Fatal(err)
	}
	config := FollowerConfig{
		Finder: finder, Guide: w.guide, Now: w.clock.now, Tick: 5 * time.Millisecond, Period: 20 * time.Millisecond, AllowPrivate: true,
		Open: func(name, uri string, requesters []netip.Prefix) (*altoclient.Source, error) {
			return altoclient.NewSource(altoclient.SourceConfig{Name: name, Directory: uri, Requesters: requesters, Client: client, Cache: w.cache})
		},
	}
	if change != nil {
		change(&config)
	}
	if w.Follower, err = NewFollower(config); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	var tasks sync.WaitGroup
	for _, run := range []func(context.Context) error{w.guide.Run, w.Run} {
		tasks.Go(func() {
			if err := run(ctx); err != nil {
				t.Errorf("Run returns %v when cancelled", err)
			}
		})
	}
	w.stop = sync.OnceFunc(func() {
		cancel()
		tasks.Wait()
		hc.CloseIdleConnections()
	})
	t.Cleanup(w.stop)
}

func (w *followerWorld) guidedBy(addr string) string {
	atlas := w.guide.Current()
	source, pid := atlas.Name(atlas.PID(netip.MustParseAddr(addr)))
	if source == "" {
		return ""
	}
	return source + " " + pid
}

func await(t *testing.T, what string, is func() bool) {
	t.Helper()
	for end := time.Now().Add(8 * time.Second); !is(); time.Sleep(2 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("waited in vain until %s", what)
		}
	}
}

func TestAnAddressThatIsAskedForIsGuided(t *testing.T) {
	_, server, uri := startALTO(t)
	dns := startNameServer(t, `example.com. 60 IN A 127.0.0.1`, terminal("100.51.198.in-addr.arpa.", 1, 1, uri))
	w := startFollower(t, dns, nil, server)
	w.Ask(netip.MustParseAddr("198.51.100.3"))
	name := "discovered:" + strings.TrimSuffix(strings.TrimPrefix(uri, "https://"), "/directory")
	await(t, "the address is guided", func() bool { return w.guidedBy("198.51.100.3") == name+" near" })
	for addr, want := range map[string]string{
		"198.51.100.200": name + " far", // found for the /24
		"203.0.113.1":    "",            // in its map, but nobody has asked
		"198.51.101.1":   "",
		"2001:db8::1":    "",
	} {
		if got := w.guidedBy(addr); got != want {
			t.Errorf("%s is guided by %q, want %q", addr, got, want)
		}
	}
	if list := w.guide.Sources(); len(list) != 1 || list[0].Name != name || list[0].State != altoclient.StateOK {
		t.Errorf("sources %+v", list)
	}
	w.Ask(netip.MustParseAddr("203.0.113.1"))
	await(t, "nothing is found", func() bool { return w.Stats().Nothing == 1 })
	if got := w.guidedBy("203.0.113.1"); got != "" {
		t.Errorf("guided by %q", got)
	}
	// The same server, for another prefix.
	dns.add(t, terminal("203.in-addr.arpa.", 1, 1, uri))
	w.clock.advance(16 * time.Minute)
	await(t, "the other one is guided", func() bool {
		w.Ask(netip.MustParseAddr("203.0.113.1"))
		return w.guidedBy("203.0.113.1") == name+" far"
	})
	if s := w.Stats(); s.Opened != 1 || s.Servers != 1 || s.Prefixes != 2 {
		t.Errorf("%+v", s)
	}
}

func TestAServerGoesWhenTheDNSNoLongerNamesIt(t *testing.T) {
	_, server, uri := startALTO(t)
	dns := startNameServer(t, `example.com. 60 IN A 127.0.0.1`, terminal("100.51.198.in-addr.arpa.", 1, 1, uri))
	w := startFollower(t, dns, nil, server)
	w.Ask(netip.MustParseAddr("198.51.100.3"))
	await(t, "the address is guided", func() bool { return w.guidedBy("198.51.100.3") != "" })
	dns.questions()
	w.clock.advance(5 * time.Minute)
	time.Sleep(30 * time.Millisecond) // several ticks
	if asked := dns.questions(); asked != nil {
		t.Errorf("asked %q before its time", asked)
	}
	dns.remove("100.51.198.in-addr.arpa.")
	w.clock.advance(6 * time.Minute)
	await(t, "the server is gone", func() bool { return w.Stats().Servers == 0 && w.guidedBy("198.51.100.3") == "" })
	if asked := dns.questions(); !slices.Equal(asked, names(t, "198.51.100.0/24")) {
		t.Errorf("asked %q, want the ladder from the /24 on", asked)
	}
}

func TestTheNextServerTakesOver(t *testing.T) {
	t.Parallel()
	_, good, goodURI := startALTO(t)
	bad, badServer, badURI := startALTO(t)
	bad.Break("", altotest.ServerError)
	dns := startNameServer(t, `example.com. 60 IN A 127.0.0.1`,
		terminal("100.51.198.in-addr.arpa.", 1, 1, badURI), terminal("100.51.198.in-addr.arpa.", 1, 2, goodURI))
	w := startFollower(t, dns, nil, good, badServer)
	w.Ask(netip.MustParseAddr("198.51.100.3"))
	await(t, "the second server guides", func() bool { return w.guidedBy("198.51.100.3") != "" })
	if list := w.guide.Sources(); len(list) != 1 || !strings.Contains(goodURI, strings.TrimPrefix(list[0].Name, "discovered:")) {
		t.Errorf("sources %+v", list)
	}
}

func TestTheDomainsServerIsFollowed(t *testing.T) {
	_, server, uri := startALTO(t)
	dns := startNameServer(t, `example.com. 60 IN A 127.0.0.1`, terminal("example.net.", 1, 1, uri))
	w := startFollower(t, dns, func(c *FollowerConfig) { c.Domain = "example.net" }, server)
	await(t, "everybody in its map is guided", func() bool {
		return w.guidedBy("198.51.100.3") != "" && w.guidedBy("203.0.113.1") != "" && w.guidedBy("8.8.8.8") == ""
	})
}

func TestAddressesThatAreNotPublicAreNotLookedUp(t *testing.T) {
	dns := startNameServer(t)
	w := startFollower(t, dns, func(c *FollowerConfig) { c.AllowPrivate = false })
	for _, a := range []string{"10.0.0.1", "127.0.0.1", "100.64.0.1", "fe80::1", "fd00::1"} {
		w.Ask(netip.MustParseAddr(a))
	}
	await(t, "all are ignored", func() bool { return w.Stats().Ignored == 5 })
	if asked := dns.questions(); asked != nil {
		t.Errorf("asked %q", asked)
	}
}

func TestManyAddressesAtOnce(t *testing.T) {
	_, server, uri := startALTO(t)
	dns := startNameServer(t, `example.com. 60 IN A 127.0.0.1`, terminal("198.in-addr.arpa.", 1, 1, uri))
	dns.break_("3.2.51.198.in-addr.arpa.", garbage)
	dns.break_("2.51.198.in-addr.arpa.", servfail)
	w := startFollower(t, dns, func(c *FollowerConfig) { c.Queue = 64 }, server)
	var callers sync.WaitGroup
	for g := range 4 {
		callers.Go(func() {
			for i := range 2000 {
				w.Ask(netip.AddrFrom4([4]byte{198, 51, byte(i), byte(g)}))
				w.Touch(fmt.Sprintf("discovered:%d", g))
				w.Stats()
			}
		})
	}
	callers.Wait()
	await(t, "it is guided", func() bool { return w.guidedBy("198.51.100.3") != "" })
	if s := w.Stats(); s.Lost == 0 || s.Servers != 1 || s.Prefixes != 1 {
		t.Errorf("%+v", s)
	}
}

func TestTouchAllocatesNothing(t *testing.T) {
	_, server, uri := startALTO(t)
	dns := startNameServer(t, `example.com. 60 IN A 127.0.0.1`, terminal("example.net.", 1, 1, uri))
	w := startFollower(t, dns, func(c *FollowerConfig) { c.Domain, c.Tick = "example.net", time.Hour }, server)
	if n := testing.AllocsPerRun(1000, func() {
		w.Touch("discovered:example.com")
		w.Touch("another")
	}); n > 0.5 { // the other goroutines have their own
		t.Errorf("%v allocations", n)
	}
}

func TestNewFollowerNamesTheFieldAtFault(t *testing.T) {
	dns := startNameServer(t)
	finder := newTestFinder(t, dns, nil)
	open := func(string, string, []netip.Prefix) (*altoclient.Source, error) { return nil, nil }
	for want, config := range map[string]FollowerConfig{
		"Finder":     {Guide: &shelf{}, Open: open},
		"Guide":      {Finder: finder, Open: open},
		"Open":       {Finder: finder, Guide: &shelf{}},
		"MaxServers": {Finder: finder, Guide: &shelf{}, Open: open, MaxServers: -1},
		"Tick":       {Finder: finder, Guide: &shelf{}, Open: open, Tick: -1},
	} {
		if _, err := NewFollower(config); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
}

func TestWhatTheUserSaysComesFirst(t *testing.T) {
	_, server, uri := startALTO(t)
	dns := startNameServer(t, `example.com. 60 IN A 127.0.0.1`, terminal("example.net.", 1, 1, uri))
	w := startFollower(t, dns, func(c *FollowerConfig) {
		c.Domain = "example.net"
		c.Domains = func(context.Context) ([]string, error) {
			t.Error("the network is asked for its domain")
			return []string{"example.org"}, nil
		}
	}, server)
	await(t, "everybody is guided", func() bool { return w.guidedBy("203.0.113.1") != "" })
}

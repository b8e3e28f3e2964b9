package load

import (
	"encoding/hex"
	"net/netip"
	"reflect"
	"strings"
	"testing"
)

func contains(err error, text string) bool { return err != nil && strings.Contains(err.Error(), text) }

// loopbackTarget is where nobody listens.
var loopbackTarget = Target{Scheme: "udp", Host: "127.0.0.1:9", Addr: netip.MustParseAddrPort("127.0.0.1:9")}

func populate(t *testing.T, c Config) *population {
	t.Helper()
	c.Target = loopbackTarget
	c, err := c.withDefaults()
	if err != nil {
		t.Fatal(err)
	}
	p, err := newPopulation(c)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestPeersAreNumberedByTorrentAndAddress(t *testing.T) {
	p := populate(t, Config{Torrents: 50, Peers: 2000, Exponent: 1, SeedShare: 0.5, Sources: 300})
	seen, seeds := map[netip.AddrPort]bool{}, 0
	for i := range uint32(2000) {
		at := p.at(i)
		if seen[at] {
			t.Fatalf("%v is two peers", at)
		}
		seen[at] = true
		addr := at.Addr().As4()
		source, ok := p.sources.index4(addr[:])
		if peer, known := p.peerAt(source, at.Port()); !ok || !known || peer != i {
			t.Fatalf("peer %d at %v is read as %d, %v, %v", i, at, peer, ok, known)
		}
		if torrent := p.torrent[i]; i < p.starts[torrent] || i >= p.starts[torrent+1] {
			t.Fatalf("peer %d is not between the bounds of its torrent", i)
		}
		if p.seed(i) {
			seeds++
		}
	}
	if seeds < 900 || seeds > 1100 {
		t.Errorf("%d of 2000 seed, want half of them", seeds)
	}
	for _, stranger := range []string{"127.0.0.1:1024", "127.1.0.2:1024", "128.1.0.1:1024", "127.251.0.1:1024", "127.1.2.1:1024", "127.1.0.1:1023", "127.1.0.1:1031"} {
		at := netip.MustParseAddrPort(stranger)
		addr := at.Addr().As4()
		if source, ok := p.sources.index4(addr[:]); ok {
			if peer, ok := p.peerAt(source, at.Port()); ok {
				t.Errorf("%v is taken for peer %d", at, peer)
			}
		}
	}
}

func TestPopulationFollowsFromItsConfig(t *testing.T) {
	base := Config{Torrents: 100, Peers: 5000, Exponent: 1, SeedShare: 0.5, Sources: 16}
	p := populate(t, base)
	if !reflect.DeepEqual(p, populate(t, base)) {
		t.Error("the same Config makes another population")
	}
	// Whoever keeps a whitelist of hashes keeps it for later versions too.
	if h := p.hash(0); hex.EncodeToString(h[:]) != "d78cc9bf669f3c4a63cfc48f94724f8bd7595299" {
		t.Errorf("the first info hash is %x", h)
	}
	for _, edit := range []func(*Config){
		func(c *Config) { c.Torrents++ }, func(c *Config) { c.Peers++ }, func(c *Config) { c.Exponent = 1.1 },
		func(c *Config) { c.Sources++ }, func(c *Config) { c.Seed++ },
	} {
		c := base
		edit(&c)
		if p.hash(0) == populate(t, c).hash(0) {
			t.Errorf("%+v has the torrents of another population", c)
		}
	}
}

func TestTorrentsAreAsUnequalAsAsked(t *testing.T) {
	even := populate(t, Config{Torrents: 7, Peers: 30, Sources: 3})
	if want := []uint32{0, 5, 10, 14, 18, 22, 26, 30}; !reflect.DeepEqual(even.starts, want) {
		t.Errorf("starts %v, want %v", even.starts, want)
	}
	steep := populate(t, Config{Torrents: 1000, Peers: 100_000, Exponent: 1})
	if first, tenth := steep.starts[1], steep.starts[10]-steep.starts[9]; first < 12_500 || first > 14_200 || tenth < 1_200 || tenth > 1_480 {
		t.Errorf("%d and %d peers, want about 13,360 and 1,336 (100,000 / H(1000) / rank)", first, tenth)
	}
}

func TestEveryPeerStartsOnce(t *testing.T) {
	p := populate(t, Config{Torrents: 10, Peers: 1003, Sources: 16})
	seen, jumps, last := map[uint32]bool{}, 0, uint32(0)
	for source := range 16 {
		for first := range 3 {
			c := newCursor(p, source, first, 3)
			for peer, ok := c.take(); ok; peer, ok = c.take() {
				if seen[peer] || p.source(peer) != source {
					t.Fatalf("peer %d starts twice, or from source %d", peer, source)
				}
				seen[peer] = true
				if p.torrent[peer] != p.torrent[last] {
					jumps++
				}
				last = peer
			}
		}
	}
	if len(seen) != 1003 {
		t.Errorf("%d peers start", len(seen))
	}
	if jumps < 700 {
		t.Errorf("only %d times is the next peer in another swarm", jumps)
	}
}

func TestSourcesAreTakenFromThePrefix(t *testing.T) {
	for _, c := range []struct {
		from  string
		count int
		want  []string // 0, 1, the last
	}{
		{"127.0.0.0/8", 1, []string{"127.1.0.1"}},
		{"127.0.0.0/8", 251, []string{"127.1.0.1", "127.2.0.1", "127.1.1.1"}},
		{"127.0.0.0/8", 64_000, []string{"127.1.0.1", "127.2.0.1", "127.250.255.1"}},
		{"10.0.0.0/24", 100, []string{"10.0.0.1", "10.0.0.2", "10.0.0.100"}},
		{"10.0.0.7/32", 1, []string{"10.0.0.7"}},
		{"::1/128", 1, []string{"::1"}},
		{"fd00::/64", 3000, []string{"fd00::1", "fd00::2", "fd00::bb8"}},
	} {
		s, err := newSources(netip.MustParsePrefix(c.from), c.count)
		if err != nil {
			t.Errorf("%s: %v", c.from, err)
			continue
		}
		for i, want := range c.want {
			if i == 2 {
				i = c.count - 1
			}
			if got := s.addr(i).String(); got != want {
				t.Errorf("source %d of %s is %s, want %s", i, c.from, got, want)
			}
		}
		for i := range c.count {
			index := s.index6
			if s.addr(i).Is4() {
				index = s.index4
			}
			if got, ok := index(s.addr(i).AsSlice()); !ok || got != i {
				t.Fatalf("source %d of %s is read as %d, %v", i, c.from, got, ok)
			}
		}
		if _, ok := s.index6(netip.MustParseAddr("fd00::").AsSlice()); ok {
			t.Errorf("%s: a stranger is taken for a source", c.from)
		}
	}
	for from, count := range map[string]int{"127.0.0.0/8": 64_001, "10.0.0.0/30": 4, "::1/128": 2} {
		if _, err := newSources(netip.MustParsePrefix(from), count); !contains(err, "has room for") {
			t.Errorf("%d sources of %s: %v", count, from, err)
		}
	}
}

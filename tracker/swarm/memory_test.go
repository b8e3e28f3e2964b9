package swarm

import (
	"encoding/binary"
	"math/rand/v2"
	"net/netip"
	"runtime"
	"testing"
)

// populations are the stores whose memory is measured. Popularity is as 1/rank: so it is
// in perf measurements of other trackers, and roughly in public swarms.
var populationsToMeasure = []struct {
	name            string
	torrents, peers int
	zipf, ipv6      bool
	keep            Config
}{
	{"1M peers in 100k torrents", 100_000, 1_000_000, true, false, Config{}},
	{"1M torrents of 2 peers", 1_000_000, 2_000_000, false, false, Config{}},
	{"10M peers in 100k torrents", 100_000, 10_000_000, true, false, Config{}},
	{"1M peers in 100k torrents, with peer ids", 100_000, 1_000_000, true, false, Config{PeerIDs: true}},
	{"1M peers in 100k torrents, with capacities", 100_000, 1_000_000, true, false, Config{Capacities: true}},
	{"1M IPv6 peers in 100k torrents", 100_000, 1_000_000, true, true, Config{}},
	{"1M torrents of 2 IPv6 peers", 1_000_000, 2_000_000, false, true, Config{}},
}

// BenchmarkMemory fills stores with peers of a hundred PIDs and tells what lives on
// the heap then.
func BenchmarkMemory(b *testing.B) {
	for _, c := range populationsToMeasure {
		b.Run(c.name, func(b *testing.B) {
			if testing.Short() && c.peers > 2_000_000 {
				b.Skip("takes a while")
			}
			for b.Loop() {
				before := heap()
				s := newStore(b, c.keep)
				crowd(s, c.torrents, c.peers, c.zipf, c.ipv6)
				used := heap() - before
				totals := s.Totals()
				b.ReportMetric(float64(used)/float64(totals.Leechers+totals.Seeders), "B/peer")
				b.ReportMetric(float64(used)/float64(totals.Swarms), "B/swarm")
				b.ReportMetric(float64(used)/(1<<20), "MiB")
				runtime.KeepAlive(s)
			}
		})
	}
}

func heap() int64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// crowd enters peers into torrents: into each as many, or most into the first. It returns
// which torrent each is in, and whether it is a seeder.
func crowd(s *Store, torrents, peers int, zipf, ipv6 bool) []member {
	members := make([]member, peers)
	rng := rand.New(rand.NewPCG(3, 3))
	popularity := rand.NewZipf(rng, 1.0001, 1, uint64(torrents-1))
	a := Announce{Walks: Random, Groups: byHundred{}}
	var r Reply
	for i := range peers {
		torrent := uint64(i % torrents)
		if zipf && i >= torrents { // every torrent has a peer
			torrent = popularity.Uint64()
		}
		members[i] = member{uint32(torrent), rng.IntN(2) == 0, ipv6}
		members[i].announce(&a, i)
		s.Announce(&a, &r)
	}
	return members
}

// member is a peer of a crowd.
type member struct {
	torrent uint32
	seeder  bool
	ipv6    bool
}

// announce makes a the announce of the i-th peer.
func (m member) announce(a *Announce, i int) {
	binary.BigEndian.PutUint64(a.InfoHash[:], uint64(m.torrent))
	var addr netip.Addr
	if m.ipv6 {
		host := [16]byte{0x20, 0x01, 0x0d, 0xb8}
		binary.BigEndian.PutUint32(host[12:], uint32(i))
		addr = netip.AddrFrom16(host)
	} else {
		addr = netip.AddrFrom4([4]byte{byte(10 + i>>24), byte(i >> 16), byte(i >> 8), byte(i)})
	}
	a.Peer = Peer{Addr: netip.AddrPortFrom(addr, 6881), Seeder: m.seeder}
	a.PID = byHundred{}.PID(addr)
}

// byHundred groups addresses into a hundred PIDs.
type byHundred struct{}

func (byHundred) Epoch() uint64 { return 1 }
func (byHundred) PID(a netip.Addr) PID {
	b := a.As16()
	return 1 + binary.BigEndian.Uint32(b[12:])*2654435761>>8%100
}

// TestMemoryIsAsPromised holds a small population to the promises that BenchmarkMemory
// measures on large ones.
func TestMemoryIsAsPromised(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector has memory of its own")
	}
	for _, c := range []struct {
		torrents, peers int
		zipf, ipv6      bool
		most            float64 // bytes a peer
	}{
		{10_000, 100_000, true, false, 32},
		{50_000, 50_000, false, false, 200},
		{50_000, 100_000, false, false, 100},
		{10_000, 100_000, true, true, 64},
		{50_000, 50_000, false, true, 300},
	} {
		before := heap()
		s := newStore(t, Config{})
		crowd(s, c.torrents, c.peers, c.zipf, c.ipv6)
		each := float64(heap()-before) / float64(c.peers)
		runtime.KeepAlive(s)
		if each > c.most {
			t.Errorf("%d peers in %d torrents, IPv6 %v: %.1f bytes a peer, promised %v", c.peers, c.torrents, c.ipv6, each, c.most)
		}
	}
}

package swarm

import (
	"net/netip"
	"slices"
	"sync"
	"testing"
)

// multitude enters n peers in the words of a grouping, and returns them.
func multitude(s *Store, h InfoHash, n int, g Grouping) (peers []Peer) {
	var r Reply
	for i := range n {
		addr := netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)})
		if i%16 == 0 {
			addr = netip.AddrFrom16([16]byte{0x20, 1, 13: byte(i >> 16), 14: byte(i >> 8), 15: byte(i)})
		}
		p := Peer{Addr: netip.AddrPortFrom(addr, 6881), Seeder: i%3 == 0}
		s.Announce(&Announce{InfoHash: h, Peer: p, PID: g.PID(addr), Groups: g, Walks: Random}, &r)
		peers = append(peers, p)
	}
	return peers
}

func regroup(s *Store) {
	for range s.Regroup() {
	}
}

// TestMapsChangeBeforePeersAreMovedOver lets a map change five times while hardly anybody
// announces, so that peers stand by the PIDs of all of them.
func TestMapsChangeBeforePeersAreMovedOver(t *testing.T) {
	s, h := newStore(t, Config{Shards: 1}), InfoHash{1}
	peers := multitude(s, h, 6000, byThird(1))
	before := contents(s, 0)
	var r Reply
	for epoch := byThird(2); epoch < 7; epoch++ {
		p := peers[int(epoch)*97]
		s.Announce(&Announce{InfoHash: h, Peer: p, PID: epoch.PID(p.Addr.Addr()), Groups: epoch, Walks: Random, Want: 9}, &r)
	}
	pasts := 0
	for old := s.shards[0].at(0).v4.past; old != nil; old = old.older {
		pasts++
	}
	if pasts < 3 {
		t.Fatalf("%d maps to be caught up with, so the test says nothing", pasts)
	}
	if got := contents(s, 0); !slices.Equal(got, before) {
		t.Errorf("copies have %d peers, want the %d of before", len(got), len(before))
	}
	if got := s.Scrape(h); got.Seeders+got.Leechers != len(peers) {
		t.Errorf("%+v, want %d peers", got, len(peers))
	}

	for i, p := range peers[:3000] { // from whatever past
		a := &Announce{InfoHash: h, Peer: p, PID: byThird(6).PID(p.Addr.Addr()), Groups: byThird(6), Walks: Random, Leaving: i%2 == 0}
		s.Announce(a, &r)
	}
	regroup(s)
	if s.shards[0].at(0).behind() || len(s.groupings.all()) != 1 {
		t.Error("somebody stands by an old map after Regroup")
	}
	counts, census := s.Census(h, byThird(6))
	if counts.Seeders+counts.Leechers != len(peers)-1500 {
		t.Errorf("%+v, want %d peers", counts, len(peers)-1500)
	}
	want := map[PID]int{}
	for i, p := range peers {
		if i >= 3000 || i%2 == 1 {
			want[byThird(6).PID(p.Addr.Addr())]++
		}
	}
	if len(census) != len(want) {
		t.Errorf("peers in %d PIDs, want %d", len(census), len(want))
	}
	for _, p := range census {
		if leechers, seeders := p.Count(); leechers+seeders != want[p.PID] {
			t.Errorf("PID %d has %d peers, want %d", p.PID, leechers+seeders, want[p.PID])
		}
	}
}

// TestRegroupDuringAnnounces is for the race detector.
func TestRegroupDuringAnnounces(t *testing.T) {
	s := newStore(t, Config{Shards: 2})
	hashes := []InfoHash{{1}, {2}, {3}}
	peers := map[InfoHash][]Peer{}
	for _, h := range hashes {
		peers[h] = multitude(s, h, 2000, byThird(1))
	}
	var tasks sync.WaitGroup
	for i, h := range hashes {
		tasks.Go(func() {
			var r Reply
			for k, p := range peers[h] {
				epoch := byThird(2 + k/400)
				s.Announce(&Announce{InfoHash: h, Peer: p, PID: epoch.PID(p.Addr.Addr()), Groups: epoch, Walks: Random, Want: i}, &r)
			}
		})
	}
	tasks.Go(func() {
		for range 50 {
			regroup(s)
		}
	})
	tasks.Wait()
	regroup(s)
	for _, h := range hashes {
		if counts, _ := s.Census(h, s.groupings.newest()); counts.Seeders+counts.Leechers != len(peers[h]) {
			t.Errorf("%+v, want %d peers", counts, len(peers[h]))
		}
	}
}

package swarm

import (
	"fmt"
	"net/netip"
	"slices"
	"testing"
)

// contents lists everything a store holds, in order.
func contents(s *Store, now int64) (all []string) {
	for c := range s.Copies(now) {
		for _, m := range c.Members {
			all = append(all, fmt.Sprintf("%v %d %v %v %v %d", c.InfoHash, c.Downloaded, m.Addr, m.ID, m.Seeder, m.Seen))
		}
	}
	slices.Sort(all)
	return all
}

func TestCopiesRestoreTheStore(t *testing.T) {
	const now = 1_000_000
	from := newStore(t, Config{PeerIDs: true, Shards: 4})
	var r Reply
	for i := range 3*sweepStride + 5 {
		addr := netip.AddrFrom4([4]byte{10, 1, byte(i >> 8), byte(i)})
		if i%7 == 0 {
			addr = netip.AddrFrom16([16]byte{0x20, 1, 14: byte(i >> 8), 15: byte(i)})
		}
		from.Announce(&Announce{
			InfoHash: InfoHash{byte(min(i%40, 9))}, Now: now - int64(4*(i%500)), Groups: Ungrouped{}, Walks: Random, Completed: i%9 == 0,
			Peer: Peer{Addr: netip.AddrPortFrom(addr, 80), ID: PeerID{byte(i)}, Seeder: i%3 == 0},
		}, &r)
	}
	to := newStore(t, Config{PeerIDs: true, Shards: 2, Seed: 5})
	for c := range from.Copies(now) {
		if len(c.Members) > sweepStride {
			t.Errorf("a copy of %d members", len(c.Members))
		}
		to.Restore(c, Ungrouped{})
	}
	got, want := contents(to, now), contents(from, now)
	if len(want) != 3*sweepStride+5 || !slices.Equal(got, want) {
		t.Errorf("restored %d peers of %d, or not alike", len(got), len(want))
	}
}

func TestRestoreLeavesWhatIsThere(t *testing.T) {
	s := newStore(t, Config{})
	peer := Peer{Addr: netip.MustParseAddrPort("10.0.0.1:80")}
	var r Reply
	s.Announce(&Announce{Peer: peer, Now: 1000, Groups: Ungrouped{}, Walks: Random}, &r)
	before := contents(s, 1000)
	peer.Seeder = true
	s.Restore(&Copy{Members: []Member{{peer, 500}}}, Ungrouped{})
	if after := contents(s, 1000); !slices.Equal(before, after) {
		t.Errorf("%v became %v", before, after)
	}
}

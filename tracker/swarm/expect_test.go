package swarm

import (
	"encoding/binary"
	"sync"
	"testing"
)

// hashesOf returns the info hashes of the swarms of a crowd, and others that nobody is in.
func hashesOf(members []member) []InfoHash {
	hashes := make([]InfoHash, 2*len(members))
	for i := range hashes {
		binary.BigEndian.PutUint64(hashes[i][:], uint64(i))
	}
	for i, m := range members {
		binary.BigEndian.PutUint64(hashes[2*i][:], uint64(m.torrent))
	}
	return hashes
}

// TestExpectingChangesNothing also goes where there is no swarm, and over more swarms than are
// fetched at once, of both families.
func TestExpectingChangesNothing(t *testing.T) {
	newStore(t, Config{}).Expect(make([]InfoHash, 3))
	for _, ipv6 := range []bool{false, true} {
		s := newStore(t, Config{Seed: 1, Shards: 4})
		hashes := hashesOf(crowd(s, 200, 5000, true, ipv6))
		before := s.Totals()
		if n := testing.AllocsPerRun(10, func() { s.Expect(hashes) }); n != 0 {
			t.Errorf("%v allocations", n)
		}
		if after := s.Totals(); after != before {
			t.Errorf("IPv6 %v: %+v became %+v", ipv6, before, after)
		}
	}
}

// TestTheExpectedAreFound: what is fetched is the swarm that an announce looks for.
func TestTheExpectedAreFound(t *testing.T) {
	s := newStore(t, Config{Seed: 1})
	missed := 0
	hashes := hashesOf(crowd(s, 5000, 20_000, true, false))
	for _, h := range hashes {
		sh, sum := s.shard(h)
		if sw := sh.find(&h, sum); sw != nil && sh.likely(sum) != sw {
			missed++
		}
	}
	if 100*missed > len(hashes) {
		t.Errorf("of %d swarms %d are taken for others", len(hashes), missed)
	}
}

func TestExpectWhileSwarmsComeAndGo(t *testing.T) {
	s := newStore(t, Config{Seed: 1, Shards: 2})
	hashes := hashesOf(crowd(s, 50, 2000, true, false))
	var group sync.WaitGroup
	group.Go(func() { crowd(s, 3000, 20_000, true, false) })
	group.Go(func() {
		for range 20 {
			s.Expire(1<<20, 60)
		}
	})
	group.Go(func() {
		for range 200 {
			s.Expect(hashes[:200])
		}
	})
	group.Wait()
}

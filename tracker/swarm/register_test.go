package swarm

import (
	"encoding/binary"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"
)

// TestRegisterAgreesWithAMap opens and drops swarms at random.
func TestRegisterAgreesWithAMap(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var r register
		s := secret{rapid.Uint64().Draw(t, "a"), rapid.Uint64().Draw(t, "b") | 1}
		there := map[InfoHash]bool{}
		for range rapid.IntRange(0, 500).Draw(t, "operations") {
			h := InfoHash{byte(rapid.IntRange(0, 120).Draw(t, "hash"))}
			switch sw := r.find(&h, s.ofSwarm(&h)); {
			case (sw != nil) != there[h]:
				t.Fatalf("%v is found: %v, but is there: %v", h, sw != nil, there[h])
			case sw != nil && sw.hash != h:
				t.Fatalf("found %v for %v", sw.hash, h)
			case sw == nil:
				r.open(&h, s)
				there[h] = true
			case rapid.Bool().Draw(t, "drop"):
				for i := range r.n {
					if r.at(i) == sw {
						r.drop(i, s)
						break
					}
				}
				delete(there, h)
			}
			if r.n != len(there) {
				t.Fatalf("%d swarms, want %d", r.n, len(there))
			}
		}
	})
}

// TestARegisterGrowsAndShrinks: entries have more bits of a hash where there are fewer slots, and
// are found whenever that has changed.
func TestARegisterGrowsAndShrinks(t *testing.T) {
	var r register
	s := secret{12345, 67891}
	hash := func(i int) (h InfoHash) {
		binary.BigEndian.PutUint32(h[:], uint32(i))
		return h
	}
	const swarms = 3000
	for i := range swarms {
		h := hash(i)
		r.open(&h, s)
	}
	most := len(r.slots)
	there := rand.New(rand.NewPCG(1, 2)).Perm(swarms)
	for len(there) > 0 {
		r.drop(numberOf(t, &r, hash(there[0]), s), s)
		there = there[1:]
		if len(there)%100 == 0 {
			for _, i := range there {
				numberOf(t, &r, hash(i), s)
			}
		}
	}
	if r.n != 0 || len(r.chunks) > 2 || len(r.slots) != registerMin {
		t.Errorf("%d swarms, %d chunks, %d slots (of %d) are left", r.n, len(r.chunks), len(r.slots), most)
	}
}

// numberOf returns the number of a swarm that is to be there.
func numberOf(t *testing.T, r *register, h InfoHash, s secret) int {
	t.Helper()
	sw := r.find(&h, s.ofSwarm(&h))
	if sw == nil || sw.hash != h {
		t.Fatalf("of %d swarms %v is not found", r.n, h)
	}
	for i := range r.n {
		if r.at(i) == sw {
			return i
		}
	}
	t.Fatalf("%v is found, but has no number", h)
	return 0
}

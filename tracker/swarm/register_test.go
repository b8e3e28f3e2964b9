package swarm

import (
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

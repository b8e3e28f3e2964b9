package swarm

import (
	"math/rand/v2"
	"testing"
)

// TestTheDirectoryAgreesWithSearches has peers come and go, first few PIDs' and then many,
// first more and then fewer, and looks each place up in both ways; and peers by their address.
func TestTheDirectoryAgreesWithSearches(t *testing.T) {
	t.Run("IPv4", func(t *testing.T) {
		compareDirectories(t, func(i int) [6]byte { return [6]byte{byte(i >> 16), byte(i >> 8), byte(i)} })
	})
	t.Run("IPv6", func(t *testing.T) {
		compareDirectories(t, func(i int) [18]byte { return [18]byte{15: byte(i >> 16), byte(i >> 8), byte(i)} })
	})
}

func compareDirectories[K key](t *testing.T, keyOf func(int) K) {
	rng := rand.New(rand.NewPCG(1, 9))
	secret := secret{rng.Uint64(), rng.Uint64() | 1}
	var q sequence[K]
	var made, dropped int
	for turn := range 40_000 {
		grow, pids := 0.7, 40
		switch {
		case turn > 25_000:
			grow = 0.2
		case turn > 10_000:
			pids = 400
		}
		had := q.charted()
		if q.len() == 0 || rng.Float64() < grow {
			is := markOf(placeOf(Role(rng.IntN(2)), PID(rng.IntN(pids)*rng.IntN(2))), Unknown)
			r := record[K]{key: keyOf(turn), is: is}
			h := q.insert(r, news{}, keeping{}, secret)
			if *q.record(h) != r {
				t.Fatalf("turn %d: entered %v, found %v", turn, r, *q.record(h))
			}
		} else {
			q.remove(q.nth(rng.IntN(q.len())))
		}
		switch {
		case q.charted() && !had:
			made++
		case !q.charted() && had:
			dropped++
		}
		if q.charted() && (turn%97 == 0 || q.len() < 300) {
			checkDirectory(t, &q, turn)
		}
		if turn%97 == 0 && q.len() > 0 {
			checkFinding(t, &q, q.nth(rng.IntN(q.len())), keyOf(-1-turn), secret)
		}
	}
	if made < 2 || dropped < 2 {
		t.Errorf("made %d directories and dropped %d, want some of both", made, dropped)
	}
}

// checkFinding looks for the peer at h, and for one that is not there.
func checkFinding[K key](t *testing.T, q *sequence[K], h handle, stranger K, s secret) {
	t.Helper()
	r := *q.record(h)
	for _, role := range []Role{Leecher, Seeder} { // where it is looked for first
		if got := q.find(r.key, r.is.pid(), role, s); got != h {
			t.Fatalf("%v is at %d, found at %d", r, h, got)
		}
		if got := q.find(stranger, r.is.pid(), role, s); got != nobody {
			t.Fatalf("%v is found at %d, and is not there", stranger, got)
		}
		if got := q.find(r.key, r.is.pid()+1, role, s); got != nobody {
			t.Fatalf("%v is found in another PID", r)
		}
	}
}

// nth returns the i-th peer.
func (q *sequence[K]) nth(i int) handle {
	b := 0
	for ; i >= len(q.block(b).records); b++ {
		i -= len(q.block(b).records)
	}
	return handleOf(b, i)
}

func checkDirectory[K key](t *testing.T, q *sequence[K], turn int) {
	t.Helper()
	places := q.tree.places
	for role := Leecher; role <= Seeder; role++ {
		for pid := range places.pids + 3 {
			p := edge(role, pid)
			q.tree.places = directory{}
			want := q.rank(q.begin(p))
			q.tree.places = places
			if got := q.rank(q.begin(p)); got != want {
				t.Fatalf("turn %d: place of role %d, PID %d begins at %d, want %d", turn, role, pid, got, want)
			}
			var borders [edgesMost]border
			q.bordersOf(role, []PID{0, pid}, &borders)
			if got := borders[1]; got.rank != want || q.rank(got.at) != want {
				t.Fatalf("turn %d: the border of role %d, PID %d is %+v, want %d", turn, role, pid, got, want)
			}
		}
	}
}

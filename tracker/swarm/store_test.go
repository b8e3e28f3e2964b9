package swarm

import (
	"encoding/binary"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"net/netip"
	"slices"
	"testing"
	"unsafe"

	"pgregory.net/rapid"
)

// byThird groups IPv4 addresses by their third octet and IPv6 addresses by their
// second last, offset by the epoch, so that every epoch numbers anew.
type byThird uint64

func (g byThird) Epoch() uint64 { return uint64(g) }
func (g byThird) PID(a netip.Addr) PID {
	b := a.AsSlice()
	return PID(b[len(b)-2]) + PID(g)*7
}

func newStore(t testing.TB, c Config) *Store {
	t.Helper()
	if c.Seed == 0 {
		c.Seed = 1
	}
	s, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// twin is the store as one would write it in a minute: maps, and no draws.
type twin map[InfoHash]map[netip.AddrPort]twinPeer

type twinPeer struct {
	seeder bool
	seen   int64
	id     PeerID
}

func (w twin) announce(a *Announce) {
	old, known := w[a.InfoHash][a.Peer.Addr]
	switch {
	case a.Leaving:
		delete(w[a.InfoHash], a.Peer.Addr)
	case a.Hearsay && known:
		old.seen = max(old.seen, a.Now)
		w[a.InfoHash][a.Peer.Addr] = old
	default:
		if w[a.InfoHash] == nil {
			w[a.InfoHash] = make(map[netip.AddrPort]twinPeer)
		}
		w[a.InfoHash][a.Peer.Addr] = twinPeer{a.Peer.Seeder, a.Now, a.Peer.ID}
	}
}

func (w twin) expire(now, lifetime int64) (n int) {
	for _, peers := range w {
		for addr, p := range peers {
			if now/4-p.seen/4 > lifetime/4 {
				delete(peers, addr)
				n++
			}
		}
	}
	return n
}

// eligible is who may be told to the requester: everybody else, of its family.
func (w twin) eligible(a *Announce) map[netip.AddrPort]twinPeer {
	m := make(map[netip.AddrPort]twinPeer)
	for addr, p := range w[a.InfoHash] {
		if addr != a.Peer.Addr && !(a.LeechersOnly && p.seeder) && addr.Addr().Is4() == a.Peer.Addr.Addr().Is4() {
			m[addr] = p
		}
	}
	return m
}

func decode(t interface{ Fatalf(string, ...any) }, b []byte, width int) (peers []netip.AddrPort) {
	if len(b)%width != 0 {
		t.Fatalf("compact peers are %d bytes, no multiple of %d", len(b), width)
	}
	for ; len(b) > 0; b = b[width:] {
		ip, _ := netip.AddrFromSlice(b[:width-2])
		peers = append(peers, netip.AddrPortFrom(ip, binary.BigEndian.Uint16(b[width-2:])))
	}
	return peers
}

var walks = map[string]*Walks{
	"random": Random,
	"staged": walkOf([]Step{
		{Target: 0.1, Spans: []Span{{0, math.MaxUint32, 1}}},
		{Target: 0.7, Spans: []Span{{2, 3, 1}}},
		{Target: 0.9, Spans: []Span{{1, 2, 1}, {3, 5, 1}}},
		{Target: 1, Spans: []Span{{5, math.MaxUint32, 1}}},
		{Target: 1, Spans: []Span{{0, math.MaxUint32, 1}}},
	}, []Span{{0, 1, 1}, {5, math.MaxUint32, 1}}),
	"weighted": walkOf([]Step{
		{Target: 0.5, Spans: []Span{{1, 2, 3}, {2, 3, 1}, {3, 9, 0.5}}, ByPID: true},
		{Target: 0.8, Spans: []Span{{1, 2, 3}, {2, 3, 1}, {3, 9, 0.5}}},
		{Target: 1, Spans: []Span{{0, math.MaxUint32, 1}}},
	}, []Span{{4, 9, 1}}),
	"capped": walkOf([]Step{
		{Target: 1, Spare: 2.5, Spans: []Span{{1, 2, 30}, {2, 3, 1}, {3, 9, 0.5}}, Cap: 1.5},
		{Target: 1, Spans: []Span{{0, math.MaxUint32, 1}}},
	}, nil),
	"roles": walkOf([]Step{
		{Target: 0.3, Spans: []Span{{0, math.MaxUint32, 1}}, Roles: Seeders},
		{Target: 0.6, Spans: []Span{{1, 4, 1}}, Roles: Leechers, Classes: 1 << Unknown},
		{Target: 0.8, Spans: []Span{{0, math.MaxUint32, 1}}, Classes: 1 << Fast},
		{Target: 1, Spans: []Span{{0, math.MaxUint32, 1}}},
	}, []Span{{4, 9, 1}}),
	"stable": walkOf([]Step{
		{Target: 0.1, Spans: []Span{{0, math.MaxUint32, 1}}, Stable: true},
		{Target: 0.7, Spans: []Span{{2, 3, 1}}},
		{Target: 1, Spans: []Span{{1, 2, 3}, {2, 3, 1}, {3, 9, 0.5}}, Stable: true},
		{Target: 1, Spans: []Span{{0, math.MaxUint32, 1}}, Stable: true},
	}, []Span{{4, 9, 1}}),
}

func walkOf(steps []Step, outside []Span) *Walks {
	return ForAll(NewWalk(Plan{Steps: steps, Outside: outside}))
}

// TestStoreAgreesWithMaps plays random announces, expiries and regroupings at the
// store and at its twin.
func TestStoreAgreesWithMaps(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, err := New(Config{Shards: 2, PeerIDs: true, Seed: rapid.Uint64Range(1, 99).Draw(t, "seed")})
		if err != nil {
			t.Fatal(err)
		}
		model := twin{}
		now, epoch := int64(1_000_000), byThird(0)
		crowd := rapid.SampledFrom([]int{3, 40, 200}).Draw(t, "crowd")
		for range rapid.IntRange(1, 400).Draw(t, "operations") {
			now += rapid.Int64Range(0, 30).Draw(t, "wait")
			switch rapid.IntRange(0, 40).Draw(t, "operation") {
			case 0:
				if got, want := s.Expire(now, 600), model.expire(now, 600); got != want {
					t.Fatalf("expired %d, want %d", got, want)
				}
			case 1:
				epoch++
			default:
				a := drawAnnounce(t, crowd, now, epoch)
				model.announce(a)
				var r Reply
				s.Announce(a, &r)
				checkReply(t, model, a, &r)
			}
		}
		checkTotals(t, s, model, epoch)
	})
}

// TestLargeSwarmsAgreeWithMaps does the same with a swarm that becomes a tree with a directory,
// shrinks again and is regrouped. Its announces are random, not shrunk to the least that fails.
func TestLargeSwarmsAgreeWithMaps(t *testing.T) {
	s := newStore(t, Config{Shards: 1, PeerIDs: true})
	model := twin{}
	now, epoch := int64(1_000_000), byThird(0)
	const operations = 12_000
	announces := rapid.Custom(func(t *rapid.T) *Announce { return drawAnnounce(t, 1500, now, epoch) })
	most := 0
	for i := range operations {
		now += int64(i % 2)
		switch {
		case i%3000 == 2999:
			now += 500
			if got, want := s.Expire(now, 600), model.expire(now, 600); got != want {
				t.Fatalf("operation %d: expired %d, want %d", i, got, want)
			}
		case i%1700 == 1699:
			epoch++
		}
		a := announces.Example(i)
		a.InfoHash = InfoHash{1}
		model.announce(a)
		var r Reply
		s.Announce(a, &r)
		if i%1700 == 1699 { // draws leave out who still stands by an old PID
			for range s.Regroup() {
			}
			continue
		}
		checkReply(t, model, a, &r)
		most = max(most, len(model[a.InfoHash]))
		if i%500 == 0 {
			checkTotals(t, s, model, epoch)
		}
	}
	if most < 4*blockMax {
		t.Errorf("the swarm had %d peers at most, too few for a tree", most)
	}
}

func drawAnnounce(t *rapid.T, crowd int, now int64, g Grouping) *Announce {
	n := rapid.IntRange(0, crowd).Draw(t, "peer")
	addr := netip.AddrFrom4([4]byte{10, 0, byte(n % 6), byte(n)})
	if rapid.IntRange(0, 4).Draw(t, "six") == 0 {
		addr = netip.AddrFrom16([16]byte{0x20, 1, 14: byte(n % 6), 15: byte(n)})
	}
	a := &Announce{
		InfoHash:     InfoHash{byte(rapid.IntRange(0, 2).Draw(t, "hash"))},
		Peer:         Peer{Addr: netip.AddrPortFrom(addr, uint16(1000+n)), ID: PeerID{byte(n), byte(now)}, Seeder: rapid.Bool().Draw(t, "seeder")},
		PID:          g.PID(addr),
		Now:          now,
		Leaving:      rapid.IntRange(0, 5).Draw(t, "leaving") == 0,
		Hearsay:      rapid.IntRange(0, 9).Draw(t, "hearsay") == 0,
		Groups:       g,
		Walks:        walks[rapid.SampledFrom(slices.Sorted(maps.Keys(walks))).Draw(t, "walk")],
		Want:         rapid.SampledFrom([]int{0, 1, 2, 5, 50, 200}).Draw(t, "want"),
		LeechersOnly: rapid.Bool().Draw(t, "leechers only"),
		WithIDs:      true,
	}
	a.Completed = a.Peer.Seeder && rapid.Bool().Draw(t, "completed")
	if a.Hearsay {
		a.Now -= 300
		a.Leaving = false
	}
	return a
}

func checkReply(t rapid.TB, model twin, a *Announce, r *Reply) {
	got := append(decode(t, r.V4, 6), decode(t, r.V6, 18)...)
	ids := append(slices.Clone(r.ID4), r.ID6...)
	eligible := model.eligible(a)
	if want := min(a.Want, len(eligible)); !a.Leaving && len(got) != want {
		t.Fatalf("%d peers, want %d", len(got), want)
	}
	unseen := maps.Clone(eligible)
	seeders, outsiders := 0, 0
	for i, addr := range got {
		p, ok := unseen[addr]
		if !ok {
			t.Fatalf("%v is the requester, a stranger, or named twice", addr)
		}
		if ids[i] != p.id {
			t.Fatalf("peer id of %v is %v, want %v", addr, ids[i], p.id)
		}
		delete(unseen, addr)
		if p.seeder {
			seeders++
		}
		if contains(a.Walks[0].outside.spans, a.Groups.PID(addr.Addr())) {
			outsiders++
		}
	}
	if a.Leaving || a.Want < roomForWishes || len(a.Walks[0].outside.spans) == 0 {
		return
	}
	for addr, p := range unseen {
		if p.seeder && seeders == 0 {
			t.Fatalf("no seeder among %d peers, though %v is one", len(got), addr)
		}
		if outsiders == 0 && contains(a.Walks[0].outside.spans, a.Groups.PID(addr.Addr())) {
			t.Fatalf("no outsider among %d peers, though %v is one", len(got), addr)
		}
	}
}

func checkTotals(t rapid.TB, s *Store, model twin, g Grouping) {
	var want Totals
	for h, peers := range model {
		var c Counts
		byPID := map[PID]Population{}
		for addr, p := range peers {
			b := byPID[g.PID(addr.Addr())]
			b.PID = g.PID(addr.Addr())
			if p.seeder {
				c.Seeders++
				b.Seeders[Unknown]++
			} else {
				c.Leechers++
				b.Leechers[Unknown]++
			}
			byPID[g.PID(addr.Addr())] = b
		}
		want.Seeders += c.Seeders
		want.Leechers += c.Leechers
		got, census := s.Census(h, g)
		if got.Seeders != c.Seeders || got.Leechers != c.Leechers {
			t.Fatalf("swarm %v has %+v, want %+v", h, got, c)
		}
		if want := slices.SortedFunc(maps.Values(byPID), func(a, b Population) int { return int(a.PID) - int(b.PID) }); !slices.Equal(census, want) {
			t.Fatalf("census is %+v, want %+v", census, want)
		}
	}
	got := s.Totals()
	if got.Seeders != want.Seeders || got.Leechers != want.Leechers {
		t.Fatalf("store has %+v, want %+v", got, want)
	}
}

func TestRecordsStaySmall(t *testing.T) {
	for _, c := range []struct {
		what      string
		got, most uintptr
	}{
		{"an IPv4 peer", unsafe.Sizeof(record[[6]byte]{}), 12},
		{"an IPv6 peer", unsafe.Sizeof(record[[18]byte]{}), 24},
		{"a swarm", unsafe.Sizeof(swarm{}), 96},
	} {
		if c.got > c.most {
			t.Errorf("%s takes %d bytes, promised %d", c.what, c.got, c.most)
		}
	}
}

// fill enters n peers, spread over PIDs 1 to pids, every fourth a seeder.
func fill(s *Store, h InfoHash, n, pids int) {
	var r Reply
	for i := range n {
		addr := netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)})
		s.Announce(&Announce{
			InfoHash: h, PID: PID(1 + i%pids), Groups: Ungrouped{}, Walks: Random,
			Peer: Peer{Addr: netip.AddrPortFrom(addr, 6881), Seeder: i/pids%4 == 0},
		}, &r)
	}
}

func TestDrawsAllocateNothing(t *testing.T) {
	s := newStore(t, Config{})
	fill(s, InfoHash{1}, 5000, 10)
	r := Reply{V4: make([]byte, 0, 4096)}
	for name, w := range walks {
		a := &Announce{InfoHash: InfoHash{1}, PID: 2, Groups: Ungrouped{}, Walks: w, Want: 50,
			Peer: Peer{Addr: netip.MustParseAddrPort("10.0.0.1:6881")}}
		if n := testing.AllocsPerRun(200, func() {
			r.V4 = r.V4[:0]
			s.Announce(a, &r)
		}); n != 0 {
			t.Errorf("an announce walking %s allocates %v times", name, n)
		}
	}
}

func TestMemoryOfAShrunkPoolIsGivenBack(t *testing.T) {
	s := newStore(t, Config{Shards: 1, PeerIDs: true})
	fill(s, InfoHash{1}, 20_000, 50)
	var r Reply
	leave := func(from, to int) {
		for i := from; i < to; i++ {
			addr := netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)})
			s.Announce(&Announce{InfoHash: InfoHash{1}, PID: PID(1 + i%50), Leaving: true, Groups: Ungrouped{}, Walks: Random, Peer: Peer{Addr: netip.AddrPortFrom(addr, 6881)}}, &r)
		}
	}
	room := func() (n int) {
		p := &s.shards[0].at(0).v4
		for b := range p.blocks() {
			n += cap(p.block(b).records)
		}
		return n
	}
	if n := room(); n < 20_000 || n > 35_000 {
		t.Errorf("20000 peers have room for %d", n)
	}
	leave(1000, 20_000)
	if n := room(); n > 5000 {
		t.Errorf("1000 peers have room for %d", n)
	}
	leave(50, 1000)
	if n := room(); n > 100 || s.shards[0].at(0).v4.tree != nil {
		t.Errorf("50 peers have room for %d", n)
	}
}

func TestSweepLetsGoOfTheLock(t *testing.T) {
	s := newStore(t, Config{Shards: 1})
	fill(s, InfoHash{1}, 10*sweepStride, 3)
	w := sweep{store: s, shard: &s.shards[0], now: tickOf(4000), age: 100, levels: new(levelCounts)}
	if n := w.stride(); n == 0 || n > sweepStride+blockMax {
		t.Errorf("one stride expired %d peers, want 1 to %d and a block", n, sweepStride)
	}
	for w.more() {
		w.stride()
	}
	if got := s.Totals(); got != (Totals{}) {
		t.Errorf("after the sweep the store has %+v", got)
	}
}

func TestNewRefusesOddShards(t *testing.T) {
	for _, n := range []int{-1, 3, 100} {
		if _, err := New(Config{Shards: n}); err == nil {
			t.Errorf("New accepted %d shards", n)
		}
	}
}

// crowds are the swarms to measure: how many peers, in how many PIDs.
var crowds = []struct{ peers, pids int }{{8, 4}, {100, 10}, {1000, 10}, {10_000, 10}, {100_000, 10}, {1_000_000, 10}, {10_000, 1}, {10_000, 10_000}, {1_000_000, 10_000}}

// announcer returns a function that announces a random peer of a filled store.
func announcer(b *testing.B, peers, pids int, a Announce) func() {
	s := newStore(b, Config{})
	fill(s, InfoHash{1}, peers, pids)
	r := Reply{V4: make([]byte, 0, 4096)}
	rng := rand.New(rand.NewPCG(1, 2))
	a.InfoHash, a.Groups = InfoHash{1}, Ungrouped{}
	b.ReportAllocs()
	return func() {
		i := rng.IntN(peers)
		a.Peer.Addr = netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)}), 6881)
		a.PID = PID(1 + i%pids)
		a.Peer.Seeder = i/pids%4 == 0
		r.V4 = r.V4[:0]
		s.Announce(&a, &r)
	}
}

// BenchmarkUpdate enters known peers and wants none.
func BenchmarkUpdate(b *testing.B) {
	for _, c := range crowds {
		b.Run(fmt.Sprintf("peers=%d/pids=%d", c.peers, c.pids), func(b *testing.B) {
			announce := announcer(b, c.peers, c.pids, Announce{Walks: Random})
			for b.Loop() {
				announce()
			}
		})
	}
}

// BenchmarkDraw draws 50 peers and enters nothing.
func BenchmarkDraw(b *testing.B) {
	for _, c := range crowds {
		for _, walk := range slices.Sorted(maps.Keys(walks)) {
			b.Run(fmt.Sprintf("peers=%d/pids=%d/walk=%s", c.peers, c.pids, walk), func(b *testing.B) {
				announce := announcer(b, c.peers, c.pids, Announce{Walks: walks[walk], Want: 50, Asking: true})
				for b.Loop() {
					announce()
				}
			})
		}
	}
}

// BenchmarkRegroup is what an announce costs that finds the PIDs renumbered.
func BenchmarkRegroup(b *testing.B) {
	for _, peers := range []int{8, 1000, 100_000} {
		b.Run(fmt.Sprintf("peers=%d", peers), func(b *testing.B) {
			s := newStore(b, Config{})
			fill(s, InfoHash{1}, peers, 10)
			a := Announce{InfoHash: InfoHash{1}, Walks: Random, Asking: true, Peer: Peer{Addr: netip.MustParseAddrPort("10.0.0.1:6881")}}
			var r Reply
			for epoch := byThird(1); b.Loop(); epoch++ {
				a.Groups = epoch
				s.Announce(&a, &r)
			}
		})
	}
}

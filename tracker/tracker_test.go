package tracker_test

import (
	"encoding/binary"
	"fmt"
	"math"
	"net/netip"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/altracker/altracker/selector"
	"github.com/altracker/altracker/selector/selectortest"
	"github.com/altracker/altracker/tracker"
	"github.com/altracker/altracker/tracker/swarm"
)

var (
	hash = swarm.InfoHash{1, 2, 3}
	noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
)

func newTracker(t testing.TB, c tracker.Config) *tracker.Tracker {
	t.Helper()
	if c.Store == nil {
		store, err := swarm.New(swarm.Config{Seed: 1, PeerIDs: true})
		if err != nil {
			t.Fatal(err)
		}
		c.Store = store
	}
	tr, err := tracker.New(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(tr.Close)
	return tr
}

func policy(t testing.TB, name string, options map[string]float64) selector.Policy {
	t.Helper()
	p, err := selector.New(name, options)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// lab returns the map of the lab: four PIDs of one ISP and a fifth outside it.
func lab() selector.Map { return theLab }

var theLab = func() selector.Map {
	w := selectortest.Square(5, func(from, to int) float32 {
		switch {
		case from == to:
			return 1
		case from == 5 || to == 5:
			return 50
		}
		return 10
	})
	w.Internal = []bool{true, true, true, true, false}
	return w
}()

// nowhere is a map that places nobody.
type nowhere struct{ selectortest.World }

func (nowhere) Epoch() uint64   { return 3 }
func (nowhere) Version() uint64 { return 3 }

// peer returns the n-th peer of a PID of the lab.
func peer(pid, n int) netip.AddrPort {
	return netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, 0, byte(pid), byte(n)}), 6881)
}

func announce(t testing.TB, h tracker.Handler, req tracker.AnnounceRequest) *tracker.AnnounceResponse {
	t.Helper()
	if req.Now.IsZero() {
		req.Now = noon
	}
	if req.InfoHash == (swarm.InfoHash{}) {
		req.InfoHash = hash
	}
	var resp tracker.AnnounceResponse
	if err := h.Announce(&req, &resp); err != nil {
		t.Fatal(err)
	}
	return &resp
}

func peersOf(t testing.TB, r *tracker.AnnounceResponse) (peers []netip.AddrPort) {
	t.Helper()
	for _, f := range []struct {
		b     []byte
		width int
	}{{r.Peers, 6}, {r.Peers6, 18}} {
		if len(f.b)%f.width != 0 {
			t.Fatalf("%d bytes of compact peers", len(f.b))
		}
		for b := f.b; len(b) > 0; b = b[f.width:] {
			ip, _ := netip.AddrFromSlice(b[:f.width-2])
			peers = append(peers, netip.AddrPortFrom(ip, binary.BigEndian.Uint16(b[f.width-2:])))
		}
	}
	return peers
}

// populate enters n peers in each of the first pids PIDs, every tenth a seeder.
func populate(t testing.TB, h tracker.Handler, pids, n int) {
	for pid := 1; pid <= pids; pid++ {
		for i := range n {
			left := int64(1000)
			if i%10 == 0 {
				left = 0
			}
			announce(t, h, tracker.AnnounceRequest{Addr: peer(pid, i), Left: left})
		}
	}
}

// TestRepliesFollowTheNetwork is the acceptance of the whole: 400 peers in four
// PIDs, 200 requests of 50 by a leecher of the first, by announce and by explain.
func TestRepliesFollowTheNetwork(t *testing.T) {
	for _, c := range []struct{ random, want float64 }{{0, 0.75}, {0.10, 0.675}} {
		tr := newTracker(t, tracker.Config{Map: lab, Policy: policy(t, "staged", map[string]float64{"random": c.random})})
		populate(t, tr, 4, 100)
		var announced, explained int
		for range 200 {
			got := peersOf(t, announce(t, tr, tracker.AnnounceRequest{Addr: peer(1, 1), Left: 1, NumWant: 50}))
			announced += checkReply(t, got)
			e := tr.Explain(tracker.Question{InfoHash: hash, IP: peer(1, 1).Addr(), NumWant: 50})
			got = nil
			for _, p := range e.Peers {
				got = append(got, p.Addr)
			}
			explained += checkReply(t, got)
		}
		for what, n := range map[string]int{"announce": announced, "explain": explained} {
			if share := float64(n) / (200 * 50); math.Abs(share-c.want) > 0.01 {
				t.Errorf("random %v: %s gives %.3f from the home PID, want %v", c.random, what, share, c.want)
			}
		}
	}
}

// checkReply returns how many of the peers are of PID 1.
func checkReply(t *testing.T, peers []netip.AddrPort) (home int) {
	t.Helper()
	if len(peers) != 50 {
		t.Fatalf("%d peers, want 50", len(peers))
	}
	seen, seeders := map[netip.AddrPort]bool{}, 0
	for _, p := range peers {
		b := p.Addr().As4()
		if seen[p] || p == peer(1, 1) {
			t.Fatalf("%v is named twice, or is the requester", p)
		}
		seen[p] = true
		if b[2] == 1 {
			home++
		}
		if b[3]%10 == 0 {
			seeders++
		}
	}
	if seeders == 0 || home == len(peers) {
		t.Fatalf("%d seeders and %d of 50 from home", seeders, home)
	}
	return home
}

func TestOutsiderAndSeederAreNeverLeftOut(t *testing.T) {
	for _, name := range selector.Names()[1:] {
		tr := newTracker(t, tracker.Config{Map: lab, Policy: policy(t, name, map[string]float64{"random": 0})})
		for i := range 200 {
			announce(t, tr, tracker.AnnounceRequest{Addr: peer(1, i), Left: 1})
		}
		announce(t, tr, tracker.AnnounceRequest{Addr: peer(5, 1), Left: 1}) // the one outsider
		announce(t, tr, tracker.AnnounceRequest{Addr: peer(2, 1), Left: 0}) // the one seeder
		for range 100 {
			got := map[netip.AddrPort]bool{}
			for _, p := range peersOf(t, announce(t, tr, tracker.AnnounceRequest{Addr: peer(1, 3), Left: 1, NumWant: 20})) {
				got[p] = true
			}
			if len(got) != 20 || !got[peer(5, 1)] || !got[peer(2, 1)] {
				t.Fatalf("%s: %d peers, outsider %v, seeder %v", name, len(got), got[peer(5, 1)], got[peer(2, 1)])
			}
		}
	}
}

func TestSmallSwarmIsReturnedWhole(t *testing.T) {
	tr := newTracker(t, tracker.Config{Map: lab, Policy: policy(t, "staged", nil)})
	for pid := 1; pid <= 3; pid++ {
		announce(t, tr, tracker.AnnounceRequest{Addr: peer(pid, 1), Left: 1})
	}
	r := announce(t, tr, tracker.AnnounceRequest{Addr: peer(1, 1), Left: 1, NumWant: -1})
	if got := peersOf(t, r); len(got) != 2 || r.Incomplete != 3 || r.Complete != 0 {
		t.Errorf("peers %v, %d seeders, %d leechers", got, r.Complete, r.Incomplete)
	}
}

func TestEvents(t *testing.T) {
	tr := newTracker(t, tracker.Config{})
	seeder, leecher, third := peer(1, 1), peer(1, 2), peer(1, 3)
	announce(t, tr, tracker.AnnounceRequest{Addr: seeder, Left: 0, Event: tracker.Started})
	announce(t, tr, tracker.AnnounceRequest{Addr: leecher, Left: 9, Event: tracker.Started})
	announce(t, tr, tracker.AnnounceRequest{Addr: third, Left: 9, Event: tracker.Paused})

	for _, c := range []struct {
		what  string
		req   tracker.AnnounceRequest
		peers []netip.AddrPort
	}{
		{"a leecher is told everybody", tracker.AnnounceRequest{Addr: leecher, Left: 9, NumWant: -1}, []netip.AddrPort{seeder, third}},
		{"a seeder is told leechers only", tracker.AnnounceRequest{Addr: seeder, Left: 0, NumWant: -1}, []netip.AddrPort{leecher, third}},
		{"so is a partial seed", tracker.AnnounceRequest{Addr: third, Left: 9, Event: tracker.Paused, NumWant: -1}, []netip.AddrPort{leecher}},
		{"who wants none gets none", tracker.AnnounceRequest{Addr: leecher, Left: 9, NumWant: 0}, nil},
		{"who leaves gets none", tracker.AnnounceRequest{Addr: third, Left: 9, Event: tracker.Stopped, NumWant: 50}, nil},
		{"who left is told no more", tracker.AnnounceRequest{Addr: leecher, Left: 9, NumWant: -1}, []netip.AddrPort{seeder}},
	} {
		got := peersOf(t, announce(t, tr, c.req))
		same := len(got) == len(c.peers)
		for _, p := range got {
			found := false
			for _, q := range c.peers {
				found = found || p == q
			}
			same = same && found
		}
		if !same {
			t.Errorf("%s: got %v, want %v", c.what, got, c.peers)
		}
	}

	r := announce(t, tr, tracker.AnnounceRequest{Addr: leecher, Left: 0, Event: tracker.Completed})
	if r.Complete != 2 || r.Incomplete != 0 {
		t.Errorf("after completion: %d seeders, %d leechers", r.Complete, r.Incomplete)
	}
	announce(t, tr, tracker.AnnounceRequest{Addr: leecher, Left: 0, Event: tracker.Completed})
	var s tracker.ScrapeResponse
	if err := tr.Scrape(&tracker.ScrapeRequest{InfoHashes: []swarm.InfoHash{hash, {9}}}, &s); err != nil {
		t.Fatal(err)
	}
	if want := (swarm.Counts{Seeders: 2, Downloaded: 1}); len(s.Counts) != 2 || s.Counts[0] != want || s.Counts[1] != (swarm.Counts{}) {
		t.Errorf("scrape says %+v, want %+v and nothing", s.Counts, want)
	}
}

func TestSilentPeersExpire(t *testing.T) {
	tr := newTracker(t, tracker.Config{Interval: time.Minute})
	announce(t, tr, tracker.AnnounceRequest{Addr: peer(1, 1), Left: 1})
	announce(t, tr, tracker.AnnounceRequest{Addr: peer(1, 2), Left: 1, Now: noon.Add(90 * time.Second)})
	if n := tr.Expire(noon.Add(2 * time.Minute)); n != 0 {
		t.Errorf("%d expired at the end of their lifetime", n)
	}
	if n := tr.Expire(noon.Add(2*time.Minute + 10*time.Second)); n != 1 {
		t.Errorf("%d expired, want the one that was silent", n)
	}
	if got := tr.Store().Totals(); got.Leechers != 1 || got.Swarms != 1 {
		t.Errorf("left: %+v", got)
	}
}

func TestHearsay(t *testing.T) {
	tr := newTracker(t, tracker.Config{Interval: 30 * time.Minute})
	rumour := tracker.AnnounceRequest{Addr: peer(1, 1), Hearsay: 10 * time.Minute}
	announce(t, tr, rumour)
	if got := tr.Store().Totals(); got.Leechers != 1 || got.Seeders != 0 {
		t.Errorf("hearsay entered %+v, want a leecher", got)
	}
	tr.Expire(noon.Add(9 * time.Minute))
	if got := tr.Store().Totals(); got.Leechers != 1 {
		t.Error("hearsay was forgotten before its time")
	}
	announce(t, tr, tracker.AnnounceRequest{Addr: peer(1, 2), Left: 0})
	announce(t, tr, tracker.AnnounceRequest{Addr: peer(1, 2), Hearsay: 10 * time.Minute})
	tr.Expire(noon.Add(11 * time.Minute))
	if got := tr.Store().Totals(); got.Leechers != 0 || got.Seeders != 1 {
		t.Errorf("after its time %+v are left, want the announced seeder", got)
	}
}

func TestAskingEntersNothing(t *testing.T) {
	tr := newTracker(t, tracker.Config{})
	announce(t, tr, tracker.AnnounceRequest{Addr: peer(1, 1), Left: 1})
	r := announce(t, tr, tracker.AnnounceRequest{Addr: netip.AddrPortFrom(peer(2, 1).Addr(), 0), Asking: true, NumWant: 10})
	if got := peersOf(t, r); len(got) != 1 {
		t.Errorf("told %v", got)
	}
	announce(t, tr, tracker.AnnounceRequest{InfoHash: swarm.InfoHash{7}, Addr: peer(2, 1), Asking: true})
	if got := tr.Store().Totals(); got.Leechers != 1 || got.Swarms != 1 {
		t.Errorf("asking left %+v", got)
	}
}

func TestFamilies(t *testing.T) {
	tr := newTracker(t, tracker.Config{})
	six := netip.MustParseAddrPort("[2001:db8::1]:6881")
	announce(t, tr, tracker.AnnounceRequest{Addr: peer(1, 1), Left: 1, PeerID: swarm.PeerID{4}})
	announce(t, tr, tracker.AnnounceRequest{Addr: six, Left: 0, PeerID: swarm.PeerID{6}})
	r := announce(t, tr, tracker.AnnounceRequest{Addr: peer(1, 2), Left: 1, NumWant: 10})
	if len(r.Peers) != 6 || len(r.Peers6) != 0 || r.Complete != 1 || r.Incomplete != 2 {
		t.Errorf("own family only: %+v", r)
	}
	r = announce(t, tr, tracker.AnnounceRequest{Addr: peer(1, 2), Left: 1, NumWant: 10, AllFamilies: true, PeerIDs: true})
	if len(r.Peers) != 6 || len(r.Peers6) != 18 || len(r.IDs) != 1 || len(r.IDs6) != 1 || r.IDs[0] != (swarm.PeerID{4}) || r.IDs6[0] != (swarm.PeerID{6}) {
		t.Errorf("all families: %+v", r)
	}
	r = announce(t, tr, tracker.AnnounceRequest{Addr: six, Left: 0, NumWant: 1, AllFamilies: true})
	if len(r.Peers) != 6 || len(r.Peers6) != 0 {
		t.Errorf("a request for one: %+v", r)
	}
}

func TestNumWant(t *testing.T) {
	tr := newTracker(t, tracker.Config{DefaultNumWant: 100, MaxNumWant: 150})
	populate(t, tr, 2, 100)
	for _, c := range []struct{ numWant, maxPeers, want int }{
		{-1, 0, 100}, {0, 0, 0}, {7, 0, 7}, {1000, 0, 150}, {-1, 79, 79}, {1000, 79, 79}, {7, 79, 7},
	} {
		r := announce(t, tr, tracker.AnnounceRequest{Addr: peer(1, 1), Left: 1, NumWant: c.numWant, MaxPeers: c.maxPeers})
		if got := len(peersOf(t, r)); got != c.want {
			t.Errorf("numwant %d where %d fit: %d peers, want %d", c.numWant, c.maxPeers, got, c.want)
		}
	}
}

// TestSmallRepliesFollowTheNetworkToo: no place is kept in a reply that the wishes
// would fill.
func TestSmallRepliesFollowTheNetworkToo(t *testing.T) {
	tr := newTracker(t, tracker.Config{Map: lab, Policy: policy(t, "staged", nil)})
	populate(t, tr, 4, 100)
	for want := 1; want <= 6; want++ {
		home := 0
		for range 500 {
			for _, p := range peersOf(t, announce(t, tr, tracker.AnnounceRequest{Addr: peer(1, 1), Left: 1, NumWant: want})) {
				if p.Addr().As4()[2] == 1 {
					home++
				}
			}
		}
		if share := float64(home) / float64(500*want); share < 0.4 {
			t.Errorf("replies of %d: %.2f of the peers are from home", want, share)
		}
	}
}

func TestBadRequestsStoreNothing(t *testing.T) {
	tr := newTracker(t, tracker.Config{})
	for _, req := range []tracker.AnnounceRequest{
		{},
		{Addr: netip.MustParseAddrPort("10.0.0.1:0"), Left: 1},
		{Addr: netip.MustParseAddrPort("[::ffff:10.0.0.1]:1"), Left: 1},
		{Addr: peer(1, 1), Left: -1},
		{Addr: peer(1, 1), Uploaded: -1},
	} {
		var resp tracker.AnnounceResponse
		err := tr.Announce(&req, &resp)
		if _, ok := err.(tracker.Failure); !ok {
			t.Errorf("%+v: error %v, want a Failure", req, err)
		}
	}
	if got := tr.Store().Totals(); got != (swarm.Totals{}) {
		t.Errorf("stored %+v", got)
	}
}

func TestNewRefusesNonsense(t *testing.T) {
	for _, c := range []tracker.Config{
		{Interval: time.Millisecond},
		{Interval: time.Minute, MinInterval: time.Hour},
		{Interval: time.Hour, Lifetime: time.Minute},
		{Lifetime: 100 * time.Hour},
		{MaxNumWant: 10, DefaultNumWant: 20},
	} {
		if tr, err := tracker.New(c); err == nil {
			tr.Close()
			t.Errorf("New accepted %+v", c)
		}
	}
}

// renumbered is a map whose PIDs have other numbers: a new epoch.
type renumbered struct{ selector.Map }

func (renumbered) Epoch() uint64                   { return 2 }
func (renumbered) Version() uint64                 { return 2 }
func (m renumbered) PID(a netip.Addr) selector.PID { return 6 - m.Map.PID(a) }
func (m renumbered) Name(p selector.PID) (string, string) {
	return m.Map.Name(6 - p)
}
func (m renumbered) Row(home selector.PID, outward bool) (ends []selector.PID, costs []float32, internal []bool) {
	_, c, in := m.Map.Row(6-home, outward)
	for i := range c {
		ends = append(ends, selector.PID(i+2))
		costs = append(costs, c[len(c)-1-i])
		internal = append(internal, in[len(in)-1-i])
	}
	return ends, costs, internal
}

// TestMapsComeAndGo swaps maps under a filled tracker: the same requester is served
// by the map in force, and at random without one.
func TestMapsComeAndGo(t *testing.T) {
	var inForce atomic.Pointer[selector.Map]
	use := func(m selector.Map) { inForce.Store(&m) }
	use(nil)
	tr := newTracker(t, tracker.Config{Map: func() selector.Map { return *inForce.Load() }, Policy: policy(t, "staged", nil)})
	populate(t, tr, 4, 100)
	share := func() float64 {
		home := 0
		for range 100 {
			for _, p := range peersOf(t, announce(t, tr, tracker.AnnounceRequest{Addr: peer(1, 1), Left: 1, NumWant: 50})) {
				if p.Addr().As4()[2] == 1 {
					home++
				}
			}
		}
		return float64(home) / 5000
	}
	for _, step := range []struct {
		what     string
		m        selector.Map
		from, to float64
	}{
		{"no map", nil, 0.22, 0.28},
		{"the lab's map", lab(), 0.65, 0.70},
		{"the same, renumbered", renumbered{lab()}, 0.65, 0.70},
		{"a map without the requester", nowhere{}, 0.22, 0.28},
		{"the lab's map again", lab(), 0.65, 0.70},
	} {
		use(step.m)
		if got := share(); got < step.from || got > step.to {
			t.Errorf("%s: %.3f of the peers are from home, want %v to %v", step.what, got, step.from, step.to)
		}
	}
	s := tr.Stats()
	if s.NoMap == 0 || s.NoPID == 0 || s.Guided == 0 || s.PeersFromHome == 0 || s.PeersReturned <= s.PeersFromHome {
		t.Errorf("stats %+v", s)
	}
}

func TestExplain(t *testing.T) {
	tr := newTracker(t, tracker.Config{Map: lab, Policy: policy(t, "staged", nil)})
	populate(t, tr, 4, 100)
	before := tr.Store().Totals()
	e := tr.Explain(tracker.Question{InfoHash: hash, IP: peer(1, 1).Addr(), NumWant: -1})
	if e.Guidance != "guided" || e.Source != "world" || e.PID != "pid-1" || e.NumWant != 50 || len(e.Peers) != 50 {
		t.Errorf("explained %+v", e)
	}
	taken := 0
	for _, st := range e.Steps {
		taken += st.Taken
	}
	if taken != 50 || e.Steps[1].Name != "home PID" || e.Steps[1].Target != 0.75 {
		t.Errorf("steps %+v", e.Steps)
	}
	for _, p := range e.Peers {
		want := float32(10)
		if p.PID == "pid-1" {
			want = 1
		}
		if p.Cost != want || p.Step == "" {
			t.Errorf("peer %+v, want cost %v", p, want)
		}
	}
	e = tr.Explain(tracker.Question{InfoHash: hash, IP: netip.MustParseAddr("192.0.2.1"), Seeder: true, NumWant: 5, Policy: policy(t, "ranked", nil)})
	if e.Guidance != "no_pid" || e.Source != "" || e.PID != "" || len(e.Peers) != 5 || e.Peers[0].Step != "anyone" || e.Peers[0].Seeder {
		t.Errorf("a stranger's explanation: %+v", e)
	}
	if after := tr.Store().Totals(); after != before {
		t.Errorf("explaining changed %+v to %+v", before, after)
	}
}

func TestAnnounceAllocatesNothing(t *testing.T) {
	tr := newTracker(t, tracker.Config{Map: lab, Policy: policy(t, "matrix", nil)})
	populate(t, tr, 4, 100)
	req := tracker.AnnounceRequest{InfoHash: hash, Addr: peer(1, 1), Left: 1, NumWant: 50, Now: noon}
	resp := tracker.AnnounceResponse{Peers: make([]byte, 0, 1200)}
	once := func() {
		resp.Reset()
		if err := tr.Announce(&req, &resp); err != nil {
			t.Fatal(err)
		}
	}
	once() // compiles the plan
	if n := testing.AllocsPerRun(1000, once); n != 0 {
		t.Errorf("%v allocations an announce, want 0", n)
	}
}

func TestAnnouncesRace(t *testing.T) {
	tr := newTracker(t, tracker.Config{Map: lab, Policy: policy(t, "staged", nil)})
	var wg sync.WaitGroup
	for worker := range 4 {
		wg.Go(func() {
			for i := range 2000 {
				announce(t, tr, tracker.AnnounceRequest{
					InfoHash: swarm.InfoHash{byte(i % 3)}, Addr: peer(1+i%5, worker*50+i%50),
					Left: int64(i % 2), NumWant: 30, Event: tracker.Event(i % 5),
				})
				if i%500 == 0 {
					tr.Expire(noon.Add(time.Hour))
					tr.Explain(tracker.Question{InfoHash: hash, IP: peer(1, 1).Addr()})
					tr.Stats()
				}
			}
		})
	}
	wg.Wait()
}

func BenchmarkAnnounce(b *testing.B) {
	for _, name := range selector.Names() {
		b.Run(fmt.Sprintf("policy=%s", name), func(b *testing.B) {
			tr := newTracker(b, tracker.Config{Map: lab, Policy: policy(b, name, nil)})
			populate(b, tr, 4, 250)
			resp := tracker.AnnounceResponse{Peers: make([]byte, 0, 1200)}
			req := tracker.AnnounceRequest{InfoHash: hash, Left: 1, NumWant: 50, Now: noon}
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				req.Addr = peer(1+i%4, i%250)
				resp.Reset()
				if err := tr.Announce(&req, &resp); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkCores announces to a thousand swarms from every core at once; with -cpu 1,2,4 it
// tells what announces have in common.
func BenchmarkCores(b *testing.B) {
	tr := newTracker(b, tracker.Config{Map: lab, Policy: policy(b, "staged", nil)})
	const swarms, pids, each = 1000, 4, 25
	announceAs := func(i, worker int, resp *tracker.AnnounceResponse) {
		swarmNumber, pid, n := i%swarms, 1+i/swarms%pids, i/swarms/pids%each
		resp.Reset()
		if err := tr.Announce(&tracker.AnnounceRequest{
			InfoHash: swarm.InfoHash{byte(swarmNumber), byte(swarmNumber >> 8)}, Addr: peer(pid, n),
			Left: 1, NumWant: 50, Now: noon, Lane: worker,
		}, resp); err != nil {
			b.Error(err)
		}
	}
	resp := tracker.AnnounceResponse{Peers: make([]byte, 0, 1200)}
	for i := range swarms * pids * each {
		announceAs(i, 0, &resp)
	}
	var workers atomic.Int64
	b.ReportAllocs()
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		worker := int(workers.Add(1))
		resp := tracker.AnnounceResponse{Peers: make([]byte, 0, 1200)}
		for i := worker * 7919; pb.Next(); i += 7 {
			announceAs(i, worker, &resp)
		}
	})
}

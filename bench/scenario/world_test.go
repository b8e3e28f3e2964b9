package scenario

import (
	"bytes"
	"math"
	"math/rand/v2"
	"net/netip"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/altracker/altracker/altoclient"
	"github.com/altracker/altracker/bench/sim"
	"github.com/altracker/altracker/bench/topo"
)

func world(t *testing.T, text string) *World {
	t.Helper()
	w, err := parse(t, text).World(1)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func TestSameSeedSameWorld(t *testing.T) {
	s := parse(t, but("swarm: {file: 1 MiB, piece: 16 KiB, until: 1h, arrivals: {kind: decay, tau: 5m, over: 20m}, aborts: {median: 10m}, seeding: 3m, unreachable: 0.5}"))
	a, errA := s.World(3)
	b, errB := s.World(3)
	other, errC := s.World(4)
	if errA != nil || errB != nil || errC != nil {
		t.Fatal(errA, errB, errC)
	}
	if !slices.Equal(a.Peers, b.Peers) || !bytes.Equal(a.Servers[0].NetworkMap, b.Servers[0].NetworkMap) {
		t.Error("two worlds of one seed differ")
	}
	if slices.Equal(a.Peers, other.Peers) {
		t.Error("worlds of two seeds are the same")
	}
}

// TestPatienceLeavesArrivalsAlone: what one key draws leaves the others as they are.
func TestPatienceLeavesArrivalsAlone(t *testing.T) {
	a := world(t, but("swarm: {file: 1 MiB, piece: 16 KiB, until: 1h, arrivals: {over: 20m}, seeding: 3m}"))
	b := world(t, but("swarm: {file: 1 MiB, piece: 16 KiB, until: 1h, arrivals: {over: 20m}, seeding: 3m, aborts: {median: 10m}, unreachable: 0.5}"))
	for i := range a.Peers {
		b.Peers[i].Abort, b.Peers[i].Unreachable = 0, false
	}
	if !slices.Equal(a.Peers, b.Peers) {
		t.Error("patience changed something else")
	}
}

func TestEveryAddressIsInItsPIDAlone(t *testing.T) {
	w := world(t, but("peers: {total: 500, where: [{spread: uniform}]}"))
	network, err := altoclient.ParseNetworkMap(bytes.NewReader(w.Servers[0].NetworkMap), altoclient.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	seen := map[netip.Addr]bool{}
	for _, p := range w.Peers {
		if seen[p.Addr.Addr()] {
			t.Fatalf("%v is there twice", p.Addr)
		}
		seen[p.Addr.Addr()] = true
		if name := network.Name(network.PID(p.Addr.Addr())); name != w.PIDs[p.Place] {
			t.Errorf("%v is in %s, want %s", p.Addr, name, w.PIDs[p.Place])
		}
	}
}

func TestPlansHaveRoom(t *testing.T) {
	for _, pids := range []int{1, 2, 12, 255, 256, 1182, 2000, 5000} {
		p := newPlan(pids)
		last := p.block(pids - 1)
		if !netip.MustParsePrefix("10.0.0.0/8").Overlaps(last) || p.block(0).Overlaps(last) && pids > 1 {
			t.Errorf("%d PIDs: the last has %v", pids, last)
		}
		for n := range min(p.hosts(), 5000) {
			if a := p.host(pids-1, n); !last.Contains(a) {
				t.Fatalf("%d PIDs: host %d is %v, outside %v", pids, n, a, last)
			}
		}
		if p.hosts() < 1000 {
			t.Errorf("%d PIDs: %d hosts each", pids, p.hosts())
		}
	}
}

func TestSpreads(t *testing.T) {
	g := &topo.Graph{
		Nodes: []topo.Node{{Name: "a1"}, {Name: "a2"}, {Name: "b1", ISP: 1}, {Name: "transit", ISP: 2}},
		Links: []topo.Link{{A: 0, B: 1}, {A: 0, B: 2}, {A: 0, B: 3}},
	}
	for _, c := range []struct {
		name  string
		peers Peers
		want  []int
	}{
		{"even", Peers{Total: 10}, []int{3, 4, 3, 0}},
		{"parts", Peers{Total: 10, Where: []Where{{At: "a*", Share: 3}, {At: "b*", Share: 2}}}, []int{3, 3, 4, 0}},
		{"by degree", Peers{Total: 10, Where: []Where{{Spread: "degree"}}}, []int{6, 2, 2, 0}},
	} {
		got, err := c.peers.spread(g, rand.New(rand.NewPCG(1, 1)))
		if err != nil || !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, %v, want %v", c.name, got, err, c.want)
		}
	}
	if _, err := (&Peers{Total: 10, Where: []Where{{At: "c*"}}}).spread(g, rand.New(rand.NewPCG(1, 1))); err == nil {
		t.Error("peers are where there is no node")
	}
}

func TestZipfFollowsItsExponent(t *testing.T) {
	g := &topo.Graph{Nodes: make([]topo.Node, 20)}
	counts, err := (&Peers{Total: 10_000, Where: []Where{{Spread: "zipf", S: 1}}}).spread(g, rand.New(rand.NewPCG(1, 1)))
	if err != nil {
		t.Fatal(err)
	}
	slices.SortFunc(counts, func(a, b int) int { return b - a })
	for rank := range 5 {
		if ratio := float64(counts[0]) / float64(counts[rank]); math.Abs(ratio-float64(rank+1)) > 0.05 {
			t.Errorf("rank %d has %d peers, the first %d", rank+1, counts[rank], counts[0])
		}
	}
}

func TestApportionLosesNobody(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range 300 {
		weights := make([]float64, 1+rng.IntN(30))
		for i := range weights {
			weights[i] = rng.Float64()
		}
		n, sum := rng.IntN(100), 0
		for _, part := range apportion(n, weights) {
			if part < 0 {
				t.Fatalf("a part of %d", part)
			}
			sum += part
		}
		if sum != n {
			t.Fatalf("parts sum up to %d, want %d", sum, n)
		}
	}
}

func TestClassesAreSharedByISP(t *testing.T) {
	w := world(t, but("access: {draw: isp, at: [{at: '"+firstName(t)+"', class: fixed}], classes: {dsl: {up: 1 Mbit/s, down: 8 Mbit/s}, fibre: {up: 9 Mbit/s, down: 9 Mbit/s}, fixed: {share: 0.0001, up: 3 Mbit/s, down: 3 Mbit/s}}}"))
	class := map[int]string{}
	for i, p := range w.Peers {
		isp := w.Graph.Nodes[p.Place].ISP
		if w.Graph.Nodes[p.Place].Name == firstName(t) {
			if w.Classes[i] != "fixed" {
				t.Errorf("class %s where %s is fixed", w.Classes[i], firstName(t))
			}
			continue
		}
		if class[isp] == "" {
			class[isp] = w.Classes[i]
		}
		if class[isp] != w.Classes[i] {
			t.Errorf("ISP %d has %s and %s", isp, class[isp], w.Classes[i])
		}
	}
}

func firstName(t *testing.T) string {
	t.Helper()
	g, err := topo.Builtin("abilene")
	if err != nil {
		t.Fatal(err)
	}
	return g.Nodes[0].Name
}

func TestArrivalsFollowTheirKind(t *testing.T) {
	const n = 4000
	for _, c := range []struct {
		a    Arrivals
		half time.Duration // by when half have come
	}{
		{Arrivals{Over: Duration(time.Hour)}, 30 * time.Minute},
		{Arrivals{Kind: "poisson", Over: Duration(time.Hour)}, 30 * time.Minute},
		{Arrivals{Kind: "decay", Tau: Duration(10 * time.Minute), Over: Duration(10 * time.Hour)}, (10 * time.Minute * 693) / 1000},
	} {
		at := c.a.times(n, rand.New(rand.NewPCG(1, 1)))
		if !slices.IsSorted(at) || at[n-1] > time.Duration(c.a.Over) {
			t.Errorf("%s: the last comes at %v", c.a.Kind, at[n-1])
		}
		if off := math.Abs(float64(at[n/2]-c.half)) / float64(c.half); off > 0.06 {
			t.Errorf("%s: half have come by %v, want %v", c.a.Kind, at[n/2], c.half)
		}
	}
}

func TestHalfOfAPIDLeaves(t *testing.T) {
	peers := make([]sim.Peer, 1000)
	for i := range peers {
		peers[i].Place = i % 3 % 2 // place 0 has two thirds
		peers[i].Arrive = time.Minute
	}
	g := &topo.Graph{Nodes: []topo.Node{{Name: "a"}, {Name: "b"}}}
	if err := (&Leave{Share: 0.5, After: Duration(5 * time.Minute)}).strike(g, peers, rand.New(rand.NewPCG(1, 1))); err != nil {
		t.Fatal(err)
	}
	struck := 0
	for _, p := range peers {
		if p.Abort != 0 {
			struck++
			if p.Place != 0 || p.Abort != 4*time.Minute {
				t.Fatalf("%+v", p)
			}
		}
	}
	if struck < 290 || struck > 375 {
		t.Errorf("%d of 667 left, want about half", struck)
	}
}

// misplaced is the share of addresses that a map has in another PID than they are in.
func misplaced(t *testing.T, w *World) float64 {
	t.Helper()
	network, err := altoclient.ParseNetworkMap(bytes.NewReader(w.Servers[0].NetworkMap), altoclient.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	wrong := 0
	for _, p := range w.Peers {
		if network.Name(network.PID(p.Addr.Addr())) != w.PIDs[p.Place] {
			wrong++
		}
	}
	return float64(wrong) / float64(len(w.Peers))
}

func TestFaults(t *testing.T) {
	with := func(m string) *World {
		return world(t, but("peers: {total: 3000, where: [{spread: uniform}]}")+"\nmap: "+m+"\n")
	}
	if share := misplaced(t, with("{}")); share != 0 {
		t.Errorf("without a fault %v are misplaced", share)
	}
	for _, fault := range []string{"wrong", "stale"} {
		if share := misplaced(t, with("{fault: "+fault+", share: 0.2, links: 0}")); share < 0.1 || share > 0.3 {
			t.Errorf("%s: %v are misplaced, want about 0.2", fault, share)
		}
	}
	if w := with("{fault: poisoned}"); misplaced(t, w) != 1./3000 {
		t.Errorf("poisoned: %v are misplaced, want one", misplaced(t, w))
	}
	if w := with("{fault: absent}"); len(w.Servers) != 0 || w.Absent() != 0 {
		t.Error("absent: there is a server")
	}
	if w := with("{fault: absent, after: 3m}"); len(w.Servers) == 0 || w.Absent() != 3*time.Minute {
		t.Error("absent after a while: there is no server, or for ever")
	}
}

func costsOf(t *testing.T, w *World) func(from, to string) float64 {
	t.Helper()
	network, err := altoclient.ParseNetworkMap(bytes.NewReader(w.Servers[0].NetworkMap), altoclient.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	costs, err := altoclient.ParseCostMap(bytes.NewReader(w.Servers[0].CostMap), network, altoclient.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	numbers := map[string]uint32{}
	for pid := 1; pid <= network.PIDs(); pid++ {
		numbers[network.Name(uint32(pid))] = uint32(pid)
	}
	return func(from, to string) float64 { return float64(costs.Cost(numbers[from], numbers[to])) }
}

func TestCostsFollowTheGraph(t *testing.T) {
	w := world(t, minimal)
	cost := costsOf(t, w)
	for a := range w.PIDs {
		for b := range w.PIDs {
			if got, want := cost(w.PIDs[a], w.PIDs[b]), 1+float64(w.Routes.Hops(a, b)); got != want {
				t.Errorf("cost of %s to %s is %v, want %v", w.PIDs[a], w.PIDs[b], got, want)
			}
		}
	}
	inverted := costsOf(t, world(t, minimal+"\nmap: {fault: inverted}\n"))
	if here, there := inverted(w.PIDs[0], w.PIDs[0]), inverted(w.PIDs[0], w.PIDs[5]); here <= there {
		t.Errorf("inverted: home costs %v, another PID %v", here, there)
	}
}

func TestOutsideISPsBuyTransit(t *testing.T) {
	w := world(t, but("topology: {graph: abilene, isps: one, outside: {isps: 3, gateways: 2, capacity: 80 Mbit/s, delay: 10ms}}"))
	home, all := 0, map[int]bool{}
	for _, n := range w.Graph.Nodes {
		all[n.ISP] = true
		if n.ISP == 0 {
			home++
		}
	}
	if len(all) != 5 || home != len(w.Graph.Nodes)-4 {
		t.Errorf("%d ISPs, %d nodes at home of %d", len(all), home, len(w.Graph.Nodes))
	}
	transit := slices.Index(w.PIDs, "transit")
	for _, p := range w.Peers {
		if p.Place == transit {
			t.Error("a peer is in the network that sells transit")
		}
	}
	if into := w.Into(); into[slices.Index(w.PIDs, "outside-2")] != 1e7 {
		t.Errorf("into an outside ISP: %v", into)
	}
}

func TestBackgroundLoadsTheBusiestLinkAsAsked(t *testing.T) {
	w := world(t, but("topology: {graph: abilene, background: 0.6}"))
	load, most := w.Background(), 0.0
	for l, capacity := range w.Network.Capacity {
		most = max(most, load[l]/capacity)
	}
	if math.Abs(most-0.6) > 1e-9 {
		t.Errorf("the busiest link is used by %v, want 0.6", most)
	}
}

// TestLiveWorldsAreTheSameElsewhere: addresses alone differ, they are of loopback or of
// the block for benchmarks, and the maps know them.
func TestLiveWorldsAreTheSameElsewhere(t *testing.T) {
	t.Run("loopback", func(t *testing.T) { checkElsewhere(t, (*Scenario).Loopback, [2]byte{127, 0}) })
	t.Run("lab", func(t *testing.T) { checkElsewhere(t, (*Scenario).Lab, [2]byte{198, 18}) })
}

func checkElsewhere(t *testing.T, live func(*Scenario, uint64) (*World, error), room [2]byte) {
	t.Helper()
	s, err := Load("live-uneven")
	if err != nil {
		t.Fatal(err)
	}
	usual, err := s.World(3)
	if err != nil {
		t.Fatal(err)
	}
	elsewhere, err := live(s, 3)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[netip.Addr]bool{}
	for i, p := range elsewhere.Peers {
		at := p.Addr.Addr()
		if want := netip.PrefixFrom(netip.AddrFrom4([4]byte{room[0], room[1], byte(p.Place + 1)}), 24); !want.Contains(at) || seen[at] {
			t.Errorf("peer %d of place %d is at %v, want one of its own in %v", i, p.Place, at, want)
		}
		seen[at] = true
		p.Addr = usual.Peers[i].Addr
		if p != usual.Peers[i] {
			t.Errorf("peer %d is %+v, want %+v", i, p, usual.Peers[i])
		}
		prefix, _ := at.Prefix(28)
		for _, server := range elsewhere.Servers {
			if !bytes.Contains(server.NetworkMap, []byte(strconv.Quote(prefix.String()))) {
				t.Errorf("the map of %s does not have %v", server.Name, prefix)
			}
		}
	}
	if len(elsewhere.Servers) != len(usual.Servers) {
		t.Errorf("%d servers, want %d", len(elsewhere.Servers), len(usual.Servers))
	}
}

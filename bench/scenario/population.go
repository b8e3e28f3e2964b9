package scenario

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"time"

	"github.com/altracker/altracker/bench/sim"
	"github.com/altracker/altracker/bench/topo"
)

// port is where all peers listen.
const port = 6881

// streams of chance: what one draws leaves the others as they are.
const (
	streamSpread uint64 = iota + 1
	streamSeeds
	streamAccess
	streamArrivals
	streamPatience
	streamReach
	streamFaults
)

func chance(seed, stream uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, stream)) }

// population is the peers of a world: seeds first, then leechers as they arrive.
type population struct {
	peers   []sim.Peer
	classes []string // of access, in the order of peers
}

func (s *Scenario) populate(g *topo.Graph, seed uint64, addresses plan) (population, error) {
	counts, err := s.Peers.spread(g, chance(seed, streamSpread))
	if err != nil {
		return population{}, err
	}
	for node, n := range counts {
		if n > addresses.hosts() {
			return population{}, fmt.Errorf("peers: %d in %s: a PID of so many has room for %d", n, g.Nodes[node].Name, addresses.hosts())
		}
	}
	seeds, leechers, err := s.cast(g, counts, chance(seed, streamSeeds))
	if err != nil {
		return population{}, err
	}
	b := builder{
		scenario: s, addresses: addresses, used: make([]int, len(g.Nodes)),
		access: s.Access.lines(g, chance(seed, streamAccess)), patience: chance(seed, streamPatience), reach: chance(seed, streamReach),
	}
	for _, node := range seeds {
		b.seed(node)
	}
	for i, at := range s.Swarm.Arrivals.times(len(leechers), chance(seed, streamArrivals)) {
		b.leecher(leechers[i], at)
	}
	return b.population, s.Swarm.Leave.strike(g, b.peers, chance(seed, streamFaults))
}

// cast says who seeds, and puts the others in an order of chance.
func (s *Scenario) cast(g *topo.Graph, counts []int, rng *rand.Rand) (seeds, leechers []int, err error) {
	left := append([]int(nil), counts...)
	n := or(s.Swarm.Seeds, 1)
	if s.Swarm.SeedsAt != "" {
		nodes := matching(g, s.Swarm.SeedsAt)
		if len(nodes) == 0 {
			return nil, nil, fmt.Errorf("swarm.seeds_at: %q: no node of the graph is called so", s.Swarm.SeedsAt)
		}
		rng.Shuffle(len(nodes), func(i, j int) { nodes[i], nodes[j] = nodes[j], nodes[i] })
		for i := range n {
			node := nodes[i%len(nodes)]
			seeds = append(seeds, node)
			left[node] = max(left[node]-1, 0)
		}
	}
	for node, k := range left {
		for range k {
			leechers = append(leechers, node)
		}
	}
	rng.Shuffle(len(leechers), func(i, j int) { leechers[i], leechers[j] = leechers[j], leechers[i] })
	if s.Swarm.SeedsAt == "" {
		seeds, leechers = leechers[:n], leechers[n:]
	}
	return seeds, leechers, nil
}

// builder makes the peers of a population.
type builder struct {
	population
	scenario        *Scenario
	addresses       plan
	used            []int // addresses, by node
	access          *lines
	patience, reach *rand.Rand
}

func (b *builder) add(node int) *sim.Peer {
	class := b.access.class(node)
	up, down := b.access.rates(class)
	b.classes = append(b.classes, class)
	b.peers = append(b.peers, sim.Peer{
		Addr:  netip.AddrPortFrom(b.addresses.host(node, b.used[node]), port),
		Place: node, Up: up, Down: down,
	})
	b.used[node]++
	return &b.peers[len(b.peers)-1]
}

func (b *builder) seed(node int) {
	p := b.add(node)
	p.Seed, p.SeedFor = true, -1
	if up := b.scenario.Swarm.SeedUp; up > 0 {
		p.Up = float64(up)
	}
	if stay := b.scenario.Swarm.SeedsFor; stay > 0 {
		p.SeedFor = time.Duration(stay)
	}
}

func (b *builder) leecher(node int, at time.Duration) {
	p := b.add(node)
	p.Arrive = at
	p.Abort = b.scenario.Swarm.Aborts.patience(b.patience)
	p.SeedFor = b.scenario.Swarm.stay(b.patience)
	p.Unreachable = b.reach.Float64() < b.scenario.Swarm.Unreachable
}

// strike has a share of a PID's leechers leave at one time, unless they are complete.
func (l *Leave) strike(g *topo.Graph, peers []sim.Peer, rng *rand.Rand) error {
	if l.Share == 0 {
		return nil
	}
	nodes := matching(g, l.At)
	if len(nodes) == 0 {
		return fmt.Errorf("swarm.leave.at: %q: no node of the graph is called so", l.At)
	}
	counts := make([]int, len(g.Nodes))
	for i := range peers {
		if !peers[i].Seed {
			counts[peers[i].Place]++
		}
	}
	most := nodes[0]
	for _, node := range nodes {
		if counts[node] > counts[most] {
			most = node
		}
	}
	for i := range peers {
		p := &peers[i]
		if p.Place != most || p.Seed || p.Arrive >= time.Duration(l.After) || rng.Float64() >= l.Share {
			continue
		}
		if left := time.Duration(l.After) - p.Arrive; p.Abort == 0 || left < p.Abort {
			p.Abort = left
		}
	}
	return nil
}

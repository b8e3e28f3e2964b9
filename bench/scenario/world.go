package scenario

import (
	"fmt"
	"math"
	"net/netip"
	"time"

	"github.com/altracker/altracker/bench/sim"
	"github.com/altracker/altracker/bench/topo"
)

// World is a scenario with a seed: all that is there before a policy says anything. It
// is shared and never changes.
type World struct {
	Scenario *Scenario
	Seed     uint64
	Graph    *topo.Graph // as it is; a place of the simulation is a node
	Routes   *topo.Routes
	PIDs     []string // names by node, as maps have them
	ISPs     []string // names by the number of topo.Node.ISP

	Peers   []sim.Peer
	Classes []string // of access, in the order of Peers
	Network sim.Network

	// Servers is the ALTO servers; none if nobody has one, or none answers.
	Servers []Server

	addresses plan
}

// Server is what one ALTO server says.
type Server struct {
	Name                             string // of the ISP
	NetworkMap, CostMap, PropertyMap []byte
	Requesters                       []netip.Prefix // whom it guides
	Internal                         []string       // names of its own PIDs
}

// World makes the world of a seed.
func (s *Scenario) World(seed uint64) (*World, error) {
	w, err := s.world(seed, newPlan)
	if err != nil {
		return nil, fmt.Errorf("scenario %s: %w", s.Name, err)
	}
	return w, nil
}

// Loopback makes the same world with addresses that this machine has: peer n of the
// place p is 127.0.(p+1).n or so, and so are the maps.
func (s *Scenario) Loopback(seed uint64) (*World, error) { return s.live(seed, loopback) }

// Lab makes the same world with addresses that are nobody's, for network namespaces: peer
// n of the place p is 198.18.(p+1).n or so. The PID 255 is nobody's.
func (s *Scenario) Lab(seed uint64) (*World, error) { return s.live(seed, lab) }

func (s *Scenario) live(seed uint64, room netip.Prefix) (*World, error) {
	w, err := s.world(seed, func(int) plan { return newLive(room) })
	if err == nil && len(w.Graph.Nodes) > mostLive {
		err = fmt.Errorf("topology: %d places: want at most %d for real clients", len(w.Graph.Nodes), mostLive)
	}
	if err != nil {
		return nil, fmt.Errorf("scenario %s: %w", s.Name, err)
	}
	return w, nil
}

func (s *Scenario) world(seed uint64, addresses func(pids int) plan) (*World, error) {
	intact, err := s.Topology.Network()
	if err != nil {
		return nil, err
	}
	w := &World{
		Scenario: s, Seed: seed, Graph: intact, PIDs: pidNames(intact), ISPs: ispNames(intact),
		addresses: addresses(len(intact.Nodes)),
	}
	crowd, err := s.populate(intact, seed, w.addresses)
	if err != nil {
		return nil, err
	}
	w.Peers, w.Classes = crowd.peers, crowd.classes
	faults := chance(seed, streamFaults)
	if s.Map.Fault == "stale" {
		if w.Graph, err = s.Map.broken(intact, faults); err != nil {
			return nil, err
		}
	}
	if w.Routes, err = w.Graph.Route(); err != nil {
		return nil, err
	}
	w.Network = network(w.Graph, w.Routes)
	if w.Servers, err = w.servers(intact, faults); err != nil {
		return nil, err
	}
	return w, nil
}

func network(g *topo.Graph, routes *topo.Routes) sim.Network {
	n := sim.Network{
		Path: routes.Path,
		RTT:  func(from, to int) time.Duration { return routes.Delay(from, to) + routes.Delay(to, from) },
	}
	for _, l := range g.Links {
		c := l.Capacity
		if c == 0 {
			c = math.Inf(1)
		}
		n.Capacity = append(n.Capacity, c, c)
	}
	return n
}

// Absent returns from when on there is no map; 0: there is one for ever, or never was.
func (w *World) Absent() time.Duration {
	if w.Scenario.Map.Fault != "absent" {
		return 0
	}
	return time.Duration(w.Scenario.Map.After)
}

// Cost returns what traffic between two places costs, whatever the maps say.
func (w *World) Cost(from, to int) float64 {
	return w.Scenario.Map.cost(w.Graph, w.Routes, from, to)
}

// ISPOf returns the number of each place's ISP.
func (w *World) ISPOf() []int {
	of := make([]int, len(w.Graph.Nodes))
	for i, n := range w.Graph.Nodes {
		of[i] = n.ISP
	}
	return of
}

// Into returns the sum of what the links into each place carry.
func (w *World) Into() []float64 {
	into := make([]float64, len(w.Graph.Nodes))
	for i, l := range w.Graph.Links {
		into[l.B] += w.Network.Capacity[2*i]
		into[l.A] += w.Network.Capacity[2*i+1]
	}
	return into
}

// Background returns what the graph's own demands put on each directed link, bytes a
// second. Their unit is not told by all data, so that only their proportions count.
func (w *World) Background() []float64 {
	load := make([]float64, len(w.Network.Capacity))
	for _, d := range w.Graph.Demands {
		for _, l := range w.Routes.Path(d.From, d.To) {
			load[l] += d.Rate
		}
	}
	most := 0.0
	for l, capacity := range w.Network.Capacity {
		most = max(most, load[l]/capacity)
	}
	for l := range load {
		if most > 0 {
			load[l] *= w.Scenario.Topology.Background / most
		}
	}
	return load
}

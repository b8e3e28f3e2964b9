package topo

import (
	"fmt"
	"math"
	"time"
)

// Delays of links that no data places on a map.
const (
	MetroDelay = 2 * time.Millisecond  // within a network, near by
	TrunkDelay = 5 * time.Millisecond  // within a network
	InterDelay = 10 * time.Millisecond // between networks
)

// sketch is a graph being drawn.
type sketch struct{ Graph }

func (s *sketch) node(isp int, format string, args ...any) int {
	s.Nodes = append(s.Nodes, Node{Name: fmt.Sprintf(format, args...), ISP: isp, Lat: math.NaN(), Lon: math.NaN()})
	return len(s.Nodes) - 1
}

func (s *sketch) link(a, b int, r Relation, d time.Duration) {
	s.Links = append(s.Links, Link{A: a, B: b, Capacity: math.Inf(1), Delay: d, Relation: r})
}

// bindal is 14 ISPs that buy transit of one provider, as in the simulations of Bindal et
// al. (ICDCS 2006), which say no more of the network.
func bindal() *Graph {
	s := &sketch{Graph{Name: "bindal"}}
	transit := s.node(0, "transit")
	for i := range 14 {
		s.link(s.node(i+1, "isp-%d", i+1), transit, Transit, InterDelay)
	}
	return &s.Graph
}

// province is the part of a national network that draft-lee-alto-chinatelecom-trial is
// about: a backbone with 11 metropolitan networks, and the rest of the country behind an
// exchange.
func province() *Graph {
	s := &sketch{Graph{Name: "chinatelecom"}}
	core := s.node(0, "core")
	for i := range 11 {
		s.link(s.node(0, "man-%d", i+1), core, Internal, MetroDelay)
	}
	s.behindExchange(core)
	return &s.Graph
}

// behindExchange adds eight other networks that meet the core at an exchange.
func (s *sketch) behindExchange(core int) {
	exchange := s.node(1, "exchange")
	s.link(core, exchange, Transit, InterDelay)
	for i := range 8 {
		s.link(s.node(i+2, "rest-%d", i+1), exchange, Transit, InterDelay)
	}
}

// cable is a cable operator of the shape of RFC 5632's trial: 21 regions around a backbone,
// each with so many access networks, and the rest of the Internet behind an exchange.
func cable(name string, access int) *Graph {
	s := &sketch{Graph{Name: name}}
	core := s.node(0, "core")
	for i := range 21 {
		region := s.node(0, "region-%d", i+1)
		s.link(region, core, Internal, TrunkDelay)
		for j := range access {
			s.link(s.node(0, "region-%d-node-%d", i+1, j+1), region, Internal, MetroDelay)
		}
	}
	s.behindExchange(core)
	return &s.Graph
}

// provider is a network of 1,700 nodes, as many as the largest ALTO deployment reported has
// PIDs: 20 cores in a ring with chords, six regions each, 13 access networks a region.
func provider() *Graph {
	const cores, regions, access = 20, 6, 13
	s := &sketch{Graph{Name: "isp1700"}}
	for i := range cores {
		s.node(0, "core-%d", i+1)
	}
	for i := range cores {
		s.link(i, (i+1)%cores, Internal, TrunkDelay)
		if i%2 == 0 && i < cores/2 {
			s.link(i, i+cores/2, Internal, 2*TrunkDelay)
		}
	}
	for i := range cores {
		for j := range regions {
			region := s.node(0, "region-%d-%d", i+1, j+1)
			s.link(region, i, Internal, TrunkDelay)
			for k := range access {
				s.link(s.node(0, "access-%d-%d-%d", i+1, j+1, k+1), region, Internal, MetroDelay)
			}
		}
	}
	return &s.Graph
}

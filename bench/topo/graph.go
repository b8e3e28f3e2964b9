package topo

import (
	"fmt"
	"math"
	"time"
)

// Graph is a network: nodes joined by links.
type Graph struct {
	Name    string
	Nodes   []Node
	Links   []Link
	Demands []Demand // background traffic, where the data has it
}

// Node is a place that traffic comes from, goes to or passes: a router, a city, an AS.
type Node struct {
	Name    string
	Country string
	ISP     int // which network it is of; 0 where the whole graph is one

	Lat, Lon float64 // degrees; NaN if not known
}

// Link joins two nodes and carries traffic either way, each with the same capacity.
type Link struct {
	A, B     int           // nodes
	Capacity float64       // bytes a second, each way; +Inf: without limit, or not known
	Delay    time.Duration // one way
	Weight   float64       // for routing; 0 means 1
	Relation Relation
}

// Relation is what two networks are to one another.
type Relation uint8

// What two networks are to one another, or the ends of a link within one.
const (
	Internal Relation = iota // both ends are of one network
	Peering                  // neither pays
	Transit                  // A is the customer of B
)

func (r Relation) String() string {
	switch r {
	case Peering:
		return "peering"
	case Transit:
		return "transit"
	}
	return "internal"
}

// Demand is traffic from one node to another, in bytes a second.
type Demand struct {
	From, To int
	Rate     float64
}

// Check tells what is wrong with a graph: a link to a node that is not there, a length or
// capacity below 0, nodes that no path joins.
func (g *Graph) Check() error {
	if len(g.Nodes) == 0 {
		return fmt.Errorf("graph %q has no nodes", g.Name)
	}
	for i, l := range g.Links {
		switch {
		case l.A < 0 || l.A >= len(g.Nodes) || l.B < 0 || l.B >= len(g.Nodes):
			return fmt.Errorf("graph %q: link %d joins nodes %d and %d of %d", g.Name, i, l.A, l.B, len(g.Nodes))
		case l.A == l.B:
			return fmt.Errorf("graph %q: link %d joins node %q to itself", g.Name, i, g.Nodes[l.A].Name)
		case !(l.Capacity > 0):
			return fmt.Errorf("graph %q: link %d from %q to %q has a capacity of %v", g.Name, i, g.Nodes[l.A].Name, g.Nodes[l.B].Name, l.Capacity)
		case l.Delay < 0 || l.Weight < 0 || math.IsNaN(l.Weight) || math.IsInf(l.Weight, 0):
			return fmt.Errorf("graph %q: link %d from %q to %q has a delay of %v and a weight of %v", g.Name, i, g.Nodes[l.A].Name, g.Nodes[l.B].Name, l.Delay, l.Weight)
		}
	}
	for i, d := range g.Demands {
		if d.From < 0 || d.From >= len(g.Nodes) || d.To < 0 || d.To >= len(g.Nodes) || !(d.Rate >= 0) {
			return fmt.Errorf("graph %q: demand %d of %v bytes a second from node %d to node %d", g.Name, i, d.Rate, d.From, d.To)
		}
	}
	return nil
}

// cableRoute is how much longer a cable is than the great circle between its ends.
const cableRoute = 1.4

// CableDelay is how long light in a fibre takes for a great circle of so many kilometres:
// 200 km a millisecond, along a cable that is longer by two fifths.
func CableDelay(km float64) time.Duration {
	return time.Duration(km * cableRoute / 200 * float64(time.Millisecond))
}

const earthRadius = 6371.0 // km

// Distance is the great circle between two nodes in kilometres; NaN if the place of one is
// not known.
func Distance(a, b Node) float64 {
	const degree = math.Pi / 180
	dLat, dLon := (b.Lat-a.Lat)*degree/2, (b.Lon-a.Lon)*degree/2
	h := math.Sin(dLat)*math.Sin(dLat) + math.Cos(a.Lat*degree)*math.Cos(b.Lat*degree)*math.Sin(dLon)*math.Sin(dLon)
	return 2 * earthRadius * math.Asin(math.Sqrt(min(h, 1)))
}

package scenario

import (
	"math/rand/v2"
	"net/netip"
	"slices"

	"github.com/altracker/altracker/bench/topo"
)

// servers makes what the ALTO servers say, with what is wrong with it. Their maps are of
// the graph as it was when they were made.
func (w *World) servers(made *topo.Graph, rng *rand.Rand) ([]Server, error) {
	m := &w.Scenario.Map
	if m.Fault == "absent" && m.After == 0 {
		return nil, nil
	}
	routes := w.Routes
	if made != w.Graph {
		var err error
		if routes, err = made.Route(); err != nil {
			return nil, err
		}
	}
	d := draft{
		pids:   slices.Clone(w.PIDs),
		places: w.addresses.table(len(made.Nodes)),
		costs:  m.matrix(made, routes),
		graph:  made,
		isps:   w.ISPs,
	}
	d.spoil(w, rng)
	documents := d.documents()
	var list []Server
	for isp, name := range w.ISPs {
		if !m.serves(name) {
			continue
		}
		s := Server{Name: plain(name), NetworkMap: documents.network, CostMap: documents.costs, PropertyMap: documents.properties}
		for node := range made.Nodes {
			if made.Nodes[node].ISP == isp {
				s.Internal = append(s.Internal, w.PIDs[node])
				s.Requesters = append(s.Requesters, w.addresses.block(node))
			}
		}
		list = append(list, s)
	}
	return m.merged(list, w.addresses.room), nil
}

// serves tells whether an ISP has an ALTO server.
func (m *Map) serves(isp string) bool {
	if len(m.By) == 0 {
		return true
	}
	return slices.ContainsFunc(m.By, func(by string) bool {
		return by == "isps" || by == "one" || matches(by, isp)
	})
}

// merged makes one server of all, for everybody, if there is to be one. It calls no PID
// its own: it is of no ISP.
func (m *Map) merged(list []Server, everybody netip.Prefix) []Server {
	if !slices.Contains(m.By, "one") || len(list) == 0 {
		return list
	}
	one := list[0]
	one.Name, one.Internal, one.Requesters = "everybody", nil, []netip.Prefix{everybody}
	return []Server{one}
}

// table lists the prefixes of PIDs.
func (p plan) table(pids int) [][]netip.Prefix {
	list := make([][]netip.Prefix, pids)
	for pid := range list {
		list[pid] = p.prefixes(pid)
	}
	return list
}

// block is the prefix that holds all of a PID's.
func (p plan) block(pid int) netip.Prefix { return netip.PrefixFrom(p.address(pid, 0, 0), p.bits) }

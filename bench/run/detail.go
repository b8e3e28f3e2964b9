package run

import (
	"math"
	"time"

	"github.com/altracker/altracker/bench/report"
	"github.com/altracker/altracker/bench/stats"
	"github.com/altracker/altracker/bench/topo"
)

// detail is what plots need of the run.
func (m *measurement) detail(policy string) *report.Detail {
	w := m.world
	d := &report.Detail{Scenario: w.Scenario.Name, Policy: policy, Seed: w.Seed}
	flows := m.isps.flows(m.result.Bytes)
	for isp, name := range w.ISPs {
		t := timesOf(w, m.result, func(peer int) bool { return m.isps.of[w.Peers[peer].Place] == isp })
		one := report.ISP{
			Name: name, Completion: t.took, Unfinished: t.unfinished, P50: stats.Quantile(t.took, 0.5),
			Ingress: flows.in[isp], Egress: flows.out[isp], TransitP95: math.NaN(),
		}
		if m.result.Transit != nil {
			one.TransitP95 = m.crossings(isp).burst(5 * time.Minute)
		}
		d.ISPs = append(d.ISPs, one)
	}
	for i, n := range w.Graph.Nodes {
		d.PIDs = append(d.PIDs, report.PID{Name: w.PIDs[i], ISP: n.ISP})
		d.Nodes = append(d.Nodes, report.Node{Name: n.Name, ISP: n.ISP, Lat: n.Lat, Lon: n.Lon})
	}
	for a, row := range m.result.Bytes {
		for b, n := range row {
			d.Traffic.Add(a, b, n)
		}
	}
	for i := range w.Graph.Links {
		d.Links = append(d.Links, m.link(i))
	}
	return d
}

func (m *measurement) link(i int) report.Link {
	l := m.world.Graph.Links[i]
	there, back := 2*i, 2*i+1
	link := report.Link{
		A: l.A, B: l.B, Capacity: m.world.Network.Capacity[there],
		Bytes: [2]float64{m.result.LinkBytes[there], m.result.LinkBytes[back]},
		Peak:  math.NaN(),
	}
	for _, peak := range []float64{m.loads.peak(there), m.loads.peak(back)} {
		if !math.IsNaN(peak) {
			link.Peak = max(peak, nanLow(link.Peak))
		}
	}
	switch l.Relation {
	case topo.Peering:
		link.Relation = "peering"
	case topo.Transit:
		link.Relation = "transit"
	}
	return link
}

// nanLow is v, or less than any peak if v is not known.
func nanLow(v float64) float64 {
	if math.IsNaN(v) {
		return -1
	}
	return v
}

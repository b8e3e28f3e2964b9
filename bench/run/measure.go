package run

import (
	"fmt"
	"math"
	"time"

	"github.com/altracker/altracker/bench/report"
	"github.com/altracker/altracker/bench/scenario"
	"github.com/altracker/altracker/bench/sim"
)

// measurement is one run and what is read off it.
type measurement struct {
	world  *scenario.World
	result *sim.Result

	pids, isps, countries grouping
	members               []member
	loads                 loads
}

func measure(w *scenario.World, r *sim.Result) *measurement {
	m := &measurement{world: w, result: r, members: membersOf(w, r)}
	m.pids = grouping{of: make([]int, len(w.Graph.Nodes)), groups: len(w.Graph.Nodes)}
	m.isps = grouping{of: w.ISPOf(), groups: len(w.ISPs)}
	m.countries = countriesOf(w)
	for i := range m.pids.of {
		m.pids.of[i] = i
	}
	m.loads = loads{bins: r.LinkBins, seconds: r.Bin.Seconds(), capacity: w.Network.Capacity, background: w.Background()}
	return m
}

// membersOf leaves out peers that the run did not come to.
func membersOf(w *scenario.World, r *sim.Result) (all []member) {
	for i, o := range r.Peers {
		p := w.Peers[i]
		if o.Arrived < 0 && !p.Seed {
			continue
		}
		all = append(all, member{place: p.Place, copied: p.Seed, received: min(o.Received, float64(w.Scenario.Swarm.File))})
	}
	return all
}

func countriesOf(w *scenario.World) grouping {
	g := grouping{of: make([]int, len(w.Graph.Nodes))}
	seen := map[string]int{}
	for i, n := range w.Graph.Nodes {
		if n.Country == "" {
			g.of[i] = -1
			continue
		}
		if _, ok := seen[n.Country]; !ok {
			seen[n.Country] = len(seen)
		}
		g.of[i] = seen[n.Country]
	}
	g.groups = len(seen)
	return g
}

// record is the run's figures; what hangs on the baseline is filled in by compare.
func (m *measurement) record(policy string) report.Record {
	w := m.world
	r := report.Blank()
	r.Scenario, r.Policy, r.Seed, r.Mode, r.Set = w.Scenario.Name, policy, w.Seed, "sim", w.Scenario.Set
	r.Peers, r.FileBytes = len(w.Peers), int64(w.Scenario.Swarm.File)
	m.traffic(&r)
	timesOf(w, m.result, everybody).record(&r)
	r.Jain = fairness(w, m.result)
	m.limits(&r)
	m.overlay(&r)
	return r
}

func (m *measurement) traffic(r *report.Record) {
	w, bytes := m.world, m.result.Bytes
	pids, isps := m.pids.flows(bytes), m.isps.flows(bytes)
	r.IntraPIDShare, r.IntraISPShare = pids.share(), isps.share()
	if m.countries.groups > 0 {
		r.IntraCountryShare = m.countries.flows(bytes).share()
	}
	r.Eta, r.EtaISP = m.pids.eta(pids.share(), m.members), m.isps.eta(isps.share(), m.members)
	r.RedundancyMedian, r.RedundancyMax = medianAndMost(m.isps.redundancy(isps, m.members, float64(r.FileBytes)))
	r.UnitBDP = unitBDP(bytes, w.Routes.Hops)
	r.SeedCopies = m.result.SeedBytes / float64(r.FileBytes)
	if link, peak := m.loads.most(); link >= 0 {
		l := w.Graph.Links[link/2]
		a, b := w.Graph.Nodes[l.A].Name, w.Graph.Nodes[l.B].Name
		if link%2 == 1 {
			a, b = b, a
		}
		r.MLU, r.MostLoadedLink = peak, fmt.Sprintf("%s - %s", a, b)
	}
	r.TransitP95FiveMin, r.TransitP95Hour = m.transit(5*time.Minute), m.transit(time.Hour)
}

// transit is the 95th percentile of what crosses the border of an ISP, summed over all.
func (m *measurement) transit(window time.Duration) float64 {
	if m.result.Transit == nil {
		return math.NaN()
	}
	total := 0.0
	for isp := range m.isps.groups {
		total += m.crossings(isp).burst(window)
	}
	return total
}

func (m *measurement) crossings(isp int) crossings {
	n := m.result.Groups
	c := crossings{bin: m.result.Bin, in: make([]float64, len(m.result.Transit)), out: make([]float64, len(m.result.Transit))}
	for i, bin := range m.result.Transit {
		for other := range n {
			if other != isp {
				c.in[i] += float64(bin[other*n+isp])
				c.out[i] += float64(bin[isp*n+other])
			}
		}
	}
	return c
}

func (m *measurement) limits(r *report.Record) {
	c := crowdOf(m.world)
	r.TMin = max(c.limit(), c.imports(m.world.Into()))
	if c.horizon == 0 {
		r.TMinPolicy = r.TMin * c.stretch(m.result, m.pids.groups)
	}
}

func (m *measurement) overlay(r *report.Record) {
	r.IntroductionsMean, r.IntroductionsMax = 0, 0
	for _, o := range m.result.Peers {
		r.IntroductionsMean += float64(o.Introduced) / float64(len(m.result.Peers))
		r.IntroductionsMax = max(r.IntroductionsMax, float64(o.Introduced))
	}
	if leeching := sum(m.result.Leeching); leeching > 0 {
		r.MissingShare = sum(m.result.Missing) / leeching
	}
	if len(m.result.Overlay.Present) == 0 {
		return
	}
	o := overlay{Overlay: m.result.Overlay}
	for i, p := range m.world.Peers {
		o.place, o.complete = append(o.place, p.Place), append(o.complete, completeBy(m.result.Peers[i], o.At))
	}
	r.Components = float64(o.components())
	if cut := o.leastCut(m.pids); cut >= 0 {
		r.MinCut = float64(cut)
	}
}

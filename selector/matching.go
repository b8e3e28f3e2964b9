package selector

import (
	"cmp"
	"errors"
	"math"
	"slices"
)

// Matching is the bandwidth matching of P4P: it asks who could send how much to whom if
// everybody sent as much as they can, and of all ways to match Beta of the bandwidth that
// could be matched between different PIDs takes the one that costs the networks least. Peers
// of a PID that sends more to the requester's by that plan than it would if all costs were
// alike weigh more in the stages of [Staged], others less, and fast ones more than slow ones.
//
// A weight is each peer's, as that of [Matrix] is: equal costs are no bias, and a plan that
// is some minutes old does not send everybody to a PID whose peers have left. Gamma makes
// weights concave. Rho of each weight is that of Matrix, so that nobody is left out whom
// the plan has no use for.
//
// A seeder counts all of what its class uploads, a leecher 70 % (draft-yang section 5.3). A
// leecher takes up to Demand times what peers upload on average, since access lines are
// asymmetric and trackers are not told; but all leechers together no more than all peers
// can send: otherwise the plan would serve those fully whom it is cheap to serve, and others
// not at all.
//
// Each home PID is judged by its own source, whose costs are compared with no other's:
// there is a plan for each source. Swarms that nobody looked at, and sources whose costs
// are ranks, are answered by Matrix.
//
// Source: Xie et al., P4P: Provider Portal for Applications (SIGCOMM 2008);
// draft-yang-tracker-peer-selection-00 section 5.3; the alto list of March 2010 for Beta.
type Matching struct {
	Matrix
	Beta   float64 // share of the bandwidth that could be matched, 0 to 1
	Rho    float64 // share of the weights that goes by cost alone, 0 to 1
	Demand float64 // of a leecher, in mean uploads of a peer
}

var _ = enter(registration{
	Info: Info{
		Name:    "matching",
		Summary: "as matrix, with weights from supply, demand and costs in the swarm (P4P bandwidth matching)",
		Options: []Option{
			optionIntraPID, optionIntraRegion, optionIntraISP, optionRandom, optionGamma, optionCap,
			{"beta", 0.8, 0, 1, "share of the bandwidth that could be matched that is to be matched, at the least cost"},
			{"rho", 0.1, 0, 1, "share of the weights that goes by cost alone, so that nobody is left out"},
			{"demand", 4, 0, 1000, "what a leecher can take, as a multiple of what a peer uploads on average"},
		},
		Classes: true,
		Breaks:  []Law{FollowsCost}, // a near PID whose upload others need more leaves the requester to a dearer one that has some
	},
	build: func(p parts) (Policy, error) {
		m := Matching{
			Matrix: Matrix{p.staged(), p.values["gamma"], p.values["cap"]},
			Beta:   p.values["beta"], Rho: p.values["rho"], Demand: p.values["demand"],
		}
		return m, errors.Join(p.ordered(), p.capped())
	},
})

// Advise implements [Adviser].
func (m Matching) Advise(network Map, c Census) Policy {
	a := matched{Matching: m, sites: newSites(network, c, m.Demand), plans: map[string]plans{}}
	for _, one := range a.sites {
		if _, there := a.plans[one.source]; !there && one.source != "" && !network.Ordinal(one.pid) {
			a.plans[one.source] = newPlans(network, a.sites, one.source, m.Beta)
		}
	}
	return a
}

// matched is what Matching makes of one swarm.
type matched struct {
	Matching
	sites []site
	plans map[string]plans // by source
}

// List implements [Policy].
func (m matched) List(v View) List {
	plans, ok := m.plans[v.Source]
	home := m.home(v)
	if !ok || home < 0 {
		return m.Matrix.List(v)
	}
	return m.stages(v, func(runs []Run) Step {
		pieces := m.split(v, runs)
		for i, p := range pieces {
			if p.site >= 0 {
				pieces[i].worth = plans.worth(p.site, home, v.Seeder)
			}
		}
		return Step{Spans: m.weigh(pieces, v.Seeder), Cap: m.Cap}
	})
}

// home returns a site that is one with the home PID, -1 if there is none. To another source
// a piece of it may be something else.
func (m matched) home(v View) int {
	for _, s := range v.Homes {
		for i := from(m.sites, s.Lo); i < len(m.sites) && m.sites[i].pid < s.Hi; i++ {
			if m.sites[i].source == v.Source {
				return i
			}
		}
	}
	return -1
}

// piece is of a stage: a PID that has peers, or those between two that have.
type piece struct {
	lo, hi PID
	site   int     // -1: none
	cost   float64 // the weight by cost
	worth  float64 // what the plan makes of it, as a multiple of what even costs would; below 0 if nothing
}

// split cuts the runs of a stage at the PIDs that have peers.
func (m matched) split(v View, runs []Run) (pieces []piece) {
	byCost := Matrix{Gamma: 1}.weights(v, runs)
	for _, r := range runs {
		cost := float64(byCost(r))
		for i := from(m.sites, r.Lo); i < len(m.sites) && m.sites[i].pid < r.Hi; i++ {
			pid := m.sites[i].pid
			if r.Lo < pid {
				pieces = append(pieces, piece{r.Lo, pid, -1, cost, -1})
			}
			pieces = append(pieces, piece{pid, pid + 1, i, cost, -1})
			r.Lo = pid + 1
		}
		if r.Lo < r.Hi {
			pieces = append(pieces, piece{r.Lo, r.Hi, -1, cost, -1})
		}
	}
	return pieces
}

// weigh returns the spans of a stage. Worths and weights by cost are mixed as multiples of
// their means over the stage's bandwidth, so that of each stage Rho goes by cost; where the
// plan has no use for a stage at all, all of it does.
func (m matched) weigh(pieces []piece, seeder bool) (weights []Span) {
	amounts, costs, worths := 0.0, 0.0, 0.0
	for _, p := range pieces {
		if p.worth >= 0 {
			amount := m.sites[p.site].amount(seeder)
			amounts, costs, worths = amounts+amount, costs+amount*p.cost, worths+amount*p.worth
		}
	}
	if amounts == 0 {
		amounts, costs = 1, 1
	}
	bandwidths, most := make([]float64, len(pieces)), 0.0
	for i, p := range pieces {
		bandwidths[i] = p.cost * amounts / costs
		if p.worth >= 0 && worths > 0 {
			bandwidths[i] = m.Rho*bandwidths[i] + (1-m.Rho)*p.worth*amounts/worths
		}
		if p.site >= 0 && !seeder {
			bandwidths[i] *= m.sites[p.site].rate
		}
		most = max(most, bandwidths[i])
	}
	for i, p := range pieces {
		w := float32(math.Pow(bandwidths[i]/most, m.Gamma))
		if n := len(weights); n > 0 && weights[n-1].Hi == p.lo && weights[n-1].Weight == w {
			weights[n-1].Hi = p.hi
		} else if w > 0 {
			weights = append(weights, Span{p.lo, p.hi, w})
		}
	}
	return weights
}

// from returns the first of sites, in the order of PIDs, that is pid or above.
func from(sites []site, pid PID) int {
	i, _ := slices.BinarySearchFunc(sites, pid, func(s site, pid PID) int { return cmp.Compare(s.pid, pid) })
	return i
}

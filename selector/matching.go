package selector

import (
	"errors"
	"math"
)

// Matching is the bandwidth matching of P4P: it asks who could send how much to whom if
// everybody sent as much as they can, and of all ways to match as much bandwidth as nearly
// possible takes the one that costs the networks least. What a PID is sent from another by
// that plan is the other's weight in the stages of [Staged].
//
// A seeder counts all of what its class uploads, a leecher 70 % (draft-yang section 5.3).
// Of the bandwidth that could be matched between different PIDs, Beta is matched. What
// leechers could take is Demand times what peers upload on average: trackers are not told.
// Rho keeps PIDs in play that the plan has no use for.
//
// Each home PID is judged by its own source, whose costs are compared with no other's:
// there is a plan for each source. Swarms that nobody looked at, and sources whose costs
// are ranks, are answered by [Matrix].
//
// Source: Xie et al., P4P: Provider Portal for Applications (SIGCOMM 2008);
// draft-yang-tracker-peer-selection-00 section 5.3; the alto list of March 2010 for Beta.
type Matching struct {
	Matrix
	Beta   float64 // share of the bandwidth that could be matched, 0 to 1
	Rho    float64 // share of the weights that follows the peers instead, 0 to 1
	Demand float64 // of a leecher, in mean uploads of a peer
}

var _ = enter(registration{
	Info: Info{
		Name:    "matching",
		Summary: "as matrix, with weights from supply, demand and costs in the swarm (P4P bandwidth matching)",
		Options: []Option{
			optionIntraPID, optionIntraRegion, optionIntraISP, optionRandom, optionGamma, optionCap,
			{"beta", 0.8, 0, 1, "share of the bandwidth that could be matched that is to be matched, at the least cost"},
			{"rho", 0.1, 0, 1, "share of the weights that follows the number of peers, so that nobody is left out"},
			{"demand", 4, 0, 1000, "what a leecher can take, as a multiple of what a peer uploads on average"},
		},
		Classes: true,
		// Where supply is short, a dearer PID that has some is of more use than a cheaper one that has none.
		Breaks: []Law{FollowsCost, Unbiased},
	},
	build: func(p parts) (Policy, error) {
		m := Matching{
			Matrix: Matrix{p.staged(), p.values["gamma"], p.values["cap"]},
			Beta:   p.values["beta"], Rho: p.values["rho"], Demand: p.values["demand"],
		}
		return m, errors.Join(p.ordered(), p.capped())
	},
})

// leecherSupply is the part of its upload that a leecher counts (draft-yang section 5.3).
const leecherSupply = 0.70

// Advise implements [Adviser].
func (m Matching) Advise(network Map, c Census) Policy {
	bins := newBins(network, c, m.Demand)
	a := matched{Matching: m, bins: bins, plans: map[string][2]*matchPlan{}}
	for source, homes := range bins.bySource {
		if network.Ordinal(bins.list[homes[0]].pid) {
			continue
		}
		inward := bins.plan(network, homes, false, m.Beta)
		outward := inward.reversed()
		if len(homes) < len(bins.list) { // else both are about the same pairs
			outward = bins.plan(network, homes, true, m.Beta)
		}
		a.plans[source] = [2]*matchPlan{inward, outward}
	}
	return a
}

// matched is what Matching makes of one swarm.
type matched struct {
	Matching
	bins  *bins
	plans map[string][2]*matchPlan // by source: for leechers, for seeders
}

// List implements [Policy].
func (m matched) List(v View) List {
	plans, ok := m.plans[v.Source]
	home, there := m.bins.of(v.Home)
	if !ok || !there {
		return m.Matrix.List(v)
	}
	plan := plans[0]
	if v.Seeder {
		plan = plans[1]
	}
	traffic := plan.traffic(home)
	return m.stages(v, func(runs []Run) Step {
		if weights := m.bins.weigh(traffic, spans(runs, even), m.Rho); len(weights) > 0 {
			return Step{Spans: weights, ByPID: true, Cap: m.Cap}
		}
		return m.stage(v, runs) // the plan has no use for the home PID there
	})
}

// matchPlan is who sends how much to whom, as one source would have it.
type matchPlan struct {
	flow    flow
	outward bool        // homes are the suppliers, as they are for a seeder
	places  map[int]int // bin of a home: its place among the homes
	bins    int
}

// reversed is the same plan, for seeders.
func (p *matchPlan) reversed() *matchPlan {
	other := *p
	other.outward = true
	return &other
}

// plan matches bandwidth between the homes of a source and all bins.
func (b *bins) plan(network Map, homes []int, outward bool, beta float64) *matchPlan {
	p := &matchPlan{outward: outward, places: map[int]int{}, bins: len(b.list)}
	t := transport{}
	for range b.list {
		t.cost = append(t.cost, nil)
	}
	if outward {
		t.cost = nil
	}
	for place, home := range homes {
		p.places[home] = place
		row := b.costs(network, home, outward)
		if outward {
			t.cost = append(t.cost, row)
			continue
		}
		for i := range b.list {
			t.cost[i] = append(t.cost[i], row[i])
		}
	}
	for _, bin := range b.list {
		t.supply, t.demand = append(t.supply, bin.supply), append(t.demand, bin.demand)
	}
	if outward {
		t.supply = pickOf(t.supply, homes)
	} else {
		t.demand = pickOf(t.demand, homes)
	}
	p.flow, _ = t.cheapest(beta * t.most(homes, outward))
	return p
}

func pickOf(all []float64, which []int) (some []float64) {
	for _, i := range which {
		some = append(some, all[i])
	}
	return some
}

// most returns how much can be sent at all when everybody may send to everybody but
// themselves: all supply, all demand, or what is left when one bin may not use its own (the
// least cut).
func (t transport) most(homes []int, outward bool) float64 {
	supply, demand := sum(t.supply), sum(t.demand)
	most := math.Min(supply, demand)
	for place, bin := range homes {
		s, d := bin, place
		if outward {
			s, d = place, bin
		}
		most = math.Min(most, supply-t.supply[s]+demand-t.demand[d])
	}
	return most
}

func sum(all []float64) (total float64) {
	for _, v := range all {
		total += v
	}
	return total
}

// traffic returns how much each bin sends to a home, or is sent by it.
func (p *matchPlan) traffic(home int) []float64 {
	place := p.places[home]
	if p.outward {
		return p.flow[place]
	}
	column := make([]float64, p.bins)
	for i := range column {
		column[i] = p.flow[i][place]
	}
	return column
}

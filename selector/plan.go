package selector

import (
	"math"
	"sort"

	"github.com/altracker/altracker/selector/transport"
)

// plans is who sends how much to whom in a swarm, as one source would have it: by all to the
// PIDs that it guides, and by these to all.
type plans struct {
	bins
	inward, outward plan
}

// plan is how much flows from each supplier to each consumer, as a multiple of what would
// flow if all costs were alike; below 0 where nothing would. One end is homes, by their
// place, the other is bins.
type plan [][]float32

// newPlans matches Beta of the bandwidth that could be matched.
func newPlans(network Map, sites []site, source string, beta float64) plans {
	p := plans{bins: newBins(network, sites, source)}
	p.inward = p.plan(network, false, beta)
	if p.outward = p.inward; len(p.homes) < len(p.list) { // else both are about the same pairs
		p.outward = p.plan(network, true, beta)
	}
	return p
}

// worth returns what a site sends to the home PID, or is sent by it if that seeds.
func (p plans) worth(site, home int, seeder bool) float64 {
	place := p.list[p.of[home]].place
	if seeder {
		return float64(p.outward[place][p.of[site]])
	}
	return float64(p.inward[p.of[site]][place])
}

// plan matches bandwidth between all bins and homes, or homes and all bins if outward.
func (p plans) plan(network Map, outward bool, beta float64) plan {
	problem := transport.Problem{Cost: make([][]float64, len(p.list))}
	suppliers, consumers := p.all(), p.homes
	if outward {
		suppliers, consumers = consumers, suppliers
		problem.Cost = problem.Cost[:0]
	}
	for _, i := range suppliers {
		problem.Supply = append(problem.Supply, p.list[i].supply)
	}
	for _, j := range consumers {
		problem.Demand = append(problem.Demand, p.list[j].demand)
	}
	for _, home := range p.homes {
		row := p.costs(network, home, outward)
		if outward {
			problem.Cost = append(problem.Cost, row)
			continue
		}
		for i, cost := range row {
			problem.Cost[i] = append(problem.Cost[i], cost)
		}
	}
	amount := beta * problem.Most()
	return ratio(problem.Cheapest(amount), problem.Even(amount))
}

// all returns the places of all bins.
func (b bins) all() []int {
	places := make([]int, len(b.list))
	for i := range places {
		places[i] = i
	}
	return places
}

func ratio(flow, even transport.Flow) plan {
	p := make(plan, len(flow))
	for i, row := range flow {
		p[i] = make([]float32, len(row))
		for j, amount := range row {
			if p[i][j] = -1; even[i][j] > 0 {
				p[i][j] = float32(amount / even[i][j])
			}
		}
	}
	return p
}

// costs returns what traffic between a home and each bin costs. Within a PID it is
// forbidden: what stays at home needs no plan.
func (b bins) costs(network Map, home int, outward bool) []float64 {
	v, _ := Look(network, Requester{PID: b.list[home].pid, Seeder: outward})
	runs := v.priced()
	row := make([]float64, len(b.list))
	for i, one := range b.list {
		pid := one.pid
		if i == home {
			pid = one.other
		}
		if row[i] = math.Inf(1); pid != 0 && !within([]Span{{Lo: pid, Hi: pid + 1}}, v.Homes) {
			row[i] = costTo(runs, pid)
		}
	}
	return row
}

// costTo returns the cost of a PID in the runs of all of them.
func costTo(runs []Run, pid PID) float64 {
	i := sort.Search(len(runs), func(i int) bool { return pid < runs[i].Hi })
	return float64(runs[min(i, len(runs)-1)].Cost)
}

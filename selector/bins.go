package selector

import (
	"cmp"
	"math"
	"slices"
)

// bins is the PIDs of a swarm as a plan sees them: each on its own, or neighbours together
// where they are too many.
type bins struct {
	list     []bin
	members  []Population // of all, by PID
	bySource map[string][]int
}

// bin is neighbouring PIDs that are guided by one source.
type bin struct {
	pid            PID // the most populous one, whose costs stand for all
	source         string
	lo, hi         int // of bins.members
	peers          float64
	supply, demand float64 // bytes a second
}

// mostBins is how many PIDs a plan tells apart: to match so many takes some tens of
// milliseconds.
const mostBins = 200

// newBins weighs up who is in a swarm.
func newBins(network Map, c Census, demand float64) *bins {
	b := &bins{members: c.Populations, bySource: map[string][]int{}}
	rates := uploads(c)
	for i, p := range c.Populations {
		one := bin{pid: p.PID, lo: i, hi: i + 1}
		one.source, _ = network.Name(p.PID)
		for class := range NumClasses {
			one.supply += rates[class] * (float64(p.Seeders[class]) + leecherSupply*float64(p.Leechers[class]))
		}
		leechers, seeders := p.Count()
		one.peers = float64(leechers + seeders)
		one.demand = demand * rates[Unknown] * float64(leechers)
		b.list = append(b.list, one)
	}
	b.aggregate()
	for i, bin := range b.list {
		if bin.source != "" {
			b.bySource[bin.source] = append(b.bySource[bin.source], i)
		}
	}
	return b
}

// uploads returns what a peer of each class uploads; one of unknown class uploads what the
// others do on average. Where nothing is known, all are alike.
func uploads(c Census) (rates [NumClasses]float64) {
	peers, total := 0.0, 0.0
	for _, p := range c.Populations {
		for class := int(Slow); class < NumClasses; class++ {
			n := float64(p.Leechers[class] + p.Seeders[class])
			peers, total = peers+n, total+n*c.Upload[class]
		}
	}
	mean := 1.0
	if total > 0 {
		mean = total / peers
	}
	for class, rate := range c.Upload {
		if rates[class] = rate; rate == 0 || total == 0 || class == int(Unknown) {
			rates[class] = mean
		}
	}
	return rates
}

// aggregate puts the least populous neighbours together until there are few enough bins.
// Neighbours in the numbering of a map are mostly alike to it (see Map.Row).
func (b *bins) aggregate() {
	for len(b.list) > mostBins {
		// As many pairs as are too many, of the pairs with the fewest peers.
		pairs := make([]int, 0, len(b.list))
		for i := 0; i+1 < len(b.list); i++ {
			if b.list[i].source == b.list[i+1].source {
				pairs = append(pairs, i)
			}
		}
		if len(pairs) == 0 {
			return
		}
		slices.SortStableFunc(pairs, func(i, j int) int {
			return cmp.Compare(b.list[i].peers+b.list[i+1].peers, b.list[j].peers+b.list[j+1].peers)
		})
		b.join(pairs[:min(len(pairs), len(b.list)-mostBins)])
	}
}

// join joins bins with the one behind them, each at most once.
func (b *bins) join(pairs []int) {
	first := make([]bool, len(b.list))
	for _, i := range pairs {
		if i > 0 && first[i-1] || first[i+1] {
			continue // its neighbour is taken: another round
		}
		first[i] = true
	}
	var joined []bin
	for i := 0; i < len(b.list); i++ {
		one := b.list[i]
		if first[i] {
			i++
			other := b.list[i]
			if other.peers > one.peers {
				one.pid = other.pid
			}
			one.hi = other.hi
			one.peers, one.supply, one.demand = one.peers+other.peers, one.supply+other.supply, one.demand+other.demand
		}
		joined = append(joined, one)
	}
	b.list = joined
}

// of returns the bin of a PID that has peers.
func (b *bins) of(pid PID) (i int, ok bool) {
	i, ok = slices.BinarySearchFunc(b.list, pid, func(one bin, pid PID) int {
		switch {
		case b.members[one.hi-1].PID < pid:
			return -1
		case b.members[one.lo].PID > pid:
			return 1
		}
		return 0
	})
	if !ok {
		return 0, false
	}
	_, ok = slices.BinarySearchFunc(b.members, pid, func(p Population, pid PID) int { return cmp.Compare(p.PID, pid) })
	return i, ok
}

// costs returns what traffic between a home and each bin costs, the least 0; the home
// itself is forbidden: what stays at home needs no plan.
func (b *bins) costs(network Map, home int, outward bool) []float64 {
	v, _ := Look(network, Requester{PID: b.list[home].pid, Seeder: outward})
	runs := v.priced()
	row := make([]float64, len(b.list))
	least, at := math.Inf(1), 0
	for i, one := range b.list {
		for at+1 < len(runs) && runs[at].Hi <= one.pid {
			at++
		}
		row[i] = float64(runs[at].Cost)
		if i != home {
			least = math.Min(least, row[i])
		}
	}
	for i := range row {
		row[i] -= math.Min(least, 0) // negative costs: what counts is the difference
	}
	row[home] = math.Inf(1)
	return row
}

// weigh returns the PIDs of bins that are within a stage, each with its share of the
// traffic, and of a share rho that goes by the number of peers; nothing if the plan sends
// no traffic there.
func (b *bins) weigh(traffic []float64, stage []Span, rho float64) (weights []Span) {
	planned, peers := 0.0, 0.0
	inside := func(yield func(one bin, traffic float64, p Population)) {
		spans := stage
		for i, one := range b.list {
			for _, p := range b.members[one.lo:one.hi] {
				for len(spans) > 0 && spans[0].Hi <= p.PID {
					spans = spans[1:]
				}
				if len(spans) > 0 && spans[0].Lo <= p.PID {
					leechers, seeders := p.Count()
					yield(one, traffic[i]*float64(leechers+seeders)/one.peers, p)
				}
			}
		}
	}
	inside(func(_ bin, traffic float64, p Population) {
		leechers, seeders := p.Count()
		planned, peers = planned+traffic, peers+float64(leechers+seeders)
	})
	if planned == 0 {
		return nil
	}
	inside(func(_ bin, traffic float64, p Population) {
		leechers, seeders := p.Count()
		share := rho*float64(leechers+seeders)/peers + (1-rho)*traffic/planned
		if share > 0 {
			weights = append(weights, Span{p.PID, p.PID + 1, float32(share)})
		}
	})
	return weights
}

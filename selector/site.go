package selector

// site is the peers of one PID in a swarm, as bandwidth.
type site struct {
	pid            PID
	source         string // that guides the PID
	peers          float64
	supply, demand float64 // bytes a second, or multiples of what a peer uploads
	rate           float64 // supply of a peer, as a multiple of the mean
}

// amount is what counts of a site to a seeder, or to a leecher.
func (s site) amount(seeder bool) float64 {
	if seeder {
		return s.demand
	}
	return s.supply
}

// leecherSupply is the part of its upload that a leecher counts (draft-yang section 5.3).
const leecherSupply = 0.70

// newSites weighs up who is in a swarm. A leecher takes demand times what a peer uploads on
// average, or less if all of them together would take more than there is.
func newSites(network Map, c Census, demand float64) []site {
	rates := uploads(c)
	all := make([]site, len(c.Populations))
	supply, wanted, peers := 0.0, 0.0, 0.0
	for i, p := range c.Populations {
		s := site{pid: p.PID}
		s.source, _ = network.Name(p.PID)
		for class, rate := range rates {
			s.supply += rate * (float64(p.Seeders[class]) + leecherSupply*float64(p.Leechers[class]))
		}
		leechers, seeders := p.Count()
		s.peers = float64(leechers + seeders)
		s.demand = demand * rates[Unknown] * float64(leechers)
		s.rate = s.supply / s.peers
		supply, wanted, peers = supply+s.supply, wanted+s.demand, peers+s.peers
		all[i] = s
	}
	for i := range all {
		all[i].rate /= supply / peers
		if wanted > supply {
			all[i].demand *= supply / wanted
		}
	}
	return all
}

// uploads returns what a peer of each class uploads; one of unknown class uploads what the
// others do on average. Where nothing is known, all are alike.
func uploads(c Census) (rates [NumClasses]float64) {
	peers, total := 0.0, 0.0
	for _, p := range c.Populations {
		for class := int(Slow); class < NumClasses; class++ {
			if n := float64(p.Leechers[class] + p.Seeders[class]); c.Upload[class] > 0 {
				peers, total = peers+n, total+n*c.Upload[class]
			}
		}
	}
	mean := 1.0
	if total > 0 {
		mean = total / peers
	}
	for class, rate := range c.Upload {
		if rates[class] = rate; !(rate > 0) || total == 0 || class == int(Unknown) {
			rates[class] = mean
		}
	}
	return rates
}

package selector

import (
	"cmp"
	"math"
	"slices"
)

// Adaptive gives the home PID as much of a swarm as nobody pays for with time. Its rules,
// each with the experiment that earned it, are in docs/policies.md:
//
//   - A reply holds as many peers as the home PID has, and K outsiders, but Least at least:
//     what clients are told of decides whom they download from, and a reply that is filled
//     up from outside fills them up from outside. Where the home PID has hardly anybody, or
//     seeders outnumber leechers, a reply is full.
//   - Outsiders are the nearest ones, those of the home ISP first. Some are drawn before all
//     others, from everywhere (Random).
//   - Where the home PID has fewer seeders for each leecher than the swarm has, up to Seeds of
//     a leecher's reply are seeders from anywhere: a PID of slow lines gets the surplus of
//     fast ones when these are done.
//   - While a swarm has more leechers than seeders, leechers announce again soon, since that
//     is when seeders appear.
//   - While seeders are few, they are told of leechers from everywhere: what has just left the
//     only seeder should not stay in one place. Later they serve their own PID first.
//
// The idea of a number of introductions per PID is Le Blond's (see [Budget]), that of leaving
// places for the rest of the network Bindal's ([Biased]); what is ours is to make the reply
// short, and to let it grow with what the home PID has.
type Adaptive struct {
	K      float64 // peers, 0 or more
	Least  float64 // peers, 4 or more
	Seeds  float64 // 0 to 1
	Random float64 // 0 to 1
}

var _ = enter(registration{
	Info: Info{
		Name:    "adaptive",
		Summary: "as many peers as the home PID has, few others, seeders from elsewhere where it lacks them",
		Options: []Option{
			{"k", 2, 0, 1000, "outsiders that a reply holds though the home PID could fill it"},
			{"least", 20, leastReply, 1000, "peers that a reply holds at least, if the swarm has them"},
			{"seeds", 0.3, 0, 1, "share of a leecher's reply that is seeders from anywhere, where the home PID has none"},
			optionRandom,
		},
	},
	build: func(p parts) (Policy, error) {
		return Adaptive{p.values["k"], p.values["least"], p.values["seeds"], p.values["random"]}, nil
	},
})

// List implements [Policy]. Of a swarm that nobody has looked at it assumes that it is small,
// and that the home PID has no seeder.
func (a Adaptive) List(v View) List {
	if v.Seeder {
		return a.spread(v)
	}
	l := a.list(v, 0, a.Seeds)
	l.Most = 0
	return l
}

// Advise implements [Adviser].
func (a Adaptive) Advise(_ Map, c Census) Policy {
	leechers, seeders := c.Count()
	return adapted{a, c, leechers, seeders}
}

// adapted is Adaptive for one swarm, which has so many leechers and seeders.
type adapted struct {
	Adaptive
	census            Census
	leechers, seeders int
}

// List implements [Policy].
func (a adapted) List(v View) List {
	leechers, seeders := a.census.Within(v.Homes).Count()
	scarce := a.leechers > a.seeders
	if v.Seeder {
		if scarce {
			return a.spread(v)
		}
		return a.list(v, leechers, 0)
	}
	l := a.list(v, leechers+seeders, a.Seeds*a.lack(leechers, seeders))
	if l.Soon = scarce; !scarce || leechers+seeders < sparse {
		l.Most = 0
	}
	return l
}

// sparse is below how many peers a home PID has too few for a reply to be made short: what
// it would gain in share is little.
const sparse = 5

// lack returns how far a home PID is behind the swarm in seeders for each leecher: 0 if it is
// not, 1 if it has none.
func (a adapted) lack(leechers, seeders int) float64 {
	if a.seeders == 0 {
		return 1
	}
	here := float64(seeders) * float64(a.leechers)
	there := float64(a.seeders) * math.Max(1, float64(leechers))
	return math.Max(0, 1-here/there)
}

// list fills a reply for a requester whose home PID has so many peers, with a share of
// seeders from anywhere.
func (a Adaptive) list(v View, home int, seeds float64) List {
	p := v.places()
	steps := randomShare(a.Random)
	if seeds > 0 {
		steps = append(steps, Step{Name: "seeders", Target: math.Min(a.Random+seeds, 1), Spans: everyone, Roles: Seeders})
	}
	steps = append(steps, Step{Name: p.firstName, Target: 1, Spare: a.K, Spans: p.first})
	for _, ring := range append(rings(p.isp), rings(p.outside)...) {
		steps = append(steps, Step{Name: ring.name(), Target: 1, Spans: spans(ring.runs, even)})
	}
	steps = append(steps, Step{Name: "elsewhere", Target: 1, Spans: except(p.first)}, anyone())
	most := math.Max(a.Least, float64(home)*(1+a.Random)+a.K)
	return List{Steps: steps, Home: v.Homes, Outside: p.beyond(), Most: int(most)}
}

// mostRings is how many steps within the ISP, and outside, a list has: a map whose costs are all
// different would have as many as PIDs.
const mostRings = 6

// rings sorts runs by cost, nearest first, into as many tiers as there are costs, or into
// mostRings of about as many costs each.
func rings(runs []Run) (rs []tier) {
	ts := tiers(runs)
	each := (len(ts) + mostRings - 1) / mostRings
	for ; len(ts) > 0; ts = ts[min(each, len(ts)):] {
		ring := tier{cost: ts[0].cost}
		for _, t := range ts[:min(each, len(ts))] {
			ring.runs = append(ring.runs, t.runs...)
		}
		slices.SortFunc(ring.runs, func(a, b Run) int { return cmp.Compare(a.Lo, b.Lo) })
		rs = append(rs, ring)
	}
	return rs
}

// spread gives a seeder whomever the swarm has, near or far.
func (a Adaptive) spread(v View) List {
	return List{Steps: []Step{anyone()}, Home: v.Homes}
}

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
// and that the home PID lacks nothing.
func (a Adaptive) List(v View) List {
	if v.Seeder {
		return fitted{a, everywhere}.List(v)
	}
	return fitted{a, 0}.List(v)
}

// Advise implements [Adviser].
func (a Adaptive) Advise(_ Map, c Census) Policy {
	leechers, seeders := c.Count()
	return adapted{a, heads(c), leechers, seeders}
}

// adapted is Adaptive for one swarm, which has so many leechers and seeders.
type adapted struct {
	Adaptive
	heads             []headcount
	leechers, seeders int
}

// headcount is what adapted keeps of a census, as long as the advice is followed: a third of a
// Population.
type headcount struct {
	pid               PID
	leechers, seeders uint32
}

func heads(c Census) []headcount {
	hs := make([]headcount, len(c.Populations))
	for i, p := range c.Populations {
		leechers, seeders := p.Count()
		hs[i] = headcount{p.PID, uint32(leechers), uint32(seeders)}
	}
	return hs
}

// within counts the peers of the PIDs of spans.
func (a adapted) within(spans []Span) (leechers, seeders int) {
	for _, sp := range spans {
		i, _ := slices.BinarySearchFunc(a.heads, sp.Lo, func(h headcount, pid PID) int { return cmp.Compare(h.pid, pid) })
		for ; i < len(a.heads) && a.heads[i].pid < sp.Hi; i++ {
			leechers, seeders = leechers+int(a.heads[i].leechers), seeders+int(a.heads[i].seeders)
		}
	}
	return leechers, seeders
}

var _ Sharer = adapted{}

// List implements [Policy].
func (a adapted) List(v View) List { return a.Terms(v).List(v) }

// Terms implements [Sharer].
func (a adapted) Terms(v View) Terms {
	leechers, seeders := a.within(v.Homes)
	scarce := a.leechers > a.seeders
	switch {
	case v.Seeder && scarce:
		return Terms{Policy: fitted{a.Adaptive, everywhere}}
	case v.Seeder:
		return Terms{Policy: fitted{a.Adaptive, 0}, Most: a.most(leechers)}
	}
	t := Terms{Policy: fitted{a.Adaptive, a.Seeds * a.lack(leechers, seeders)}, Soon: scarce}
	if home := leechers + seeders; scarce && home >= sparse {
		t.Most = a.most(home)
	}
	return t
}

// sparse is below how many peers a home PID has too few for a reply to be made short: what
// it would gain in share is little.
const sparse = 5

// most returns how many peers a reply holds where the home PID has so many.
func (a Adaptive) most(home int) int {
	return int(math.Max(a.Least, float64(home)*(1+a.Random)+a.K))
}

// lack returns how far a home PID is behind the swarm in seeders for each leecher: 0 if it is
// not, 1 if it has none, in steps.
func (a adapted) lack(leechers, seeders int) float64 {
	if a.seeders == 0 {
		return 1
	}
	here := float64(seeders) * float64(a.leechers)
	there := float64(a.seeders) * math.Max(1, float64(leechers))
	return math.Ceil(lackSteps*math.Max(0, 1-here/there)) / lackSteps
}

// lackSteps keeps lists few: swarms share them.
const lackSteps = 10

// fitted is Adaptive where this share of a leecher's reply is seeders from anywhere.
type fitted struct {
	Adaptive
	seeds float64 // or everywhere
}

// everywhere stands for a list that is of the whole swarm, near or far: a seeder's.
const everywhere = -1

// List implements [Policy].
func (f fitted) List(v View) List {
	if f.seeds == everywhere {
		return List{Steps: []Step{anyone()}, Home: v.Homes}
	}
	p := v.places()
	steps := randomShare(f.Random)
	if f.seeds > 0 {
		steps = append(steps, Step{Name: "seeders", Target: math.Min(f.Random+f.seeds, 1), Spans: everyone, Roles: Seeders})
	}
	steps = append(steps, Step{Name: p.firstName, Target: 1, Spare: f.K, Spans: p.first})
	for _, ring := range append(rings(p.isp), rings(p.outside)...) {
		steps = append(steps, Step{Name: ring.name(), Target: 1, Spans: spans(ring.runs, even)})
	}
	steps = append(steps, Step{Name: "elsewhere", Target: 1, Spans: except(p.first)}, anyone())
	return List{Steps: steps, Home: v.Homes, Outside: p.beyond()}
}

// mostRings is how many steps within the ISP, and outside, a list has: a map whose costs are all
// different would have as many as PIDs.
const mostRings = 6

// rings deals runs, which are in the order of PIDs and stay so, into as many tiers as there are
// costs, nearest first, or into mostRings of about as many costs each. It sorts costs alone: of
// a large map each list has to be made anew whenever one of its costs has changed.
func rings(runs []Run) (rs []tier) {
	costs := make([]float32, len(runs))
	for i, r := range runs {
		costs[i] = r.Cost
	}
	slices.Sort(costs)
	costs = slices.Compact(costs)
	each := (len(costs) + mostRings - 1) / mostRings
	for i := 0; i < len(costs); i += each {
		rs = append(rs, tier{cost: costs[i]})
	}
	for _, r := range runs {
		i := len(rs) - 1
		for r.Cost < rs[i].cost {
			i--
		}
		rs[i].runs = append(rs[i].runs, r)
	}
	return rs
}

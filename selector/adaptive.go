package selector

import "math"

// Adaptive is a prototype.
type Adaptive struct {
	K, Least, Seeds, Random, SeederRandom, Stable, Soon float64
}

var _ = enter(registration{
	Info: Info{
		Name:    "adaptive",
		Summary: "prototype",
		Options: []Option{
			{"k", 2, 0, 1000, "outsiders"},
			{"least", 20, 4, 1000, "least reply"},
			{"seeds", 0.3, 0, 1, "share of seeders from anywhere"},
			optionRandom.but(0.1),
			{"seeder_random", 1, 0, 1, "random share of seeders' replies"},
			optionStable.but(1),
			{"soon", 1, 0, 1, "announce soon"},
		},
		Breaks: []Law{LeavesHome},
	},
	build: func(p parts) (Policy, error) {
		v := p.values
		return Adaptive{v["k"], v["least"], v["seeds"], v["random"], v["seeder_random"], v["stable"], v["soon"]}, nil
	},
})

// List implements [Policy].
func (a Adaptive) List(v View) List { return a.list(v, 10, 0) }

// Advise implements [Adviser].
func (a Adaptive) Advise(_ Map, c Census) Policy { return adapted{a, c} }

type adapted struct {
	Adaptive
	census Census
}

func (a adapted) List(v View) List {
	leechers, seeders := a.census.Within(v.Homes).Count()
	l := a.list(v, leechers+seeders, seeders)
	all, done := a.census.Count()
	l.Soon = a.Soon > 0 && !v.Seeder && all > done
	return l
}

func (a Adaptive) list(v View, home, seeders int) List {
	random := a.Random
	if v.Seeder {
		random = a.SeederRandom
	}
	p := v.places()
	var steps []Step
	if !v.Seeder && a.Seeds > 0 {
		steps = append(steps, Step{Name: "seeders", Target: a.Seeds, Spans: everyone, Roles: Seeders})
	}
	if random > 0 {
		steps = append(steps, Step{Name: "random share", Target: random, Spans: everyone, Stable: a.Stable > 0})
	}
	steps = append(steps, Step{Name: p.firstName, Target: 1, Spare: a.K, Spans: p.first})
	for _, t := range tiers(append(p.isp, p.outside...)) {
		steps = append(steps, Step{Name: t.name(), Target: 1, Spans: spans(t.runs, even), Stable: a.Stable > 0})
	}
	steps = append(steps, Step{Name: "elsewhere", Target: 1, Spans: except(p.first), Stable: a.Stable > 0}, anyone())
	l := List{Steps: raise(steps), Home: v.Homes, Outside: p.beyond()}
	if !v.Seeder {
		l.Most = int(math.Max(a.Least, float64(home)+a.K+random*float64(home)))
	}
	return l
}

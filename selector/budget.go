package selector

import "math"

// Budget gives each ISP of a swarm so many introductions from outside for all of its peers
// together, whatever their number, in the time between two announces of a peer; they fall to
// them in turn, by chance. The rest of a reply is from the ISP, and where the ISP has too
// few peers the reply is short: to fill it from outside would break the budget. Swarms fall
// apart into ISPs that lack something: one without a seeder of its own gets Merge outsiders
// more in each reply.
//
// Source: Le Blond, Legout and Dabbous, Pushing BitTorrent Locality to the Limit (Computer
// Networks 2011), whose tracker counts connections between ISPs; that connections live
// about as long as announces are apart is ours. The paper has no random share; Random is 0
// unless it is asked for, and what it draws from outside is beyond the budget.
type Budget struct {
	Budget float64 // introductions, above 0
	Merge  float64 // peers of a reply
	Random float64 // 0 to 1
}

var _ = enter(registration{
	Info: Info{
		Name:    "budget",
		Summary: "so many outsiders for all of an ISP's peers together, in turn (inter-ISP link budget)",
		Options: []Option{
			{"budget", 4, 0, 100_000, "introductions from outside for all peers of an ISP in a swarm, between two announces of a peer"},
			{"merge", 1, 0, 1000, "outsiders more in each reply while an ISP has no seeder"},
			optionRandom.but(0),
		},
		Breaks: []Law{LeavesHome}, // most replies of a large ISP hold no outsider: that is what it is for
	},
	build: func(p parts) (Policy, error) {
		return Budget{p.values["budget"], p.values["merge"], p.values["random"]}, nil
	},
})

// List implements [Policy]. Of a swarm that nobody has looked at it assumes that the ISP has
// as many peers as it has budget: one outsider in each reply.
func (b Budget) List(v View) List { return Biased{K: 1, Random: b.Random}.List(v) }

// Advise implements [Adviser].
func (b Budget) Advise(_ Map, c Census) Policy { return budgeted{b, c} }

// budgeted is Budget for one swarm.
type budgeted struct {
	Budget
	census Census
}

// few is up to how many peers of an ISP each reply holds at least one outsider: the size of
// a usual reply, which they could not fill.
const few = 50

// leastReply is how many peers a reply that is cut short may hold nevertheless.
const leastReply = 4

// List implements [Policy].
func (b budgeted) List(v View) List {
	leechers, seeders := b.census.Within(v.inside()).Count()
	peers := leechers + seeders
	if peers == 0 { // the requester is the first, and came after the census
		return b.Budget.List(v)
	}
	outsiders := b.Budget.Budget / float64(peers)
	if peers < few {
		outsiders = math.Max(outsiders, math.Min(1, b.Budget.Budget))
	}
	if seeders == 0 {
		outsiders += b.Merge
	}
	l := Biased{K: outsiders, Random: b.Random}.List(v)
	candidates := peers - 1 // the requester is one of them
	if v.Seeder {
		candidates = leechers
	}
	l.Most = max(leastReply, candidates+int(outsiders))
	l.Outside = nil // an outsider in every reply would be too many
	return l
}

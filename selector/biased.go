package selector

// Biased is biased neighbour selection: all peers but K are of the requester's own
// ISP, K are of others. Where the ISP has too few, the others fill the reply.
//
// Source: Bindal et al. on traffic locality (ICDCS 2006): 35 neighbours, K from 1 up. There
// is no random share in the paper; Random is 0 unless it is asked for.
type Biased struct {
	K      float64 // peers from outside the ISP, 0 or more
	Random float64 // 0 to 1
}

var _ = enter(registration{
	Info: Info{
		Name:    "biased",
		Summary: "all but k peers from the home ISP (biased neighbour selection)",
		Options: []Option{
			{"k", 1, 0, 1000, "peers of the reply that are from outside the home ISP"},
			optionRandom.but(0),
		},
	},
	build: func(p parts) (Policy, error) { return Biased{p.values["k"], p.values["random"]}, nil },
})

// List implements [Policy]. The ISP's PIDs are all alike.
func (b Biased) List(v View) List {
	inside := v.inside()
	outside := except(inside)
	steps := append(randomShare(b.Random),
		Step{Name: "home ISP", Target: 1, Spare: b.K, Spans: inside},
		Step{Name: "outside", Target: 1, Spans: outside},
		anyone())
	return List{Steps: steps, Home: v.Homes, Outside: outside}
}

// inside returns the PIDs of the home ISP. Where the map tells no ISP, the home PID is one,
// as each AS is in the papers.
func (v View) inside() []Span {
	if !v.HasISP {
		return v.Homes
	}
	return spans(v.Runs, func(r Run) float32 {
		if r.Internal {
			return 1
		}
		return 0
	})
}

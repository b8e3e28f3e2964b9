package selector

// Ranked is the ordinal use of costs: the cheapest tier as far as it goes, then the
// next, ties at random. It asks nothing of costs but their order.
//
// Source: RFC 7285 sections 6.1.2.2 and 12.3; the oracle of Aggarwal, Feldmann and
// Scheideler (2007). The random share is RFC 5632's.
//
// Ranked breaks one law of package selectortest: with no random share and a near
// tier larger than the reply, only the one guaranteed outsider is from elsewhere.
type Ranked struct {
	Random float64 // 0 to 1
}

var _ = enter(registration{
	Info: Info{
		Name:    "ranked",
		Summary: "strictly by cost, cheapest first, ties at random (RFC 7285 section 6.1.2)",
		Options: []Option{optionRandom},
	},
	build: func(p parts) (Policy, error) { return Ranked{p.values["random"]}, nil },
})

// List implements [Policy].
func (r Ranked) List(v View) List {
	steps := randomShare(r.Random)
	for _, t := range tiers(v.priced()) {
		steps = append(steps, Step{Name: t.name(), Target: 1, Spans: spans(t.runs, even)})
	}
	return List{Steps: append(steps, anyone()), Home: v.Homes, Outside: v.places().beyond()}
}

package selector

// XunleiFixed is what the draft itself says would be right: requesters in an ALTO PID
// are answered by the cost map (the home PID, then the others from cheap to dear, so
// that the neighbouring PIDs come before those outside), and there is a random share.
// Everything else is as deployed, see [XunleiALTO].
//
// Source: draft-lee-alto-chinatelecom-trial-04 section 5.2; the random share is RFC
// 5632's. Where the map states that others are cheaper than the home PID, they come
// first (RFC 7971 section 3.1.4).
type XunleiFixed struct{ XunleiALTO }

var _ = enter(registration{
	Info: Info{
		Name:    "xunlei-fixed",
		Summary: "by cost, then who uploads faster, with a random share (Xunlei as its draft wants it)",
		Options: []Option{optionMost, optionMostALTO, optionRandom},
		Classes: true,
	},
	build: func(p parts) (Policy, error) { return XunleiFixed{p.xunleiALTO()}, nil },
})

// List implements [Policy].
func (x XunleiFixed) List(v View) List {
	return x.listWith(v, func([]Span) []ring {
		others := v.others()
		rings := []ring{{"home PID", v.Homes}}
		if len(v.cheaper(others)) > 0 {
			others, rings = v.priced(), nil
		}
		for _, t := range tiers(others) {
			rings = append(rings, ring{t.name(), spans(t.runs, even)})
		}
		return rings
	})
}

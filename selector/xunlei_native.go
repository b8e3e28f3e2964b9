package selector

// XunleiNative is the Xunlei tracker before ALTO: peers of the requester's own ISP
// first, and of equals those that upload faster.
//
// Source: draft-lee-alto-chinatelecom-trial-04 section 5.2: 500 peers at most. That
// tracker had a table of ISPs of its own, and knew of no PIDs. So the ISP is what the
// map says by the property "isp"; it is not the PIDs that a source calls internal. If
// the map does not say, all are of one ISP.
type XunleiNative struct{ Xunlei }

var _ = enter(registration{
	Info: Info{
		Name:    "xunlei-native",
		Summary: "the same ISP first, then who uploads faster (Xunlei before ALTO)",
		Options: []Option{optionMost, optionRandom.but(0)},
		Classes: true,
	},
	build: func(p parts) (Policy, error) { return XunleiNative{p.xunlei()}, nil },
})

// List implements [Policy].
func (x XunleiNative) List(v View) List { return x.list(v, v.rings(everyone, levelISP)) }

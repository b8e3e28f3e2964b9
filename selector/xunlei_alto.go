package selector

// XunleiALTO is the Xunlei tracker with ALTO as it was deployed: each internal PID of a
// source is an ISP of its own (ALTO_ISP), all other PIDs are normal, and the cost
// between requester and candidate is one of a fixed table, least first:
//
//	requester   candidate                               cost
//	ALTO PID    the same ALTO PID                          0
//	ALTO PID    normal; after them, other ALTO PIDs  100,000
//	normal      the same city                              0
//	normal      the same province, another city           10
//	normal      the same ISP, another province           100
//	normal      another ISP; ALTO PIDs                 1,000
//
// Source: draft-lee-alto-chinatelecom-trial-04 section 5.2, as are 500 peers at most,
// and 120 where the requester is in an ALTO PID. Places are told by the properties
// "isp", "province" (or "region") and "city" of the map; levels that the map does not
// tell fall together.
//
// It breaks laws of package selectortest, as the draft admits: a requester in one of the
// operator's PIDs is told of its own PID first and then of those outside before those in
// the neighbouring PIDs, whatever the cost map says. The order is the text's: by the table
// they are equal.
type XunleiALTO struct {
	Xunlei
	MostALTO int // as Most, for requesters in an ALTO PID
}

var optionMostALTO = Option{"most_alto", 120, 4, 2000, "peers of a reply at most where the requester is in an internal PID"}

var _ = enter(registration{
	Info: Info{
		Name:    "xunlei-alto",
		Summary: "the home PID, then outside, then the ISP's other PIDs (Xunlei with ALTO, as deployed)",
		Options: []Option{optionMost, optionMostALTO, optionRandom.but(0)},
		Breaks:  []Law{FollowsCost, HonoursCost, SpillsUpward},
		Classes: true,
	},
	build: func(p parts) (Policy, error) { return p.xunleiALTO(), nil },
})

func (v values) xunleiALTO() XunleiALTO { return XunleiALTO{v.xunlei(), int(v["most_alto"])} }

// List implements [Policy].
func (x XunleiALTO) List(v View) List {
	return x.listWith(v, func(alto []Span) []ring {
		return []ring{
			{"home PID", v.Homes},
			{"outside", except(alto)},
			{"home ISP", both(alto, except(v.Homes))},
		}
	})
}

// listWith has inside say how requesters in an ALTO PID are answered.
func (x XunleiALTO) listWith(v View, inside func(alto []Span) []ring) List {
	alto := v.altoPIDs()
	if !v.HasISP || len(alto) == 0 {
		return x.list(v, v.rings(except(alto), levelISP, levelProvince, levelCity))
	}
	x.Most = x.MostALTO
	return x.list(v, inside(alto))
}

// altoPIDs returns the PIDs of the source's own network. A map of one PID has none: it
// guides nobody, and was the trial's other arm.
func (v View) altoPIDs() []Span {
	if len(v.others()) == 0 {
		return nil
	}
	return spans(v.Runs, func(r Run) float32 {
		if r.Internal {
			return 1
		}
		return 0
	})
}

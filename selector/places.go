package selector

import (
	"cmp"
	"math"
	"slices"
	"strconv"
)

// places cuts the network in three, as seen from the requester: what its map calls
// nearest, its ISP, the rest.
type places struct {
	first     []Span
	firstName string
	region    []Run // of the home ISP, if cutRegion was called
	isp       []Run // the rest of the home ISP, or what stands in for it
	ispName   string
	outside   []Run // all other PIDs
	foreign   []Run // what is neither the home PID nor of its ISP
}

// places cuts at the home ISP's border if the map tells it. Otherwise the PIDs of
// the next cost tier stand in for the ISP: in the embedded map, those of the same
// country.
//
// The home PID comes first unless the map states that others are cheaper: an
// operator may want traffic away from a PID, a mobile network's for instance (RFC
// 7971 section 3.1.4).
func (v View) places() places {
	others := v.others()
	p := places{first: v.Homes, firstName: "home PID", ispName: "home ISP"}
	p.foreign = v.beyondISP(others)
	if cheaper := v.cheaper(others); len(cheaper) > 0 {
		p.first, p.firstName = spans(cheaper, even), "nearest PIDs"
		others = cut(v.priced(), p.first)
	}
	if !v.HasISP {
		p.ispName = "next tier"
	}
	near := v.near(others)
	for _, r := range others {
		if near(r) {
			p.isp = append(p.isp, r)
		} else {
			p.outside = append(p.outside, r)
		}
	}
	return p
}

// cutRegion parts the PIDs of the home PID's region from the rest of the ISP.
func (p *places) cutRegion(v View) {
	there := v.alike("region")
	if len(there) == 0 {
		return
	}
	rest := cut(p.isp, there)
	p.region, p.isp = cut(p.isp, spans(rest, even)), rest
}

// cheaper returns those of others that are the cheapest of all and cheaper than the
// home PID; nothing if the home PID's own cost is not stated.
func (v View) cheaper(others []Run) []Run {
	least := leastOf(others)
	home := slices.ContainsFunc(v.Runs, func(r Run) bool { return r.Lo <= v.Home && v.Home < r.Hi && least < r.Cost })
	if !home {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(others), func(r Run) bool { return r.Cost != least })
}

// near returns what tells whether one of others is of the home ISP, or of what stands in
// for it.
func (v View) near(others []Run) func(Run) bool {
	if v.HasISP {
		return func(r Run) bool { return r.Internal }
	}
	least := leastOf(others)
	return func(r Run) bool { return r.Cost == least }
}

// leastOf returns the least cost of runs, infinite if there are none.
func leastOf(runs []Run) float32 {
	least := float32(math.Inf(1))
	for _, r := range runs {
		least = min(least, r.Cost)
	}
	return least
}

// beyondISP returns those of others that are not of the home ISP, or of what stands
// in for it.
func (v View) beyondISP(others []Run) []Run {
	near := v.near(others)
	return slices.DeleteFunc(slices.Clone(others), near)
}

// beyond returns the spans of the PIDs outside the home ISP, and of the peers in no
// PID.
func (p places) beyond() []Span {
	return spans(append([]Run{{Lo: 0, Hi: 1}}, p.foreign...), even)
}

// others returns the runs of all PIDs but the home PID.
func (v View) others() []Run { return cut(v.priced(), v.Homes) }

// cut takes spans out of runs.
func cut(runs []Run, out []Span) []Run {
	for _, span := range out {
		runs = without(runs, span)
	}
	return runs
}

// without cuts a span out of runs.
func without(runs []Run, cut Span) []Run {
	left := make([]Run, 0, len(runs)+1)
	for _, r := range runs {
		below, above := r, r
		below.Hi, above.Lo = min(r.Hi, cut.Lo), max(r.Lo, cut.Hi)
		for _, part := range []Run{below, above} {
			if part.Lo < part.Hi {
				left = append(left, part)
			}
		}
	}
	return left
}

// tier is the runs of one cost.
type tier struct {
	cost float32
	runs []Run
}

// name is for people: "cost 10".
func (t tier) name() string {
	return "cost " + strconv.FormatFloat(float64(t.cost), 'g', -1, 32)
}

// tiers sorts runs by cost, cheapest first; within a tier they stay in order.
func tiers(runs []Run) (ts []tier) {
	sorted := slices.Clone(runs)
	slices.SortFunc(sorted, func(a, b Run) int { return cmp.Or(cmp.Compare(a.Cost, b.Cost), cmp.Compare(a.Lo, b.Lo)) })
	for len(sorted) > 0 {
		n := 1
		for n < len(sorted) && sorted[n].Cost == sorted[0].Cost {
			n++
		}
		ts = append(ts, tier{sorted[0].Cost, sorted[:n:n]})
		sorted = sorted[n:]
	}
	return ts
}

// even weighs all alike.
func even(Run) float32 { return 1 }

// spans turns runs, in order, into spans, and joins neighbours of equal weight.
// Runs of no weight are left out.
func spans(runs []Run, weight func(Run) float32) []Span {
	var ss []Span
	for _, r := range runs {
		w := weight(r)
		if !(w > 0) {
			continue
		}
		if n := len(ss); n > 0 && ss[n-1].Hi == r.Lo && ss[n-1].Weight == w {
			ss[n-1].Hi = r.Hi
			continue
		}
		ss = append(ss, Span{r.Lo, r.Hi, w})
	}
	return ss
}

// except returns the spans of everybody but those of out, peers in no PID among them.
func except(out []Span) (rest []Span) {
	lo, end := everyone[0].Lo, everyone[0].Hi
	for _, s := range out {
		if lo < s.Lo {
			rest = append(rest, Span{lo, s.Lo, 1})
		}
		lo = s.Hi
	}
	if lo < end {
		rest = append(rest, Span{lo, end, 1})
	}
	return rest
}

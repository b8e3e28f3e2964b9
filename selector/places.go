package selector

import (
	"cmp"
	"slices"
)

// places cuts the network in three, as seen from the home PID.
type places struct {
	home    []Span
	near    string // what isp is, for people
	isp     []Run  // the rest of the home ISP, or what stands in for it
	outside []Run  // all other PIDs
}

// places cuts at the home ISP's border if the map tells it. Otherwise the PIDs of
// the next cost tier stand in for the ISP: in the embedded map, those of the same
// country.
func (v View) places() places {
	p := places{home: v.Homes, near: "home ISP"}
	others := v.others()
	near := func(r Run) bool { return r.Internal }
	if !v.HasISP {
		p.near = "next tier"
		cheapest := tiers(others)
		near = func(r Run) bool { return r.Cost == cheapest[0].cost }
	}
	for _, r := range others {
		if near(r) {
			p.isp = append(p.isp, r)
		} else {
			p.outside = append(p.outside, r)
		}
	}
	return p
}

// beyond returns the spans of the outside and of the peers in no PID.
func (p places) beyond() []Span {
	return spans(append([]Run{{Lo: 0, Hi: 1}}, p.outside...), even)
}

// others returns the runs of all PIDs but the home PID.
func (v View) others() []Run {
	runs := v.priced()
	for _, home := range v.Homes {
		runs = without(runs, home)
	}
	return runs
}

// without cuts a span out of runs.
func without(runs []Run, cut Span) []Run {
	var left []Run
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

// tiers sorts runs by cost, cheapest first; within a tier they stay in order.
func tiers(runs []Run) []tier {
	sorted := slices.Clone(runs)
	slices.SortStableFunc(sorted, func(a, b Run) int { return cmp.Compare(a.Cost, b.Cost) })
	var ts []tier
	for _, r := range sorted {
		if len(ts) == 0 || ts[len(ts)-1].cost != r.Cost {
			ts = append(ts, tier{cost: r.Cost})
		}
		t := &ts[len(ts)-1]
		t.runs = append(t.runs, r)
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

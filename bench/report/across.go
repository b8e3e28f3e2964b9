package report

import (
	"slices"

	"github.com/altracker/altracker/bench/stats"
)

// across is one policy over several scenarios: of each scenario the median over its
// seeds, of these the median and the worst.
type across struct {
	policy                    string
	scenarios                 int
	eta, etaWorst             float64
	p50, p50Worst             float64 // over the baseline's
	p95, p95Worst             float64
	redundancy, redundancyMax float64 // median over scenarios of the median ISP; the worst ISP of all
	unfinished, leechers      int
	points                    []point
}

// point is one scenario in a trade-off plot.
type point struct{ eta, p50, p95 float64 }

// set is the scenarios of one set, and how the policies did there.
type set struct {
	name   string // "design", "confirm", or "" for neither
	groups []*group
	rows   []across
}

// sets returns the scenarios by set, those of design first, confirm next.
func (s *study) sets() []set {
	var sets []set
	for _, name := range s.setNames() {
		var groups []*group
		for _, g := range s.groups {
			if g.set == name {
				groups = append(groups, g)
			}
		}
		sets = append(sets, set{name, groups, s.across(groups)})
	}
	return sets
}

func (s *study) setNames() []string {
	names := []string{"design", "confirm"}
	for _, g := range s.groups {
		if !slices.Contains(names, g.set) {
			names = append(names, g.set)
		}
	}
	return slices.DeleteFunc(names, func(name string) bool {
		return !slices.ContainsFunc(s.groups, func(g *group) bool { return g.set == name })
	})
}

// across sums up each policy over some scenarios.
func (s *study) across(groups []*group) []across {
	var all []across
	for _, policy := range s.policies {
		a := across{policy: policy}
		var median, most []float64
		for _, g := range groups {
			for i := range g.rows {
				if r := &g.rows[i]; r.policy == policy {
					a.points = append(a.points, point{r.eta.Median, r.p50Over.Median, r.p95Over.Median})
					median, most = append(median, r.redundancyMedian), append(most, r.redundancyMax)
					a.unfinished, a.leechers = a.unfinished+r.unfinished, a.leechers+r.leechers
				}
			}
		}
		if a.scenarios = len(a.points); a.scenarios == 0 {
			continue
		}
		a.eta, a.etaWorst, _ = spread(a.points, func(p point) float64 { return p.eta })
		a.p50, _, a.p50Worst = spread(a.points, func(p point) float64 { return p.p50 })
		a.p95, _, a.p95Worst = spread(a.points, func(p point) float64 { return p.p95 })
		a.redundancy = stats.Median(median)
		a.redundancyMax = stats.Quantile(stats.Known(most), 1)
		all = append(all, a)
	}
	return all
}

// spread returns the median, the least and the most of a figure.
func spread(points []point, of func(point) float64) (median, least, most float64) {
	var values []float64
	for _, p := range points {
		values = append(values, of(p))
	}
	sorted := stats.Known(values)
	return stats.Quantile(sorted, 0.5), stats.Quantile(sorted, 0), stats.Quantile(sorted, 1)
}

package run

import (
	"math"
	"slices"

	"github.com/altracker/altracker/bench/report"
	"github.com/altracker/altracker/bench/stats"
)

// Agreed is what the simulator and real clients say of one policy in one scenario, over
// the seeds that both ran.
type Agreed struct {
	Scenario, Policy string
	Seeds            int

	Eta, IntraPID, P50, P95, SeedCopies Pair // medians over seeds

	// Medians of ratios to the baseline of the same seed; NaN without one.
	IntraPIDOver, P50Over, P95Over Pair
}

// Pair is one figure, live and simulated.
type Pair struct{ Live, Sim float64 }

// Off is how far the simulator is from what is: 0.1 is a tenth above.
func (p Pair) Off() float64 { return p.Sim/p.Live - 1 }

// Agree compares live runs with simulated ones of the same scenarios, policies and seeds,
// in the order of the live ones.
func Agree(live, simulated []report.Record) (all []Agreed) {
	here, there := byKey(live), byKey(simulated)
	seeds := map[[2]string][]uint64{}
	var order [][2]string
	for i := range live {
		r := &live[i]
		if there[keyOf(r)] == nil {
			continue
		}
		name := [2]string{r.Scenario, r.Policy}
		if seeds[name] == nil {
			order = append(order, name)
		}
		seeds[name] = append(seeds[name], r.Seed)
	}
	for _, name := range order {
		c := comparison{name[0], name[1], seeds[name], here, there}
		all = append(all, c.agreed())
	}
	return all
}

func byKey(records []report.Record) map[key]*report.Record {
	m := make(map[key]*report.Record, len(records))
	for i := range records {
		m[keyOf(&records[i])] = &records[i]
	}
	return m
}

type comparison struct {
	scenario, policy string
	seeds            []uint64
	live, sim        map[key]*report.Record
}

func (c comparison) agreed() Agreed {
	eta := func(r *report.Record) float64 { return r.Eta }
	intra := func(r *report.Record) float64 { return r.IntraPIDShare }
	p50 := func(r *report.Record) float64 { return r.CompletionP50 }
	p95 := func(r *report.Record) float64 { return r.CompletionP95 }
	copies := func(r *report.Record) float64 { return r.SeedCopies }
	return Agreed{
		Scenario: c.scenario, Policy: c.policy, Seeds: len(c.seeds),
		Eta: c.medians(eta), IntraPID: c.medians(intra), P50: c.medians(p50), P95: c.medians(p95), SeedCopies: c.medians(copies),
		IntraPIDOver: c.ratios(intra), P50Over: c.ratios(p50), P95Over: c.ratios(p95),
	}
}

func (c comparison) medians(of func(*report.Record) float64) Pair {
	return c.pair(func(runs map[key]*report.Record, seed uint64) float64 {
		return of(runs[key{c.scenario, c.policy, seed}])
	})
}

func (c comparison) ratios(of func(*report.Record) float64) Pair {
	return c.pair(func(runs map[key]*report.Record, seed uint64) float64 {
		base := runs[key{c.scenario, report.Baseline, seed}]
		if base == nil {
			return math.NaN()
		}
		return of(runs[key{c.scenario, c.policy, seed}]) / of(base)
	})
}

func (c comparison) pair(figure func(runs map[key]*report.Record, seed uint64) float64) Pair {
	median := func(runs map[key]*report.Record) float64 {
		var values []float64
		for _, seed := range c.seeds {
			values = append(values, figure(runs, seed))
		}
		values = stats.Known(values)
		slices.Sort(values)
		return stats.Quantile(values, 0.5)
	}
	return Pair{median(c.live), median(c.sim)}
}

// even is how near each other two simulated policies are one: the simulator has little
// noise.
const even = 0.01

// SameOrder tells whether the simulator ranks policies as real clients do. Two that lie
// within slack of each other, live, have no order.
func SameOrder(of []Pair, slack float64) bool {
	for _, a := range of {
		for _, b := range of {
			if a.Live > b.Live*(1+slack) && a.Sim*(1+even) < b.Sim {
				return false
			}
		}
	}
	return true
}

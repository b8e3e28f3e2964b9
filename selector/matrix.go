package selector

import (
	"errors"
	"math"
)

// Matrix is the peering matrix of P4P with weights taken from costs: the stages of
// [Staged], and inside each stage a PID's chance falls with its cost, as
// (1/cost)^Gamma. A Gamma below 1 makes the weights concave, so that dear PIDs
// keep a chance. A weight is each peer's, not the PID's: equal costs are no bias.
//
// Source: draft-yang-tracker-peer-selection-00 section 5.4 (generic weights).
type Matrix struct {
	Staged
	Gamma float64 // 0 (no weights) or more
	Cap   float64 // see Step; 0 is none
}

var _ = enter(registration{
	Info: Info{
		Name:    "matrix",
		Summary: "as staged, with cheaper PIDs weighing more inside each stage (P4P peering matrix)",
		Options: []Option{optionIntraPID, optionIntraRegion, optionIntraISP, optionRandom, optionGamma, optionCap},
	},
	build: func(p parts) (Policy, error) {
		return Matrix{p.staged(), p.values["gamma"], p.values["cap"]}, errors.Join(p.ordered(), p.capped())
	},
})

// List implements [Policy].
func (m Matrix) List(v View) List {
	return m.stages(v, func(runs []Run) Step { return m.stage(v, runs) })
}

func (m Matrix) stage(v View, runs []Run) Step {
	return Step{Spans: spans(runs, m.weights(v, runs)), Cap: m.Cap}
}

// weights returns the weight of each of the runs of a stage. Ranks and negative costs
// allow no division: there, each dearer tier weighs half of the one before it.
func (m Matrix) weights(v View, runs []Run) func(Run) float32 {
	if v.Ordinal || leastOf(runs) < 0 {
		ts := tiers(runs)
		byCost := make(map[float32]float32, len(ts))
		for i, t := range ts {
			byCost[t.cost] = float32(math.Ldexp(1, -min(i, 64)))
		}
		return func(r Run) float32 { return byCost[r.Cost] }
	}
	floor := leastCost(runs)
	return func(r Run) float32 {
		return float32(math.Pow(float64(max(r.Cost, floor)/floor), -m.Gamma))
	}
}

// leastCost is what a cost of zero counts as: a tenth of the least positive cost, so
// that "free" is ten times as near as "near", and not infinitely so.
func leastCost(runs []Run) float32 {
	free, least := false, float32(math.Inf(1))
	for _, r := range runs {
		if free = free || r.Cost == 0; r.Cost > 0 {
			least = min(least, r.Cost)
		}
	}
	switch {
	case math.IsInf(float64(least), 1):
		return 1
	case free:
		return least / 10
	}
	return least
}

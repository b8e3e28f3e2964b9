package altoclient

import (
	"errors"
	"fmt"
	"math"
	"slices"
)

// CostWeight says how much one cost type counts in the costs of a [Source].
type CostWeight struct {
	Type CostType // an empty mode means numerical

	// Weight is relative to the weights of the other cost types; 0 means 1.
	Weight float64

	// Better says which values of the metric are the better ones; 0 means what
	// RFC 9439 says of it, and must not be 0 for a metric that is not registered.
	Better Direction

	// Calendar says that a calendar of the costs is wanted where the server
	// offers one (RFC 8896). It takes as much memory as a map for each slot.
	Calendar bool
}

const maxWeight = 1e6

// checkCosts fills in what zero means. Its errors name the entry at fault.
func checkCosts(weights []CostWeight) ([]CostWeight, error) {
	weights = slices.Clone(weights)
	seen := make(map[CostType]bool)
	for i := range weights {
		w := &weights[i]
		if err := w.check(len(weights) > 1); err != nil {
			return nil, fmt.Errorf("costs[%d].%w", i, err)
		}
		if seen[w.Type] {
			return nil, fmt.Errorf("costs[%d].metric %s comes twice", i, w.Type.Metric)
		}
		seen[w.Type] = true
	}
	return weights, nil
}

func (w *CostWeight) check(mixed bool) error {
	metric, err := ParseMetric(w.Type.Metric)
	if err != nil {
		return fmt.Errorf("metric: %w", err)
	}
	if w.Type.Mode == "" {
		w.Type.Mode = Numerical
	}
	if w.Weight == 0 {
		w.Weight = 1
	}
	if w.Better == 0 {
		w.Better = metric.Direction()
	}
	switch {
	case !w.Type.scalar():
		return fmt.Errorf("mode %q: want %s or %s", w.Type.Mode, Numerical, Ordinal)
	case w.Type.Mode == Ordinal && mixed:
		return errors.New("mode ordinal: ranks cannot be added to other costs (RFC 7285 section 6.1.2.2)")
	case w.Type.Mode == Ordinal:
		w.Better = LowerBetter // a rank is a rank, whatever is ranked
	case !(w.Weight > 0 && w.Weight <= maxWeight):
		return fmt.Errorf("weight %v: want more than 0, at most %g", w.Weight, maxWeight)
	case w.Better == 0:
		return fmt.Errorf("metric %s is not registered: say whether lower or higher is better", w.Type.Metric)
	case w.Better > HigherBetter:
		return fmt.Errorf("better %d: want lower or higher", w.Better)
	}
	return nil
}

// scale makes the values of one metric comparable with those of others: its
// median becomes 1. Where lower values are better, costs are proportional to
// them. Where higher values are better, costs are proportional to their
// reciprocals, so that half the bandwidth costs twice as much, as it takes twice
// as long.
type scale struct {
	median float32 // of the absolute values, those that are 0 left out
	better Direction
	weight float32
}

// worst is what a value of no use costs, such as no bandwidth at all, in medians.
const worst = 1000

func newScale(c CostColumn, w CostWeight) scale {
	return scale{median: median(c), better: w.Better, weight: float32(w.Weight)}
}

func (s scale) cost(v float32) float32 {
	if s.better == HigherBetter {
		if v*worst <= s.median {
			return worst
		}
		return s.median / v
	}
	return v / s.median
}

const maxSample = 1 << 16

// median looks at all slots, since costs must not jump at the border of a slot
// just because what they are relative to does. Large maps are sampled, evenly.
func median(c CostColumn) float32 {
	cells := 0
	for _, m := range c.Slots {
		cells += m.cells
	}
	step := cells/maxSample + 1
	sample := make([]float32, 0, min(cells, maxSample))
	next := 0
	for _, m := range c.Slots {
		for _, row := range m.rows {
			for ; next < len(row); next += step {
				if v := row[next]; finite(v) && v != 0 {
					sample = append(sample, max(v, -v))
				}
			}
			next -= len(row)
		}
	}
	if len(sample) == 0 {
		return 1
	}
	slices.Sort(sample)
	return sample[len(sample)/2]
}

// weighed is the cost type of a combination.
var weighed = CostType{Metric: "priv:weighed", Mode: Numerical}

// weigh combines maps between the same PIDs into the weighted mean of their
// scaled costs. A pair that some maps do not define has the mean of the others.
func weigh(maps []*CostMap, scales []scale) *CostMap {
	first := maps[0]
	sum := &CostMap{costType: weighed, network: first.network, pids: first.pids, dropped: first.dropped}
	n := len(first.pids.names)
	sum.rows = make([][]float32, n)
	weights := make([]float32, n)
	for src := range n {
		clear(weights)
		for i, m := range maps {
			scales[i].add(sum, weights, uint32(src), m.rows[src])
		}
		for dst, cost := range sum.rows[src] {
			if weights[dst] == 0 {
				sum.rows[src][dst] = undefined
			} else {
				sum.rows[src][dst] = max(-math.MaxFloat32, min(cost/weights[dst], math.MaxFloat32))
			}
		}
	}
	return sum
}

// add adds one map's row to that of src in sum.
func (s scale) add(sum *CostMap, weights []float32, src uint32, row []float32) {
	if row == nil {
		return
	}
	into := sum.rows[src]
	if into == nil {
		into = make([]float32, len(weights))
		sum.rows[src] = into
		sum.cells += len(into)
	}
	for dst, v := range row {
		if v == v {
			into[dst] += s.weight * s.cost(v)
			weights[dst] += s.weight
		}
	}
}

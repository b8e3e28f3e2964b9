package mapdiff

import (
	"cmp"
	"math"
	"slices"
)

// Costs is what differs between the costs of pairs of PIDs that are in both maps,
// under the same name or another. Maps of different cost types are not compared.
type Costs struct {
	Compared int `json:"compared"` // pairs of which one map or the other states a cost
	Changed  int `json:"changed"`  // of these
	Appeared int `json:"appeared"` // of the changed, only B states a cost
	Vanished int `json:"vanished"` // of the changed, only A states a cost

	// Mean is the mean relative change of the pairs whose cost changed, up and down
	// alike: 0.5 is half as much more or less. Pairs whose cost was 0, or that one of
	// the maps does not state, are left out.
	Mean float64 `json:"mean_relative_change"`

	Largest []CostChange `json:"largest"` // by relative change; first those that have none
}

// CostChange is a pair whose cost changed. PIDs have the names of B.
type CostChange struct {
	From     string   `json:"from"`
	To       string   `json:"to"`
	Before   *float64 `json:"before"`   // nil: not stated
	After    *float64 `json:"after"`    // nil: not stated
	Relative *float64 `json:"relative"` // (after - before) / before; nil: not defined
}

func (p *pair) costs(top int) Costs {
	c := Costs{Largest: []CostChange{}}
	a, b := sideOf(p.a).CostType, sideOf(p.b).CostType
	if a == "" || a != b {
		return c
	}
	var changes []CostChange
	sum, counted := 0.0, 0
	for fromA := uint32(1); fromA <= uint32(p.a.PIDs()); fromA++ {
		fromB := p.toB[fromA]
		if fromB == 0 {
			continue
		}
		for toA := uint32(1); toA <= uint32(p.a.PIDs()); toA++ {
			toB := p.toB[toA]
			if toB == 0 {
				continue
			}
			before, after := stated(p.a.Cost(fromA, toA)), stated(p.b.Cost(fromB, toB))
			if before == nil && after == nil {
				continue
			}
			c.Compared++
			if before != nil && after != nil && *before == *after {
				continue
			}
			change := CostChange{From: p.b.Name(fromB), To: p.b.Name(toB), Before: before, After: after}
			switch {
			case before == nil:
				c.Appeared++
			case after == nil:
				c.Vanished++
			case *before != 0:
				relative := (*after - *before) / math.Abs(*before)
				change.Relative = &relative
				sum += math.Abs(relative)
				counted++
			}
			changes = append(changes, change)
		}
	}
	if counted > 0 {
		c.Mean = sum / float64(counted)
	}
	slices.SortStableFunc(changes, func(x, y CostChange) int { return cmp.Compare(weight(y), weight(x)) })
	c.Changed, c.Largest = len(changes), append(c.Largest, first(changes, top)...)
	return c
}

func stated(cost float32) *float64 {
	if cost != cost {
		return nil
	}
	c := float64(cost)
	return &c
}

func weight(c CostChange) float64 {
	if c.Relative == nil {
		return math.Inf(1)
	}
	return math.Abs(*c.Relative)
}

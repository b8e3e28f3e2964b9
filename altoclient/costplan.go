package altoclient

import (
	"errors"
	"fmt"
	"slices"
	"time"
)

// CostPlan is what costs are at each time: those of one cost type, or of several
// ones weighed against each other. It never changes.
//
// The costs of one cost type of which lower values are better are the server's
// own. All others are combined: the costs of each cost type are divided by their
// median, or the median by them where higher values are better, and what a pair
// costs is the weighted mean of what is known of it.
type CostPlan struct {
	columns  []CostColumn
	scales   []scale  // by column; none if the costs are those of the only one
	constant *CostMap // if nothing changes with time
	end      time.Time
}

// NewCostPlan weighs columns, one for each weight, in their order. All must be
// about the same version of the same network map, with the same numbers. Its
// errors name the entry of weights at fault, or wrap [ErrSkew].
func NewCostPlan(weights []CostWeight, columns ...CostColumn) (*CostPlan, error) {
	weights, err := checkCosts(weights)
	if err != nil {
		return nil, err
	}
	if len(weights) != len(columns) || len(columns) == 0 {
		return nil, fmt.Errorf("%d weights for %d columns", len(weights), len(columns))
	}
	p := &CostPlan{columns: columns}
	first := columns[0].Slots[0]
	for i, c := range columns {
		m := c.Slots[0]
		switch {
		case c.Type != weights[i].Type:
			return nil, fmt.Errorf("costs[%d]: want %v, have %v", i, weights[i].Type, c.Type)
		case m.network != first.network:
			return nil, fmt.Errorf("cost maps depend on %v and %v: %w", first.network, m.network, ErrSkew)
		case m.pids != first.pids && !slices.Equal(m.pids.names, first.pids.names):
			return nil, errors.New("cost maps number their PIDs in different ways")
		}
		if len(columns) > 1 || weights[i].Better != LowerBetter {
			p.scales = append(p.scales, newScale(c, weights[i]))
		}
		if end, ok := c.Calendar.End(); ok && (p.end.IsZero() || end.Before(p.end)) {
			p.end = end
		}
	}
	if !slices.ContainsFunc(columns, func(c CostColumn) bool { return len(c.Slots) > 1 }) {
		p.constant = p.combine(make([]int, len(columns)))
		p.columns = nil
	}
	return p, nil
}

// At returns the costs that hold at t.
func (p *CostPlan) At(t time.Time) *CostMap {
	if p.constant != nil {
		return p.constant
	}
	return p.combine(p.slots(t))
}

// combine returns the costs of the slots that are given by column.
func (p *CostPlan) combine(slots []int) *CostMap {
	maps := make([]*CostMap, len(p.columns))
	for i, c := range p.columns {
		maps[i] = c.Slots[slots[i]]
	}
	if p.scales == nil {
		return maps[0]
	}
	return weigh(maps, p.scales)
}

// slots returns which slot of each column holds at t.
func (p *CostPlan) slots(t time.Time) []int {
	slots := make([]int, len(p.columns))
	for i, c := range p.columns {
		slots[i] = c.Calendar.Slot(t)
	}
	return slots
}

// leastSlot is how long costs hold at least. Calendars may have intervals of any
// size (RFC 8896 section 4.1), but whoever uses costs has work with new ones.
const leastSlot = time.Second

// Border returns when, after t, the costs may change; false if they will not.
func (p *CostPlan) Border(t time.Time) (time.Time, bool) {
	var first time.Time
	for _, c := range p.columns {
		if border, ok := c.Calendar.Border(t); ok && (first.IsZero() || border.Before(first)) {
			first = border
		}
	}
	if first.IsZero() {
		return first, false
	}
	if least := t.Add(leastSlot); first.Before(least) {
		first = least
	}
	return first, true
}

// End returns when the first of the calendars is over; zero if there is none.
func (p *CostPlan) End() time.Time { return p.end }

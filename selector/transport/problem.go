// Package transport solves transportation problems: suppliers send to consumers, each
// pair at a cost of its own, no more than each has and wants.
//
// There are mostly many cheapest ways, and solvers end at one of the corners: of two
// suppliers alike in everything one sends all and the other nothing. Here it is the most
// even one (of the greatest entropy): what nothing tells apart is served in proportion,
// whatever its number.
//
//	p := Problem{Supply: ..., Demand: ..., Cost: ...}
//	f := p.Cheapest(0.8 * p.Most())
package transport

import "math"

// Problem is who has how much, who wants how much, and what it costs to send it.
type Problem struct {
	Supply, Demand []float64   // 0 or more, finite
	Cost           [][]float64 // of a unit, by supplier and consumer; infinite: they may not trade
}

// Flow is how much each supplier sends to each consumer.
type Flow [][]float64

// Most returns how much can be sent at all.
func (p Problem) Most() float64 {
	t := newTable(p, free)
	t.give(1)
	t.solve()
	return t.sent() / t.scale
}

// Cheapest returns the most even one of the cheapest flows of a total amount, or of as much
// as can be sent.
func (p Problem) Cheapest(amount float64) Flow {
	return p.cheapest(amount, asStated)
}

// Even returns the most even flow of a total amount: what Cheapest would say if all costs
// were alike.
func (p Problem) Even(amount float64) Flow {
	return p.cheapest(amount, free)
}

func (p Problem) cheapest(amount float64, price pricing) Flow {
	t := newTable(p, price)
	t.keep(amount)
	t.solve()
	return t.even()
}

// pricing says what a pair that may trade costs.
type pricing func(cost float64) float64

func asStated(cost float64) float64 { return cost }
func free(float64) float64          { return 0 }

// unit is what the larger of all supply and all demand is counted as. Whole numbers leave no
// rests of subtractions that the solver would send around for ever.
const unit = 1 << 40

func sum(all []float64) (total float64) {
	for _, v := range all {
		total += v
	}
	return total
}

// bounds returns the least and the greatest cost of p.
func (p Problem) bounds(price pricing) (least, greatest float64) {
	least, greatest = math.Inf(1), math.Inf(-1)
	for _, row := range p.Cost {
		for _, c := range row {
			if !math.IsInf(c, 1) {
				least, greatest = min(least, price(c)), max(greatest, price(c))
			}
		}
	}
	return least, greatest
}

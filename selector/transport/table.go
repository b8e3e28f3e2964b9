package transport

import "math"

// table is a problem in which everything is sent and everybody is served: what suppliers keep
// goes to one more consumer, what consumers lack comes from one more supplier, both free of
// charge. In whole numbers, so that the solver is exact.
type table struct {
	n, m           int       // suppliers and consumers, the additional ones last
	supply, demand []int64   // in units of 1/scale
	cost           [][]int64 // never: may not trade
	scale          float64

	flow       [][]int64 // by consumer and supplier
	left, room []int64   // of supply and demand
	pays, asks []int64   // prices: cost >= pays[i] + asks[j], and equal where something flows
	slack      int64     // costs this close are one: float32 has 24 bits
}

const never = math.MaxInt64

// costBits is how large costs are counted. A path of ten thousand pairs does not overflow.
const costBits = 40

func newTable(p Problem, price pricing) *table {
	n, m := len(p.Supply)+1, len(p.Demand)+1
	t := &table{n: n, m: m, scale: unit / max(sum(p.Supply), sum(p.Demand), math.SmallestNonzeroFloat32)}
	t.supply, t.demand = counts(p.Supply, t.scale), counts(p.Demand, t.scale)
	least, greatest := p.bounds(price)
	// A power of two keeps sums and differences of costs what they are.
	_, bits := math.Frexp(greatest - least)
	factor := costBits - bits
	if least == greatest {
		factor = 0
	}
	for _, row := range p.Cost {
		costs := make([]int64, m)
		for j, c := range row {
			if costs[j] = never; !math.IsInf(c, 1) {
				costs[j] = int64(math.Round(math.Ldexp(price(c)-least, factor)))
			}
		}
		t.cost = append(t.cost, costs)
	}
	t.cost = append(t.cost, make([]int64, m))
	t.slack = 1 << (costBits - 20)
	if least >= greatest {
		t.slack = 0
	}
	return t
}

func counts(amounts []float64, scale float64) []int64 {
	out := make([]int64, len(amounts)+1)
	for i, a := range amounts {
		out[i] = int64(a * scale)
	}
	return out
}

// keep sets what the additional ones send and get so that a given amount is left for the
// others.
func (t *table) keep(amount float64) {
	supply, demand := total(t.supply), total(t.demand)
	wanted := min(int64(amount*t.scale), supply, demand)
	t.supply[t.n-1], t.demand[t.m-1] = demand-wanted, supply-wanted
	t.cost[t.n-1][t.m-1] = never
}

// give lets the additional ones take everything, at a price for each unit.
func (t *table) give(price int64) {
	t.supply[t.n-1], t.demand[t.m-1] = total(t.demand), total(t.supply)
	for i := range t.n - 1 {
		t.cost[i][t.m-1] = price
	}
	for j := range t.m - 1 {
		t.cost[t.n-1][j] = price
	}
}

func total(all []int64) (n int64) {
	for _, v := range all {
		n += v
	}
	return n
}

// sent returns how much goes from the suppliers of the problem to its consumers.
func (t *table) sent() float64 {
	n := int64(0)
	for j := range t.m - 1 {
		n += total(t.flow[j][:t.n-1])
	}
	return float64(n)
}

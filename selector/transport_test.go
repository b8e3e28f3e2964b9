package selector

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

// forbid fills the diagonal.
func forbid(cost [][]float64) [][]float64 {
	for i := range cost {
		if i < len(cost[i]) {
			cost[i][i] = math.Inf(1)
		}
	}
	return cost
}

func (t transport) total(f flow) (cost float64) {
	for i := range f {
		for j, amount := range f[i] {
			if amount > 0 {
				cost += amount * t.cost[i][j]
			}
		}
	}
	return cost
}

func TestCheapestByHand(t *testing.T) {
	inf := math.Inf(1)
	for name, c := range map[string]struct {
		transport
		amount float64
		want   flow
	}{
		"the cheap supplier first": {transport{[]float64{5, 5}, []float64{6}, [][]float64{{1}, {9}}}, 6, flow{{5}, {1}}},
		"beta leaves the dear out": {transport{[]float64{5, 5}, []float64{10}, [][]float64{{1}, {9}}}, 5, flow{{5}, {0}}},
		"a lone seed": {transport{[]float64{9, 0, 0}, []float64{0, 4, 4},
			[][]float64{{inf, 2, 3}, {2, inf, 1}, {3, 1, inf}}}, 8, flow{{0, 4, 4}, {0, 0, 0}, {0, 0, 0}}},
		// Greedy would send 0 to 0 for 1 and then must send 1 to 1 for 100.
		"a choice is taken back": {transport{[]float64{1, 1}, []float64{1, 1}, [][]float64{{1, 2}, {3, 100}}}, 2, flow{{0, 1}, {1, 0}}},
		"nothing to send":        {transport{[]float64{0}, []float64{3}, [][]float64{{1}}}, 3, flow{{0}}},
		"nobody may":             {transport{[]float64{3}, []float64{3}, [][]float64{{inf}}}, 3, flow{{0}}},
	} {
		f, _ := c.cheapest(c.amount)
		for i := range c.want {
			for j, want := range c.want[i] {
				if math.Abs(f[i][j]-want) > 1e-6 {
					t.Errorf("%s: flow %v, want %v", name, f, c.want)
				}
			}
		}
	}
}

// slowest is the least cost of sending one unit at a time in whole units, by trying all
// ways.
func slowest(supply, demand []int, cost [][]float64, amount int) float64 {
	if amount == 0 {
		return 0
	}
	best := math.Inf(1)
	for i := range supply {
		for j := range demand {
			if supply[i] > 0 && demand[j] > 0 && !math.IsInf(cost[i][j], 1) {
				supply[i]--
				demand[j]--
				best = math.Min(best, cost[i][j]+slowest(supply, demand, cost, amount-1))
				supply[i]++
				demand[j]++
			}
		}
	}
	return best
}

// TestCheapestAgreesWithTryingAllWays compares with the slow twin, and checks what every
// flow must keep to.
func TestCheapestAgreesWithTryingAllWays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n, m := rapid.IntRange(1, 3).Draw(t, "suppliers"), rapid.IntRange(1, 3).Draw(t, "consumers")
		supply, demand := make([]int, n), make([]int, m)
		tr := transport{cost: make([][]float64, n)}
		for i := range supply {
			supply[i] = rapid.IntRange(0, 3).Draw(t, "supply")
			tr.supply = append(tr.supply, float64(supply[i]))
			for range m {
				tr.cost[i] = append(tr.cost[i], float64(rapid.IntRange(0, 9).Draw(t, "cost")))
			}
		}
		for j := range demand {
			demand[j] = rapid.IntRange(0, 3).Draw(t, "demand")
			tr.demand = append(tr.demand, float64(demand[j]))
		}
		tr.cost = forbid(tr.cost)
		homes := make([]int, m)
		for j := range homes {
			homes[j] = j
		}
		f, sent := tr.cheapest(4)
		for i := range f {
			if out := sum(f[i]); out > tr.supply[i]+1e-6 {
				t.Fatalf("supplier %d sends %v of %v", i, out, tr.supply[i])
			}
		}
		for j := range demand {
			in := 0.0
			for i := range f {
				in += f[i][j]
			}
			if in > tr.demand[j]+1e-6 {
				t.Fatalf("consumer %d is sent %v of %v", j, in, tr.demand[j])
			}
		}
		if want := slowest(supply, demand, tr.cost, int(math.Round(sent))); math.Abs(tr.total(f)-want) > 1e-6 {
			t.Fatalf("%v units cost %v, want %v: %v", sent, tr.total(f), want, f)
		}
		if n == m && sent < 4-1e-6 {
			if most := tr.most(homes, false); math.Abs(sent-most) > 1e-6 {
				t.Fatalf("sent %v, though %v can be", sent, most)
			}
		}
	})
}

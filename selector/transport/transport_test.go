package transport

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/optimize/convex/lp"
	"pgregory.net/rapid"
)

var inf = math.Inf(1)

func (p Problem) costs(f Flow) (cost float64) {
	for i := range f {
		for j, amount := range f[i] {
			if amount > 0 {
				cost += amount * p.Cost[i][j]
			}
		}
	}
	return cost
}

func (f Flow) total() (total float64) {
	for _, row := range f {
		total += sum(row)
	}
	return total
}

// keeps fails t unless f stays within what there is.
func (p Problem) keeps(t interface{ Fatalf(string, ...any) }, f Flow) {
	little := 1e-6 * max(sum(p.Supply), sum(p.Demand))
	for i := range f {
		if out := sum(f[i]); out > p.Supply[i]+little {
			t.Fatalf("supplier %d sends %v of %v", i, out, p.Supply[i])
		}
	}
	for j, demand := range p.Demand {
		in := 0.0
		for i := range f {
			in += f[i][j]
			if f[i][j] < 0 || f[i][j] > 0 && math.IsInf(p.Cost[i][j], 1) {
				t.Fatalf("%d sends %v to %d", i, f[i][j], j)
			}
		}
		if in > demand+little {
			t.Fatalf("consumer %d is sent %v of %v", j, in, demand)
		}
	}
}

func TestCheapestByHand(t *testing.T) {
	for name, c := range map[string]struct {
		Problem
		amount float64
		want   Flow
	}{
		"the cheap supplier first": {Problem{[]float64{5, 5}, []float64{6}, [][]float64{{1}, {9}}}, 6, Flow{{5}, {1}}},
		"what is left out is dear": {Problem{[]float64{5, 5}, []float64{10}, [][]float64{{1}, {9}}}, 5, Flow{{5}, {0}}},
		"a lone seed": {Problem{[]float64{9, 0, 0}, []float64{0, 4, 4},
			[][]float64{{inf, 2, 3}, {2, inf, 1}, {3, 1, inf}}}, 8, Flow{{0, 4, 4}, {0, 0, 0}, {0, 0, 0}}},
		// Greedy would send 0 to 0 for 1 and then must send 1 to 1 for 100.
		"a choice is taken back":  {Problem{[]float64{1, 1}, []float64{1, 1}, [][]float64{{1, 2}, {3, 100}}}, 2, Flow{{0, 1}, {1, 0}}},
		"negative costs":          {Problem{[]float64{5, 5}, []float64{6}, [][]float64{{-9}, {-1}}}, 6, Flow{{5}, {1}}},
		"equal costs are shared":  {Problem{[]float64{10, 30}, []float64{20}, [][]float64{{7}, {7}}}, 20, Flow{{5}, {15}}},
		"a tie among the dearest": {Problem{[]float64{4, 4, 4}, []float64{8}, [][]float64{{1}, {3}, {3}}}, 8, Flow{{4}, {2}, {2}}},
		// Both ways round cost 5: the sum is what counts.
		"a tie of sums":       {Problem{[]float64{2, 2}, []float64{2, 2}, [][]float64{{1, 3}, {2, 4}}}, 4, Flow{{1, 1}, {1, 1}}},
		"more than there is":  {Problem{[]float64{2}, []float64{1, 2}, [][]float64{{1, 2}}}, 9, Flow{{1, 1}}},
		"nothing to send":     {Problem{[]float64{0}, []float64{3}, [][]float64{{1}}}, 3, Flow{{0}}},
		"nothing wanted":      {Problem{[]float64{3}, []float64{3}, [][]float64{{1}}}, 0, Flow{{0}}},
		"nobody may":          {Problem{[]float64{3}, []float64{3}, [][]float64{{inf}}}, 3, Flow{{0}}},
		"nobody is there":     {Problem{}, 3, Flow{}},
		"huge and tiny costs": {Problem{[]float64{3, 3}, []float64{4}, [][]float64{{math.MaxFloat32}, {1e-30}}}, 4, Flow{{1}, {3}}},
	} {
		f := c.Cheapest(c.amount)
		if len(f) != len(c.want) {
			t.Fatalf("%s: flow %v, want %v", name, f, c.want)
		}
		for i := range c.want {
			for j, want := range c.want[i] {
				if math.Abs(f[i][j]-want) > 1e-4 {
					t.Errorf("%s: flow %v, want %v", name, f, c.want)
				}
			}
		}
	}
}

// draw makes a problem. Few different costs make for many ties.
func draw(t *rapid.T, largest int) Problem {
	n, m := rapid.IntRange(1, largest).Draw(t, "suppliers"), rapid.IntRange(1, largest).Draw(t, "consumers")
	dearest := rapid.SampledFrom([]int{0, 3, 1000}).Draw(t, "dearest")
	p := Problem{Cost: make([][]float64, n)}
	amount := rapid.OneOf(rapid.IntRange(0, 9), rapid.Just(0), rapid.IntRange(0, 1_000_000))
	for range n {
		p.Supply = append(p.Supply, float64(amount.Draw(t, "supply")))
	}
	for range m {
		p.Demand = append(p.Demand, float64(amount.Draw(t, "demand")))
	}
	for i := range n {
		for j := range m {
			c := float64(rapid.IntRange(0, dearest).Draw(t, "cost"))
			if i == j || rapid.IntRange(0, 9).Draw(t, "forbidden") == 0 {
				c = inf
			}
			p.Cost[i] = append(p.Cost[i], c)
		}
	}
	return p
}

// simplex is the slow twin: the problem as a linear programme with a dense matrix. It
// returns the least of the sum of prices over all flows of an amount, or of any amount if
// that is negative.
func simplex(p Problem, price func(float64) float64, amount float64) (least float64, err error) {
	type pair struct{ i, j int }
	var pairs []pair
	var c []float64
	for i := range p.Cost {
		for j, cost := range p.Cost[i] {
			if !math.IsInf(cost, 1) {
				pairs, c = append(pairs, pair{i, j}), append(c, price(cost))
			}
		}
	}
	if len(pairs) == 0 {
		return 0, nil
	}
	n, m := len(p.Supply), len(p.Demand)
	rows, b := n+m, append(slices.Clone(p.Supply), p.Demand...)
	if amount >= 0 {
		rows, b = rows+1, append(b, amount)
	}
	a := mat.NewDense(rows, len(pairs)+n+m, nil)
	for k, at := range pairs {
		a.Set(at.i, k, 1)
		a.Set(n+at.j, k, 1)
		if amount >= 0 {
			a.Set(n+m, k, 1)
		}
	}
	for row := range n + m {
		a.Set(row, len(pairs)+row, 1)
	}
	least, _, err = lp.Simplex(append(c, make([]float64, n+m)...), a, b, 1e-9, nil)
	return least, err
}

// TestAgreesWithTheSimplexMethod compares with the slow twin.
func TestAgreesWithTheSimplexMethod(t *testing.T) {
	solved, singular := 0, 0
	compare := func(t *rapid.T, what string, got, want, tolerance float64, err error) {
		if err != nil { // it finds rows that follow from others singular, at times
			singular++
			return
		}
		if solved++; math.Abs(got-want) > tolerance {
			t.Fatalf("%s: %v, want %v", what, got, want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		p := draw(t, 5)
		most := p.Most()
		little := 1e-6 * max(sum(p.Supply), sum(p.Demand), 1)
		want, err := simplex(p, func(float64) float64 { return -1 }, -1)
		compare(t, "the most that can be sent", most, -want, little, err)
		amount := most * rapid.SampledFrom([]float64{0, 0.3, 0.8, 1}).Draw(t, "beta")
		f := p.Cheapest(amount)
		p.keeps(t, f)
		if got := f.total(); math.Abs(got-amount) > 1e-3*amount+little {
			t.Fatalf("%v are sent, want %v: %v", got, amount, f)
		}
		want, err = simplex(p, asStated, amount*(1-1e-9))
		compare(t, "the least cost", p.costs(f), want, 1e-3*want+1000*little, err)
	})
	if solved < 4*singular {
		t.Errorf("the simplex method solved %d problems and gave up at %d", solved, singular)
	}
}

// TestTheOrderDoesNotMatter: the flow of a problem turned around is the flow turned around.
func TestTheOrderDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := draw(t, 6)
		q := Problem{slices.Clone(p.Supply), slices.Clone(p.Demand), nil}
		slices.Reverse(q.Supply)
		slices.Reverse(q.Demand)
		for _, row := range slices.Backward(p.Cost) {
			row = slices.Clone(row)
			slices.Reverse(row)
			q.Cost = append(q.Cost, row)
		}
		amount := 0.8 * p.Most()
		f, g := p.Cheapest(amount), q.Cheapest(amount)
		for i := range f {
			for j, a := range f[i] {
				if b := g[len(f)-1-i][len(f[i])-1-j]; math.Abs(a-b) > 0.005*amount {
					t.Fatalf("%d sends %v to %d, turned around %v", i, a, j, b)
				}
			}
		}
	})
}

// TestDearerIsSentLess: what costs more by itself is never sent more.
func TestDearerIsSentLess(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := draw(t, 5)
		amount := 0.8 * p.Most()
		i, j := rapid.IntRange(0, len(p.Supply)-1).Draw(t, "from"), rapid.IntRange(0, len(p.Demand)-1).Draw(t, "to")
		before := p.Cheapest(amount)[i][j]
		p.Cost[i][j] += float64(rapid.IntRange(1, 5).Draw(t, "dearer"))
		if after := p.Cheapest(amount)[i][j]; after > before+0.005*amount {
			t.Fatalf("%d sends %v to %d, and %v when it costs more", i, before, j, after)
		}
	})
}

// TestEvenIsProportional: where anybody may send to anybody at one cost, everybody gets from
// everybody in proportion.
func TestEvenIsProportional(t *testing.T) {
	p := Problem{Supply: []float64{10, 20, 70}, Demand: []float64{30, 10}, Cost: [][]float64{{4, 4}, {4, 4}, {4, 4}}}
	for name, f := range map[string]Flow{"even": p.Even(20), "cheapest": p.Cheapest(20)} {
		for i := range f {
			for j, amount := range f[i] {
				if want := 20 * p.Supply[i] / 100 * p.Demand[j] / 40; math.Abs(amount-want) > 1e-4 {
					t.Errorf("%s: %d sends %v to %d, want %v", name, i, amount, j, want)
				}
			}
		}
	}
}

// square is a problem between n places on a plane, who may not send to themselves.
func square(n int) Problem {
	rng := rand.New(rand.NewPCG(1, uint64(n)))
	x, y := make([]float64, n), make([]float64, n)
	p := Problem{Cost: make([][]float64, n)}
	for i := range n {
		x[i], y[i] = rng.Float64(), rng.Float64()
		p.Supply = append(p.Supply, rng.ExpFloat64())
		p.Demand = append(p.Demand, rng.ExpFloat64())
	}
	for i := range n {
		for j := range n {
			p.Cost[i] = append(p.Cost[i], float64(float32(math.Hypot(x[i]-x[j], y[i]-y[j]))))
		}
		p.Cost[i][i] = inf
	}
	return p
}

// TestLargeProblems: what is sent is as much as asked for, and no pair of pairs could swap
// for less.
func TestLargeProblems(t *testing.T) {
	p := square(200)
	amount := 0.8 * p.Most()
	f := p.Cheapest(amount)
	p.keeps(t, f)
	if got := f.total(); math.Abs(got-amount) > 1e-4*amount {
		t.Errorf("%v are sent, want %v", got, amount)
	}
	little := 1e-4 * amount
	for i := range f {
		for j := range f[i] {
			for k := range f {
				for l := range f[k] {
					if f[i][j] > little && f[k][l] > little && p.Cost[i][l]+p.Cost[k][j] < p.Cost[i][j]+p.Cost[k][l]-1e-5 {
						t.Fatalf("%d to %d and %d to %d would be cheaper the other way round", i, j, k, l)
					}
				}
			}
		}
	}
}

func BenchmarkCheapest(b *testing.B) {
	for _, n := range []int{20, 200, 400} {
		p := square(n)
		b.Run(fmt.Sprintf("places=%d", n), func(b *testing.B) {
			for b.Loop() {
				p.Cheapest(0.8 * p.Most())
			}
		})
	}
}

package load

import (
	"math"
	"math/rand/v2"
	"sort"
)

// zipf draws ranks from 0 to n-1, rank r with a probability in proportion to
// 1/(r+1)^exponent: how popular torrents are.
type zipf struct {
	cumulative []float64
}

func newZipf(n int, exponent float64) zipf {
	z := zipf{make([]float64, n)}
	sum := 0.0
	for r := range z.cumulative {
		sum += math.Pow(float64(r+1), -exponent)
		z.cumulative[r] = sum
	}
	return z
}

func (z zipf) draw(rng *rand.Rand) int {
	x := rng.Float64() * z.cumulative[len(z.cumulative)-1]
	return min(sort.SearchFloat64s(z.cumulative, x), len(z.cumulative)-1)
}

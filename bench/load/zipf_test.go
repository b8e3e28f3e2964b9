package load

import (
	"math"
	"math/rand/v2"
	"testing"
)

// chi2 returns the statistic of observed counts against expected ones, whose sums
// are equal.
func chi2(observed []int, expected []float64) (x float64) {
	for i, e := range expected {
		d := float64(observed[i]) - e
		x += d * d / e
	}
	return x
}

// chi2Limit returns a bound that the statistic exceeds once in a million, by the
// approximation of Wilson and Hilferty.
func chi2Limit(freedom int) float64 {
	const sigmas = 4.75
	k := float64(freedom)
	return k * math.Pow(1-2/(9*k)+sigmas*math.Sqrt(2/(9*k)), 3)
}

func TestRanksAreDrawnByTheirPopularity(t *testing.T) {
	const ranks, draws = 200, 400_000
	for _, exponent := range []float64{0, 0.7, 1, 1.5} {
		z, rng := newZipf(ranks, exponent), rand.New(rand.NewPCG(1, 2))
		observed, expected, sum := make([]int, ranks), make([]float64, ranks), 0.0
		for range draws {
			observed[z.draw(rng)]++
		}
		for r := range expected {
			expected[r] = math.Pow(float64(r+1), -exponent)
			sum += expected[r]
		}
		for r := range expected {
			expected[r] *= draws / sum
		}
		if x, limit := chi2(observed, expected), chi2Limit(ranks-1); x > limit {
			t.Errorf("exponent %v: chi squared %.0f, limit %.0f", exponent, x, limit)
		}
		// The test can fail: another exponent's ranks are told apart.
		for r := range expected {
			expected[r] *= math.Pow(float64(r+1), -0.1)
		}
		scale := 0.0
		for _, e := range expected {
			scale += e
		}
		for r := range expected {
			expected[r] *= draws / scale
		}
		if x, limit := chi2(observed, expected), chi2Limit(ranks-1); x < limit {
			t.Errorf("exponent %v is not told from %v", exponent, exponent+0.1)
		}
	}
}

func TestKindsAreDrawnByTheirShare(t *testing.T) {
	m, err := ParseMix("announce=80,started=5,stopped=5,scrape=6,connect=4")
	if err != nil {
		t.Fatal(err)
	}
	const draws = 100_000
	rng, observed := rand.New(rand.NewPCG(3, 4)), make([]int, kinds)
	for range draws {
		observed[m.draw(rng, m.sum())]++
	}
	if observed[completed] != 0 {
		t.Errorf("%d of a kind without a share", observed[completed])
	}
	var some []int
	var expected []float64
	for k, share := range m {
		if share > 0 {
			some, expected = append(some, observed[k]), append(expected, share*draws/m.sum())
		}
	}
	if x, limit := chi2(some, expected), chi2Limit(len(some)-1); x > limit {
		t.Errorf("chi squared %.0f, limit %.0f: %v", x, limit, observed)
	}
}

func TestMixIsReadAndWritten(t *testing.T) {
	for _, text := range []string{"announce=1", "announce=47,scrape=6,connect=47", "started=0.5,completed=2,stopped=1e-06"} {
		m, err := ParseMix(text)
		if err != nil || m.String() != text {
			t.Errorf("%q: have %q, %v", text, m, err)
		}
	}
	for text, want := range map[string]string{
		"":                 `"": want one of announce,`,
		"anounce=1":        `"anounce": want one of announce,`,
		"announce":         `"announce": want NAME=SHARE`,
		"announce=-1":      `"announce=-1": want NAME=SHARE`,
		"announce=NaN":     `"announce=NaN": want NAME=SHARE`,
		"announce=0":       `all shares are 0`,
		"announce=1,,":     `"": want one of`,
		"announce=1,xx==1": `"xx": want one of`,
	} {
		if _, err := ParseMix(text); !contains(err, want) {
			t.Errorf("%q: have error %v, want %q", text, err, want)
		}
	}
}

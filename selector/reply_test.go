package selector_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/altracker/altracker/selector/selectortest"
)

// TestRepliesOfRFC8686AppendixC: of 10,000 peers 100 are good, and a reply holds 100. A
// tracker that draws at random gives no good one in 36 % of its replies and at most four in
// 99 %, so that a client has nothing left to choose from. One that knows all of them
// gives nearly all 100: what is missing is the random share, or the one outsider that
// each reply holds.
func TestRepliesOfRFC8686AppendixC(t *testing.T) {
	w := selectortest.Square(2, func(from, to int) float32 {
		if from == to {
			return 1
		}
		return 10
	})
	w.Internal = []bool{true, false}
	w.Tags = map[string][]string{"isp": {"home", "away"}}
	crowd := selectortest.Crowd{0, 100, 9900}
	const replies = 4000
	good := func(policy string, options map[string]float64) (mean, none, few float64) {
		l := listFor(t, policy, w, 1, options)
		rng := rand.New(rand.NewPCG(86, 86))
		for range replies {
			n := selectortest.Fill(l, crowd, 100, rng)[1]
			mean += float64(n) / replies
			if n == 0 {
				none += 1. / replies
			}
			if n <= 4 {
				few += 1. / replies
			}
		}
		return mean, none, few
	}
	if _, none, few := good("random", nil); math.Abs(none-0.364) > 0.03 || few < 0.99 {
		t.Errorf("random: %.1f %% of replies without a good peer, %.1f %% with at most 4; want 36.4 and 99.7", 100*none, 100*few)
	}
	for _, c := range []struct {
		policy string
		random float64
		want   float64
	}{
		{"ranked", 0, 99},
		{"ranked", 0.10, 90 + 10*0.01},
		{"staged", 0, 90}, // its own bound: an ISP of one PID
		{"xunlei-native", 0, 99},
		{"xunlei-alto", 0, 99},
		{"xunlei-fixed", 0, 99},
		{"xunlei-fixed", 0.10, 90 + 10*0.01},
	} {
		mean, _, _ := good(c.policy, map[string]float64{"random": c.random})
		if math.Abs(mean-c.want) > 0.1 {
			t.Errorf("%s, random share %v: %.2f good peers of 100, want %.2f", c.policy, c.random, mean, c.want)
		}
	}
}

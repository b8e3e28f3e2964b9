package scenario

import (
	"math"
	"math/rand/v2"
	"slices"
	"time"
)

// times draws when each of n leechers comes, in ascending order.
func (a *Arrivals) times(n int, rng *rand.Rand) []time.Duration {
	at := make([]time.Duration, n)
	for i := range at {
		switch a.Kind {
		case "decay":
			at[i] = a.decayed(rng)
		default: // arrivals of a Poisson process, once their number is known, are uniform
			at[i] = time.Duration(rng.Float64() * float64(a.Over))
		}
	}
	slices.Sort(at)
	return at
}

// decayed draws from a density that falls as exp(-t/tau), cut at Over.
func (a *Arrivals) decayed(rng *rand.Rand) time.Duration {
	whole := 1 - math.Exp(-float64(a.Over)/float64(a.Tau))
	return time.Duration(-float64(a.Tau) * math.Log(1-whole*rng.Float64()))
}

// patience draws how long a leecher waits; 0 is for ever.
func (a *Aborts) patience(rng *rand.Rand) time.Duration {
	z := rng.NormFloat64() // drawn whether it is needed or not: other draws stay the same
	if a.Median == 0 {
		return 0
	}
	seconds := time.Duration(a.Median).Seconds() * math.Exp(or(a.Sigma, 1.5)*z)
	return time.Duration(min(seconds, 1e8) * float64(time.Second))
}

// stay draws how long a peer seeds when it is complete; below 0 is for ever.
func (s *Swarm) stay(rng *rand.Rand) time.Duration {
	x := rng.ExpFloat64()
	if s.Stay {
		return -1
	}
	return time.Duration(x * float64(s.Seeding))
}

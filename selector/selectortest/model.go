package selectortest

import (
	"math/rand/v2"
	"slices"

	"github.com/altracker/altracker/selector"
)

// Crowd is how many peers each PID has; index 0 is the peers in no PID.
type Crowd []int

// Total returns how many peers there are.
func (c Crowd) Total() (n int) {
	for _, k := range c {
		n += k
	}
	return n
}

// Fill walks a list over a crowd in the slowest and plainest way: it draws one
// peer after another, each by its weight among those that are left. It returns how
// many peers of each PID were chosen. Roles are left out.
func Fill(l selector.List, crowd Crowd, want int, rng *rand.Rand) Crowd {
	left, taken := slices.Clone(crowd), make(Crowd, len(crowd))
	if crowd.Total() <= want {
		return left
	}
	up := rng.Float64()
	draw := func(st selector.Step, limit int) {
		for taken.Total() < limit {
			pid, ok := one(st, left, rng)
			if !ok {
				return
			}
			left[pid]--
			taken[pid]++
		}
	}
	kept := 0
	if len(l.Outside) > 0 && want >= 4 {
		kept = 1
	}
	for _, st := range l.Steps {
		draw(st, min(int(float64(want)*st.Target+up), want-kept))
		if kept > 0 && holds(l.Outside, taken) {
			kept = 0
		}
	}
	if kept > 0 {
		draw(selector.Step{Spans: l.Outside}, want)
	}
	for _, st := range l.Steps {
		draw(st, int(float64(want)*st.Target+up))
	}
	return taken
}

func holds(spans []selector.Span, c Crowd) bool {
	for pid, n := range c {
		if n > 0 && weight(spans, selector.PID(pid)) > 0 {
			return true
		}
	}
	return false
}

func weight(spans []selector.Span, pid selector.PID) float64 {
	for _, sp := range spans {
		if sp.Lo <= pid && pid < sp.Hi {
			return float64(sp.Weight)
		}
	}
	return 0
}

// one draws the PID of one peer.
func one(st selector.Step, left Crowd, rng *rand.Rand) (pid int, ok bool) {
	weights, total := make([]float64, len(left)), 0.0
	for i, n := range left {
		if n == 0 {
			continue
		}
		weights[i] = weight(st.Spans, selector.PID(i))
		if !st.ByPID {
			weights[i] *= float64(n)
		}
		total += weights[i]
	}
	if total == 0 {
		return 0, false
	}
	r := rng.Float64() * total
	for i, w := range weights {
		if w == 0 {
			continue
		}
		pid, ok = i, true
		if r -= w; r < 0 {
			break
		}
	}
	return pid, ok
}

// Shares returns each PID's mean number of peers in the reply over many walks.
func Shares(l selector.List, crowd Crowd, want, walks int, rng *rand.Rand) []float64 {
	sums := make([]float64, len(crowd))
	for range walks {
		for pid, n := range Fill(l, crowd, want, rng) {
			sums[pid] += float64(n)
		}
	}
	for i := range sums {
		sums[i] /= float64(walks)
	}
	return sums
}

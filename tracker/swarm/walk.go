package swarm

// Span is the PIDs from Lo up to, not including, Hi, and their common weight.
type Span struct {
	Lo, Hi PID
	Weight float32
}

// Step draws from the peers of its spans until the reply is filled to Target.
type Step struct {
	// Target is the cumulative share of the reply, 0 to 1. A target that is no
	// whole number of peers is rounded up or down at random, so that it is met on
	// average.
	Target float64

	// Spans is disjoint and in ascending order.
	Spans []Span

	// ByPID shares the step out among PIDs by weight, however many peers each has.
	// Otherwise the weight is each peer's, and equal weights are a uniform draw.
	ByPID bool
}

// Walk is an ordered traversal list (draft-yang-tracker-peer-selection-00 section
// 4), ready to be walked over a swarm. It never changes.
type Walk struct {
	steps   []step
	home    []Span // empty if it is the requester's PID alone
	outside []Span
}

type step struct {
	Step
	kind kind
	top  float32 // the largest weight
	pids uint64  // how many PIDs the spans hold
}

type kind uint8

const (
	everyone kind = iota // the whole swarm, uniformly
	uniform              // some PIDs, every peer alike
	weighted             // some PIDs, by weight
)

// NewWalk prepares steps. The peers of home count as the requester's own; empty
// means those of its PID. If outside is not empty, a draw returns at least one peer
// of those PIDs and, unless it is restricted to leechers, at least one seeder,
// whenever there are such peers and room for them.
func NewWalk(steps []Step, home, outside []Span) *Walk {
	w := &Walk{outside: outside}
	if len(home) > 1 || len(home) == 1 && home[0].Hi-home[0].Lo > 1 {
		w.home = home
	}
	for _, st := range steps {
		prepared := step{Step: st, kind: kindOf(st)}
		for _, sp := range st.Spans {
			prepared.top = max(prepared.top, sp.Weight)
			prepared.pids += uint64(sp.Hi - sp.Lo)
		}
		w.steps = append(w.steps, prepared)
	}
	return w
}

func kindOf(st Step) kind {
	if len(st.Spans) == 1 && !st.ByPID && st.Spans[0].Lo == 0 && st.Spans[0].Hi == ^PID(0) {
		return everyone
	}
	if st.ByPID && !(len(st.Spans) == 1 && st.Spans[0].Hi-st.Spans[0].Lo == 1) {
		return weighted
	}
	for _, sp := range st.Spans {
		if sp.Weight != st.Spans[0].Weight {
			return weighted
		}
	}
	return uniform
}

// Random is the walk of one step: everybody alike.
var Random = NewWalk([]Step{{Target: 1, Spans: []Span{{Hi: ^PID(0), Weight: 1}}}}, nil, nil)

// contains tells whether one of spans holds pid.
func contains(spans []Span, pid PID) bool { return weightOf(spans, pid) > 0 }

// weightOf returns the weight of the span that holds pid, 0 if none does.
func weightOf(spans []Span, pid PID) float32 {
	lo, hi := 0, len(spans)
	for lo < hi {
		mid := int(uint(lo+hi) >> 1)
		if spans[mid].Hi <= pid {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	if lo < len(spans) && spans[lo].Lo <= pid {
		return spans[lo].Weight
	}
	return 0
}

// The steps that no walk states: what a draw adds on its own.
const (
	StepAll      = -1 // the swarm is not larger than the reply: everybody
	StepSeeder   = -2 // the one seeder that a reply must have
	StepOutsider = -3 // the one outsider that a reply must have
)

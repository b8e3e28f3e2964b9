package swarm

import "slices"

// Span is the PIDs from Lo up to, not including, Hi, and their common weight.
type Span struct {
	Lo, Hi PID
	Weight float32
}

// Step draws from the peers of its spans until the reply is filled to Target.
type Step struct {
	// Target is the cumulative share of the reply, 0 to 1, and Spare how many places
	// are left free nevertheless. What is no whole number of peers is rounded up or
	// down at random, so that it is met on average.
	Target, Spare float64

	// Spans is disjoint and in ascending order.
	Spans []Span

	// Roles and Classes restrict whom to draw; 0 means everybody.
	Roles   Roles
	Classes Classes

	// ByPID shares the step out among PIDs by weight, however many peers each has.
	// Otherwise the weight is each peer's, and equal weights are a uniform draw.
	ByPID bool

	// Cap, if not 0, keeps the weight of every peer from being more than so many
	// times the mean.
	Cap float64

	// Stable draws the same peers for the same requester each time, so far as they
	// are still there.
	Stable bool
}

// Plan is an ordered traversal list: all that NewWalk is told.
type Plan struct {
	Steps []Step

	// Home is the PIDs whose peers count as the requester's own; empty means its own.
	Home []Span

	// Outside, if not empty, has a draw return at least one peer of those PIDs and,
	// unless it is restricted to leechers, at least one seeder, whenever there are
	// such peers and room for them.
	Outside []Span

	Most int // peers that a reply holds at most; 0 means as many as are wanted
}

// Walk is an ordered traversal list (draft-yang-tracker-peer-selection-00 section
// 4), ready to be walked over a swarm. It never changes.
type Walk struct {
	steps   []step
	home    []Span // empty if it is the requester's PID alone
	outside area
	edges   edges
	most    int
	stable  bool // some step is
}

// Walks holds the walk for a requester of each class.
type Walks [NumClasses]*Walk

// ForAll returns the same walk for all classes.
func ForAll(w *Walk) *Walks { return &Walks{w, w, w, w} }

// step is a [Step] as draws take it. Walks are many, as many as home PIDs, and all of them are
// in use: hence so small.
type step struct {
	target, spare float64
	area          area
	pids          uint64 // how many the area holds
	cap           float64
	top           float32 // the largest weight
	kind          kind
	roles         Roles
	classes       Classes
	byPID, stable bool
	inside        bool // nobody of it is an outsider
}

type kind uint8

const (
	everyone kind = iota // the whole swarm, uniformly
	uniform              // some PIDs, every peer alike
	weighted             // some PIDs, by weight
)

// NewWalk prepares a plan.
func NewWalk(p Plan) *Walk {
	spans := roomFor(p)
	w := &Walk{steps: make([]step, len(p.Steps)), outside: areaOf(spans.keep(p.Outside)), most: p.Most}
	if len(p.Home) > 1 || len(p.Home) == 1 && p.Home[0].Hi-p.Home[0].Lo > 1 {
		w.home = spans.keep(p.Home)
	}
	for i, st := range p.Steps {
		w.steps[i] = prepare(st, areaOf(spans.keep(st.Spans)))
		w.steps[i].inside = apart(st.Spans, p.Outside)
		w.stable = w.stable || st.Stable
	}
	w.findEdges()
	return w
}

func prepare(st Step, a area) step {
	s := step{
		target: st.Target, spare: st.Spare, area: a, cap: st.Cap, kind: kindOf(st),
		roles: st.Roles, classes: st.Classes, byPID: st.ByPID, stable: st.Stable,
	}
	if s.roles == 0 {
		s.roles = both
	}
	if s.classes == 0 {
		s.classes = allClasses
	}
	for _, sp := range a.spans {
		s.top = max(s.top, sp.Weight)
		s.pids += uint64(sp.Hi - sp.Lo)
	}
	return s
}

// room is where all spans of a walk stand, one behind the other.
type room []Span

func roomFor(p Plan) room {
	n := len(p.Home) + len(p.Outside)
	for _, st := range p.Steps {
		n += len(st.Spans)
	}
	return make(room, 0, n)
}

func (r *room) keep(spans []Span) []Span {
	*r = append(*r, spans...)
	return slices.Clip((*r)[len(*r)-len(spans):])
}

// findEdges finds the edges of the steps that most draws come to, up to the first one that
// may fill the reply, and those of the outside.
func (w *Walk) findEdges() {
	for i := range w.steps {
		if st := &w.steps[i]; st.kind != everyone {
			w.edges = w.edges.with(st.area.spans)
		}
		if w.steps[i].target >= 1 && w.steps[i].spare == 0 {
			break
		}
	}
	w.edges = w.edges.with(w.outside.spans)
	w.edges.mark(&w.outside)
	for i := range w.steps {
		w.edges.mark(&w.steps[i].area)
	}
}

func kindOf(st Step) kind {
	whole := len(st.Spans) == 1 && st.Spans[0].Lo == 0 && st.Spans[0].Hi == ^PID(0)
	if whole && !st.ByPID && st.Roles == 0 && st.Classes == 0 {
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

var allPIDs = []Span{{Lo: 0, Hi: ^PID(0), Weight: 1}}

// Random is the walk of one step: everybody alike.
var Random = ForAll(NewWalk(Plan{Steps: []Step{{Target: 1, Spans: allPIDs}}}))

// apart tells whether no PID of spans is one of others; both are in order.
func apart(spans, others []Span) bool {
	for len(spans) > 0 && len(others) > 0 {
		switch {
		case spans[0].Hi <= others[0].Lo:
			spans = spans[1:]
		case others[0].Hi <= spans[0].Lo:
			others = others[1:]
		default:
			return false
		}
	}
	return true
}

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

package selector

// List is an ordered traversal list (draft-yang-tracker-peer-selection-00
// section 4): what a policy answers. The reply is a bucket, filled step by step.
// Each step draws from its own peers, without replacement, until the bucket
// holds the step's target share of the peers wanted or the step has no more.
type List struct {
	Steps []Step

	// Home is the PIDs that count as the requester's own; empty means the one that
	// its address is in.
	Home []Span

	// Outside is the PIDs outside the requester's own network. If it is not
	// empty, a reply of four peers or more holds at least one of theirs whenever
	// there is one, and at least one seeder.
	Outside []Span
}

// Step is one element of a List.
type Step struct {
	Name string // for people: "home PID"

	// Target is the cumulative share of the reply that is filled when the step
	// is done, 0 to 1. Targets never decrease along a List; the last is 1.
	Target float64

	// Spans is the PIDs to draw from, disjoint and in ascending order.
	Spans []Span

	// ByPID makes the weights of Spans hold for PIDs: each PID's share of the
	// step is in proportion to its weight, however many peers it has. Otherwise
	// they hold for peers: each peer's chance is in proportion to the weight of
	// its PID.
	ByPID bool
}

// Span is the PIDs from Lo up to, not including, Hi, and their common weight. A
// step whose spans all have the same weight draws uniformly.
type Span struct {
	Lo, Hi PID
	Weight float32
}

// everyone is the span of all PIDs and of the peers in none.
var everyone = []Span{{Lo: 0, Hi: ^PID(0), Weight: 1}}

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

	// Most is how many peers the reply holds at most; 0 leaves it to the request.
	Most int

	// Soon asks the requester to announce again after the least interval: what it is
	// told will be better by then.
	Soon bool

	// ByClass says that the list holds for requesters of View.Class only.
	ByClass bool
}

// Step is one element of a List: a node of a classification tree, and how far it
// fills the reply. Who is drawn is told by Spans, Roles and Classes together.
type Step struct {
	Name string // for people: "home PID"

	// Target is the cumulative share of the reply that is filled when the step
	// is done, 0 to 1. Targets never decrease along a List; the last is 1.
	Target float64

	// Spare is how many places the step leaves free, whatever its Target: the k of
	// biased neighbour selection. What is no whole number is met on average.
	Spare float64

	// Spans is the PIDs to draw from, disjoint and in ascending order.
	Spans []Span

	// Roles and Classes restrict whom to draw of them; 0 means everybody.
	Roles   Roles
	Classes Classes

	// ByPID makes the weights of Spans hold for PIDs: each PID's share of the
	// step is in proportion to its weight, however many peers it has. Otherwise
	// they hold for peers: each peer's chance is in proportion to the weight of
	// its PID.
	ByPID bool

	// Cap is overload protection: where weights differ, no PID gets more than Cap
	// times its share of the step's peers, so long as others can take the rest
	// (the Yale P4P library has 1.5). 0 means no cap.
	Cap float64

	// Stable gives the same requester the same peers at each announce, so far as
	// they are still there.
	Stable bool
}

// Span is the PIDs from Lo up to, not including, Hi, and their common weight. A
// step whose spans all have the same weight draws uniformly.
type Span struct {
	Lo, Hi PID
	Weight float32
}

// everyone is the span of all PIDs and of the peers in none.
var everyone = []Span{{Lo: 0, Hi: ^PID(0), Weight: 1}}

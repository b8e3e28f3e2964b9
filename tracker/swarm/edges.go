package swarm

import "slices"

// area is some PIDs.
type area struct {
	spans []Span
	ends  [edgesMost - 1][2]uint8 // by span: which of the walk's edges it begins and ends at; unknown if they are not all edges
}

// unknown is no edge's number.
const unknown = edgesMost

func areaOf(spans []Span) area { return area{spans: spans, ends: [edgesMost - 1][2]uint8{{unknown}}} }

// known tells whether the area begins and ends at edges.
func (a *area) known() bool { return a.ends[0][0] != unknown }

// edges is where areas begin and end that most draws of a walk come to, each once, in order.
type edges struct {
	pids [edgesMost]PID
	n    int
}

// edgesMost is the most edges that are worth looking for before it is known that they are
// needed.
const edgesMost = 8

func (e *edges) list() []PID { return e.pids[:e.n] }

// with returns the edges of spans, too, or e as it is if they were too many.
func (e edges) with(spans []Span) edges {
	all := slices.Clone(e.list())
	for _, sp := range spans {
		all = append(all, sp.Lo, behind(sp))
	}
	slices.Sort(all)
	if all = slices.Compact(all); len(all) <= edgesMost {
		e.n = copy(e.pids[:], all)
	}
	return e
}

// mark tells an area which edges it begins and ends at.
func (e *edges) mark(a *area) {
	if len(a.spans) == 0 || len(a.spans) > len(a.ends) {
		return
	}
	ends := a.ends
	for i, sp := range a.spans {
		lo, found := slices.BinarySearch(e.list(), sp.Lo)
		hi, too := slices.BinarySearch(e.list(), behind(sp))
		if !found || !too {
			return
		}
		ends[i] = [2]uint8{uint8(lo), uint8(hi)}
	}
	a.ends = ends
}

// behind returns the first PID behind a span, or the one behind all.
func behind(sp Span) PID { return min(sp.Hi, maxPID+1) }

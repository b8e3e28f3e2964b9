package swarm

import "slices"

// area is some PIDs.
type area struct {
	spans []Span
	ends  [][2]uint8 // by span: which of the walk's edges it begins and ends at; nil if they are not all known
}

// edges is where areas begin and end that most draws of a walk come to, each once, in order.
type edges []PID

// edgesMost is the most edges that are worth looking for before it is known that they are
// needed.
const edgesMost = 8

// with returns the edges of an area, too, or e as it is if they were too many.
func (e edges) with(a area) edges {
	all := slices.Clone(e)
	for _, sp := range a.spans {
		all = append(all, sp.Lo, behind(sp))
	}
	slices.Sort(all)
	if all = slices.Compact(all); len(all) > edgesMost {
		return e
	}
	return all
}

// mark tells an area which edges it begins and ends at.
func (e edges) mark(a *area) {
	ends := make([][2]uint8, len(a.spans))
	for i, sp := range a.spans {
		lo, found := slices.BinarySearch(e, sp.Lo)
		hi, too := slices.BinarySearch(e, behind(sp))
		if !found || !too {
			return
		}
		ends[i] = [2]uint8{uint8(lo), uint8(hi)}
	}
	a.ends = ends
}

// behind returns the first PID behind a span, or the one behind all.
func behind(sp Span) PID { return min(sp.Hi, maxPID+1) }

package mrt

import "iter"

// The types of a path segment (RFC 4271 section 4.3, RFC 5065 section 3).
const (
	Set            = 1
	Sequence       = 2
	ConfedSequence = 3
	ConfedSet      = 4
)

// Trans stands in a path for an AS that an old router could not name (RFC 6793
// section 9). It is no AS.
const Trans = 23456

// Segment is a part of a path.
type Segment struct {
	Type byte
	ASes []uint32
}

// Path is the way of a route through ASes: the nearest first, the origin last.
type Path []Segment

// Origin returns the AS that the route comes from; 0 if the path does not tell.
// An empty path is a route of the peer's own AS. A set at the end is what somebody
// has aggregated: of one AS, it is that AS; of several, the origin is the AS
// before the set, which holds the aggregate.
func (p Path) Origin(peer uint32) uint32 {
	origin := peer
	for as := range p.hops() {
		if as != 0 {
			origin = as
		}
	}
	if !isAS(origin) {
		return 0
	}
	return origin
}

// Links yields the pairs of neighbours in the path. An AS that is repeated to
// lengthen the path (prepending) is one; what lies inside a set of several ASes,
// or beside an AS that is not named, is not known and yields nothing.
func (p Path) Links() iter.Seq2[uint32, uint32] {
	return func(yield func(uint32, uint32) bool) {
		var last uint32
		for as := range p.hops() {
			if !isAS(as) {
				as = 0
			}
			if last != 0 && as != 0 && as != last && !yield(last, as) {
				return
			}
			last = as
		}
	}
}

// hops yields the ASes of the path, 0 in place of a set of several. The inner ASes
// of a confederation are nobody else's business and left out (RFC 5065 section 5).
func (p Path) hops() iter.Seq[uint32] {
	return func(yield func(uint32) bool) {
		for _, s := range p {
			switch {
			case s.Type == Sequence || s.Type == Set && len(s.ASes) == 1:
				for _, as := range s.ASes {
					if !yield(as) {
						return
					}
				}
			case s.Type == Set && len(s.ASes) > 1:
				if !yield(0) {
					return
				}
			}
		}
	}
}

func isAS(as uint32) bool { return as != 0 && as != Trans }

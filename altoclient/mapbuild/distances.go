package mapbuild

import (
	"math"

	"github.com/altracker/altracker/altoclient/asgraph"
	"github.com/altracker/altracker/altoclient/asnmap"
)

// headsOf returns the AS that stands for each PID of m: the AS itself, or of a
// country the one with most addresses that has no PID of its own; 0 if there is
// none.
func headsOf(whole, m *asnmap.Map) []uint32 {
	kept := make(map[uint32]bool)
	for pid := range m.PIDs() {
		kept[m.AS(uint32(pid)+1)] = true
	}
	largest := whole.Largest(func(as uint32) bool { return !kept[as] })
	heads := make([]uint32, m.PIDs()+1)
	for pid := uint32(1); pid < uint32(len(heads)); pid++ {
		if heads[pid] = m.AS(pid); heads[pid] == 0 && m.Country(pid) != "" {
			heads[pid] = largest[m.Country(pid)]
		}
	}
	return heads
}

// unreachable is a distance for which there is no way.
const unreachable = math.MaxUint16

// distances tells the costs between PIDs by the way between their heads: 1 for the
// AS itself, and the distance on top. What no way leads to, and the default PID,
// costs 1 more than the dearest way there is. Inside a PID of several ASes of a
// country the cost is that between two customers of one provider.
func distances(d *draft, m *asnmap.Map, heads []uint32, graph *asgraph.Graph) costs {
	matrix := make([][]uint16, len(heads))
	dearest, lost := 0, 0
	for src := 1; src < len(heads); src++ {
		matrix[src] = make([]uint16, len(heads))
		from := graph.From(heads[src])
		for dst := 1; dst < len(heads); dst++ {
			distance, ok := from.To(heads[dst])
			if !ok {
				matrix[src][dst] = unreachable
				if dst > src && heads[src] != 0 && heads[dst] != 0 {
					lost++
				}
				continue
			}
			matrix[src][dst] = uint16(distance)
			dearest = max(dearest, distance)
		}
	}
	inner := float32(1 + 2*asgraph.Hop)
	if graph.Told() {
		inner = 1 + 2*asgraph.Transit
	}
	describeLinks(d, graph, dearest, lost)
	return func(src uint32, row []float32) {
		for dst := 1; dst < len(row); dst++ {
			switch distance := matrix[src][dst]; {
			case uint32(dst) == src && m.AS(src) != 0:
				row[dst] = 1
			case uint32(dst) == src && m.Country(src) != "":
				row[dst] = inner
			case distance == unreachable:
				row[dst] = float32(2 + dearest)
			default:
				row[dst] = 1 + float32(distance)
			}
		}
	}
}

func describeLinks(d *draft, graph *asgraph.Graph, dearest, lost int) {
	d.note("links: %d between %d ASes", graph.Links(), graph.ASes())
	if graph.Told() {
		d.note("costs: 1 in an AS, and for each link on the cheapest valley-free way 1 (peering) or 2 (transit)")
		if n := graph.Guessed(); n > 0 {
			d.note("links seen but not in the relationships: %d; the end with more neighbours counts as the provider", n)
		}
	} else {
		d.note("costs: 1 in an AS, and 1 for each link on the shortest way")
	}
	if lost > 0 {
		d.note("pairs of PIDs without a way between them: %d; they cost %d", lost, 2+dearest)
	}
}

package asnmap

import (
	"math"
	"slices"
)

// The costs of a path, by what its ends have in common.
const (
	costAS        = 1
	costCountry   = 10
	costContinent = 30
	costElsewhere = 100
)

// A group is the PIDs of one country, from first up to, not including, end, and
// those of its continent. A PID of no known country is a group of its own.
type group struct {
	first, end                   uint32
	continentFirst, continentEnd uint32
}

// groupsOf finds the countries and continents in places, which are in order.
func groupsOf(places []place, a atlas) []group {
	var groups []group
	for i := 0; i < len(places); {
		end := i + 1
		for c := places[i].country; c != 0 && end < len(places) && places[end].country == c; {
			end++
		}
		first, last := uint32(i)+1, uint32(end)+1
		groups = append(groups, group{first, last, first, last})
		i = end
	}
	continent := func(g group) uint16 { return a[places[g.first-1].country] }
	for i := 0; i < len(groups); {
		end := i + 1
		for c := continent(groups[i]); c != 0 && end < len(groups) && continent(groups[end]) == c; {
			end++
		}
		for k := i; k < end; k++ {
			groups[k].continentFirst, groups[k].continentEnd = groups[i].first, groups[end-1].end
		}
		i = end
	}
	return groups
}

// groupOf returns the group of a valid pid.
func (m *Map) groupOf(pid uint32) group {
	i, _ := slices.BinarySearchFunc(m.groups, pid, func(g group, pid uint32) int {
		if g.end <= pid {
			return -1
		}
		return 1
	})
	return m.groups[i]
}

// ownCost is the cost inside a valid pid.
func (m *Map) ownCost(pid uint32) float32 {
	switch p := m.places[pid-1]; {
	case p.asn != 0:
		return costAS
	case p.country != 0:
		return costCountry
	default:
		return costElsewhere
	}
}

// Row returns the costs between home and every PID, as altoclient.View has it.
// They are the same in both directions. Nothing tells what is internal. The
// slices are the caller's; there are none if home is no PID.
func (m *Map) Row(home uint32, outward bool) (ends []uint32, costs []float32, internal []bool) {
	if !m.valid(home) {
		return nil, nil, nil
	}
	r := row{ends: make([]uint32, 0, 8), costs: make([]float32, 0, 8)}
	g := m.groupOf(home)
	r.upTo(1, float32(math.NaN())) // 0 is no PID
	r.upTo(g.continentFirst, costElsewhere)
	r.upTo(g.first, costContinent)
	r.upTo(home, costCountry)
	r.upTo(home+1, m.ownCost(home))
	r.upTo(g.end, costCountry)
	r.upTo(g.continentEnd, costContinent)
	r.upTo(m.defaultPID()+1, costElsewhere)
	return r.ends, r.costs, nil
}

// A row collects runs of costs.
type row struct {
	ends  []uint32
	costs []float32
}

// upTo extends the row to end, unless it is that long already.
func (r *row) upTo(end uint32, cost float32) {
	n := len(r.ends)
	switch {
	case n > 0 && r.ends[n-1] == end:
	case n > 0 && r.costs[n-1] == cost:
		r.ends[n-1] = end
	default:
		r.ends, r.costs = append(r.ends, end), append(r.costs, cost)
	}
}

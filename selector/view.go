package selector

import (
	"math"
	"slices"
)

// View is all that a policy may know when it answers for a requester.
type View struct {
	Home PID

	// Homes is the home PID: Home itself, and what else its source knows by the
	// same name (see Map.Homes). In ascending order, of weight 1.
	Homes []Span

	// Runs is every PID from 1 on, in order, with its cost. There is at least one.
	Runs []Run

	// Seeder says that the requester seeds: it will send, so costs are from it.
	Seeder bool

	// Ordinal says that costs are ranks: they may be compared, but not reckoned with.
	Ordinal bool

	// HasISP says that the map tells which PIDs are the home ISP's, Home among them.
	HasISP bool
}

// Run is the PIDs from Lo up to, not including, Hi, which are alike to the home PID.
type Run struct {
	Lo, Hi   PID
	Cost     float32 // NaN where the source states none
	Internal bool    // of the home ISP; without meaning unless HasISP is set
}

// Look returns the view of m from home. It is false if nobody guides home.
func Look(m Map, home PID, seeder bool) (View, bool) {
	ends, costs, internal := m.Row(home, seeder)
	v := View{Home: home, Seeder: seeder, Ordinal: m.Ordinal(home)}
	for lo, hi := range m.Homes(home) {
		v.Homes = append(v.Homes, Span{lo, hi, 1})
	}
	lo := PID(1) // PID 0 has no place and no cost
	for i, hi := range ends {
		if hi <= lo {
			continue
		}
		run := Run{Lo: lo, Hi: hi, Cost: costs[i]}
		if internal != nil {
			run.Internal = internal[i]
			v.HasISP = v.HasISP || run.Internal && lo <= home && home < hi
		}
		v.Runs = append(v.Runs, run)
		lo = hi
	}
	return v, home != 0 && len(v.Runs) > 0
}

// Undefined is the cost of a pair for which the source states none.
var Undefined = float32(math.NaN())

// undefined tells whether a source stated no cost.
func undefined(cost float32) bool { return math.IsNaN(float64(cost)) }

// priced returns the runs of v with each undefined cost replaced by the dearest
// known one between the home PID and another: such peers stay eligible, and are
// never mistaken for near ones. Where none is known they are dearer than home.
func (v View) priced() []Run {
	unknown, others := float32(0), false
	for _, r := range v.Runs {
		switch home := r.Lo == v.Home && r.Hi == v.Home+1; {
		case undefined(r.Cost):
		case home && !others:
			unknown = math.Nextafter32(r.Cost, float32(math.Inf(1)))
		case !home && (!others || r.Cost > unknown):
			unknown, others = r.Cost, true
		}
	}
	runs := slices.Clone(v.Runs)
	for i := range runs {
		if undefined(runs[i].Cost) {
			runs[i].Cost = unknown
		}
	}
	return runs
}

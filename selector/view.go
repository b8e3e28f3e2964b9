package selector

import (
	"math"
	"slices"
	"sort"
)

// Requester is all that a policy may know of who announces.
type Requester struct {
	PID    PID
	Seeder bool
	Class  Class
}

// View is all that a policy may know when it answers for a requester.
type View struct {
	Home   PID
	Source string // whose map it is: the source that guides Home

	// Homes is the home PID: Home itself, and what else its source knows by the
	// same name (see Map.Homes). In ascending order, of weight 1.
	Homes []Span

	// Runs is every PID from 1 on, in order, with its cost. There is at least one.
	Runs []Run

	// Seeder says that the requester seeds: it will send, so costs are from it.
	Seeder bool

	// Class is the requester's upload class. A policy that looks at it says so in
	// List.ByClass.
	Class Class

	// Ordinal says that costs are ranks: they may be compared, but not reckoned with.
	Ordinal bool

	// HasISP says that the map tells which PIDs are the home ISP's, Home among them.
	HasISP bool

	network Map
}

// Run is the PIDs from Lo up to, not including, Hi, which are alike to the home PID.
type Run struct {
	Lo, Hi   PID
	Cost     float32 // NaN where the source states none
	Internal bool    // of the own network of the source, which is the home ISP if HasISP is set
}

// Glance returns of a view what [Sharer] looks at.
func Glance(m Map, r Requester) View {
	v := View{Home: r.PID, Seeder: r.Seeder, Class: r.Class, network: m}
	v.Source, _ = m.Name(r.PID)
	for lo, hi := range m.Homes(r.PID) {
		v.Homes = append(v.Homes, Span{lo, hi, 1})
	}
	return v
}

// Look returns the view of m from a requester. It is false if nobody guides its PID.
func Look(m Map, r Requester) (View, bool) {
	ends, costs, internal := m.Row(r.PID, r.Seeder)
	v := Glance(m, r)
	v.Ordinal = m.Ordinal(r.PID)
	v.Runs = make([]Run, 0, len(ends))
	lo := PID(1) // PID 0 has no place and no cost
	for i, hi := range ends {
		if hi <= lo {
			continue
		}
		run := Run{Lo: lo, Hi: hi, Cost: costs[i]}
		if internal != nil {
			run.Internal = internal[i]
			v.HasISP = v.HasISP || run.Internal && lo <= r.PID && r.PID < hi
		}
		v.Runs = append(v.Runs, run)
		lo = hi
	}
	return v, r.PID != 0 && len(v.Runs) > 0
}

// Network returns the map that the view is of.
func (v View) Network() Map { return v.network }

// Label is what a property says of the PIDs from Lo up to, not including, Hi.
type Label struct {
	Lo, Hi PID
	Text   string // empty where nothing is stated
}

// Labels returns what the home PID's source says of all PIDs from 1 on by a property
// such as "isp" or "region", in the order of PIDs; nothing if it does not know the
// property.
func (v View) Labels(property string) []Label {
	ends, texts := v.network.Labels(v.Home, property)
	var labels []Label
	lo := PID(1)
	for i, hi := range ends {
		if hi > lo {
			labels = append(labels, Label{lo, hi, texts[i]})
			lo = hi
		}
	}
	return labels
}

// alike returns the PIDs of which a property says what it says of the home PID; none if
// it says nothing of that. It does without the copy that Labels makes, since a map may
// have 85,000 PIDs.
func (v View) alike(property string) (alike []Span) {
	ends, texts := v.network.Labels(v.Home, property)
	home := sort.Search(len(ends), func(i int) bool { return v.Home < ends[i] })
	if home == len(ends) || texts[home] == "" {
		return nil
	}
	lo := PID(1)
	for i, hi := range ends {
		if hi > lo && texts[i] == texts[home] {
			alike = extend(alike, lo, hi)
		}
		lo = max(lo, hi)
	}
	return alike
}

// Name returns the name that the home PID's source gives to pid.
func (v View) Name(pid PID) string { return v.network.NameFor(v.Home, pid) }

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

package mapdiff

import (
	"slices"

	"github.com/altracker/altracker/altoclient"
)

// Config says how much is listed.
type Config struct {
	// Top is how many moves and changed costs are listed, the largest first; 0 means
	// 10, less means all.
	Top int
}

// Diff is what differs between two maps, A and B. Its JSON is an outside contract.
type Diff struct {
	A Side `json:"a"`
	B Side `json:"b"`

	Added   []string `json:"pids_added"`   // only in B
	Removed []string `json:"pids_removed"` // only in A
	Renamed []Rename `json:"pids_renamed"` // in both, by the addresses they hold

	Moved Moved `json:"moved"`
	Costs Costs `json:"costs"`
}

// Side describes one map.
type Side struct {
	VersionTag string `json:"version_tag"` // as resource@tag
	PIDs       int    `json:"pids"`
	Prefixes   int    `json:"prefixes"`
	CostType   string `json:"cost_type"` // as metric/mode; empty if there is no cost map
}

// Rename is a PID that holds the same addresses under another name.
type Rename struct {
	From string `json:"from"`
	To   string `json:"to"`
}

// Alike tells whether the maps say the same of every address and of every pair of
// PIDs. Version tags do not count.
func (d Diff) Alike() bool {
	return len(d.Added)+len(d.Removed)+len(d.Renamed)+d.Moved.Prefixes+d.Costs.Changed == 0 &&
		d.A.CostType == d.B.CostType
}

// Compare compares two maps.
func Compare(a, b *altoclient.Snapshot, config Config) Diff {
	top := config.Top
	if top == 0 {
		top = 10
	}
	p := pair{a: a, b: b, toB: make(map[uint32]uint32), toA: make(map[uint32]uint32)}
	regions := p.regions()
	d := Diff{A: sideOf(a), B: sideOf(b)}
	d.Added, d.Removed, d.Renamed = p.match(regions)
	d.Moved = p.moves(regions, top)
	d.Costs = p.costs(top)
	return d
}

func sideOf(m *altoclient.Snapshot) Side {
	s := Side{VersionTag: m.VersionTag().String(), PIDs: m.PIDs(), Prefixes: m.NetworkMap().Len()}
	if m.CostMap() != nil {
		s.CostType = m.CostMap().CostType().String()
	}
	return s
}

// first cuts a list to its first top elements, unless top is negative.
func first[T any](list []T, top int) []T {
	if top >= 0 && len(list) > top {
		list = list[:top]
	}
	return slices.Clip(list)
}

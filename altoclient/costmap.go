package altoclient

import (
	"errors"
	"fmt"
	"math"
	"slices"
)

// undefined is the cost of a pair that a cost map leaves out (RFC 7285 section
// 6.2): neither nothing nor infinity.
var undefined = float32(math.NaN())

// CostMap is an ALTO cost map (RFC 7285 section 11.2.3) as a dense matrix. Its
// PIDs are numbered from 1. It never changes; build one with [NewCostMap] or
// [ParseCostMap].
type CostMap struct {
	costType CostType
	context  CostContext
	network  VersionTag
	vtag     VersionTag // its own, which updates need; zero if the document has none
	pids     *pidIndex
	rows     [][]float32 // by source; row[destination]; a row may be short or nil
	cells    int
	dropped  int
}

// pidIndex numbers PID names, from 1.
type pidIndex struct {
	names  []string // names[0] is empty
	number map[string]uint32
}

func newPIDIndex(names []string) *pidIndex {
	index := &pidIndex{names: names, number: make(map[string]uint32, len(names))}
	for pid, name := range names {
		if pid > 0 {
			index.number[name] = uint32(pid)
		}
	}
	return index
}

// NewCostMap returns a CostMap between the PIDs of network in which every cost is
// undefined, to be filled with [CostMap.Set] before anybody else sees it.
func NewCostMap(network *NetworkMap, costType CostType) *CostMap {
	return &CostMap{
		costType: costType,
		network:  network.vtag,
		pids:     newPIDIndex(network.names),
		rows:     make([][]float32, len(network.names)),
	}
}

// CostType says what the numbers mean.
func (m *CostMap) CostType() CostType { return m.costType }

// Context says how the numbers came to be (RFC 9439 section 3.1).
func (m *CostMap) Context() CostContext { return m.context }

// VersionTag returns the map's own version tag, zero if the document has none: no
// RFC demands one of a cost map, but RFC 8895 and RFC 9569 update by it.
func (m *CostMap) VersionTag() VersionTag { return m.vtag }

// NetworkMap returns the version tag of the network map that the costs are
// about.
func (m *CostMap) NetworkMap() VersionTag { return m.network }

// PIDs returns how many PIDs there are.
func (m *CostMap) PIDs() int { return len(m.pids.names) - 1 }

// Name returns the name of pid, empty for 0.
func (m *CostMap) Name(pid uint32) string { return m.pids.names[pid] }

// Cost returns the cost of traffic from src to dst, NaN if the map does not
// define it.
func (m *CostMap) Cost(src, dst uint32) float32 {
	if int(src) >= len(m.rows) || int(dst) >= len(m.rows[src]) {
		return undefined
	}
	return m.rows[src][dst]
}

// Dropped returns how many costs were left out because the network map does not
// have their PIDs.
func (m *CostMap) Dropped() int { return m.dropped }

// Set defines the cost from src to dst. It fails if the map has no such PIDs or
// its cost mode does not allow the cost.
func (m *CostMap) Set(src, dst uint32, cost float32) error {
	n := len(m.pids.names)
	if src == 0 || dst == 0 || int(src) >= n || int(dst) >= n {
		return fmt.Errorf("cost from PID number %d to %d: there are %d PIDs", src, dst, n-1)
	}
	if err := checkCost(cost, m.costType.Mode); err != nil {
		return err
	}
	m.row(src, n)[dst] = cost
	return nil
}

// row returns the row of src with room for at least n columns.
func (m *CostMap) row(src uint32, n int) []float32 {
	row := m.rows[src]
	if len(row) >= n {
		return row
	}
	m.cells += n - len(row)
	if row == nil {
		row = make([]float32, 0, n)
	}
	for len(row) < n {
		row = append(row, undefined)
	}
	m.rows[src] = row
	return row
}

func checkCost(cost float32, mode string) error {
	switch {
	case math.IsInf(float64(cost), 0) || math.IsNaN(float64(cost)):
		return errors.New("cost is out of range")
	case mode == Ordinal && (cost < 0 || cost != float32(math.Trunc(float64(cost)))):
		return fmt.Errorf("cost %v: an ordinal cost is a whole number, not negative", cost)
	}
	return nil
}

// sameContent tells whether both maps define the same costs between PIDs of the
// same numbers, of the same type.
func (m *CostMap) sameContent(o *CostMap) bool {
	if m == o {
		return true
	}
	if m == nil || o == nil || m.costType != o.costType || m.network != o.network ||
		!slices.Equal(m.pids.names, o.pids.names) {
		return false
	}
	for src := range m.rows {
		for dst := range max(len(m.rows[src]), len(o.rows[src])) {
			if !sameCost(m.Cost(uint32(src), uint32(dst)), o.Cost(uint32(src), uint32(dst))) {
				return false
			}
		}
	}
	return true
}

// sameCost is == with one undefined cost equal to another.
func sameCost(a, b float32) bool { return a == b || a != a && b != b }

// renumbered returns the map with the PIDs of network; costs of PIDs that
// network does not have are dropped.
func (m *CostMap) renumbered(network *NetworkMap) *CostMap {
	return m.numberedAs(newPIDIndex(network.names))
}

func (m *CostMap) numberedAs(pids *pidIndex) *CostMap {
	next := *m
	next.pids, next.rows, next.cells = pids, make([][]float32, len(pids.names)), 0
	to := make([]uint32, len(m.pids.names))
	for pid, name := range m.pids.names {
		to[pid] = pids.number[name]
	}
	for src, row := range m.rows {
		for dst, cost := range row {
			switch {
			case sameCost(cost, undefined):
			case to[src] == 0 || to[dst] == 0:
				next.dropped++
			default:
				next.row(to[src], len(pids.names))[to[dst]] = cost
			}
		}
	}
	return &next
}

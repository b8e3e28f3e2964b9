package altoclient

import (
	"slices"
	"time"
)

// MultiCostMap is a cost map that holds several cost types (RFC 8189 section
// 4.1.3), or costs that change with time (RFC 8896 section 5.1.2), or both. Its
// PIDs are numbered from 1. It never changes.
type MultiCostMap struct {
	network VersionTag
	pids    *pidIndex
	columns []CostColumn
	dropped int
}

// CostColumn is what a [MultiCostMap] says of one cost type.
type CostColumn struct {
	Type     CostType
	Calendar Calendar
	Slots    []*CostMap // one for each slot of the Calendar, at least one
}

// At returns the costs that hold at t.
func (c CostColumn) At(t time.Time) *CostMap { return c.Slots[c.Calendar.Slot(t)] }

// NewCostColumn returns the column of a map that does not change with time.
func NewCostColumn(m *CostMap) CostColumn {
	return CostColumn{Type: m.costType, Slots: []*CostMap{m}}
}

// same tells whether both columns say the same at all times.
func (c CostColumn) same(o CostColumn) bool {
	return c.Type == o.Type && c.Calendar == o.Calendar && slices.EqualFunc(c.Slots, o.Slots, (*CostMap).sameContent)
}

// NetworkMap returns the version tag of the network map that the costs are
// about; it is zero for endpoint costs.
func (m *MultiCostMap) NetworkMap() VersionTag { return m.network }

// Columns returns what there is, in the order of the document. Callers must not
// write to it.
func (m *MultiCostMap) Columns() []CostColumn { return m.columns }

// Column returns what there is of one cost type.
func (m *MultiCostMap) Column(t CostType) (CostColumn, bool) {
	i := slices.IndexFunc(m.columns, func(c CostColumn) bool { return c.Type == t })
	if i < 0 {
		return CostColumn{}, false
	}
	return m.columns[i], true
}

// PIDs returns how many PIDs there are.
func (m *MultiCostMap) PIDs() int { return len(m.pids.names) - 1 }

// Name returns the name of pid, empty for 0: that of a PID, or the typed address
// of an endpoint as the server writes it.
func (m *MultiCostMap) Name(pid uint32) string { return m.pids.names[pid] }

// Number returns the number of the PID or endpoint called name, 0 if there is
// none.
func (m *MultiCostMap) Number(name string) uint32 { return m.pids.number[name] }

// Dropped returns how many pairs were left out because the network map does not
// have their PIDs.
func (m *MultiCostMap) Dropped() int { return m.dropped }

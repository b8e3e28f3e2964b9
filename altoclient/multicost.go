package altoclient

import (
	"slices"
	"time"

	"github.com/go-json-experiment/json/jsontext"
)

// MultiCostMap is a cost map that holds several cost types (RFC 8189 section
// 4.1.3), or costs that change with time (RFC 8896 section 5.1.2), or both. Its
// PIDs are numbered from 1. It never changes.
type MultiCostMap struct {
	network VersionTag
	vtag    VersionTag // its own; zero if the document has none
	pids    *pidIndex
	columns []CostColumn
	shape   costShape
	dropped int
	meta    jsontext.Value // as it came; nil if the document is of a single cost type
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

// VersionTag is that of [CostMap.VersionTag].
func (m *MultiCostMap) VersionTag() VersionTag { return m.vtag }

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

// asMulti returns a map of a single cost type as one of several.
func (m *CostMap) asMulti() *MultiCostMap {
	return &MultiCostMap{
		network: m.network, vtag: m.vtag, pids: m.pids, dropped: m.dropped,
		columns: []CostColumn{NewCostColumn(m)}, shape: costShape{slots: []int{0}},
	}
}

// layers returns the maps of all slots of all columns, as a cell has its numbers.
func (m *MultiCostMap) layers() []*CostMap {
	var list []*CostMap
	for _, c := range m.columns {
		list = append(list, c.Slots...)
	}
	return list
}

// types returns the cost types, in the order of the document.
func (m *MultiCostMap) types() []CostType {
	list := make([]CostType, len(m.columns))
	for i, c := range m.columns {
		list[i] = c.Type
	}
	return list
}

// same tells whether both maps are the same version.
func (m *MultiCostMap) same(o *MultiCostMap) bool {
	return m == o || o != nil && m.network == o.network && m.vtag == o.vtag && slices.EqualFunc(m.columns, o.columns, CostColumn.same)
}

// renumbered is that of a [CostMap]. It returns m if the numbers are right.
func (m *MultiCostMap) renumbered(network *NetworkMap) *MultiCostMap {
	if slices.Equal(m.pids.names, network.names) {
		return m
	}
	next := *m
	next.pids = newPIDIndex(network.names)
	next.columns = slices.Clone(m.columns)
	for i, c := range next.columns {
		slots := make([]*CostMap, len(c.Slots))
		for j, slot := range c.Slots {
			slots[j] = slot.numberedAs(next.pids)
			next.dropped = max(next.dropped, slots[j].dropped)
		}
		next.columns[i].Slots = slots
	}
	return &next
}

// checkRanks checks the columns that are ordinal; field is where the costs are.
func (m *MultiCostMap) checkRanks(field string) error {
	for _, c := range m.columns {
		if c.Type.Mode != Ordinal {
			continue
		}
		for _, slot := range c.Slots {
			if err := slot.checkRanks(field, false); err != nil {
				return err
			}
		}
	}
	return nil
}

// newLayers returns an empty map for each number of a cell.
func (m costMeta) newLayers(pids *pidIndex) []*CostMap {
	layers := make([]*CostMap, m.shape().size())
	for i := range layers {
		layers[i] = &CostMap{pids: pids}
	}
	return layers
}

// compose makes a map of what meta says and of layers, which it takes over.
func (m costMeta) compose(pids *pidIndex, layers []*CostMap, dropped int, text jsontext.Value) *MultiCostMap {
	whole := &MultiCostMap{network: m.network, vtag: m.vtag, pids: pids, shape: m.shape(), dropped: dropped, meta: text}
	for _, c := range m.columns {
		n := max(1, c.Calendar.Intervals)
		c.Slots, layers = layers[:n:n], layers[n:]
		for _, slot := range c.Slots {
			slot.costType, slot.context, slot.network, slot.vtag = c.Type, m.context, m.network, m.vtag
			slot.pids, slot.dropped = pids, dropped
		}
		whole.columns = append(whole.columns, c)
	}
	return whole
}

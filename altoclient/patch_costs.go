package altoclient

import (
	"errors"
	"io"
	"maps"
	"slices"

	"github.com/go-json-experiment/json"
)

// costEdit makes a new version of a document of costs. Rows that are not touched
// are shared with the old version, which stays as it is; so a change of one cell
// costs one row, whatever the size of the map.
//
// The new version may have PIDs of its own: what a patch says of PIDs that the
// network map does not have yet, or any more, must not be lost before the next
// patch.
type costEdit struct {
	old    *MultiCostMap
	names  map[string]CostType // what the names mean that calendars have
	limits Limits

	pids    *pidIndex
	renamed bool       // pids is not shared
	layers  []*CostMap // one for each number of a cell; their pids are set at the end
	owned   []bool     // rows that are not shared, by source
	cells   int        // of all layers
	rest    tree       // the document without its cost-map

	cell  []float32
	apart map[cellPlace]any // cells that a JSON Patch has taken apart
}

// cellPlace is that of the costs of a pair.
type cellPlace struct{ src, dst uint32 }

func editCosts(m *MultiCostMap, names map[string]CostType, limits Limits) *costEdit {
	e := &costEdit{
		old: m, names: names, limits: limits,
		pids:  m.pids,
		owned: make([]bool, len(m.pids.names)),
		rest:  tree{map[string]any{"meta": m.metaTree()}},
		cell:  make([]float32, m.shape.size()),
	}
	for _, layer := range m.layers() {
		next := *layer
		next.rows = slices.Clone(layer.rows)
		e.layers = append(e.layers, &next)
		e.cells += next.cells
	}
	return e
}

// metaTree is meta as it came or, for a map of a single cost type, as far as that
// remembers it.
func (m *MultiCostMap) metaTree() any {
	var meta any
	if m.meta == nil || json.Unmarshal(m.meta, &meta) != nil {
		return m.columns[0].Slots[0].metaTree()
	}
	return meta
}

func (m *CostMap) metaTree() map[string]any {
	vtag := func(v VersionTag) map[string]any {
		return map[string]any{"resource-id": v.ResourceID, "tag": v.Tag}
	}
	costType := map[string]any{"cost-mode": m.costType.Mode, "cost-metric": m.costType.Metric}
	if m.context.Source != "" || m.context.Parameters != nil {
		context := map[string]any{}
		if m.context.Source != "" {
			context["cost-source"] = m.context.Source
		}
		var parameters any
		if json.Unmarshal(m.context.Parameters, &parameters) == nil {
			context["parameters"] = parameters
		}
		costType["cost-context"] = context
	}
	meta := map[string]any{"dependent-vtags": []any{vtag(m.network)}, "cost-type": costType}
	if m.vtag != (VersionTag{}) {
		meta["vtag"] = vtag(m.vtag)
	}
	return meta
}

// finish returns the new version. It must be the last call.
func (e *costEdit) finish() (*MultiCostMap, error) {
	if err := e.rejoin(); err != nil {
		return nil, err
	}
	meta, err := e.rest.get([]string{"meta"})
	if err != nil {
		return nil, missing("/meta")
	}
	text, err := json.Marshal(meta)
	if err != nil {
		return nil, err
	}
	about, err := readCostMeta(text, e.names, false)
	switch {
	case err != nil:
		return nil, err
	case about.network == (VersionTag{}):
		return nil, missing("/meta/dependent-vtags")
	case !about.shape().equal(e.old.shape):
		return nil, &ParseError{Path: "/meta", Err: errShape}
	}
	if e.old.meta == nil {
		text = nil
	}
	m := about.compose(e.pids, e.layers, e.old.dropped, text)
	return m, m.checkRanks(costMapMember)
}

var errRange = errors.New("cost is out of range")

// errShape is about a change that would need all costs to be said again: then the
// server sends the whole document, or has forgotten them.
var errShape = errors.New("other cost types or intervals than the costs have")

// merge applies a JSON Merge Patch, as it comes: it may be as large as the map.
func (e *costEdit) merge(r io.Reader) error {
	d := open(r, e.limits)
	err := d.object(func(name []byte) error {
		switch string(name) {
		case "meta":
			patch, err := d.tree()
			if err == nil {
				e.rest.root = mergePatch(e.rest.root, map[string]any{"meta": patch})
			}
			return err
		case "cost-map":
			return e.mergeRows(d)
		}
		return d.skip()
	})
	if err != nil {
		return err
	}
	return d.close()
}

const kindNull = 'n'

func (e *costEdit) mergeRows(d *document) error {
	var seen []uint32 // by destination: the row it was seen in last
	return d.object(func(name []byte) error {
		src, err := e.pid(string(name))
		if err != nil {
			return d.errorf("%w", err)
		}
		if d.dec.PeekKind() == kindNull {
			e.drop(src)
			return d.skip()
		}
		e.own(src)
		return d.members(func(name []byte) error {
			dst, err := e.pid(string(name))
			if err != nil {
				return d.errorf("%w", err)
			}
			if seen = append(seen, make([]uint32, max(0, int(dst)+1-len(seen)))...); seen[dst] == src {
				return d.duplicate()
			}
			seen[dst] = src
			if d.dec.PeekKind() == kindNull {
				e.undefine(src, dst)
				return d.skip()
			}
			if err := e.old.shape.read(d, e.cell); err != nil {
				return err
			}
			if err := e.put(src, dst, e.cell); err != nil {
				return d.errorf("%w", err)
			}
			return nil
		})
	})
}

// pid returns the number of a PID, a new one if need be.
func (e *costEdit) pid(name string) (uint32, error) {
	if pid, ok := e.pids.number[name]; ok {
		return pid, nil
	}
	if err := checkName(name); err != nil {
		return 0, err
	}
	pid := uint32(len(e.pids.names))
	if int(pid) > e.limits.PIDs {
		return 0, tooMany("PIDs", e.limits.PIDs)
	}
	if !e.renamed {
		e.renamed = true
		e.pids = &pidIndex{names: slices.Clone(e.pids.names), number: maps.Clone(e.pids.number)}
	}
	e.pids.names = append(e.pids.names, name)
	e.pids.number[name] = pid
	for _, m := range e.layers {
		m.rows = append(m.rows, nil)
	}
	e.owned = append(e.owned, true)
	return pid, e.afford(0)
}

// afford takes cells from the limit, as the parser of such documents does.
func (e *costEdit) afford(cells int) error {
	e.cells += cells
	used := e.cells
	if !e.old.shape.scalar() {
		used += len(e.layers) * rowHeader * len(e.pids.names)
	}
	if used > e.limits.Pairs {
		return tooMany("pairs", e.limits.Pairs)
	}
	return nil
}

// has tells whether src has a row.
func (e *costEdit) has(src uint32) bool {
	return slices.ContainsFunc(e.layers, func(m *CostMap) bool { return m.rows[src] != nil })
}

// own makes the row of src ours to write, and makes it if there is none.
func (e *costEdit) own(src uint32) {
	for _, m := range e.layers {
		switch {
		case m.rows[src] == nil:
			m.rows[src] = []float32{}
		case !e.owned[src]:
			m.rows[src] = slices.Clone(m.rows[src])
		}
	}
	e.owned[src] = true
}

func (e *costEdit) drop(src uint32) {
	for _, m := range e.layers {
		e.cells -= len(m.rows[src])
		m.cells -= len(m.rows[src])
		m.rows[src] = nil
	}
	e.owned[src] = true
	maps.DeleteFunc(e.apart, func(at cellPlace, _ any) bool { return at.src == src })
}

// undefine takes all costs of a pair out of a row that is ours.
func (e *costEdit) undefine(src, dst uint32) {
	for _, m := range e.layers {
		if int(dst) < len(m.rows[src]) {
			m.rows[src][dst] = undefined
		}
	}
	delete(e.apart, cellPlace{src, dst})
}

// put defines the costs of a pair in a row that is ours.
func (e *costEdit) put(src, dst uint32, cell []float32) error {
	e.undefine(src, dst)
	for i, m := range e.layers {
		switch cost := cell[i]; {
		case sameCost(cost, undefined):
		case !finite(cost):
			return errRange
		default:
			if have := len(m.rows[src]); int(dst) >= have {
				n := len(e.pids.names)
				if err := e.afford(n - have); err != nil {
					return err
				}
				m.row(src, n)
			}
			m.rows[src][dst] = cost
		}
	}
	return nil
}

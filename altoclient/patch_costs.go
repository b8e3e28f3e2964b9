package altoclient

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"

	"github.com/go-json-experiment/json"
)

// costEdit makes a new version of a cost map. Rows that are not touched are shared
// with the old version, which stays as it is; so a change of one cell costs one
// row, whatever the size of the map.
//
// The new version may have PIDs of its own: what a patch says of PIDs that the
// network map does not have yet, or any more, must not be lost before the next
// patch.
type costEdit struct {
	*CostMap
	rest    tree // the document without its cost-map
	limits  Limits
	owned   []bool // rows that are not shared, by source
	renamed bool   // pids is not shared
}

func editCosts(m *CostMap, limits Limits) *costEdit {
	next := *m
	next.rows = slices.Clone(m.rows)
	return &costEdit{
		CostMap: &next,
		rest:    tree{map[string]any{"meta": m.metaTree()}},
		limits:  limits,
		owned:   make([]bool, len(m.rows)),
	}
}

// metaTree is meta as far as a CostMap remembers it.
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
func (e *costEdit) finish() (*CostMap, error) {
	meta, err := e.rest.get([]string{"meta"})
	if err != nil {
		return nil, missing("/meta")
	}
	text, err := json.Marshal(meta)
	if err != nil {
		return nil, err
	}
	m := e.CostMap
	m.network, m.vtag, m.costType, m.context = VersionTag{}, VersionTag{}, CostType{}, CostContext{}
	p := costMapParser{document: open(bytes.NewReader(text), e.limits), CostMap: m, limits: e.limits, sawMap: true}
	if err := p.object(p.meta); err != nil {
		var parse *ParseError
		if errors.As(err, &parse) {
			return nil, &ParseError{Path: "/meta" + parse.Path, Err: parse.Err}
		}
		return nil, err
	}
	return m, p.check()
}

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
			n, err := d.number()
			if err != nil {
				return err
			}
			if err := e.put(src, dst, n); err != nil {
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
	e.rows = append(e.rows, nil)
	e.owned = append(e.owned, true)
	return pid, nil
}

// own makes the row of src ours to write, and makes it if there is none.
func (e *costEdit) own(src uint32) {
	switch {
	case e.rows[src] == nil:
		e.rows[src] = []float32{}
	case !e.owned[src]:
		e.rows[src] = slices.Clone(e.rows[src])
	}
	e.owned[src] = true
}

func (e *costEdit) drop(src uint32) {
	e.cells -= len(e.rows[src])
	e.rows[src] = nil
	e.owned[src] = true
}

func (e *costEdit) undefine(src, dst uint32) {
	if int(dst) < len(e.rows[src]) {
		e.rows[src][dst] = undefined
	}
}

// put defines a cost in a row that is ours.
func (e *costEdit) put(src, dst uint32, cost float64) error {
	if math.IsInf(float64(float32(cost)), 0) {
		return fmt.Errorf("cost %g is out of range", cost)
	}
	if have := len(e.rows[src]); int(dst) >= have {
		n := len(e.pids.names)
		if e.cells+n-have > e.limits.Pairs {
			return tooMany("pairs", e.limits.Pairs)
		}
		e.row(src, n)
	}
	e.rows[src][dst] = float32(cost)
	return nil
}

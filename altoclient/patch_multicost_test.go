package altoclient

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"strings"
	"testing"

	jsonpatch "github.com/evanphx/json-patch/v5"
)

// patchedShapes are the ways that a cost may be written, but for a plain number.
var patchedShapes = []struct {
	name, meta string
	names      map[string]CostType
}{
	{"two cost types", twoTypes, nil},
	{"a calendar", oneType + "," + threeOf, nil},
	{"two cost types, one a calendar", twoTypes + "," + strings.Replace(threeOf, `{"calendar`, `{"cost-type-names":["ow"],"calendar`, 1), map[string]CostType{"ow": delay}},
}

// costsOfAll is what a document says, without its numbering.
func costsOfAll(m *MultiCostMap) map[string]float32 {
	all := make(map[string]float32)
	for i, layer := range m.layers() {
		for pair, cost := range costsByName(layer) {
			all[fmt.Sprint(i, " ", pair)] = cost
		}
	}
	return all
}

// randomCell is a cell of a shape, without null at the top.
func randomCell(r *rand.Rand, s costShape) any {
	cell := make([]float32, s.size())
	for i := range cell {
		if cell[i] = float32(r.IntN(9)); r.IntN(4) == 0 && i > 0 {
			cell[i] = undefined
		}
	}
	return s.value(cell)
}

func randomCells(r *rand.Rand, s costShape, null bool) map[string]any {
	rows := randomCosts(r, null)
	for src, row := range rows {
		cells, ok := row.(map[string]any)
		if !ok {
			continue
		}
		for dst, cost := range cells {
			if cost != nil {
				rows[src].(map[string]any)[dst] = randomCell(r, s)
			}
		}
	}
	return rows
}

func TestMultiCostPatchesAgreeWithAnother(t *testing.T) {
	for _, shape := range patchedShapes {
		parse := func(doc string) *MultiCostMap {
			t.Helper()
			m, err := ParseMultiCostMap(strings.NewReader(doc), nil, shape.names, Limits{})
			if err != nil {
				t.Fatalf("%s: %v", doc, err)
			}
			return m
		}
		s := parse(multiDoc(shape.meta, "{}")).shape
		check := func(doc, mediaType, patch, want string) {
			t.Helper()
			old := parse(doc)
			before := costsOfAll(old)
			got, err := patchMultiCosts(old, shape.names, mediaType, patch)
			if err != nil {
				t.Fatalf("%s with %s: %v", doc, patch, err)
			}
			if wanted := parse(want); !maps.Equal(costsOfAll(got), costsOfAll(wanted)) || got.vtag != wanted.vtag {
				t.Fatalf("%s with %s has %v, want %s", doc, patch, costsOfAll(got), want)
			}
			if !maps.Equal(costsOfAll(old), before) {
				t.Fatalf("%s changed the old map too", patch)
			}
		}
		t.Run(shape.name, func(t *testing.T) {
			r := rand.New(rand.NewPCG(9, 10))
			for range 1000 {
				doc := multiDoc(shape.meta, string(marshal(t, randomCells(r, s, false))))
				patch := marshal(t, map[string]any{"cost-map": randomCells(r, s, true), "meta": map[string]any{"vtag": map[string]any{"resource-id": "c", "tag": "2"}}})
				want, err := jsonpatch.MergePatch([]byte(doc), patch)
				if err != nil {
					t.Fatal(err)
				}
				check(doc, MediaTypeMergePatch, string(patch), string(want))
			}
			applied := 0
			for range 2000 {
				doc := multiDoc(shape.meta, string(marshal(t, randomCells(r, s, false))))
				change := marshal(t, randomOperations(r, s))
				patch, err := jsonpatch.DecodePatch(change)
				if err != nil {
					t.Fatal(err)
				}
				if want, err := patch.Apply([]byte(doc)); err == nil {
					applied++
					check(doc, MediaTypeJSONPatch, string(change), string(want))
				} else if got, err := patchMultiCosts(parse(doc), shape.names, MediaTypeJSONPatch, string(change)); err == nil {
					t.Fatalf("%s with %s has %v, the other one fails", doc, change, costsOfAll(got))
				}
			}
			if applied < 200 {
				t.Errorf("only %d patches could be applied", applied)
			}
		})
	}
}

// randomOperations changes cells and what is in them: the numbers of a cell stay as
// many as they are. Whole cells are not compared, because the other implementation
// panics at null within arrays.
func randomOperations(r *rand.Rand, s costShape) []map[string]any {
	var ops []map[string]any
	for range 1 + r.IntN(3) {
		at := "/cost-map/" + costPIDs[r.IntN(4)] + "/" + costPIDs[r.IntN(4)]
		op := map[string]any{"op": []string{"add", "remove", "replace"}[r.IntN(3)], "path": at, "value": randomCell(r, s)}
		if i := r.IntN(len(s.slots) + 2); i < len(s.slots) { // a number, or one of its calendar
			if s.several {
				at += fmt.Sprint("/", i)
			}
			if slots := s.slots[i]; slots > 0 {
				at += fmt.Sprint("/", r.IntN(slots))
			}
			op["path"], op["value"], op["op"] = at, float64(r.IntN(9)), []string{"replace", "test"}[r.IntN(2)]
		}
		ops = append(ops, op)
	}
	return ops
}

func TestMultiCostPatchesThatMakeNoSense(t *testing.T) {
	m := parseMultiCostMap(t, multiDoc(twoTypes, `{"a":{"a":[1,2],"b":[3,null]}}`), nil)
	for _, tt := range []struct{ mediaType, patch, want string }{
		{MediaTypeMergePatch, `{"cost-map":{"a":{"b":7}}}`, "/cost-map/a/b"},
		{MediaTypeMergePatch, `{"cost-map":{"a":{"b":[7]}}}`, "want 2 costs"},
		{MediaTypeMergePatch, `{"meta":{"multi-cost-types":null}}`, "/meta/cost-type"},
		{MediaTypeMergePatch, `{"meta":{"multi-cost-types":[{"cost-mode":"numerical","cost-metric":"routingcost"}]}}`, errShape.Error()},
		{MediaTypeMergePatch, `{"meta":{"calendar-response-attributes":[{"calendar-start-time":"Mon, 01 Jul 2019 00:00:00 GMT","time-interval-size":3600,"number-of-intervals":3}]}}`, errShape.Error()},
		{MediaTypeJSONPatch, `[{"op":"remove","path":"/cost-map/a/a/1"}]`, "want 2 costs, have 1"},
		{MediaTypeJSONPatch, `[{"op":"add","path":"/cost-map/a/a/-","value":3}]`, "have more"},
		{MediaTypeJSONPatch, `[{"op":"replace","path":"/cost-map/a/a/2","value":3}]`, "no such value"},
		{MediaTypeJSONPatch, `[{"op":"replace","path":"/cost-map/a/a/0/0","value":3}]`, "no such value"},
		{MediaTypeJSONPatch, `[{"op":"test","path":"/cost-map/a/b","value":[3,0]}]`, "another one"},
	} {
		if _, err := patchMultiCosts(m, nil, tt.mediaType, tt.patch); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: error is %v, want %s", tt.patch, err, tt.want)
		}
	}
}

func FuzzMultiCostPatch(f *testing.F) {
	f.Add(0, false, []byte(`{"cost-map":{"a":{"b":[2,null],"z":null},"b":null,"z":{"a":[1,1]}},"meta":{"vtag":{"resource-id":"c","tag":"2"}}}`))
	f.Add(1, true, []byte(`[{"op":"move","from":"/cost-map/a/b/0","path":"/cost-map/a/b/2"},{"op":"test","path":"/cost-map/a/b/1","value":null}]`))
	cells := []string{`[1,null]`, `[1,null,3]`, `[null,[1,2,null]]`}
	f.Fuzz(func(t *testing.T, i int, ops bool, patch []byte) {
		i = int(uint(i) % uint(len(cells)))
		shape := patchedShapes[i]
		doc := multiDoc(shape.meta, `{"a":{"a":`+cells[i]+`,"b":`+cells[i]+`},"b":{"a":`+cells[i]+`}}`)
		m, err := ParseMultiCostMap(strings.NewReader(doc), nil, shape.names, Limits{})
		if err != nil {
			t.Fatal(err)
		}
		before := costsOfAll(m)
		mediaType := MediaTypeMergePatch
		if ops {
			mediaType = MediaTypeJSONPatch
		}
		if next, err := patchMultiCosts(m, shape.names, mediaType, string(patch)); err == nil {
			for pair, cost := range costsOfAll(next) {
				if !finite(cost) {
					t.Errorf("%s costs %v", pair, cost)
				}
			}
		}
		if !maps.Equal(costsOfAll(m), before) {
			t.Error("the old map has changed")
		}
	})
}

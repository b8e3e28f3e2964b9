package altoclient

import (
	"bytes"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	jsonpatch "github.com/evanphx/json-patch/v5"
)

func patchCosts(m *CostMap, mediaType, patch string) (*CostMap, error) {
	next, err := patchMultiCosts(m.asMulti(), nil, mediaType, patch)
	if err != nil {
		return nil, err
	}
	return next.columns[0].Slots[0], nil
}

func patchMultiCosts(m *MultiCostMap, names map[string]CostType, mediaType, patch string) (*MultiCostMap, error) {
	edit := editCosts(m, names, Limits{}.withDefaults())
	var err error
	if mediaType == MediaTypeJSONPatch {
		err = jsonPatch(strings.NewReader(patch), edit, edit.limits)
	} else {
		err = edit.merge(strings.NewReader(patch))
	}
	if err != nil {
		return nil, err
	}
	return edit.finish()
}

// costsByName is what a cost map says, without its numbering.
func costsByName(m *CostMap) map[string]float32 {
	costs := make(map[string]float32)
	for src, row := range m.rows {
		for dst, cost := range row {
			if !sameCost(cost, undefined) {
				costs[m.Name(uint32(src))+" "+m.Name(uint32(dst))] = cost
			}
		}
	}
	return costs
}

// wantPatched checks that a patch makes want of doc, and leaves the old map alone.
func wantPatched(t *testing.T, doc, mediaType, patch, want string) {
	t.Helper()
	old := parseCostMap(t, doc, nil)
	before := costsByName(old)
	got, err := patchCosts(old, mediaType, patch)
	if err != nil {
		t.Fatalf("%s with %s: %v", doc, patch, err)
	}
	if wanted := parseCostMap(t, want, nil); !maps.Equal(costsByName(got), costsByName(wanted)) ||
		got.vtag != wanted.vtag || got.network != wanted.network || got.costType != wanted.costType {
		t.Fatalf("%s with %s is %s, want %s", doc, patch, got.AppendJSON(nil), want)
	}
	if !maps.Equal(costsByName(old), before) {
		t.Fatalf("%s changed the old map too", patch)
	}
}

func TestCostPatchesOfRFC8895(t *testing.T) {
	read := func(name string) string { return readTestdata(t, "rfc8895/"+name+".json") }
	wantPatched(t, read("costmap"), MediaTypeMergePatch, read("costmap-merge"), read("costmap-after"))
	wantPatched(t, read("costmap"), MediaTypeJSONPatch, read("costmap-patch"), read("costmap-after"))
	_, err := patchCosts(parseCostMap(t, read("costmap"), nil), MediaTypeJSONPatch, read("costmap-patch-printed"))
	if err == nil || !strings.Contains(err.Error(), "/3: replace /cost-map/PID3/PID3") {
		t.Errorf("a cost that is not there was replaced: %v", err)
	}
}

func TestCostPatchesThatMakeNoSense(t *testing.T) {
	m := parseCostMap(t, costMapDoc(Numerical, `{"a":{"a":1,"b":2},"b":{"a":3}}`), nil)
	for _, tt := range []struct{ mediaType, patch, want string }{
		{MediaTypeMergePatch, `{"cost-map":{"a":{"b":"2"}}}`, "/cost-map/a/b"},
		{MediaTypeMergePatch, `{"cost-map":{"a":{"b":[2]}}}`, "/cost-map/a/b"},
		{MediaTypeMergePatch, `{"cost-map":{"a":{"b":1e39}}}`, "/cost-map/a/b"},
		{MediaTypeMergePatch, `{"cost-map":{"a":{"b":1,"b":2}}}`, "/cost-map/a/b"},
		{MediaTypeMergePatch, `{"cost-map":{"a":{},"a":{}}}`, "/cost-map/a"},
		{MediaTypeMergePatch, `{"cost-map":{"a b":{"a":1}}}`, "/cost-map/a b"},
		{MediaTypeMergePatch, `{"cost-map":{"a":5}}`, "/cost-map/a"},
		{MediaTypeMergePatch, `{"cost-map":null}`, "/cost-map"},
		{MediaTypeMergePatch, `{"meta":null}`, "/meta"},
		{MediaTypeMergePatch, `{"meta":{"cost-type":null}}`, "/meta/cost-type"},
		{MediaTypeMergePatch, `{"meta":{"dependent-vtags":[]}}`, "/meta/dependent-vtags"},
		{MediaTypeMergePatch, `{"meta":{"cost-type":{"cost-mode":"ordinal"}},"cost-map":{"a":{"b":0.5}}}`, "/cost-map/a/b"},
		{MediaTypeMergePatch, `{"cost-map":{}}{}`, "more than one"},
		{MediaTypeMergePatch, `{"cost-map":{"a":{"b":3`, "unexpected"},
		{MediaTypeMergePatch, `null`, "object"},
		{MediaTypeJSONPatch, `[{"op":"add","path":"/cost-map/c/a","value":1}]`, "no such value"},
		{MediaTypeJSONPatch, `[{"op":"add","path":"/cost-map/a/a","value":null}]`, "numbers"},
		{MediaTypeJSONPatch, `[{"op":"add","path":"/cost-map/a","value":7}]`, "numbers"},
		{MediaTypeJSONPatch, `[{"op":"add","path":"/cost-map/a/a/a","value":7}]`, "no such place"},
		{MediaTypeJSONPatch, `[{"op":"remove","path":"/cost-map/b/b"}]`, "no such value"},
		{MediaTypeJSONPatch, `[{"op":"replace","path":"","value":{}}]`, "no such place"},
		{MediaTypeJSONPatch, `[{"op":"test","path":"/cost-map/a/a","value":2}]`, "another one"},
		{MediaTypeJSONPatch, `[{"op":"copy","from":"/meta","path":"/cost-map/a/a"}]`, "numbers"},
	} {
		before := costsByName(m)
		if _, err := patchCosts(m, tt.mediaType, tt.patch); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: error is %v, want %s", tt.patch, err, tt.want)
		}
		if !maps.Equal(costsByName(m), before) {
			t.Fatalf("%s changed the old map", tt.patch)
		}
	}
}

func TestCostPatchKeepsLimits(t *testing.T) {
	m := parseCostMap(t, costMapDoc(Numerical, `{"a":{"a":1}}`), nil)
	for _, limits := range []Limits{{PIDs: 1}, {Pairs: 1}, {Bytes: 10}} {
		edit := editCosts(m.asMulti(), nil, limits.withDefaults())
		if err := edit.merge(strings.NewReader(`{"cost-map":{"a":{"b":1},"b":{"a":1}}}`)); err == nil {
			t.Errorf("%+v: no error", limits)
		}
	}
}

var costPIDs = []string{"a", "b", "c", "d"}

func randomCosts(r *rand.Rand, null bool) map[string]any {
	rows := make(map[string]any)
	for _, src := range costPIDs {
		if r.IntN(4) == 0 {
			if null && r.IntN(2) == 0 {
				rows[src] = nil
			}
			continue
		}
		row := map[string]any{src: float64(r.IntN(9))}
		for _, dst := range costPIDs {
			switch r.IntN(4) {
			case 0:
				row[dst] = float64(r.IntN(9))
			case 1:
				if null {
					row[dst] = nil
				}
			}
		}
		rows[src] = row
	}
	return rows
}

func TestCostMergePatchAgreesWithAnother(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for range 5000 {
		doc := costMapDoc(Numerical, string(marshal(t, randomCosts(r, false))))
		patch := marshal(t, map[string]any{"cost-map": randomCosts(r, true), "meta": map[string]any{"vtag": map[string]any{"resource-id": "c", "tag": fmt.Sprint(r.IntN(9))}}})
		want, err := jsonpatch.MergePatch([]byte(doc), patch)
		if err != nil {
			t.Fatal(err)
		}
		wantPatched(t, doc, MediaTypeMergePatch, string(patch), string(want))
	}
}

func TestCostJSONPatchAgreesWithAnother(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	applied := 0
	for range 5000 {
		doc := costMapDoc(Numerical, string(marshal(t, randomCosts(r, false))))
		place := func() string {
			at := "/cost-map/" + costPIDs[r.IntN(4)]
			if r.IntN(5) > 0 {
				at += "/" + costPIDs[r.IntN(4)]
			}
			return at
		}
		var ops []map[string]any
		for range 1 + r.IntN(3) {
			op := map[string]any{"op": []string{"add", "remove", "replace", "move", "copy", "test"}[r.IntN(6)], "path": place(), "from": place()}
			op["value"] = any(float64(r.IntN(9)))
			if strings.Count(op["path"].(string), "/") == 2 {
				op["value"] = map[string]any{"a": float64(r.IntN(9))}
			}
			// Costs and rows do not take each other's place in a cost map.
			if (op["op"] == "move" || op["op"] == "copy") && strings.Count(op["from"].(string), "/") != strings.Count(op["path"].(string), "/") {
				continue
			}
			ops = append(ops, op)
		}
		if len(ops) == 0 {
			continue
		}
		change := marshal(t, ops)
		patch, err := jsonpatch.DecodePatch(change)
		if err != nil {
			t.Fatal(err)
		}
		want, wantErr := patch.Apply([]byte(doc))
		if wantErr != nil {
			if got, err := patchCosts(parseCostMap(t, doc, nil), MediaTypeJSONPatch, string(change)); err == nil {
				t.Fatalf("%s with %s is %s, the other one says %v", doc, change, got.AppendJSON(nil), wantErr)
			}
			continue
		}
		applied++
		wantPatched(t, doc, MediaTypeJSONPatch, string(change), string(want))
	}
	if applied < 500 {
		t.Errorf("only %d patches could be applied", applied)
	}
}

func TestCostPatchOfPIDsToCome(t *testing.T) {
	one := parseNetworkMap(t, networkMapDoc(`{"a":{"ipv4":["10.0.0.0/8"]}}`))
	old := parseCostMap(t, costMapDoc(Numerical, `{"a":{"a":1}}`), one)
	got, err := patchCosts(old, MediaTypeMergePatch, `{"cost-map":{"a":{"z":2},"z":{"z":3}}}`)
	if err != nil {
		t.Fatal(err)
	}
	if costs := costsByName(got); costs["a z"] != 2 || costs["z z"] != 3 || costs["a a"] != 1 {
		t.Errorf("costs are %v", costs)
	}
	if slices.Contains(old.pids.names, "z") || old.PIDs() != 1 {
		t.Error("the old map has the new PID")
	}
}

func FuzzCostMergePatch(f *testing.F) {
	f.Add([]byte(`{"cost-map":{"a":{"b":2,"z":null},"b":null,"z":{"a":1}},"meta":{"vtag":{"resource-id":"c","tag":"2"}}}`))
	f.Add([]byte(`[{"op":"move","from":"/cost-map/a","path":"/cost-map/b"},{"op":"test","path":"/meta/cost-type/cost-mode","value":"numerical"}]`))
	f.Fuzz(func(t *testing.T, patch []byte) {
		m := parseCostMap(t, costMapDoc(Numerical, `{"a":{"a":1,"b":2},"b":{"a":3}}`), nil)
		before := costsByName(m)
		for _, mediaType := range []string{MediaTypeMergePatch, MediaTypeJSONPatch} {
			if next, err := patchCosts(m, mediaType, string(patch)); err == nil {
				parseCostMap(t, string(next.AppendJSON(nil)), nil)
			}
		}
		if !maps.Equal(costsByName(m), before) {
			t.Error("the old map has changed")
		}
	})
}

// BenchmarkCostMergePatch changes one cell of a map of 1,700 PIDs.
func BenchmarkCostMergePatch(b *testing.B) {
	network := bigNetworkMap(b)
	m := bigCostMap(b, network)
	patch := []byte(`{"meta":{"vtag":{"resource-id":"costs","tag":"2"}},"cost-map":{"pid-7":{"pid-9":3}}}`)
	b.ReportAllocs()
	for b.Loop() {
		edit := editCosts(m.asMulti(), nil, Limits{}.withDefaults())
		if err := edit.merge(bytes.NewReader(patch)); err != nil {
			b.Fatal(err)
		}
		next, err := edit.finish()
		if err != nil {
			b.Fatal(err)
		}
		if _, err := NewSnapshot(network, next.columns[0].Slots[0], SnapshotConfig{}); err != nil {
			b.Fatal(err)
		}
	}
}

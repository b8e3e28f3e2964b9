package altoclient

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	jsonpatch "github.com/evanphx/json-patch/v5"
)

func treeOf(t testing.TB, doc string) *tree {
	t.Helper()
	v, err := readTree(strings.NewReader(doc), Limits{}.withDefaults())
	if err != nil {
		t.Fatalf("%s: %v", doc, err)
	}
	return v
}

func TestMergePatchKeepsTheTableOfRFC7396(t *testing.T) {
	for _, tt := range []struct{ doc, patch, want string }{ // appendix A
		{`{"a":"b"}`, `{"a":"c"}`, `{"a":"c"}`},
		{`{"a":"b"}`, `{"b":"c"}`, `{"a":"b","b":"c"}`},
		{`{"a":"b"}`, `{"a":null}`, `{}`},
		{`{"a":"b","b":"c"}`, `{"a":null}`, `{"b":"c"}`},
		{`{"a":["b"]}`, `{"a":"c"}`, `{"a":"c"}`},
		{`{"a":"c"}`, `{"a":["b"]}`, `{"a":["b"]}`},
		{`{"a":{"b":"c"}}`, `{"a":{"b":"d","c":null}}`, `{"a":{"b":"d"}}`},
		{`{"a":[{"b":"c"}]}`, `{"a":[1]}`, `{"a":[1]}`},
		{`["a","b"]`, `["c","d"]`, `["c","d"]`},
		{`{"a":"b"}`, `["c"]`, `["c"]`},
		{`{"a":"foo"}`, `null`, `null`},
		{`{"a":"foo"}`, `"bar"`, `"bar"`},
		{`{"e":null}`, `{"a":1}`, `{"e":null,"a":1}`},
		{`[1,2]`, `{"a":"b","c":null}`, `{"a":"b"}`},
		{`{}`, `{"a":{"bb":{"ccc":null}}}`, `{"a":{"bb":{}}}`},
	} {
		got := mergePatch(treeOf(t, tt.doc).root, treeOf(t, tt.patch).root)
		if want := treeOf(t, tt.want).root; !reflect.DeepEqual(got, want) {
			t.Errorf("%s with %s is %v, want %v", tt.doc, tt.patch, got, want)
		}
	}
}

// TestJSONPatchKeepsTheExamplesOfRFC6902 has those of appendix A; no result means
// that the patch must fail.
func TestJSONPatchKeepsTheExamplesOfRFC6902(t *testing.T) {
	for _, tt := range []struct{ name, doc, patch, want string }{
		{"A.1", `{"foo":"bar"}`, `[{"op":"add","path":"/baz","value":"qux"}]`, `{"baz":"qux","foo":"bar"}`},
		{"A.2", `{"foo":["bar","baz"]}`, `[{"op":"add","path":"/foo/1","value":"qux"}]`, `{"foo":["bar","qux","baz"]}`},
		{"A.3", `{"baz":"qux","foo":"bar"}`, `[{"op":"remove","path":"/baz"}]`, `{"foo":"bar"}`},
		{"A.4", `{"foo":["bar","qux","baz"]}`, `[{"op":"remove","path":"/foo/1"}]`, `{"foo":["bar","baz"]}`},
		{"A.5", `{"baz":"qux","foo":"bar"}`, `[{"op":"replace","path":"/baz","value":"boo"}]`, `{"baz":"boo","foo":"bar"}`},
		{"A.6", `{"foo":{"bar":"baz","waldo":"fred"},"qux":{"corge":"grault"}}`, `[{"op":"move","from":"/foo/waldo","path":"/qux/thud"}]`,
			`{"foo":{"bar":"baz"},"qux":{"corge":"grault","thud":"fred"}}`},
		{"A.7", `{"foo":["all","grass","cows","eat"]}`, `[{"op":"move","from":"/foo/1","path":"/foo/3"}]`, `{"foo":["all","cows","eat","grass"]}`},
		{"A.8", `{"baz":"qux","foo":["a",2,"c"]}`, `[{"op":"test","path":"/baz","value":"qux"},{"op":"test","path":"/foo/1","value":2}]`, `{"baz":"qux","foo":["a",2,"c"]}`},
		{"A.9", `{"baz":"qux"}`, `[{"op":"test","path":"/baz","value":"bar"}]`, ``},
		{"A.10", `{"foo":"bar"}`, `[{"op":"add","path":"/child","value":{"grandchild":{}}}]`, `{"foo":"bar","child":{"grandchild":{}}}`},
		{"A.11", `{"foo":"bar"}`, `[{"op":"add","path":"/baz","value":"qux","xyz":123}]`, `{"foo":"bar","baz":"qux"}`},
		{"A.12", `{"foo":"bar"}`, `[{"op":"add","path":"/baz/bat","value":"qux"}]`, ``},
		{"A.13", `{"foo":"bar"}`, `[{"op":"add","path":"/baz","value":"qux","op":"remove"}]`, ``},
		{"A.14", `{"/":9,"~1":10}`, `[{"op":"test","path":"/~01","value":10}]`, `{"/":9,"~1":10}`},
		{"A.15", `{"/":9,"~1":10}`, `[{"op":"test","path":"/~01","value":"10"}]`, ``},
		{"A.16", `{"foo":["bar"]}`, `[{"op":"add","path":"/foo/-","value":["abc","def"]}]`, `{"foo":["bar",["abc","def"]]}`},
		// What the sections before the appendix demand.
		{"whole", `{"foo":1}`, `[{"op":"replace","path":"","value":[2]}]`, `[2]`},
		{"4.1 beyond the end", `{"foo":[]}`, `[{"op":"add","path":"/foo/1","value":0}]`, ``},
		{"4.2 nothing there", `{}`, `[{"op":"remove","path":"/foo"}]`, ``},
		{"4.3 nothing there", `{}`, `[{"op":"replace","path":"/foo","value":1}]`, ``},
		{"4.4 into itself", `{"a":{"b":{}}}`, `[{"op":"move","from":"/a","path":"/a/b/c"}]`, ``},
		{"4.4 onto itself", `{"a":1}`, `[{"op":"move","from":"/a","path":"/a"}]`, `{"a":1}`},
		{"4.5", `{"a":{"b":1}}`, `[{"op":"copy","from":"/a","path":"/c"},{"op":"add","path":"/c/b","value":2}]`, `{"a":{"b":1},"c":{"b":2}}`},
		{"index with a zero", `{"a":[1,2]}`, `[{"op":"remove","path":"/a/01"}]`, ``},
		{"no JSON Pointer", `{"a":1}`, `[{"op":"remove","path":"a"}]`, ``},
		{"no value", `{"a":1}`, `[{"op":"add","path":"/b"}]`, ``},
		{"no path", `{"a":1}`, `[{"op":"remove"}]`, ``},
		{"no from", `{"a":1}`, `[{"op":"copy","path":"/b"}]`, ``},
		{"no such operation", `{"a":1}`, `[{"op":"drop","path":"/a"}]`, ``},
		{"no array", `{"a":1}`, `{"op":"remove","path":"/a"}`, ``},
	} {
		got := treeOf(t, tt.doc)
		err := jsonPatch(strings.NewReader(tt.patch), got, Limits{}.withDefaults())
		switch {
		case tt.want == "" && err == nil:
			t.Errorf("%s: no error, but %v", tt.name, got.root)
		case tt.want != "" && (err != nil || !reflect.DeepEqual(got.root, treeOf(t, tt.want).root)):
			t.Errorf("%s: %v, %v, want %s", tt.name, got.root, err, tt.want)
		}
	}
}

func TestJSONPatchNamesTheOperation(t *testing.T) {
	err := jsonPatch(strings.NewReader(`[{"op":"test","path":"/a","value":1},{"op":"remove","path":"/b/c"}]`), treeOf(t, `{"a":1}`), Limits{}.withDefaults())
	if err == nil || !strings.HasPrefix(err.Error(), "/1: remove /b/c: ") {
		t.Errorf("error is %v", err)
	}
}

// randomTree is a small document; the names and values are few, so that patches
// meet them.
func randomTree(r *rand.Rand, depth int, null bool) any {
	switch n := r.IntN(6); {
	case depth > 0 && n < 3:
		object := map[string]any{}
		for range r.IntN(4) {
			object[string(rune('a'+r.IntN(4)))] = randomTree(r, depth-1, null)
		}
		return object
	case depth > 0 && n == 3:
		array := []any{}
		for range r.IntN(4) {
			array = append(array, randomTree(r, depth-1, false))
		}
		return array
	case n == 4 && null:
		return nil
	}
	return float64(r.IntN(5))
}

func marshal(t testing.TB, v any) []byte {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func unmarshal(t testing.TB, b []byte) (v any) {
	t.Helper()
	if err := json.Unmarshal(b, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

func TestMergePatchAgreesWithAnother(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 20_000 {
		doc := map[string]any{"a": randomTree(r, 3, false), "b": randomTree(r, 3, false)}
		patch := map[string]any{"a": randomTree(r, 3, true), "c": randomTree(r, 2, true)}
		text, change := marshal(t, doc), marshal(t, patch)
		want, err := jsonpatch.MergePatch(text, change)
		if err != nil {
			t.Fatal(err)
		}
		if got := mergePatch(doc, patch); !reflect.DeepEqual(got, unmarshal(t, want)) {
			t.Fatalf("%s with %s is %s, want %s", text, change, marshal(t, got), want)
		}
	}
}

// places returns the pointers of all values of a document, and of some that are
// not there.
func places(v any, at string) []string {
	list := []string{at}
	switch v := v.(type) {
	case map[string]any:
		for _, name := range []string{"a", "b", "c", "d"} {
			list = append(list, places(v[name], at+"/"+name)...)
		}
	case []any:
		for i, e := range v {
			list = append(list, places(e, fmt.Sprintf("%s/%d", at, i))...)
		}
		list = append(list, fmt.Sprintf("%s/%d", at, len(v)))
	}
	return list
}

func TestJSONPatchAgreesWithAnother(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	applied := 0
	for range 20_000 {
		doc := map[string]any{"a": randomTree(r, 3, false), "b": randomTree(r, 3, false)}
		at := places(doc, "")[1:]
		var ops []map[string]any
		for range 1 + r.IntN(3) {
			op := map[string]any{
				"op":   []string{"add", "remove", "replace", "move", "copy", "test"}[r.IntN(6)],
				"path": at[r.IntN(len(at))], "from": at[r.IntN(len(at))], "value": randomTree(r, 2, false),
			}
			ops = append(ops, op)
		}
		text, change := marshal(t, doc), marshal(t, ops)
		patch, err := jsonpatch.DecodePatch(change)
		if err != nil {
			t.Fatal(err)
		}
		want, wantErr := patch.Apply(text)
		got := treeOf(t, string(text))
		err = jsonPatch(strings.NewReader(string(change)), got, Limits{}.withDefaults())
		if slices.ContainsFunc(ops, func(op map[string]any) bool {
			// The other one lets a value move into itself.
			return op["op"] == "move" && strings.HasPrefix(op["path"].(string), op["from"].(string))
		}) {
			continue
		}
		if (err == nil) != (wantErr == nil) {
			t.Fatalf("%s with %s: error %v, the other one's is %v", text, change, err, wantErr)
		}
		if err != nil {
			continue
		}
		applied++
		if !reflect.DeepEqual(got.root, unmarshal(t, want)) {
			t.Fatalf("%s with %s is %s, want %s", text, change, marshal(t, got.root), want)
		}
	}
	if applied < 1000 {
		t.Errorf("only %d patches could be applied", applied)
	}
}

func FuzzJSONPatch(f *testing.F) {
	f.Add(`{"a":[1,{"b":2}]}`, `[{"op":"move","from":"/a/1","path":"/a/0"},{"op":"copy","from":"/a","path":"/b"}]`)
	f.Add(`[]`, `[{"op":"add","path":"/-","value":{}}]`)
	f.Add(`{"":0}`, `[{"op":"replace","path":"/","value":null},{"op":"remove","path":""}]`)
	f.Fuzz(func(t *testing.T, doc, patch string) {
		limits := Limits{Bytes: 1 << 16}.withDefaults()
		target, err := readTree(strings.NewReader(doc), limits)
		if err != nil {
			return
		}
		_ = jsonPatch(strings.NewReader(patch), target, limits)
		if change, err := readTree(strings.NewReader(patch), limits); err == nil {
			mergePatch(target.root, change.root)
		}
	})
}

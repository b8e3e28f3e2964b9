package report

import (
	"math"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"
)

func same(a, b float64) bool { return a == b || math.IsNaN(a) && math.IsNaN(b) }

func TestRecordsComeBackAsTheyWere(t *testing.T) {
	dir := t.TempDir()
	r := Blank()
	r.Scenario, r.Policy, r.Seed, r.Mode, r.Set = "a/b, \"c\"", "random", math.MaxUint64, "sim", "design"
	r.Peers, r.FileBytes, r.Unfinished, r.Eta, r.MLU, r.Components = 700, 1<<40, 3, 0.5, math.Inf(1), 1
	about := About{Command: "altbench run a", Started: time.Unix(1e9, 0).UTC(), Scenarios: []Scenario{{Name: "a/b"}}}
	if err := WriteResults(dir, about, []Record{r}); err != nil {
		t.Fatal(err)
	}
	gotAbout, got, err := ReadResults(dir)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(gotAbout, about) {
		t.Errorf("About is %+v, want %+v", gotAbout, about)
	}
	r.MLU = math.NaN() // no limit, not a number: null, both
	want, have := reflect.ValueOf(r), reflect.ValueOf(got[0])
	for f, v := range want.Fields() {
		h := have.FieldByIndex(f.Index)
		if v.CanFloat() && !same(v.Float(), h.Float()) || !v.CanFloat() && !v.Equal(h) {
			t.Errorf("%s is %v, want %v", f.Name, h, v)
		}
	}
}

func TestFieldsThatAreNotThereAreNotKnown(t *testing.T) {
	dir := t.TempDir()
	text := `[{"scenario":"s","policy":"p","eta":0.25,"from_the_future":[1]}]`
	if err := os.WriteFile(filepath.Join(dir, resultsFile), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	_, got, err := ReadResults(dir)
	if err != nil {
		t.Fatal(err)
	}
	if got[0].Eta != 0.25 || !math.IsNaN(got[0].UnitBDP) {
		t.Errorf("eta %v, unit_bdp %v, want 0.25 and NaN", got[0].Eta, got[0].UnitBDP)
	}
}

func TestBrokenResultsAreRefusedWithTheirPlace(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"empty":          {"", "results.json"},
		"an object":      {"{}", "results.json"},
		"cut off":        {`[{"scenario":"s","policy":"p"`, "results.json"},
		"two documents":  {"[] []", "results.json"},
		"text for float": {`[{"scenario":"s","policy":"p","eta":"high"}]`, "/0/eta"},
		"no policy":      {`[{"scenario":"s"}]`, "record 0"},
		"a run twice":    {`[{"scenario":"s","policy":"p"},{"scenario":"s","policy":"p"}]`, "record 1"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, resultsFile), []byte(c.text), 0o600); err != nil {
				t.Fatal(err)
			}
			if _, _, err := ReadResults(dir); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error is %v, want one with %q", err, c.want)
			}
		})
	}
}

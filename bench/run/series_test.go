package run

import (
	"context"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/altracker/altracker/bench/report"
	"github.com/altracker/altracker/bench/scenario"
)

// small is over in a fraction of a second.
const small = `
about: a test
set: design
topology: {graph: abilene, isps: each}
peers: {total: 60, where: [{spread: zipf, s: 0.5}]}
access: {classes: {dsl: {up: 4 Mbit/s, down: 40 Mbit/s}}}
swarm: {file: 4 MiB, piece: 128 KiB, until: 1h, announce: 1m, seeding: 1m}
client: {want: 12, connect: 12, accept: 16, reask: 4}
policies: [staged, random]
`

func smallScenario(t testing.TB, more string) *scenario.Scenario {
	t.Helper()
	s, err := scenario.Parse("small", []byte(small+more))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func read(t *testing.T, dir string) []report.Record {
	t.Helper()
	_, records, err := report.ReadResults(dir)
	if err != nil {
		t.Fatal(err)
	}
	return records
}

// strip takes away what differs from run to run.
func strip(records []report.Record) string {
	for i := range records {
		records[i].WallSeconds, records[i].CPUSeconds = 0, 0
	}
	var b strings.Builder
	for _, r := range records {
		b.WriteString(strings.ReplaceAll(strings.Trim(jsonOf(r), "{}"), ",", "\n") + "\n\n")
	}
	return b.String()
}

func jsonOf(r report.Record) string {
	for _, f := range []*float64{&r.MLU, &r.TransitP95Hour, &r.TransitP95FiveMin, &r.IntraCountryShare, &r.TMinPolicy, &r.MinCut, &r.MachineBusy, &r.RateFactor} {
		if math.IsNaN(*f) || math.IsInf(*f, 0) {
			*f = -1
		}
	}
	text, err := json.Marshal(r)
	if err != nil {
		return err.Error()
	}
	return string(text)
}

func TestSeriesIsRepeatable(t *testing.T) {
	s := smallScenario(t, "")
	var first string
	for i, jobs := range []int{1, 4} {
		dir := t.TempDir()
		if err := Run(t.Context(), Config{Scenarios: []*scenario.Scenario{s}, Seeds: 2, Jobs: jobs, Dir: dir}); err != nil {
			t.Fatal(err)
		}
		got := strip(read(t, dir))
		if i == 0 {
			first = got
		} else if got != first {
			t.Errorf("with %d jobs:\n%s\nwith one:\n%s", jobs, got, first)
		}
	}
}

func TestFiguresAreWithinTheirLimits(t *testing.T) {
	dir := t.TempDir()
	if err := Run(t.Context(), Config{Scenarios: []*scenario.Scenario{smallScenario(t, "")}, Seeds: 3, Dir: dir}); err != nil {
		t.Fatal(err)
	}
	records := read(t, dir)
	if len(records) != 6 {
		t.Fatalf("%d records, want 6", len(records))
	}
	for _, r := range records {
		switch {
		case r.Unfinished != 0 || r.Leechers != 59:
			t.Errorf("%s %d: %d of %d unfinished", r.Policy, r.Seed, r.Unfinished, r.Leechers)
		case r.CompletionMax < r.TMin || r.CompletionMax > 10*r.TMin:
			t.Errorf("%s %d: the last is complete after %v, the limit is %v", r.Policy, r.Seed, r.CompletionMax, r.TMin)
		case r.TMinPolicy < r.TMin:
			t.Errorf("%s %d: the policy's limit is %v, the network's %v", r.Policy, r.Seed, r.TMinPolicy, r.TMin)
		case r.Eta > 1 || r.RedundancyMedian < 1:
			t.Errorf("%s %d: eta %v, redundancy %v", r.Policy, r.Seed, r.Eta, r.RedundancyMedian)
		case r.Policy == "random" && math.Abs(r.Eta) > 0.1:
			t.Errorf("random %d: eta %v, want about 0", r.Seed, r.Eta)
		case r.Policy == "staged" && r.Eta < 0.1:
			t.Errorf("staged %d: eta %v: the map did not guide", r.Seed, r.Eta)
		case r.SeedCopies < 1 || r.Components != 1:
			t.Errorf("%s %d: %v seed copies, %v components", r.Policy, r.Seed, r.SeedCopies, r.Components)
		case math.IsNaN(r.ISPsLosingTime) || r.Policy == "random" && r.ISPsLosingTime+r.ISPsLosingTraffic > 0:
			t.Errorf("%s %d: %v and %v ISPs lose", r.Policy, r.Seed, r.ISPsLosingTime, r.ISPsLosingTraffic)
		}
		if _, err := report.ReadDetail(dir, r.Scenario, r.Policy, r.Seed); err != nil {
			t.Error(err)
		}
	}
}

// TestWithoutMapPoliciesAreRandom: to the last byte, since the draws are the same.
func TestWithoutMapPoliciesAreRandom(t *testing.T) {
	dir := t.TempDir()
	s := smallScenario(t, "map: {fault: absent}\n")
	if err := Run(t.Context(), Config{Scenarios: []*scenario.Scenario{s}, Dir: dir}); err != nil {
		t.Fatal(err)
	}
	records := read(t, dir)
	records[1].Policy = records[0].Policy
	if a, b := strip(records[:1]), strip(records[1:]); a != b {
		t.Errorf("random:\n%s\nstaged:\n%s", a, b)
	}
}

func TestMapThatVanishesGuidesForAWhile(t *testing.T) {
	eta := func(fault string) float64 {
		dir := t.TempDir()
		s, err := scenario.Parse("small", []byte(strings.Replace(small, "seeding:", "arrivals: {over: 1m}, seeding:", 1)+"map: "+fault+"\n"))
		if err != nil {
			t.Fatal(err)
		}
		policies, err := scenario.ParsePolicies("staged")
		if err == nil {
			err = Run(t.Context(), Config{Scenarios: []*scenario.Scenario{s}, Policies: policies, Dir: dir})
		}
		if err != nil {
			t.Fatal(err)
		}
		return read(t, dir)[0].Eta
	}
	always, soon, never := eta("{}"), eta("{fault: absent, after: 1h}"), eta("{fault: absent, after: 1ns}")
	if always != soon || never >= always/2 {
		t.Errorf("eta %v with a map, %v with one for an hour, %v with one for a moment", always, soon, never)
	}
}

func TestResumeRunsWhatIsMissing(t *testing.T) {
	dir := t.TempDir()
	s := smallScenario(t, "")
	c := Config{Scenarios: []*scenario.Scenario{s}, Dir: dir}
	if err := Run(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	before := read(t, dir)
	if err := Run(t.Context(), c); err == nil || !strings.Contains(err.Error(), "holds 2 results") {
		t.Errorf("results that are there are overwritten: %v", err)
	}
	c.Resume, c.Seeds = true, 2
	var ended []string
	c.Progress = func(p Progress) {
		if p.Last != nil {
			ended = append(ended, p.Last.Policy)
			if p.Last.Seed != 2 || p.Runs != 4 {
				t.Errorf("seed %d of %d runs", p.Last.Seed, p.Runs)
			}
		}
	}
	if err := Run(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	after := read(t, dir)
	if len(after) != 4 || len(ended) != 2 || after[0].WallSeconds != before[0].WallSeconds {
		t.Errorf("%d records, ran %v", len(after), ended)
	}
	if math.IsNaN(after[3].ISPsLosingTime) {
		t.Error("what was resumed is not compared with the baseline")
	}
}

func TestResumeForgetsAnotherScenarioOfTheName(t *testing.T) {
	dir := t.TempDir()
	if err := Run(t.Context(), Config{Scenarios: []*scenario.Scenario{smallScenario(t, "")}, Dir: dir}); err != nil {
		t.Fatal(err)
	}
	changed := smallScenario(t, "map: {costs: delay}\n")
	if err := Run(t.Context(), Config{Scenarios: []*scenario.Scenario{changed}, Dir: dir, Resume: true}); err != nil {
		t.Fatal(err)
	}
	records := read(t, dir)
	if len(records) != 2 || records[0].Digest != changed.Digest() {
		t.Errorf("%d records, digest %s, want that of the changed text", len(records), records[0].Digest)
	}
}

func TestStoppedSeriesKeepsWhatHasEnded(t *testing.T) {
	dir := t.TempDir()
	ctx, stop := context.WithCancel(t.Context())
	c := Config{Scenarios: []*scenario.Scenario{smallScenario(t, "")}, Seeds: 50, Jobs: 1, Dir: dir}
	c.Progress = func(p Progress) {
		if p.Ended == 3 {
			stop()
		}
	}
	if err := Run(ctx, c); err != context.Canceled {
		t.Errorf("error %v, want %v", err, context.Canceled)
	}
	if n := len(read(t, dir)); n < 3 || n > 5 {
		t.Errorf("%d records, want 3", n)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, ".new-*")); len(left) > 0 {
		t.Errorf("files of no use are left: %v", left)
	}
}

func TestSeriesRefusesWhatItCannotRun(t *testing.T) {
	s := smallScenario(t, "")
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	impossible := *s
	impossible.Client = scenario.Client{Connect: 5, Accept: 1}
	for name, c := range map[string]Config{
		"no scenario":           {Dir: t.TempDir()},
		"twice":                 {Dir: t.TempDir(), Scenarios: []*scenario.Scenario{s, s}},
		"seeds":                 {Dir: t.TempDir(), Scenarios: []*scenario.Scenario{s}, Seeds: -1},
		"jobs":                  {Dir: t.TempDir(), Scenarios: []*scenario.Scenario{s}, Jobs: -1},
		"a file for a folder":   {Dir: file, Scenarios: []*scenario.Scenario{s}},
		"clients there are not": {Dir: t.TempDir(), Scenarios: []*scenario.Scenario{&impossible}},
	} {
		if err := Run(t.Context(), c); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

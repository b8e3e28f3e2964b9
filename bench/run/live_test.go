package run

import (
	"context"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/altracker/altracker/bench/report"
	"github.com/altracker/altracker/bench/scenario"
)

// lively is over in about a second, with real clients.
const lively = `
about: a test
set: design
topology: {graph: bindal}
peers: {total: 12, where: [{at: "isp-[1-3]", spread: even}]}
access: {classes: {line: {up: 8 Mbit/s, down: 80 Mbit/s}}}
swarm: {file: 512 KiB, piece: 32 KiB, stay: true, announce: 5s, until: 90s}
client: {want: 6, connect: 8, accept: 8, slots: 8}
policies: [staged, random]
`

func livelyScenario(t *testing.T, change ...string) *scenario.Scenario {
	t.Helper()
	s, err := scenario.Parse("lively", []byte(strings.NewReplacer(change...).Replace(lively)))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// A series that is stopped keeps what has ended; resumed, it makes that seed's runs again,
// so that all of a seed are of the same rates. Figures are what they are of simulated runs.
func TestLiveSeriesIsMeasured(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	dir := t.TempDir()
	c := LiveConfig{Config: Config{Scenarios: []*scenario.Scenario{livelyScenario(t)}, Dir: dir}, MostBusy: 1}
	c.Progress = func(p Progress) {
		if p.Last != nil {
			stop()
		}
	}
	if err := Live(ctx, c); !errors.Is(err, context.Canceled) {
		t.Fatalf("stopped: %v", err)
	}
	if kept := read(t, dir); len(kept) != 1 || kept[0].Policy != report.Baseline {
		t.Fatalf("kept: %+v", kept)
	}
	c.Progress, c.Resume = nil, true
	if err := Live(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	records := read(t, dir)
	if len(records) != 2 {
		t.Fatalf("%d records, want 2", len(records))
	}
	for _, r := range records {
		checkLive(t, &r)
		d, err := report.ReadDetail(dir, r.Scenario, r.Policy, r.Seed)
		if err != nil {
			t.Fatal(err)
		}
		moved, came := 0.0, 0.0
		for _, n := range d.Traffic.Bytes {
			moved += n
		}
		for _, isp := range d.ISPs {
			came += isp.Ingress
		}
		if least := float64(r.Leechers) * float64(r.FileBytes); moved < least || math.Abs(came/moved-(1-r.IntraISPShare)) > 1e-6 {
			t.Errorf("%s: %.0f bytes moved, %.0f of them between ISPs; want %.0f at least, and a share of %.3f inside", r.Policy, moved, came, least, r.IntraISPShare)
		}
	}
}

func checkLive(t *testing.T, r *report.Record) {
	t.Helper()
	if r.Mode != "live" || r.Peers != 12 || r.Leechers != 11 || r.Unfinished != 0 || r.RateFactor != 1 {
		t.Errorf("%s: %s, %d peers, %d leechers, %d unfinished, %v of the rates", r.Policy, r.Mode, r.Peers, r.Leechers, r.Unfinished, r.RateFactor)
	}
	if !(r.CompletionMax >= 0.9*r.TMin) || !(r.StartupP50 > 0 && r.StartupP50 < r.CompletionMax) {
		t.Errorf("%s: first pieces after %.2f s, the last was complete after %.2f s; T_min is %.2f s", r.Policy, r.StartupP50, r.CompletionMax, r.TMin)
	}
	// Each one announces at least once, and is answered with whoever is there.
	if !(r.IntroductionsMean > 1) || r.Components != 1 || !(r.SeedCopies >= 1) || !(r.TMinPolicy >= r.TMin) {
		t.Errorf("%s: %.1f introductions, %v parts, %.2f seed copies, T_min of the overlay %.2f s", r.Policy, r.IntroductionsMean, r.Components, r.SeedCopies, r.TMinPolicy)
	}
	if r.CPUSeconds <= 0 || !(r.MachineBusy > 0 && r.MachineBusy <= 1) {
		t.Errorf("%s: %.2f CPU s, machine busy %.2f", r.Policy, r.CPUSeconds, r.MachineBusy)
	}
}

// When the scenario's time is up a run is what it came to by then.
func TestLiveRunsEndInTime(t *testing.T) {
	dir := t.TempDir()
	s := livelyScenario(t, "512 KiB", "32 MiB", "until: 90s", "until: 2s", "[staged, random]", "[random]")
	if err := Live(t.Context(), LiveConfig{Config: Config{Scenarios: []*scenario.Scenario{s}, Dir: dir}, MostBusy: 1}); err != nil {
		t.Fatal(err)
	}
	records := read(t, dir)
	if len(records) != 1 || records[0].Leechers == 0 || records[0].Unfinished != records[0].Leechers || !math.IsNaN(records[0].CompletionP50) {
		t.Errorf("%+v, want one run in which nobody has finished", records)
	}
}

// A machine that is as busy as this one at the least is tried again with slower lines, and
// what it did is left out.
func TestRunsOnABusyMachineAreLeftOut(t *testing.T) {
	dir := t.TempDir()
	var notes []string
	err := Live(t.Context(), LiveConfig{
		Config: Config{Scenarios: []*scenario.Scenario{livelyScenario(t, "512 KiB", "256 KiB")}, Dir: dir}, MostBusy: 1e-9,
		Note: func(text string) { notes = append(notes, text) },
	})
	if busy := (*BusyError)(nil); !errors.As(err, &busy) || busy.Runs != 2 {
		t.Errorf("error is %v, want one about 2 runs", err)
	}
	want := []string{"at 1 of the rates", "at 0.5 of the rates", "scenario lively, seed 1 is left out"}
	if !slices.EqualFunc(notes, want, strings.Contains) {
		t.Errorf("notes are %q", notes)
	}
	if _, records, err := report.ReadResults(dir); len(records) != 0 {
		t.Errorf("%d records, %v", len(records), err)
	}
}

func TestWhatRealClientsCannotDoIsRefused(t *testing.T) {
	for _, c := range []struct{ from, to, want string }{
		{"stay: true", "seeding: 5m", "swarm.stay"},
		{"until:", "aborts: {median: 5s}, until:", "swarm.aborts"},
		{"until:", "unreachable: 0.9, until:", "swarm.unreachable"},
		{"graph: bindal", "graph: bindal, transit: 1 Mbit/s", "slower than all peers"},
		{"total: 12", "total: 120", "at most 100 peers"},
		{"512 KiB", "512 MiB", "at most 100 peers and 64 MiB"},
		{"connect: 8", "connect: 4", "client.connect"},
		{"policies:", "map: {fault: absent, after: 5s}\npolicies:", "map.after"},
		{"random]", "random, oracle]", "policy oracle"},
		{"graph: bindal", "graph: isp1700", "at most 254"},
	} {
		s := livelyScenario(t, c.from, c.to, `"isp-[1-3]"`, map[bool]string{true: `"*"`, false: `"isp-[1-3]"`}[strings.Contains(c.to, "1700")])
		err := Live(t.Context(), LiveConfig{Config: Config{Scenarios: []*scenario.Scenario{s}, Dir: t.TempDir()}})
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error is %v, want one about %s", c.to, err, c.want)
		}
	}
}

func TestAgreementIsOfTheSameSeeds(t *testing.T) {
	record := func(policy string, seed uint64, share, p50 float64) report.Record {
		r := report.Blank()
		r.Scenario, r.Policy, r.Seed, r.IntraPIDShare, r.CompletionP50 = "s", policy, seed, share, p50
		return r
	}
	live := []report.Record{
		record("random", 1, 0.2, 10), record("staged", 1, 0.6, 12), record("random", 2, 0.2, 10), record("staged", 2, 0.4, 10),
		record("staged", 3, 0.9, 99), // not simulated
	}
	simulated := []report.Record{
		record("staged", 1, 0.5, 11), record("random", 1, 0.25, 10), record("staged", 2, 0.5, 11), record("random", 2, 0.25, 10),
	}
	all := Agree(live, simulated)
	if len(all) != 2 || all[0].Policy != "random" || all[1].Policy != "staged" || all[1].Seeds != 2 {
		t.Fatalf("%+v", all)
	}
	staged := all[1]
	want(t, "live share", staged.IntraPID.Live, 0.5)
	want(t, "simulated share", staged.IntraPID.Sim, 0.5)
	want(t, "live ratio", staged.IntraPIDOver.Live, 2.5)
	want(t, "ratio off", staged.IntraPIDOver.Off(), -0.2)
	want(t, "p50 over random, live", staged.P50Over.Live, 1.1)
	if !math.IsNaN(staged.Eta.Live) {
		t.Error("eta came from nowhere")
	}
}

func TestPoliciesNearEachOtherHaveNoOrder(t *testing.T) {
	for _, c := range []struct {
		of   []Pair
		want bool
	}{
		{[]Pair{{1, 1}, {2, 3}, {3, 3}}, true},
		{[]Pair{{1, 2}, {2, 1}}, false},
		{[]Pair{{1, 1.02}, {1.03, 1}}, true},
		{[]Pair{{math.NaN(), 1}, {1, math.NaN()}}, true},
	} {
		if got := SameOrder(c.of, 0.05); got != c.want {
			t.Errorf("%v: %v", c.of, got)
		}
	}
}

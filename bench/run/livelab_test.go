package run

import (
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/altracker/altracker/bench/netns"
	"github.com/altracker/altracker/bench/report"
	"github.com/altracker/altracker/bench/scenario"
)

func altracker(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "altracker")
	if out, err := exec.Command("go", "build", "-o", path, "github.com/altracker/altracker/cmd/altracker").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return path
}

// Debian's clients, guided by altracker, which has asked altoservers for its maps: the
// network's choice keeps more at home than chance does, and figures are what they are of
// clients on loopback.
func TestLiveSeriesInNamespacesIsMeasured(t *testing.T) {
	if os.Getenv("ALTBENCH_NAMESPACES") == "" {
		t.Skip("real programs take a minute and root: ALTBENCH_NAMESPACES=1, or .ci/run programs")
	}
	if err := netns.Missing(t.Context(), netns.Programs()); err != nil {
		t.Skip(err)
	}
	// One reply each: who asks again knows everybody in a swarm so small.
	s := livelyScenario(t, "total: 12", "total: 24", "512 KiB", "3 MiB", "announce: 5s", "announce: 5m", "until: 90s", "until: 3m", "want: 6, connect: 8, accept: 8", "want: 5, connect: 6, accept: 6")
	dir := t.TempDir()
	c := LiveConfig{
		Config: Config{Scenarios: []*scenario.Scenario{s}, Clients: netns.Programs(), Dir: dir}, MostBusy: 1, Altracker: altracker(t),
	}
	if err := Live(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	shares := map[string]float64{}
	for _, r := range read(t, dir) {
		shares[r.Policy] = r.IntraPIDShare
		t.Logf("%s: %.3f at home, %.3f times the payload on the wire, last complete after %.1f s", r.Policy, r.IntraPIDShare, r.WireRatio, r.CompletionMax)
		if r.Mode != "live" || r.Clients != "transmission,aria2,libtorrent" || r.Peers != 24 || r.Unfinished != 0 {
			t.Errorf("%s: %s, clients %s, %d peers, %d unfinished", r.Policy, r.Mode, r.Clients, r.Peers, r.Unfinished)
		}
		if !(r.CompletionMax >= 0.9*r.TMin) || !(r.StartupP50 > 0 && r.StartupP50 < r.CompletionMax) || !(r.SeedCopies >= 1) {
			t.Errorf("%s: first pieces after %.2f s, last complete after %.2f s of %.2f; %.2f seed copies",
				r.Policy, r.StartupP50, r.CompletionMax, r.TMin, r.SeedCopies)
		}
		if !(r.IntroductionsMean > 1) || !math.IsNaN(r.IntroductionsMax) || !(r.WireRatio > 0.95 && r.WireRatio < 1.25) || r.CPUSeconds <= 0 {
			t.Errorf("%s: named %.1f times, at most %v; %.3f times the payload on the wire; %.2f CPU s", r.Policy, r.IntroductionsMean, r.IntroductionsMax, r.WireRatio, r.CPUSeconds)
		}
	}
	if staged, random := shares["staged"], shares[report.Baseline]; staged < 1.1*random {
		t.Errorf("%.3f stays at home with staged, %.3f with random: want 1.1 times as much at least", staged, random)
	}
	c.Clients, c.Resume = nil, true
	if err := Live(t.Context(), c); err == nil || !strings.Contains(err.Error(), "results of other clients") {
		t.Errorf("resumed with other clients: %v", err)
	}
}

// What altracker is told is what the simulator's tracker has.
func TestConfigurationOfLabsIsTheWorlds(t *testing.T) {
	s := livelyScenario(t)
	w, err := s.Lab(1)
	if err != nil {
		t.Fatal(err)
	}
	policy, err := scenario.ParsePolicy("mixed{of: staged, random: 0.25}")
	if err != nil {
		t.Fatal(err)
	}
	c := (&liveRun{world: w, policy: policy}).configuration(nil)
	announce, chosen := c["announce"].(map[string]any), c["policy"].(map[string]any)
	if announce["interval"] != "5s" || announce["max_numwant"] != 6 || chosen["name"] != "mixed" || chosen["of"] != "staged" || c["alto"] != nil {
		t.Errorf("configuration is %v", c)
	}
}

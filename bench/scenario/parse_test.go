package scenario

import (
	"strings"
	"testing"
	"time"
)

// minimal is a scenario that says as little as it may.
const minimal = `
about: a test
set: design
topology: {graph: abilene}
peers: {total: 10}
access: {classes: {dsl: {up: 1 Mbit/s, down: 8 Mbit/s}}}
swarm: {file: 1 MiB, piece: 16 KiB, until: 1h}
policies: [random]
`

func parse(t *testing.T, text string) *Scenario {
	t.Helper()
	s, err := Parse("test", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// but is minimal with a line in place of the one that begins alike.
func but(line string) string {
	key, _, _ := strings.Cut(line, ":")
	var lines []string
	found := false
	for old := range strings.SplitSeq(minimal, "\n") {
		if strings.HasPrefix(old, key+":") {
			old, found = line, true
		}
		lines = append(lines, old)
	}
	if !found {
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

func TestMistakesNameTheirKey(t *testing.T) {
	for _, c := range []struct{ line, want string }{
		{"swarms: 3", "swarms: want one of about, answers, set, topology"},
		{"swarm: {file: 1 MiB, piece: 16 KiB, until: 1h, pieces: 3}", "line 7: swarm.pieces: want one of file, piece"},
		{"swarm: {file: big, piece: 16 KiB, until: 1h}", `line 7: swarm.file: "big": want a size such as "100 MiB"`},
		{"swarm: {file: 1 MiB, piece: 1 KiB, until: 1h}", "swarm.piece: 1024: want 16 KiB to 64 MiB"},
		{"swarm: {file: 1 MiB, piece: 16 KiB}", "swarm.until: 0"},
		{"swarm: {file: 1 MiB, piece: 16 KiB, until: -1h}", `swarm.until: "-1h": want a duration`},
		{"swarm: {file: 1 MiB, piece: 16 KiB, until: 1h, seeds: 10}", "swarm.seeds: 10: want 0 to 9"},
		{"swarm: {file: 1 MiB, piece: 16 KiB, until: 1h, arrivals: {kind: poison}}", `swarm.arrivals.kind: "poison": want one of flash, poisson, decay`},
		{"swarm: 5", "line 7: swarm: \"5\": want a mapping of file"},
		{"peers: {total: ten}", `peers.total: "ten": want a whole number`},
		{"peers: {total: 10, total: 11}", "peers.total: want it once"},
		{"peers: {total: 10, where: [{at: '[', spread: lots}]}", `peers.where[0].spread: "lots": want one of even, uniform, zipf, degree`},
		{"peers: {total: 10, where: [{at: '['}]}", "peers.where[0].at: [: want a pattern"},
		{"access: {classes: {dsl: {up: 1, down: 8 Mbit/s}}}", `access.classes.dsl.up: "1": want a rate such as`},
		{"access: {classes: {dsl: {down: 8 Mbit/s}}}", "access.classes.dsl.up: 0: want more than 0"},
		{"access: {classes: {}}", "access.classes: none: want at least one"},
		{"access: {classes: {dsl: {up: 1 Mbit/s, down: 8 Mbit/s}}, at: [{at: x, class: fibre}]}", "access.at[0].class: fibre: want one of dsl"},
		{"topology: {}", "topology: want graph or file"},
		{"map: {fault: evil}", `map.fault: "evil": want one of absent, wrong`},
		{"client: {pex: maybe}", `client.pex: "maybe": want true or false`},
		{"policies: [nope]", "policies[0]: \"nope\": want a policy that is right"},
		{"policies: [staged: {intra_pid: 2}]", "policy option intra_pid: 2: want a number from 0 to 1"},
		{"policies: [random, random]", "policies[1]: random: want each once"},
		{"policies: &a [random]", ""},
		{"about: *a", "unknown anchor"},
		{"set: both", `set: "both": want one of design, confirm`},
	} {
		_, err := Parse("test", []byte(but(c.line)))
		switch {
		case c.want == "" && err != nil:
			t.Errorf("%s: %v", c.line, err)
		case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
			t.Errorf("%s: %v\nwant %s", c.line, err, c.want)
		}
	}
}

func TestAllMistakesAreTold(t *testing.T) {
	_, err := Parse("test", []byte("abuot: x\nset: design\npeers: {total: x}"))
	for _, want := range []string{"abuot", "peers.total"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v does not tell of %s", err, want)
		}
	}
}

func TestUnits(t *testing.T) {
	s := parse(t, but("swarm: {file: 1.5 MB, piece: 16KiB, until: 90m, announce: 30s}"))
	if s.Swarm.File != 1_500_000 || s.Swarm.Piece != 16<<10 || time.Duration(s.Swarm.Until) != 90*time.Minute || s.Interval() != 30*time.Second {
		t.Errorf("%+v", s.Swarm)
	}
	if dsl := s.Access.Classes["dsl"]; dsl.Up != 125_000 || dsl.Down != 1_000_000 {
		t.Errorf("%+v", dsl)
	}
}

func TestPoliciesHaveOneName(t *testing.T) {
	s := parse(t, but("policies: [random, staged: {intra_pid: 0.50, random: 0}, 'staged{intra_isp: 0.8,intra_pid:0.1}', 'mixed{of: ranked, random: 0.3}']"))
	want := []string{"random", "staged{intra_pid: 0.5, random: 0}", "staged{intra_isp: 0.8, intra_pid: 0.1}", "mixed{of: ranked, random: 0.3}"}
	for i, p := range s.Policies {
		if p.String() != want[i] {
			t.Errorf("policy %q, want %q", p, want[i])
		}
		again, err := ParsePolicy(p.String())
		if err != nil || again.String() != p.String() {
			t.Errorf("%q is read again as %q, %v", p, again, err)
		}
	}
}

func TestPolicyListsArePartedOutsideBraces(t *testing.T) {
	list, err := ParsePolicies("random, staged{intra_pid: 0.5, intra_isp: 0.8},matrix")
	if err != nil || len(list) != 3 || list[1].String() != "staged{intra_isp: 0.8, intra_pid: 0.5}" {
		t.Errorf("%v, %v", list, err)
	}
	for _, text := range []string{"", "random,", "staged{intra_pid: 0.5", "staged{intra_pid}", "staged{intra_pid: 1, intra_pid: 1}", "staged{x: 1}", "oracle{x: 1}", "oracle{external: 0}"} {
		if list, err := ParsePolicies(text); err == nil {
			t.Errorf("%q is %v, want an error", text, list)
		}
	}
}

// TestEveryScenarioThatShipsIsRight: about half of them are to design by.
func TestEveryScenarioThatShipsIsRight(t *testing.T) {
	sets := map[string]int{}
	for _, name := range Names() {
		s, err := Load(name)
		if err != nil {
			t.Error(err)
			continue
		}
		sets[s.Set]++
		if s.Policies[0].String() != "random" {
			t.Errorf("%s: the first policy is %s, want random", name, s.Policies[0])
		}
		if testing.Short() {
			continue
		}
		if _, err := s.World(1); err != nil {
			t.Error(err)
		}
	}
	if d, c := sets["design"], sets["confirm"]; d < 7 || c < 7 || d > 2*c || c > 2*d {
		t.Errorf("scenarios by set: %v", sets)
	}
}

func FuzzParse(f *testing.F) {
	f.Add(minimal)
	for _, name := range Names() {
		if s, err := Load(name); err == nil {
			f.Add(s.About)
		}
	}
	f.Fuzz(func(t *testing.T, text string) {
		s, err := Parse("fuzz", []byte(text))
		if err == nil && len(s.Policies) == 0 {
			t.Error("a scenario without policies")
		}
	})
}

func TestPatterns(t *testing.T) {
	for _, c := range []struct {
		pattern, name string
		want          bool
	}{
		{"", "x", true}, {"pop-*", "pop-1", true}, {"pop-*", "x", false}, {"!pop-*", "pop-1", false}, {"!pop-*", "x", true},
	} {
		if got := matches(c.pattern, c.name); got != c.want {
			t.Errorf("%q has the pattern %q: %v", c.name, c.pattern, got)
		}
	}
}

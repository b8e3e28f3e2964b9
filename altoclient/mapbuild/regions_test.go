package mapbuild

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const lab = `
costs: {same_parent: 3, default: 50}
regions:
  - {name: isp, internal: true}
  - {name: east, parent: isp, prefixes: [192.0.2.0/24]}
  - {name: vienna, parent: east, prefixes: [192.0.2.0/26, "2001:db8:1::/48"]}
  - {name: graz, parent: east, prefixes: [192.0.2.64/27, 192.0.2.96/27]}
  - {name: west, parent: isp, prefixes: [198.51.100.0/24]}
  - {name: tyrol, parent: west, prefixes: [198.51.100.0/25], internal: false}
  - {name: peer, prefixes: [203.0.113.0/24]}
pairs:
  - {from: vienna, to: peer, cost: 20}
  - {from: graz, to: default, cost: 7.5, one_way: true}
  - {from: peer, to: peer, cost: 2}
`

func TestRegionsBecomeMaps(t *testing.T) {
	file := write(t, t.TempDir(), "lab.yaml", lab)
	for _, from := range []string{file, "regions:" + file} {
		m, s := build(t, Options{From: []string{from}})
		if got := pidsOf(m); got != "default east graz peer tyrol vienna west" {
			t.Fatalf("PIDs %s", got)
		}
		for addr, want := range map[string]string{
			"192.0.2.1": "vienna", "192.0.2.64": "graz", "192.0.2.127": "graz", "192.0.2.128": "east", "2001:db8:1::9": "vienna",
			"198.51.100.1": "tyrol", "198.51.100.129": "west", "203.0.113.1": "peer", "8.8.8.8": "default", "2001:db8:2::": "default",
		} {
			if got := pidOf(m, addr); got != want {
				t.Errorf("%s is in %s, want %s", addr, got, want)
			}
		}
		wantCosts(t, m, `vienna>vienna=1 vienna>graz=3 vienna>east=3 east>vienna=3 vienna>west=10 east>west=3
			west>tyrol=3 vienna>tyrol=50 vienna>peer=20 peer>vienna=20 graz>peer=50 peer>peer=2
			graz>default=7.5 default>graz=50 default>default=50`)
		wantNote(t, s, "internal: [east, vienna, graz, west]")
		if s.Before != 10 || s.Prefixes != 9 {
			t.Errorf("%d prefixes became %d, want 10 and 9", s.Before, s.Prefixes)
		}
	}
}

func TestDocumentsAreWhatBuildWrites(t *testing.T) {
	dir := t.TempDir()
	if _, err := Build(t.Context(), Options{From: []string{write(t, dir, "lab.yaml", lab)}, Out: dir}); err != nil {
		t.Fatal(err)
	}
	r, err := ParseRegions([]byte(lab))
	if err != nil {
		t.Fatal(err)
	}
	network, cost, err := r.Documents()
	if err != nil {
		t.Fatal(err)
	}
	for name, got := range map[string][]byte{NetworkMapFile: network, CostMapFile: cost} {
		want, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s is\n%s\nwant\n%s", name, got, want)
		}
	}
}

func TestRegionsMayHoldTheDefault(t *testing.T) {
	file := write(t, t.TempDir(), "all.yaml", "regions: [{name: world, prefixes: [0.0.0.0/0, '::/0']}, {name: me, prefixes: [10.0.0.0/8]}]")
	m, s := build(t, Options{From: []string{file}})
	if got := pidsOf(m); got != "me world" {
		t.Errorf("PIDs %s", got)
	}
	if s.IPv4 != 1./256 || s.IPv6 != 0 {
		t.Errorf("coverage %v, %v", s.IPv4, s.IPv6)
	}
}

func TestEveryMistakeInRegionsIsNamed(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"empty":        {"", "file: it is empty"},
		"not YAML":     {"regions: [", "file: not YAML: line 1"},
		"a list":       {"- a", "want a mapping with one of costs, pairs, regions (line 1)"},
		"two files":    {"regions: []\n---\nregions: []", "file: want one YAML document"},
		"no regions":   {"costs: {same_pid: 1}", "regions: missing"},
		"unknown key":  {"region: []", "region: no such key; want one of costs, pairs, regions (line 1)"},
		"twice":        {"costs: {}\ncosts: {}\n", "costs: the key is there twice (line 2)"},
		"alias":        {"regions:\n  - &a {name: a, prefixes: [10.0.0.0/8]}\n  - {name: b, prefixes: *a}", "regions[1].prefixes: want the value itself, not a YAML alias (line 3)"},
		"no list":      {"regions: {name: a}", "regions: want a list (line 1)"},
		"tier":         {"costs: {same_isp: -1}", `costs.same_isp: "-1": want a cost, a number not below 0 (line 1)`},
		"cost":         {"costs: {default: .inf}", `costs.default: ".inf": want a cost`},
		"null":         {"costs: {default: }", "costs.default: want a cost"},
		"name":         {"regions: [{name: a b}]", `regions[0].name: "a b": want a name of 1 to 64`},
		"no name":      {"regions:\n- prefixes: [10.0.0.0/8]", "regions[0].name: missing; want a name (line 2)"},
		"name twice":   {"regions:\n- {name: a, prefixes: [10.0.0.0/8]}\n- {name: a, prefixes: [11.0.0.0/8]}", "regions[1].name: there is a region a already (line 2) (line 3)"},
		"default":      {"regions: [{name: default, prefixes: [10.0.0.0/8]}]", `regions[0].name: "default" is the PID`},
		"internal":     {"regions: [{name: a, internal: yes}]", `regions[0].internal: "yes": want true or false (line 1)`},
		"prefix":       {"regions: [{name: a, prefixes: [10.0.0.0/8, 10.1.0.0/8]}]", `regions[0].prefixes[1]: "10.1.0.0/8": want an address prefix`},
		"same prefix":  {"regions:\n- {name: a, prefixes: [10.0.0.0/8]}\n- name: b\n  prefixes:\n  - 11.0.0.0/8\n  - 10.0.0.0/8\n", `regions[1].prefixes[1]: "10.0.0.0/8": it is in region a already (line 2) (line 6)`},
		"no prefixes":  {"regions: [{name: a}]", "regions[0].prefixes: missing; want a list of prefixes"},
		"no parent":    {"regions: [{name: a, parent: b, prefixes: [10.0.0.0/8]}]", `regions[0].parent: "b": there is no region of that name (line 1)`},
		"a loop":       {"regions:\n- {name: a, parent: b}\n- {name: b, parent: a}", `regions[0].parent: "b": the region is inside itself (line 2)`},
		"inside a":     {"regions:\n- {name: a, parent: a}", `regions[0].parent: "a": the region is inside itself (line 2)`},
		"pair to":      {"regions: [{name: a, prefixes: [10.0.0.0/8]}]\npairs:\n- {from: a, to: b, cost: 1}", "pairs[0].to: there is no region b (line 3)"},
		"pair from":    {"regions: [{name: a, prefixes: [10.0.0.0/8]}]\npairs:\n- {to: a, cost: 1}", "pairs[0].from: missing; want the name of a region (line 3)"},
		"pair cost":    {"regions: [{name: a, prefixes: [10.0.0.0/8]}]\npairs:\n- {from: a, to: a}", "pairs[0].cost: missing; want a cost (line 3)"},
		"pair, parent": {"regions: [{name: a, parent: b, prefixes: [10.0.0.0/8]}, {name: b}]\npairs:\n- {from: a, to: b, cost: 1}", "pairs[0].to: region b has no prefixes"},
		"pair twice":   {"regions: [{name: a, prefixes: [10.0.0.0/8]}]\npairs:\n- {from: a, to: default, cost: 1}\n- {from: default, to: a, cost: 1, one_way: true}", "pairs[1]: the cost from default to a was stated already (line 3) (line 4)"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := ParseRegions([]byte(c.text))
			var mistakes Mistakes
			if !errors.As(err, &mistakes) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error\n%v\nwant ...%s...", err, c.want)
			}
		})
	}
}

func TestAllMistakesAreNamedAtOnce(t *testing.T) {
	_, err := ParseRegions([]byte("regions:\n- {name: a b, prefix: x}\ncosts: {same: 1}\n"))
	const want = `regions[0].name: "a b": want a name of 1 to 64 letters, digits, '-', ':', '@' or '_' (line 2)
regions[0].prefix: no such key; want one of internal, name, parent, prefixes (line 2)
costs.same: no such key; want one of default, same_isp, same_parent, same_pid (line 3)`
	if err == nil || err.Error() != want {
		t.Errorf("error\n%v\nwant\n%s", err, want)
	}
}

func FuzzParseRegions(f *testing.F) {
	f.Add([]byte(lab))
	f.Add([]byte("regions: [{name: a, prefixes: [10.0.0.0/8]}]\npairs: [{from: a, to: default, cost: 1}]"))
	f.Add([]byte("regions: &a [*a]"))
	f.Fuzz(func(t *testing.T, text []byte) {
		r, err := ParseRegions(text)
		if err != nil {
			return
		}
		d, err := r.draft(MostPIDs)
		if err != nil {
			return
		}
		for _, row := range d.rows() {
			for _, cost := range row[1:] {
				if cost < 0 || cost != cost {
					t.Fatalf("cost %v", cost)
				}
			}
		}
	})
}

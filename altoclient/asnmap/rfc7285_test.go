package asnmap

import (
	"bytes"
	"cmp"
	"encoding/json"
	"net/netip"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/gaissmai/bart"
)

// What the two files hold, read by the standard library alone.
type (
	vtagJSON struct {
		ResourceID string `json:"resource-id"`
		Tag        string `json:"tag"`
	}
	networkMapJSON struct {
		Meta struct {
			VTag vtagJSON `json:"vtag"`
		} `json:"meta"`
		Map map[string]map[string][]netip.Prefix `json:"network-map"`
	}
	costMapJSON struct {
		Meta struct {
			DependentVTags []vtagJSON        `json:"dependent-vtags"`
			CostType       map[string]string `json:"cost-type"`
		} `json:"meta"`
		Map map[string]map[string]float32 `json:"cost-map"`
	}
)

func readJSON(t *testing.T, file string, into any) {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
}

// readFiles reads what was written into dir and checks that it hangs together.
func readFiles(t *testing.T, dir string) (networkMapJSON, costMapJSON) {
	t.Helper()
	var network networkMapJSON
	var cost costMapJSON
	readJSON(t, filepath.Join(dir, NetworkMapFile), &network)
	readJSON(t, filepath.Join(dir, CostMapFile), &cost)
	if v := cost.Meta.DependentVTags; len(v) != 1 || v[0] != network.Meta.VTag {
		t.Errorf("dependent-vtags %v, vtag %v", v, network.Meta.VTag)
	}
	if c := cost.Meta.CostType; c["cost-mode"] != "numerical" || c["cost-metric"] != "routingcost" || len(c) != 2 {
		t.Errorf("cost-type %v", c)
	}
	name := regexp.MustCompile(`^[A-Za-z0-9:@_-]{1,64}$`)
	for src := range network.Map {
		if !name.MatchString(src) {
			t.Errorf("PID name %q", src)
		}
		if len(cost.Map[src]) != len(network.Map) {
			t.Errorf("row of %s: %d costs for %d PIDs", src, len(cost.Map[src]), len(network.Map))
		}
		for dst := range network.Map {
			if c, ok := cost.Map[src][dst]; !ok || c != cost.Map[dst][src] {
				t.Errorf("cost from %s to %s: %v, and back %v", src, dst, c, cost.Map[dst][src])
			}
		}
	}
	if len(cost.Map) != len(network.Map) {
		t.Errorf("%d rows for %d PIDs", len(cost.Map), len(network.Map))
	}
	return network, cost
}

func TestWrittenMapsSayWhatTheMapSays(t *testing.T) {
	m := sample(t)
	for name, o := range map[string]BuildOptions{
		"everything":    {MaxPIDs: 5000},
		"merged":        {MaxPIDs: 80},
		"one country":   {Only: []string{"DE"}},
		"AS and merged": {Only: []string{"AS3320", "cz"}, MaxPIDs: 12},
	} {
		t.Run(name, func(t *testing.T) {
			o.From = []string{"testdata/asn-ipv4.csv", "testdata/asn-ipv6.csv", "testdata/asn-names.csv"}
			o.Out = filepath.Join(t.TempDir(), "new", "maps")
			s, err := Build(o)
			if err != nil {
				t.Fatal(err)
			}
			network, cost := readFiles(t, o.Out)
			checkSummary(t, s, network)
			if limit := cmp.Or(o.MaxPIDs, DefaultMaxPIDs); len(network.Map) > limit {
				t.Errorf("%d PIDs, at most %d", len(network.Map), limit)
			}
			checkWritten(t, m, network, cost, o.Only)
		})
	}
}

func checkSummary(t *testing.T, s Summary, network networkMapJSON) {
	t.Helper()
	prefixes := 0
	for _, families := range network.Map {
		prefixes += len(families["ipv4"]) + len(families["ipv6"])
	}
	if s.ASes+s.Countries+1 != len(network.Map) || s.Prefixes != prefixes || s.Tag != network.Meta.VTag.Tag {
		t.Errorf("summary %+v of %d PIDs, %d prefixes, tag %s", s, len(network.Map), prefixes, network.Meta.VTag.Tag)
	}
}

// checkWritten compares the written maps with m: an address is in its AS's PID,
// or in its country's if that was merged, or in the default if neither is kept.
func checkWritten(t *testing.T, m *Map, network networkMapJSON, cost costMapJSON, only []string) {
	t.Helper()
	var prefixes bart.Table[string]
	for pid, families := range network.Map {
		for f, list := range families {
			for _, p := range list {
				if _, twice := prefixes.Get(p); twice || p != p.Masked() || p.Addr().Is4() != (f == "ipv4") {
					t.Errorf("%s: prefix %v of %s comes twice or is none", pid, p, f)
				}
				prefixes.Insert(p, pid)
			}
		}
	}
	keeps := func(p place) bool {
		for _, name := range only {
			if strings.EqualFold(name, place{asn: p.asn}.name()) || strings.EqualFold(name, p.country.String()) {
				return true
			}
		}
		return len(only) == 0
	}
	written := make(map[uint32]string)
	edges(m, func(addr netip.Addr) {
		p := m.places[m.PID(addr)-1]
		want := "default"
		if _, own := network.Map[p.name()]; own && keeps(p) {
			want = p.name()
		} else if p.country != 0 && keeps(p) {
			want = place{country: p.country}.name()
		}
		got, _ := prefixes.Lookup(addr)
		if got != want {
			t.Errorf("%v of %s is in %s, want %s", addr, p.name(), got, want)
		}
		written[m.PID(addr)] = got
	})
	a := continents()
	for src, srcName := range written {
		for dst, dstName := range written {
			want := twinCost(m, a, src, dst)
			switch {
			case srcName == "default" || dstName == "default":
				want = costElsewhere
			case srcName == dstName && strings.HasPrefix(srcName, "cc-"):
				want = costCountry
			}
			if got := cost.Map[srcName][dstName]; got != want {
				t.Fatalf("cost from %s to %s is %v, want %v", srcName, dstName, got, want)
			}
		}
	}
}

func TestTheTagChangesWithTheNetworkMapOnly(t *testing.T) {
	dir := t.TempDir()
	write := func(m *Map) string {
		tag, err := m.WriteRFC7285(dir, "")
		if err != nil {
			t.Fatal(err)
		}
		network, _ := readFiles(t, dir)
		if network.Meta.VTag != (vtagJSON{"networkmap", tag}) {
			t.Errorf("vtag %v, want tag %s", network.Meta.VTag, tag)
		}
		return tag
	}
	first := write(mapOf(t, "1.0.0.0,1.0.0.255,1\n"))
	if again := write(mapOf(t, "1.0.0.0,1.0.0.127,1\n1.0.0.128,1.0.0.255,1\n")); again != first {
		t.Error("an equal map has another tag")
	}
	if other := write(mapOf(t, "1.0.0.0,1.0.0.254,1\n")); other == first {
		t.Error("another map has the same tag")
	}
	left, err := os.ReadDir(dir)
	if err != nil || len(left) != 2 {
		t.Errorf("%d files are left, %v", len(left), err)
	}
}

func TestBuildRefusesWrongOptions(t *testing.T) {
	table := filepath.Join("testdata", "asn-ipv4.csv")
	names := filepath.Join("testdata", "asn-names.csv")
	blocked := filepath.Join(t.TempDir(), "file")
	writeFile(t, blocked, nil)
	for name, c := range map[string]struct {
		options BuildOptions
		want    string
	}{
		"no folder":        {BuildOptions{From: []string{table}}, "no folder to write to"},
		"folder is a file": {BuildOptions{From: []string{table}, Out: blocked}, "file: not a directory"},
		"no table":         {BuildOptions{Out: blocked}, "no table is named"},
		"negative":         {BuildOptions{From: []string{table}, Out: blocked, MaxPIDs: -1}, "want 1 to 5000"},
		"too many":         {BuildOptions{From: []string{table}, Out: blocked, MaxPIDs: 5001}, "want 1 to 5000"},
		"too few":          {BuildOptions{From: []string{table, names}, Out: blocked, MaxPIDs: 3}, "3 PIDs cannot hold"},
		"resource id":      {BuildOptions{From: []string{table}, Out: blocked, ResourceID: "a b"}, `resource id "a b"`},
		"unknown AS":       {BuildOptions{From: []string{table}, Out: blocked, Only: []string{"AS1"}}, `"AS1"`},
		"unknown country":  {BuildOptions{From: []string{table}, Out: blocked, Only: []string{"QQ"}}, `"QQ"`},
		"neither":          {BuildOptions{From: []string{table}, Out: blocked, Only: []string{"x1"}}, `"x1" is neither`},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := Build(c.options); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want ...%s...", err, c.want)
			}
		})
	}
}

func TestAWholeMapIsNotWritten(t *testing.T) {
	m, err := Embedded()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := m.WriteRFC7285(t.TempDir(), ""); err == nil || !strings.Contains(err.Error(), "too large") {
		t.Errorf("error %v", err)
	}
}

func TestReduceKeepsTheLargestAndTheLimit(t *testing.T) {
	m := mapOf(t, "asn,country\n1,DE\n2,DE\n3,DE\n4,FR\n5,\n",
		"10.0.0.0,10.0.0.255,1\n10.0.1.0,10.0.1.127,2\n10.0.2.0,10.0.2.63,3\n10.0.3.0,10.0.3.31,4\n10.0.4.0,10.0.4.15,5\n")
	for limit, want := range map[int]string{
		3: "cc-de cc-fr default",
		4: "cc-de as1 cc-fr default",
		5: "as1 as2 as3 as4 default",
		6: "as1 as2 as3 as4 as5 default",
		9: "as1 as2 as3 as4 as5 default",
	} {
		r, err := m.Reduce(limit, nil)
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for pid := range r.PIDs() {
			names = append(names, r.Name(uint32(pid)+1))
		}
		if got := strings.Join(names, " "); got != want {
			t.Errorf("at most %d: %s, want %s", limit, got, want)
		}
	}
}

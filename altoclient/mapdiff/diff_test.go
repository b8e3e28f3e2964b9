package mapdiff

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/altracker/altracker/altoclient"
	"github.com/altracker/altracker/altoclient/altoserver"
)

// documents makes the bodies of a network map and a cost map of the values of
// network-map and cost-map.
func documents(network, costs, mode string) (string, string) {
	return `{"meta":{"vtag":{"resource-id":"map","tag":"1"}},"network-map":` + network + `}`,
		`{"meta":{"dependent-vtags":[{"resource-id":"map","tag":"1"}],"cost-type":{"cost-mode":"` + mode +
			`","cost-metric":"routingcost"}},"cost-map":` + costs + `}`
}

func snapshot(t *testing.T, network, costs string) *altoclient.Snapshot {
	t.Helper()
	dir := t.TempDir()
	n, c := documents(network, costs, "numerical")
	for name, text := range map[string]string{"networkmap.json": n, "costmap.json": c} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	m, err := Load(context.Background(), nil, dir)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

const (
	labNetwork = `{"a":{"ipv4":["10.0.0.0/8"]},"b":{"ipv4":["11.0.0.0/8"],"ipv6":["2001:db8::/32"]},"world":{"ipv4":["0.0.0.0/0"],"ipv6":["::/0"]}}`
	labCosts   = `{"a":{"a":1,"b":4,"world":8},"b":{"a":4,"b":1,"world":8},"world":{"a":8,"b":8}}`
)

func number(x *float64) string {
	if x == nil {
		return "-"
	}
	return fmt.Sprint(*x)
}

func TestCompare(t *testing.T) {
	for name, c := range map[string]struct{ network, costs, want string }{
		"itself": {labNetwork, labCosts, "alike; 8 pairs"},
		"other prefixes, other order": {
			`{"world":{"ipv4":["0.0.0.0/1","0.0.0.0/0"],"ipv6":["::/0"]},"b":{"ipv4":["11.0.0.0/8"],"ipv6":["2001:db8::/32"]},"a":{"ipv4":["10.0.0.0/9","10.128.0.0/9","10.1.0.0/16"]}}`,
			labCosts, "alike; 8 pairs"},
		"renamed": {strings.ReplaceAll(labNetwork, `"a"`, `"vienna"`), strings.ReplaceAll(labCosts, `"a"`, `"vienna"`),
			"renamed a to vienna; 8 pairs"},
		"renamed, other costs": {strings.ReplaceAll(labNetwork, `"a"`, `"vienna"`),
			strings.ReplaceAll(strings.Replace(labCosts, `"b":4`, `"b":6`, 1), `"a"`, `"vienna"`),
			"renamed a to vienna; 8 pairs, 1 changed: vienna>b 4 6 0.5"},
		"a part moved": {
			`{"a":{"ipv4":["10.0.0.0/9"]},"b":{"ipv4":["11.0.0.0/8","10.128.0.0/9"],"ipv6":["2001:db8::/32"]},"world":{"ipv4":["0.0.0.0/0"],"ipv6":["::/0"]}}`,
			labCosts, "moved 1 prefixes, 0.25 0: a>b 1 0.25 0; 8 pairs"},
		"swapped": {
			`{"b":{"ipv4":["10.0.0.0/8"]},"a":{"ipv4":["11.0.0.0/8"],"ipv6":["2001:db8::/32"]},"world":{"ipv4":["0.0.0.0/0"],"ipv6":["::/0"]}}`,
			labCosts, "moved 3 prefixes, 1 1: b>a 2 0.5 1 a>b 1 0.5 0; 8 pairs"},
		"split": {
			`{"a1":{"ipv4":["10.0.0.0/9"]},"a2":{"ipv4":["10.128.0.0/9"]},"b":{"ipv4":["11.0.0.0/8"],"ipv6":["2001:db8::/32"]},"world":{"ipv4":["0.0.0.0/0"],"ipv6":["::/0"]}}`,
			`{}`, "added a1 a2; removed a; moved 2 prefixes, 0.5 0: a>a1 1 0.25 0 a>a2 1 0.25 0; 3 pairs, 3 changed: b>b 1 - - b>world 8 - - world>b 8 - -"},
		"removed": {
			`{"b":{"ipv4":["11.0.0.0/8"],"ipv6":["2001:db8::/32"]},"world":{"ipv4":["0.0.0.0/0"],"ipv6":["::/0"]}}`,
			`{"b":{"b":1,"world":8},"world":{"b":8}}`, "removed a; moved 1 prefixes, 0.5 0: a>world 1 0.5 0; 3 pairs"},
		"in no PID": {
			`{"a":{"ipv4":["10.0.0.0/8"]},"b":{"ipv4":["11.0.0.0/8"],"ipv6":["2001:db8::/32"]},"world":{"ipv4":["0.0.0.0/0"]}}`,
			labCosts, "moved 1 prefixes, 0 1: world> 1 0 1; 8 pairs"},
		"costs": {labNetwork, `{"a":{"a":0,"b":2,"world":8},"b":{"a":16,"world":8},"world":{"a":8,"b":8,"world":9}}`,
			"9 pairs, 5 changed: b>b 1 - - world>world - 9 - b>a 4 16 3 a>a 1 0 -1 a>b 4 2 -0.5"},
	} {
		t.Run(name, func(t *testing.T) {
			d := Compare(snapshot(t, labNetwork, labCosts), snapshot(t, c.network, c.costs), Config{})
			if got := describe(d); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

// describe puts a diff as one line.
func describe(d Diff) string {
	var parts []string
	if d.Alike() {
		parts = append(parts, "alike")
	}
	if len(d.Added) > 0 {
		parts = append(parts, "added "+strings.Join(d.Added, " "))
	}
	if len(d.Removed) > 0 {
		parts = append(parts, "removed "+strings.Join(d.Removed, " "))
	}
	for _, r := range d.Renamed {
		parts = append(parts, "renamed "+r.From+" to "+r.To)
	}
	if d.Moved.Prefixes > 0 {
		s := fmt.Sprintf("moved %d prefixes, %v %v:", d.Moved.Prefixes, d.Moved.IPv4, d.Moved.IPv6)
		for _, m := range d.Moved.Moves {
			s += fmt.Sprintf(" %s>%s %d %v %v", m.From, m.To, m.Prefixes, m.IPv4, m.IPv6)
		}
		parts = append(parts, s)
	}
	s := fmt.Sprintf("%d pairs", d.Costs.Compared)
	if d.Costs.Changed > 0 {
		s += fmt.Sprintf(", %d changed:", d.Costs.Changed)
		for _, c := range d.Costs.Largest {
			s += fmt.Sprintf(" %s>%s %s %s %s", c.From, c.To, number(c.Before), number(c.After), number(c.Relative))
		}
	}
	return strings.Join(append(parts, s), "; ")
}

func TestMeanAndCounts(t *testing.T) {
	d := Compare(snapshot(t, labNetwork, labCosts), snapshot(t, labNetwork, `{"a":{"a":1,"b":2,"world":16},"b":{"a":4,"world":8},"world":{"a":8,"b":8,"world":9}}`), Config{Top: 1})
	if c := d.Costs; c.Appeared != 1 || c.Vanished != 1 || c.Changed != 4 || c.Mean != 0.75 || len(c.Largest) != 1 {
		t.Errorf("%+v", c)
	}
}

func TestListsAreCut(t *testing.T) {
	none := `{"world":{"ipv4":["0.0.0.0/0"],"ipv6":["::/0"]}}`
	for top, want := range map[int]int{0: 2, 1: 1, -1: 2, 9: 2} {
		d := Compare(snapshot(t, labNetwork, labCosts), snapshot(t, none, "{}"), Config{Top: top})
		if len(d.Moved.Moves) != want || d.Moved.Pairs != 2 {
			t.Errorf("top %d: %d moves of %d", top, len(d.Moved.Moves), d.Moved.Pairs)
		}
	}
}

func TestOtherCostTypesAreNotCompared(t *testing.T) {
	a := snapshot(t, labNetwork, labCosts)
	dir := t.TempDir()
	n, c := documents(labNetwork, `{"a":{"b":2}}`, "ordinal")
	network, costs := filepath.Join(dir, "n.json"), filepath.Join(dir, "c.json")
	for path, text := range map[string]string{network: n, costs: c} {
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for place, want := range map[string]string{network + "," + costs: "routingcost/ordinal", network: ""} {
		b, err := Load(context.Background(), nil, place)
		if err != nil {
			t.Fatal(err)
		}
		d := Compare(a, b, Config{})
		if d.Alike() || d.Costs.Compared != 0 || d.B.CostType != want || d.A.CostType != "routingcost/numerical" {
			t.Errorf("%s: %+v", place, d)
		}
	}
}

func TestMapsOfServersAreCompared(t *testing.T) {
	n, c := documents(labNetwork, labCosts, "numerical")
	content, err := altoserver.NewContent([]byte(n), []byte(c))
	if err != nil {
		t.Fatal(err)
	}
	web := httptest.NewServer(altoserver.New(content, altoserver.Config{}))
	defer web.Close()
	client := altoclient.NewClient(altoclient.Config{})
	defer client.Close()
	m, err := Load(context.Background(), client, web.URL+"/directory")
	if err != nil {
		t.Fatal(err)
	}
	if d := Compare(snapshot(t, labNetwork, labCosts), m, Config{}); !d.Alike() {
		t.Errorf("%+v", d)
	}
	if _, err := Load(context.Background(), client, web.URL+"/nothing"); err == nil || !strings.Contains(err.Error(), web.URL+"/nothing") {
		t.Errorf("error %v", err)
	}
}

func TestLoadNamesTheFileAtFault(t *testing.T) {
	dir := t.TempDir()
	n, c := documents(labNetwork, labCosts, "numerical")
	good, bad, skewed := filepath.Join(dir, "good"), filepath.Join(dir, "bad"), filepath.Join(dir, "skewed")
	for path, text := range map[string]string{good: n, bad: "{", skewed: strings.Replace(c, `"tag":"1"`, `"tag":"2"`, 1)} {
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for place, want := range map[string]string{
		filepath.Join(dir, "none"): "none", bad: bad + ": ", good + "," + bad: bad + ": ", good + "," + skewed: skewed + ": ", dir: networkMapFile,
	} {
		if _, err := Load(context.Background(), nil, place); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want ...%s...", place, err, want)
		}
	}
}

func TestJSONIsComplete(t *testing.T) {
	d := Compare(snapshot(t, labNetwork, labCosts), snapshot(t, labNetwork, labCosts), Config{})
	b, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(b), "null") {
		t.Errorf("a list is null: %s", b)
	}
	var again Diff
	if err := json.Unmarshal(b, &again); err != nil || !reflect.DeepEqual(again, d) {
		t.Errorf("%+v, %v, want %+v", again, err, d)
	}
}

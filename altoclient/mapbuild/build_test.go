package mapbuild

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http/httptest"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/altracker/altracker/altoclient"
	"github.com/altracker/altracker/altoclient/altoserver"
	"github.com/altracker/altracker/altoclient/asnmap"
	"github.com/altracker/altracker/altoclient/mrt/mrttest"
)

// write puts a file into dir and returns its path.
func write(t testing.TB, dir, name, content string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

func dump(t testing.TB, text string) string {
	t.Helper()
	b, err := mrttest.Dump(text)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func packed(t testing.TB, content string) string {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write([]byte(content)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// build makes a map in a folder of its own and fetches it as the tracker does: from
// an ALTO server that serves the files unchanged.
func build(t testing.TB, o Options) (*altoclient.Snapshot, Summary) {
	t.Helper()
	o.Out = filepath.Join(t.TempDir(), "new", "maps")
	s, err := Build(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	return serve(t, s), s
}

func serve(t testing.TB, s Summary) *altoclient.Snapshot {
	t.Helper()
	content, err := altoserver.Files{NetworkMap: s.NetworkMap, CostMaps: []string{s.CostMap}}.Load()
	if err != nil {
		t.Fatal(err)
	}
	web := httptest.NewServer(altoserver.New(content, altoserver.Config{}))
	defer web.Close()
	client := altoclient.NewClient(altoclient.Config{})
	defer client.Close()
	snapshot, err := client.Maps(context.Background(), web.URL+"/directory")
	if err != nil {
		t.Fatal(err)
	}
	checkComplete(t, snapshot, s)
	return snapshot
}

// checkComplete wants every address in a PID, every pair with a cost, and a summary
// that tells the truth.
func checkComplete(t testing.TB, m *altoclient.Snapshot, s Summary) {
	t.Helper()
	for _, a := range []string{"0.0.0.0", "255.255.255.255", "::", "ffff::"} {
		if m.PID(netip.MustParseAddr(a)) == 0 {
			t.Errorf("%s is in no PID", a)
		}
	}
	n := uint32(m.PIDs())
	least, most := m.Cost(1, 1), m.Cost(1, 1)
	for from := uint32(1); from <= n; from++ {
		for to := uint32(1); to <= n; to++ {
			c := m.Cost(from, to)
			if c != c {
				t.Errorf("no cost from %s to %s", m.Name(from), m.Name(to))
			}
			least, most = min(least, c), max(most, c)
		}
	}
	prefixes := 0
	for range m.Prefixes() {
		prefixes++
	}
	if s.PIDs != int(n) || s.Prefixes != prefixes || s.Before < prefixes || s.Least != least || s.Most != most || s.Tag != m.VersionTag().Tag {
		t.Errorf("summary %+v of %d PIDs, %d prefixes, costs %v to %v, tag %s", s, n, prefixes, least, most, m.VersionTag().Tag)
	}
}

// pidsOf returns the names of all PIDs in alphabetical order.
func pidsOf(m *altoclient.Snapshot) string {
	var names []string
	for pid := range m.PIDs() {
		names = append(names, m.Name(uint32(pid)+1))
	}
	slices.Sort(names)
	return strings.Join(names, " ")
}

func pidOf(m *altoclient.Snapshot, addr string) string {
	return m.Name(m.PID(netip.MustParseAddr(addr)))
}

// wantCosts checks costs given as "from>to=cost".
func wantCosts(t *testing.T, m *altoclient.Snapshot, want string) {
	t.Helper()
	number := map[string]uint32{}
	for pid := range m.PIDs() {
		number[m.Name(uint32(pid)+1)] = uint32(pid) + 1
	}
	for word := range strings.FieldsSeq(want) {
		pair, cost, _ := strings.Cut(word, "=")
		from, to, _ := strings.Cut(pair, ">")
		if got := fmt.Sprint(m.Cost(number[from], number[to])); got != cost {
			t.Errorf("cost from %s to %s is %s, want %s", from, to, got, cost)
		}
	}
}

func wantNote(t *testing.T, s Summary, want string) {
	t.Helper()
	if !slices.ContainsFunc(s.Notes, func(n string) bool { return strings.Contains(n, want) }) {
		t.Errorf("no note says %q:\n%s", want, strings.Join(s.Notes, "\n"))
	}
}

// tables are of the AS map's own tests.
func tables() []string {
	dir := filepath.Join("..", "asnmap", "testdata")
	return []string{filepath.Join(dir, "asn-ipv4.csv"), "asn-table:" + filepath.Join(dir, "asn-ipv6.csv"), filepath.Join(dir, "asn-names.csv")}
}

func TestTablesBecomeMapsThatSayTheSame(t *testing.T) {
	whole, err := asnmap.Read(tables()...)
	if err != nil {
		t.Fatal(err)
	}
	for name, o := range map[string]Options{
		"everything":    {MaxPIDs: 5000},
		"merged":        {MaxPIDs: 80},
		"one country":   {Only: []string{"DE"}},
		"AS and merged": {Only: []string{"AS3320", "cz"}, MaxPIDs: 12},
	} {
		t.Run(name, func(t *testing.T) {
			o.From = tables()
			got, s := build(t, o)
			limit := o.MaxPIDs
			if limit == 0 {
				limit = DefaultMaxPIDs
			}
			want, err := whole.Reduce(asnmap.Reduction{MaxPIDs: limit, Only: o.Only})
			if err != nil {
				t.Fatal(err)
			}
			wantSameMap(t, got, want)
			if s.IPv4 <= 0 || s.IPv4 >= 1 {
				t.Errorf("coverage %v", s.IPv4)
			}
			wantNote(t, s, "ASes: ")
		})
	}
}

// wantSameMap compares the PIDs of addresses at all boundaries, and all costs.
func wantSameMap(t *testing.T, got *altoclient.Snapshot, want *asnmap.Map) {
	t.Helper()
	if got.PIDs() != want.PIDs() {
		t.Fatalf("%d PIDs, want %d", got.PIDs(), want.PIDs())
	}
	for prefix := range want.Prefixes() {
		for addr := range ends(prefix) {
			if g, w := got.Name(got.PID(addr)), want.Name(want.PID(addr)); g != w {
				t.Errorf("%v is in %s, want %s", addr, g, w)
			}
		}
	}
	for home := uint32(1); home <= uint32(want.PIDs()); home++ {
		ends, costs, _ := want.Row(home, true)
		dst := uint32(1)
		for i, end := range ends {
			for ; dst < end; dst++ {
				if got.Name(dst) != want.Name(dst) || got.Cost(home, dst) != costs[i] {
					t.Fatalf("cost from %s to %s is %v, want %v", got.Name(home), got.Name(dst), got.Cost(home, dst), costs[i])
				}
			}
		}
	}
}

// ends yields the addresses before, at the beginning and after the beginning of p.
func ends(p netip.Prefix) func(func(netip.Addr) bool) {
	return func(yield func(netip.Addr) bool) {
		for _, a := range []netip.Addr{p.Addr().Prev(), p.Addr(), p.Addr().Next()} {
			if a.IsValid() && !yield(a) {
				return
			}
		}
	}
}

// The dump of a small Internet: 64500 and 64501 are large and peer; 64510 and 64511
// are customers of 64500, 64512 of 64511, 64520 of 64501.
const smallInternet = `
10.0.0.0/9       64500  64500
10.128.0.0/9     64500  64500 64501
11.0.0.0/16      64500  64500 64510
11.1.0.0/16      64500  64500 64511 64511 64511
11.1.0.0/16      64501  64501 64500 64511
11.2.0.0/24      64501  64501 64500 64511 64512
11.2.1.0/24      64501  64501 64500 64511 64512
12.0.0.0/12      64501  64501 64520
0.0.0.0/0        64501  64501
2001:db8::/32    64500  64500 64501 64520
13.0.0.0/24      64500  64500 64510
13.0.0.0/24      64501  64501 64520
13.0.0.0/24      64502  64502 64520
13.0.1.0/24      64500  64500 64511
13.0.1.0/24      64501  64501 64510
14.0.0.0/24      64500  64500 64511 {64598,64599}
15.0.0.0/24      64500  64500 23456
`

const smallRelationships = `# a small Internet
64500|64501|0
64500|64510|-1
64500|64511|-1
64511|64512|-1
64501|64520|-1
`

func TestDumpsBecomeMaps(t *testing.T) {
	dir := t.TempDir()
	plain := write(t, dir, "rib", dump(t, smallInternet))
	for name, from := range map[string]string{
		"plain": plain, "named": "mrt:" + plain,
		"gzip":  write(t, dir, "rib.gz", packed(t, dump(t, smallInternet))),
		"bzip2": filepath.Join("testdata", "small.mrt.bz2"),
	} {
		t.Run(name, func(t *testing.T) {
			m, s := build(t, Options{From: []string{from}})
			for addr, want := range map[string]string{
				"10.1.1.1": "as64500", "10.128.0.0": "as64501", "11.0.1.1": "as64510", "11.1.0.1": "as64511",
				"11.2.0.1": "as64512", "11.2.1.255": "as64512", "12.1.1.1": "as64520", "2001:db8::1": "as64520",
				"13.0.0.1": "as64520", // most votes
				"13.0.1.1": "as64510", // the lowest of equals
				"14.0.0.1": "as64511", // whoever has aggregated
				"15.0.0.1": "default", "9.9.9.9": "default", "2001:db9::": "default",
			} {
				if got := pidOf(m, addr); got != want {
					t.Errorf("%s is in %s, want %s", addr, got, want)
				}
			}
			wantCosts(t, m, "as64500>as64500=1 as64500>as64501=2 as64510>as64520=3 as64512>as64520=5 as64520>as64512=5 as64512>as64510=4 default>as64500=6 default>default=6")
			wantNote(t, s, "routes: 12 prefixes; peers: 3; dumps: 1")
			wantNote(t, s, "prefixes of several origins (MOAS): 2, in the AS that most routes come from; 1 of them")
			wantNote(t, s, "prefixes without a known origin, left out: 1")
			wantNote(t, s, "default routes, left out: 1")
		})
	}
}

func TestRelationshipsMakeTheCosts(t *testing.T) {
	dir := t.TempDir()
	rib := write(t, dir, "rib", dump(t, smallInternet))
	relationships := write(t, dir, "rel.txt.gz", packed(t, smallRelationships))
	m, s := build(t, Options{From: []string{rib}, Relationships: relationships})
	wantCosts(t, m, "as64500>as64500=1 as64500>as64501=2 as64500>as64510=3 as64510>as64511=5 as64512>as64520=8 as64520>as64512=8")
	wantNote(t, s, "links seen but not in the relationships: 2")

	// An AS table has no links; the relationships have.
	table := write(t, dir, "asn.csv", "10.0.0.0,10.0.0.255,64510\n10.0.1.0,10.0.1.255,64512\n10.0.2.0,10.0.2.255,65000\n")
	m, s = build(t, Options{From: []string{table}, Relationships: relationships})
	wantCosts(t, m, "as64510>as64512=7 as64512>as64510=7 as65000>as64512=8 as65000>as65000=1")
	wantNote(t, s, "pairs of PIDs without a way between them: 2; they cost 8")
}

func TestSmallASesJoinTheirProviders(t *testing.T) {
	dir := t.TempDir()
	rib := write(t, dir, "rib", dump(t, smallInternet))
	relationships := write(t, dir, "rel.txt", smallRelationships)
	for _, o := range []Options{{Relationships: relationships}, {}} {
		o.From, o.MaxPIDs = []string{rib}, 3
		m, s := build(t, o)
		if got := pidsOf(m); got != "as64500 as64501 default" {
			t.Fatalf("PIDs %s", got)
		}
		for addr, want := range map[string]string{"11.0.1.1": "as64500", "11.2.0.1": "as64500", "12.1.1.1": "as64501", "9.9.9.9": "default"} {
			if got := pidOf(m, addr); got != want {
				t.Errorf("%s is in %s, want %s", addr, got, want)
			}
		}
		if s.Before <= s.Prefixes {
			t.Errorf("%d prefixes became %d", s.Before, s.Prefixes)
		}
	}
}

func TestSmallASesJoinTheirCountry(t *testing.T) {
	dir := t.TempDir()
	rib := write(t, dir, "rib", dump(t, smallInternet))
	countries := write(t, dir, "countries.csv", "11.0.0.0,11.1.255.255,AT\n11.2.0.0,11.2.1.255,AT\n12.0.0.0,12.15.255.255,DE\n10.0.0.0,10.255.255.255,US\n")
	relationships := write(t, dir, "rel.txt", smallRelationships)
	m, _ := build(t, Options{From: []string{rib, countries}, Relationships: relationships, MaxPIDs: 5})
	if got := pidsOf(m); got != "as64500 as64501 as64520 cc-at default" {
		t.Fatalf("PIDs %s", got)
	}
	if got := pidOf(m, "11.2.0.1"); got != "cc-at" {
		t.Errorf("11.2.0.1 is in %s", got)
	}
	// 64510 and 64511 are equally large; the first stands for the country.
	wantCosts(t, m, "cc-at>cc-at=5 cc-at>as64500=3 as64520>cc-at=5")

	m, _ = build(t, Options{From: []string{rib, "embedded"}})
	if got := pidsOf(m); !strings.Contains(got, "as64500") || strings.Contains(got, "as3320") {
		t.Errorf("PIDs %s", got)
	}
}

func TestDumpsAddUp(t *testing.T) {
	dir := t.TempDir()
	one := write(t, dir, "one", dump(t, "10.0.0.0/8 1 1 2\n11.0.0.0/8 1 1 3\n"))
	two := write(t, dir, "two", dump(t, "10.0.0.0/8 5 5 4\n10.0.0.0/8 6 6 4\n12.0.0.0/8 5 5 3\n"))
	m, s := build(t, Options{From: []string{one, two}})
	if got := pidOf(m, "10.0.0.1"); got != "as4" {
		t.Errorf("10.0.0.1 is in %s", got)
	}
	wantCosts(t, m, "as3>as4=3")
	wantNote(t, s, "routes: 3 prefixes; peers: 3; dumps: 2")
}

func TestOnlyKeepsWhatIsNamed(t *testing.T) {
	rib := write(t, t.TempDir(), "rib", dump(t, smallInternet))
	m, _ := build(t, Options{From: []string{rib}, Only: []string{"AS64510", "64512"}})
	if got := pidsOf(m); got != "as64510 as64512 default" {
		t.Errorf("PIDs %s", got)
	}
}

func TestTheTagChangesWithTheNetworkMapOnly(t *testing.T) {
	dir, out := t.TempDir(), filepath.Join(t.TempDir(), "out")
	tag := func(table string) string {
		t.Helper()
		s, err := Build(context.Background(), Options{From: []string{write(t, dir, "t.csv", table)}, Out: out, ResourceID: "my-map"})
		if err != nil {
			t.Fatal(err)
		}
		if v := serve(t, s).VersionTag(); v.ResourceID != "my-map" || v.Tag != s.Tag {
			t.Errorf("version tag %v, want tag %s", v, s.Tag)
		}
		return s.Tag
	}
	first := tag("1.0.0.0,1.0.0.255,1\n")
	if again := tag("1.0.0.0,1.0.0.127,1\n1.0.0.128,1.0.0.255,1\n"); again != first {
		t.Error("an equal map has another tag")
	}
	if other := tag("1.0.0.0,1.0.0.254,1\n"); other == first {
		t.Error("another map has the same tag")
	}
	left, err := os.ReadDir(out)
	if err != nil || len(left) != 2 {
		t.Errorf("%d files are left, %v", len(left), err)
	}
}

// TestFilesHoldNothingElse reads the files with the standard library alone.
func TestFilesHoldNothingElse(t *testing.T) {
	_, s := build(t, Options{From: tables(), MaxPIDs: 80})
	var network struct {
		Meta struct {
			VTag map[string]string `json:"vtag"`
		} `json:"meta"`
		Map map[string]map[string][]netip.Prefix `json:"network-map"`
	}
	var cost struct {
		Meta struct {
			VTags []map[string]string `json:"dependent-vtags"`
			Type  map[string]string   `json:"cost-type"`
		} `json:"meta"`
		Map map[string]map[string]float32 `json:"cost-map"`
	}
	for file, into := range map[string]any{s.NetworkMap: &network, s.CostMap: &cost} {
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
	if len(cost.Meta.VTags) != 1 || !maps.Equal(cost.Meta.VTags[0], network.Meta.VTag) {
		t.Errorf("dependent-vtags %v, vtag %v", cost.Meta.VTags, network.Meta.VTag)
	}
	if !maps.Equal(cost.Meta.Type, map[string]string{"cost-mode": "numerical", "cost-metric": "routingcost"}) {
		t.Errorf("cost-type %v", cost.Meta.Type)
	}
	for pid := range network.Map {
		if len(cost.Map[pid]) != len(network.Map) {
			t.Errorf("row of %s: %d costs for %d PIDs", pid, len(cost.Map[pid]), len(network.Map))
		}
	}
}

func TestBuildRefuses(t *testing.T) {
	dir := t.TempDir()
	table := tables()[0]
	rib := write(t, dir, "rib", dump(t, smallInternet))
	regions := write(t, dir, "regions.yaml", "regions: [{name: a, prefixes: [10.0.0.0/8]}]\n")
	blocked := write(t, dir, "file", "")
	for name, c := range map[string]struct {
		o    Options
		want string
	}{
		"no folder":          {Options{From: []string{table}}, "no folder to write to"},
		"folder is a file":   {Options{From: []string{table}, Out: blocked}, "file: not a directory"},
		"no source":          {Options{Out: dir}, "no source is named"},
		"negative":           {Options{From: []string{table}, Out: dir, MaxPIDs: -1}, "want 1 to 5000"},
		"too many":           {Options{From: []string{table}, Out: dir, MaxPIDs: 5001}, "want 1 to 5000"},
		"too few":            {Options{From: tables(), Out: dir, MaxPIDs: 3}, "3 PIDs cannot hold"},
		"resource id":        {Options{From: []string{table}, Out: dir, ResourceID: "a b"}, `resource id "a b"`},
		"unknown AS":         {Options{From: []string{table}, Out: dir, Only: []string{"AS1"}}, `"AS1"`},
		"no such file":       {Options{From: []string{"none.csv"}, Out: dir}, "none.csv"},
		"no such dump":       {Options{From: []string{"mrt:none"}, Out: dir}, "none"},
		"not a dump":         {Options{From: []string{"mrt:" + table}, Out: dir}, "asn-ipv4.csv: record 1 at byte 0"},
		"an empty dump":      {Options{From: []string{"mrt:" + blocked}, Out: dir}, "file: there is no route in it"},
		"a cut dump":         {Options{From: []string{write(t, dir, "cut", dump(t, smallInternet)[:200])}, Out: dir}, "cut: record 4 at byte"},
		"a damaged gzip":     {Options{From: []string{"mrt:" + write(t, dir, "bad.gz", packed(t, dump(t, smallInternet))[:90])}, Out: dir}, "bad.gz"},
		"regions and more":   {Options{From: []string{regions, table}, Out: dir}, "regions.yaml: a file of regions is a whole map"},
		"regions, links":     {Options{From: []string{regions}, Relationships: table, Out: dir}, "relationships are between ASes"},
		"regions, only":      {Options{From: []string{regions}, Only: []string{"DE"}, Out: dir}, "mean nothing for a file of regions"},
		"regions, too many":  {Options{From: []string{regions}, MaxPIDs: 1, Out: dir}, "2 PIDs with the default: want at most 1"},
		"embedded and table": {Options{From: []string{"embedded", table}, Out: dir}, "cannot be combined"},
		"no relationship":    {Options{From: []string{rib}, Relationships: table, Out: dir}, "asn-ipv4.csv:1: "},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := Build(context.Background(), c.o); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want ...%s...", err, c.want)
			}
			if _, err := os.Stat(filepath.Join(dir, NetworkMapFile)); err == nil {
				t.Error("a file was written")
			}
		})
	}
}

func TestBuildStopsWhenAsked(t *testing.T) {
	dir := t.TempDir()
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err := Build(ctx, Options{From: []string{write(t, dir, "rib", dump(t, smallInternet))}, Out: dir})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}

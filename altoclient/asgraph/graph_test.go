package asgraph

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// build makes a graph of relationships and, after "seen", of links as "1-2".
func build(t testing.TB, text string) *Graph {
	t.Helper()
	var b Builder
	told, links, _ := strings.Cut(text, "seen")
	if strings.TrimSpace(told) != "" {
		if err := b.ReadRelationships("text", strings.NewReader(strings.Join(strings.Fields(told), "\n"))); err != nil {
			t.Fatal(err)
		}
	}
	for word := range strings.FieldsSeq(links) {
		var x, y uint32
		if _, err := fmt.Sscanf(word, "%d-%d", &x, &y); err != nil {
			t.Fatal(err)
		}
		b.Link(x, y)
	}
	return b.Build()
}

func TestDistances(t *testing.T) {
	for _, c := range []struct {
		name, graph string
		from, to    uint32
		want        int // -1: no way
	}{
		{"itself", "seen 1-2", 1, 1, 0},
		{"a link", "seen 1-2", 1, 2, 1},
		{"the shortest way", "seen 1-2 2-3 3-4 1-5 5-4", 1, 4, 2},
		{"no way", "seen 1-2 3-4", 1, 4, -1},
		{"not in the graph", "seen 1-2", 1, 9, -1},
		{"from nowhere", "seen 1-2", 9, 1, -1},
		{"to a customer", "1|2|-1", 1, 2, Transit},
		{"to a provider", "1|2|-1", 2, 1, Transit},
		{"to a peer", "1|2|0", 1, 2, Peering},
		{"through a provider", "1|2|-1 1|3|-1", 2, 3, 2 * Transit},
		{"up, across, down", "1|2|-1 3|4|-1 1|3|0", 2, 4, 2*Transit + Peering},
		{"not through a customer", "1|3|-1 2|3|-1", 1, 2, -1},
		{"not through two peers", "1|2|0 2|3|0", 1, 3, -1},
		{"not across and up", "1|2|0 3|2|-1", 1, 3, -1},
		{"not down and across", "1|2|-1 2|3|0", 1, 3, -1},
		{"cheap peering, not the fewest links", "1|2|-1 1|4|-1 2|3|-1 3|4|-1 2|4|0", 2, 4, Peering},
		{"the way that descends later is cheaper", "1|2|0 2|3|-1 9|1|-1 9|3|-1", 1, 3, Peering + Transit},
		{"a link the file does not name, to the larger", "1|2|-1 1|3|-1 seen 3-4", 2, 4, 3 * Transit},
		{"such a link between equals", "1|2|-1 3|4|-1 seen 1-3", 1, 3, Peering},
		{"a link seen and told", "1|2|0 seen 1-2", 1, 2, Peering},
	} {
		g := build(t, c.graph)
		got, ok := g.From(c.from).To(c.to)
		if !ok {
			got = -1
		}
		if got != c.want {
			t.Errorf("%s: %d, want %d", c.name, got, c.want)
		}
	}
}

func TestGraphCounts(t *testing.T) {
	g := build(t, "1|2|-1 1|3|0 seen 3-4 1-2 5-5 0-6")
	if g.ASes() != 4 || g.Links() != 3 || g.Guessed() != 1 {
		t.Errorf("%d ASes, %d links, %d guessed", g.ASes(), g.Links(), g.Guessed())
	}
}

func TestRelationshipFiles(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"serial-1":         {"# source:topology\n1|2|-1\n1|3|0\n", ""},
		"serial-2":         {"1|2|-1|bgp\r\n\n1|3|0|mlp\n", ""},
		"twice":            {"1|2|-1\n1|2|-1\n", ""},
		"empty":            {"# nothing\n", "rel.txt: there is no relationship"},
		"contradiction":    {"1|2|-1\n# \n2|1|-1\n", "rel.txt:3: AS2 and AS1: another relationship"},
		"peer and transit": {"1|2|-1\n1|2|0\n", "rel.txt:2: AS1 and AS2: another"},
		"itself":           {"1|1|0\n", "rel.txt:1: AS1 and AS1 cannot"},
		"AS 0":             {"0|1|0\n", "rel.txt:1: AS0"},
		"sibling":          {"1|2|2\n", `rel.txt:1: "1|2|2": want AS|AS|-1`},
		"two fields":       {"1|2\n", "rel.txt:1"},
		"no number":        {"1|2|0\nAS1|2|0\n", "rel.txt:2"},
		"too large":        {"4294967296|2|0\n", "rel.txt:1"},
		"a line too long":  {"1|2|0\n" + strings.Repeat("1", 1<<17), "rel.txt:2"},
	} {
		var b Builder
		err := b.ReadRelationships("rel.txt", strings.NewReader(c.text))
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s: error %v, want %q", name, err, c.want)
		}
	}
}

func FuzzReadRelationships(f *testing.F) {
	f.Add("# a\n1|2|-1\n3|4|0|bgp\n")
	f.Add("1|2|1\n")
	f.Fuzz(func(t *testing.T, text string) {
		var b Builder
		if b.ReadRelationships("f", strings.NewReader(text)) == nil && b.Build().Links() == 0 {
			t.Error("accepted, but there is no link")
		}
	})
}

// twin computes all distances in the slow and obvious way: the cost of climbing
// from everybody to everybody by Floyd and Warshall, then the cheapest top, one AS
// or two peers.
func twin(g *Graph) [][]int {
	const far = 1 << 20
	n := len(g.ases)
	climb := make([][]int, n)
	for i := range climb {
		climb[i] = slices.Repeat([]int{far}, n)
		climb[i][i] = 0
		for _, l := range g.links[i] {
			if l.dir == up {
				climb[i][l.to] = Transit
			}
		}
	}
	for k := range n {
		for i := range n {
			for j := range n {
				climb[i][j] = min(climb[i][j], climb[i][k]+climb[k][j])
			}
		}
	}
	all := make([][]int, n)
	for a := range n {
		all[a] = slices.Repeat([]int{far}, n)
		for b := range n {
			for top := range n {
				all[a][b] = min(all[a][b], climb[a][top]+climb[b][top])
				for _, l := range g.links[top] {
					if l.dir == across {
						all[a][b] = min(all[a][b], climb[a][top]+Peering+climb[b][l.to])
					}
				}
			}
			if all[a][b] >= far {
				all[a][b] = -1
			}
		}
	}
	return all
}

func wantTwin(t *testing.T, g *Graph) {
	t.Helper()
	want := twin(g)
	for i, from := range g.ases {
		d := g.From(from)
		for j, to := range g.ases {
			got, ok := d.To(to)
			if !ok {
				got = -1
			}
			if got != want[i][j] {
				t.Fatalf("from AS%d to AS%d: %d, want %d", from, to, got, want[i][j])
			}
		}
	}
}

func TestDistancesAreThoseOfTheTwin(t *testing.T) {
	for seed := range uint64(200) {
		r := rand.New(rand.NewPCG(seed, 3))
		var b Builder
		n := 2 + r.Uint32N(12)
		for range r.IntN(30) {
			x, y := 1+r.Uint32N(n), 1+r.Uint32N(n)
			_ = [](func(x, y uint32) error){b.Transit, b.Peering}[r.IntN(2)](x, y) // the first word holds
			if r.IntN(4) == 0 {
				b.Link(x, 1+r.Uint32N(n))
			}
		}
		if b.told {
			wantTwin(t, b.Build())
		}
	}
}

// lhcone reads the real graph in testdata.
func lhcone(t testing.TB) *Graph {
	t.Helper()
	data, err := os.ReadFile("testdata/lhcone/LHCOne-final.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Nodes map[string]struct {
			ID                          int
			ASN                         uint32
			Providers, Peers, Customers []int
		}
	}
	if err := yaml.Unmarshal(data, &file); err != nil {
		t.Fatal(err)
	}
	asn := map[int]uint32{}
	for _, node := range file.Nodes {
		asn[node.ID] = node.ASN
	}
	var rel strings.Builder
	for _, name := range slices.Sorted(maps.Keys(file.Nodes)) {
		node := file.Nodes[name]
		for _, p := range node.Providers {
			fmt.Fprintf(&rel, "%d|%d|-1\n", asn[p], node.ASN)
		}
		for _, p := range node.Peers {
			fmt.Fprintf(&rel, "%d|%d|0\n", node.ASN, asn[p])
		}
	}
	var b Builder
	if err := b.ReadRelationships("lhcone", strings.NewReader(rel.String())); err != nil {
		t.Fatal(err)
	}
	return b.Build()
}

func TestDistancesInLHCONE(t *testing.T) {
	g := lhcone(t)
	if g.ASes() != 62 || g.Links() != 94+58/2 || g.Guessed() != 0 {
		t.Errorf("%d ASes, %d links, %d guessed", g.ASes(), g.Links(), g.Guessed())
	}
	wantTwin(t, g)
	for _, c := range []struct {
		from, to uint32
		want     int
	}{
		{7575, 24167, 2 * Transit},      // both are customers of the core
		{7575, 2611, Peering + Transit}, // a peer of AARNET's is a provider of BELNET's
	} {
		if got, ok := g.From(c.from).To(c.to); !ok || got != c.want {
			t.Errorf("from AS%d to AS%d: %d, want %d", c.from, c.to, got, c.want)
		}
	}
}

func TestCones(t *testing.T) {
	for _, c := range []struct {
		name, graph string
		heads       []uint32
		want        map[uint32]uint32
	}{
		{"the nearest, links alone", "seen 1-2 2-3 3-4 4-5", []uint32{1, 5}, map[uint32]uint32{1: 1, 2: 1, 3: 1, 4: 5, 5: 5}},
		{"of equals the first", "seen 1-2 2-3", []uint32{3, 1}, map[uint32]uint32{1: 1, 2: 3, 3: 3}},
		{"a provider before a nearer peer", "1|2|-1 2|3|-1 3|4|0", []uint32{1, 4}, map[uint32]uint32{1: 1, 2: 1, 3: 1, 4: 4}},
		{"a customer, if nothing else", "2|1|-1", []uint32{1}, map[uint32]uint32{1: 1, 2: 1}},
		{"nobody", "1|2|-1 3|4|-1", []uint32{1}, map[uint32]uint32{1: 1, 2: 1}},
		{"a head that is not there", "seen 1-2", []uint32{9, 1}, map[uint32]uint32{1: 1, 2: 1}},
	} {
		if got := build(t, c.graph).Cones(c.heads); !maps.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

func BenchmarkFrom(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 1))
	var builder Builder
	for as := uint32(2); as < 80_000; as++ {
		for range 1 + r.IntN(4) {
			_ = builder.Transit(1+r.Uint32N(as-1)/(1+r.Uint32N(50)), as)
		}
		_ = builder.Peering(as, 1+r.Uint32N(as-1))
	}
	g := builder.Build()
	for b.Loop() {
		g.From(1 + r.Uint32N(79_999))
	}
}

package report

import (
	"fmt"
	"math"
	"math/rand/v2"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

func TestNamesAreInNaturalOrder(t *testing.T) {
	want := []string{"", "a", "pid", "pid-1", "pid-02", "pid-2a", "pid-10", "pid-100", "q"}
	got := slices.Clone(want)
	slices.Reverse(got)
	slices.SortFunc(got, naturally)
	if !slices.Equal(got, want) {
		t.Errorf("order is %q, want %q", got, want)
	}
}

func TestTicksAreRoundAndWithin(t *testing.T) {
	for _, s := range []scale{
		{low: 0, high: 1}, {low: -0.05, high: 1.05}, {low: 0, high: 28.3}, {low: 3, high: 3.001}, {low: 0, high: 1e9},
		{low: 0.93, high: 1.08, log: true}, {low: 0.5, high: 3, log: true}, {low: 0.001, high: 1000, log: true},
	} {
		ticks := s.ticks(5)
		if len(ticks) < 3 || len(ticks) > 15 || !slices.IsSorted(ticks) {
			t.Errorf("%+v has ticks %v", s, ticks)
		}
		for _, v := range ticks {
			if v < s.low*0.998-1e-12 || v > s.high*1.002+1e-12 {
				t.Errorf("%+v has a tick at %v", s, v)
			}
			if text := plain(v); len(text) > 10 {
				t.Errorf("%+v has a tick %q", s, text)
			}
		}
	}
}

func TestFiguresAreWrittenForPeople(t *testing.T) {
	for v, want := range map[float64]string{0: "0", 0.0682: "0.0682", 0.5: "0.500", 1.805: "1.80", 19.04: "19.0", 165.4: "165", 1023: "1023", 1e-9: "0.0000", -2: "-2.00", math.Inf(1): "–"} {
		if got := digits(v); got != want {
			t.Errorf("%v is written %q, want %q", v, got, want)
		}
	}
	for n, want := range map[int64]string{0: "0 B", 1023: "1023 B", 21 << 20: "21 MiB", 3 << 29: "1.5 GiB"} {
		if got := size(n); got != want {
			t.Errorf("%d bytes are written %q, want %q", n, got, want)
		}
	}
	if got := seedList([]uint64{1, 2, 3, 7, 9, 10}); got != "1–3, 7, 9–10" {
		t.Errorf("seeds are written %q", got)
	}
}

// TestLabelsKeepApart: a dozen names find room beside each other, within the plot.
func TestLabelsKeepApart(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	b := box{60, 30, 480, 320}
	p := new(plot)
	var all []label
	for i := range 13 {
		all = append(all, label{b.x + b.w*random.Float64(), b.y + b.h*random.Float64(), fmt.Sprintf("policy-%d", i), "tag", "whisker"})
	}
	p.labels(b, 12, all, nil)
	var placed []box
	for _, m := range regexp.MustCompile(`<text x="([^"]+)" y="([^"]+)" text-anchor="(\w+)" class="tag">([^<]+)<`).FindAllStringSubmatch(p.shapes.String(), -1) {
		x, _ := strconv.ParseFloat(m[1], 64)
		y, _ := strconv.ParseFloat(m[2], 64)
		w := letter * 12 * float64(len(m[4]))
		switch m[3] {
		case "middle":
			x -= w / 2
		case "end":
			x -= w
		}
		at := box{x, y - 0.8*lineHeight*12, w, lineHeight * 12}
		if at.overlap(b) < 0.99*w*at.h {
			t.Errorf("%s is outside: %+v", m[4], at)
		}
		for _, other := range placed {
			if at.overlap(other) > 1 {
				t.Errorf("%s covers another name", m[4])
			}
		}
		placed = append(placed, at)
	}
	if len(placed) != len(all) {
		t.Errorf("%d names were written, want %d", len(placed), len(all))
	}
}

// TestSpringsKeepNodesApart: also if the network has parts without a link between them.
func TestSpringsKeepNodesApart(t *testing.T) {
	n := network{nodes: make([]Node, 40)}
	for i := range n.nodes {
		n.nodes[i].Lat = math.NaN()
		if i%10 != 0 {
			n.links = append(n.links, Link{A: i - 1, B: i})
		}
	}
	links := make([]int, len(n.links))
	for i := range links {
		links[i] = i
	}
	at := fit(n.places(links), box{0, 0, 300, 300})
	if len(at) != 40 {
		t.Fatalf("%d nodes have a place, want 40", len(at))
	}
	for i, p := range at {
		if p.x < -0.01 || p.x > 300.01 || p.y < -0.01 || p.y > 300.01 {
			t.Errorf("node %d is at %v", i, p)
		}
		for j, q := range at {
			if i < j && math.Hypot(p.x-q.x, p.y-q.y) < 4 {
				t.Errorf("nodes %d and %d are on one spot", i, j)
			}
		}
	}
	if again := fit(n.places(links), box{0, 0, 300, 300}); fmt.Sprint(again) != fmt.Sprint(at) {
		t.Error("the same network looks different")
	}
}

func TestLargeMatricesHaveFewRows(t *testing.T) {
	pids := func(n, perISP int) *Detail {
		d := new(Detail)
		for i := range n {
			if i%perISP == 0 {
				d.ISPs = append(d.ISPs, ISP{Name: fmt.Sprintf("isp-%d", i/perISP)})
			}
			d.PIDs = append(d.PIDs, PID{fmt.Sprintf("pid-%d", i), i / perISP})
		}
		return d
	}
	for _, c := range []struct {
		detail *Detail
		rows   int
		what   string
	}{
		{pids(11, 1), 11, "PID"}, {pids(64, 1), 64, "PID"}, {pids(700, 50), 14, "ISP"}, {pids(1182, 1182), 63, "PID, 19 side by side"}, {pids(1700, 2), 63, "PID, 27 side by side"}, {pids(0, 1), 0, "PID"},
	} {
		r := rowsOf(c.detail)
		if len(r.names) != c.rows || r.what != c.what {
			t.Errorf("%d PIDs are %d rows of %s, want %d of %s", len(c.detail.PIDs), len(r.names), r.what, c.rows, c.what)
		}
		for _, at := range r.of {
			if at < 0 || at >= len(r.names) {
				t.Fatalf("a PID is in row %d of %d", at, len(r.names))
			}
		}
	}
}

func TestPoliciesKeepTheirLook(t *testing.T) {
	all := newPalette([]string{"random", "staged", "adaptive", "a", "b", "c", "d", "e", "f", "g", "h", "i", "j"})
	seen := map[string]string{}
	for policy, look := range all {
		if other, taken := seen[look]; taken {
			t.Errorf("%s and %s look alike: %s", policy, other, look)
		}
		seen[look] = policy
	}
	if all["random"] != "s0" || all["adaptive"] != "s1" || strings.Contains(all["a"], "s0") {
		t.Errorf("palette is %v", all)
	}
}

package report

import (
	"encoding/xml"
	"errors"
	"flag"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/altracker/altracker/bench/stats"
)

// example is where to leave a report to look at: go test ./bench/report -run Complete -example DIR.
var example = flag.String("example", "", "leave a report of made-up runs in this folder")

func draw(t testing.TB, dir string) string {
	t.Helper()
	if err := Draw(dir); err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile(filepath.Join(dir, PageFile))
	if err != nil {
		t.Fatal(err)
	}
	return string(page)
}

func TestReportIsComplete(t *testing.T) {
	dir := t.TempDir()
	if *example != "" {
		dir = *example
	}
	records := makeRuns(t, dir, 5)
	page := draw(t, dir)
	for _, want := range []string{
		"altbench run abilene fourteen-isps --seeds 5 --out out", "0123456789ab", "50: 2 scenarios, 5 policies, 5 seeds (1–5)",
		"Set: design", "Set: confirm", "P4P, SIGCOMM 2008", "2 processors, linux/amd64",
		"Locality against speed", "Completion times", "Who wins, who loses", "Traffic between PIDs", "Load of links", `id="glossary"`,
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	if m := unsound.FindString(page); m != "" {
		t.Errorf("the page holds %q", m)
	}
	if strings.Contains(page, `class="cautions"`) {
		t.Error("a complete run has cautions")
	}
	checkPage(t, page)
	files := checkPlots(t, dir)
	// A trade-off of each kind over all and for each, times for each, and for each policy traffic, links, and, but for random, who wins.
	if want := 2 + 2*2 + 2 + 2*(5+5+4); files != want {
		t.Errorf("there are %d plots, want %d", files, want)
	}
	checkTable(t, page, records)
}

// checkPage looks at what every page must be: whole by itself, its plots told in words.
func checkPage(t *testing.T, page string) {
	t.Helper()
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	ids := map[string]bool{}
	for n := range root.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		switch n.Data {
		case "script", "link", "img", "iframe", "object", "image", "use":
			t.Errorf("there is a <%s>", n.Data)
		}
		if id := attribute(n, "id"); id != "" {
			if ids[id] {
				t.Errorf("id %q comes twice", id)
			}
			ids[id] = true
		}
	}
	for n := range root.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		if n.Data == "style" && (strings.Contains(n.FirstChild.Data, "url(") || strings.Contains(n.FirstChild.Data, "@import")) {
			t.Error("a style asks for a file")
		}
		for _, a := range n.Attr {
			if n.Namespace == "svg" && a.Key != "id" && a.Key != "aria-labelledby" && unsound.MatchString(a.Val) {
				t.Errorf("<%s> has %s=%q", n.Data, a.Key, a.Val)
			}
			if strings.HasPrefix(a.Key, "on") || a.Key == "src" || a.Key == "href" && (!strings.HasPrefix(a.Val, "#") || !ids[a.Val[1:]]) {
				t.Errorf("<%s> has %s=%q", n.Data, a.Key, a.Val)
			}
		}
		if n.Data == "svg" {
			labels := strings.Fields(attribute(n, "aria-labelledby"))
			if attribute(n, "role") != "img" || len(labels) != 2 || !ids[labels[0]] || !ids[labels[1]] {
				t.Errorf("a plot is not told in words: %v", n.Attr)
			}
		}
	}
}

// unsound is what a figure that is none looks like in a drawing.
var unsound = regexp.MustCompile(`NaN|Inf|%!`)

// checkPlots looks at each file, and counts them.
func checkPlots(t *testing.T, dir string) int {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, plotsDir, "*.svg"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range files {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := wellFormed(string(text)); err != nil {
			t.Errorf("%s: %v", path, err)
		}
		if !strings.Contains(string(text), "<title") || !strings.Contains(string(text), "<desc") {
			t.Errorf("%s is not told in words", path)
		}
	}
	return len(files)
}

func wellFormed(text string) error {
	for d := xml.NewDecoder(strings.NewReader(text)); ; {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
	}
}

// checkTable compares a row of the page with ratios worked out here from the records.
func checkTable(t *testing.T, page string, records []Record) {
	t.Helper()
	p50 := map[uint64]float64{}
	var ratios, etas []float64
	for _, r := range records {
		if r.Scenario == "abilene" && r.Policy == Baseline {
			p50[r.Seed] = r.CompletionP50
		}
	}
	for _, r := range records {
		if r.Scenario == "abilene" && r.Policy == "adaptive" {
			ratios, etas = append(ratios, r.CompletionP50/p50[r.Seed]), append(etas, r.Eta)
		}
	}
	cells := rowOf(t, page, "01-abilene", "adaptive")
	for name, want := range map[string]string{"η": ratioText(stats.Median(etas)), "p50 × random": ratioText(stats.Median(ratios))} {
		if got := cells[name]; !strings.HasPrefix(got, want) {
			t.Errorf("%s of adaptive is %q, want %s", name, got, want)
		}
	}
	if got := rowOf(t, page, "01-abilene", "xunlei-alto")["unfinished"]; !strings.HasPrefix(got, "10 ▲") {
		t.Errorf("unfinished of xunlei-alto is %q, want 10", got)
	}
}

// rowOf returns the cells of a policy in the first table of a section, by column.
func rowOf(t *testing.T, page, section, policy string) map[string]string {
	t.Helper()
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	for n := range root.Descendants() {
		if n.Data != "section" || attribute(n, "id") != section {
			continue
		}
		var head []string
		for tr := range n.Descendants() {
			if tr.Data != "tr" {
				continue
			}
			var texts []string
			for c := range tr.ChildNodes() {
				texts = append(texts, strings.Join(strings.Fields(textOf(c)), " "))
			}
			if head == nil {
				head = texts
			} else if texts[0] == policy {
				cells := map[string]string{}
				for i, text := range texts {
					cells[head[i]] = text
				}
				return cells
			}
		}
	}
	t.Fatalf("section %q has no row of %q", section, policy)
	return nil
}

func attribute(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

func textOf(n *html.Node) string {
	if n.Type == html.TextNode {
		return n.Data + " "
	}
	var b strings.Builder
	for c := range n.ChildNodes() {
		b.WriteString(textOf(c))
	}
	return b.String()
}

func TestHostileNamesAreOnlyText(t *testing.T) {
	dir := t.TempDir()
	const hostile = "\"><script>alert('x')</script>\x00\x1b[31m</style>/../../etc ]]>"
	s := abilene()
	s.name = hostile
	for i := range s.places {
		s.places[i].Name += hostile
	}
	var records []Record
	for _, h := range habits[:2] {
		r, d := s.run(h, 1)
		if h.policy != Baseline {
			r.Policy, d.Policy = hostile, hostile
		}
		r.Commit, r.MostLoadedLink = hostile, hostile
		records = append(records, r)
		if err := WriteDetail(dir, d); err != nil {
			t.Fatal(err)
		}
	}
	about := About{Command: hostile, Machine: hostile, Scenarios: []Scenario{{hostile, hostile, hostile, hostile}}}
	if err := WriteResults(dir, about, records); err != nil {
		t.Fatal(err)
	}
	checkPage(t, draw(t, dir))
	if n := checkPlots(t, dir); n == 0 {
		t.Error("nothing was drawn")
	}
	var out strings.Builder
	if err := Print(&out, records); err != nil {
		t.Fatal(err)
	}
	if strings.ContainsAny(out.String(), "\x00\x1b") {
		t.Errorf("control characters reach the terminal: %q", out.String())
	}
}

// TestReportOfLittle: whatever is missing, the rest is drawn, and the page says so.
func TestReportOfLittle(t *testing.T) {
	blank := func(scenario, policy string, seed uint64) Record {
		r := Blank()
		r.Scenario, r.Policy, r.Seed = scenario, policy, seed
		return r
	}
	for name, c := range map[string]struct {
		records []Record
		want    string
	}{
		"nothing known": {[]Record{blank("s", "random", 1), blank("s", "p", 1)}, "2 runs of s have no details"},
		"no baseline":   {[]Record{blank("s", "p", 1)}, "s was not run under random"},
		"few seeds":     {[]Record{blank("s", "random", 1)}, "intervals say little: s."},
		"seeds missing": {[]Record{blank("s", "random", 1), blank("s", "random", 2), blank("s", "p", 2)}, "s under p has 1 of 2 seeds"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			if err := WriteResults(dir, About{}, c.records); err != nil {
				t.Fatal(err)
			}
			page := draw(t, dir)
			checkPage(t, page)
			if !strings.Contains(page, c.want) {
				t.Errorf("the page does not say %q", c.want)
			}
		})
	}
}

// TestBrokenDetailsLeaveTheReportAlone: the error names the file, and the last report
// stays.
func TestBrokenDetailsLeaveTheReportAlone(t *testing.T) {
	dir := t.TempDir()
	makeRuns(t, dir, 1)
	before := draw(t, dir)
	path := detailPath(dir, "fourteen-isps", "staged", 1)
	if err := os.WriteFile(path, []byte("not gzip"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := Draw(dir); err == nil || !strings.Contains(err.Error(), filepath.Base(path)) {
		t.Errorf("error is %v, want one that names %s", err, filepath.Base(path))
	}
	if after, err := os.ReadFile(filepath.Join(dir, PageFile)); err != nil || string(after) != before {
		t.Errorf("the report has changed (%v)", err)
	}
	if checkPlots(t, dir) == 0 {
		t.Error("the plots are gone")
	}
}

func TestPlotsOfAnEarlierReportGo(t *testing.T) {
	dir := t.TempDir()
	makeRuns(t, dir, 1)
	draw(t, dir)
	r, d := abilene().run(habits[0], 1)
	if err := errors.Join(WriteResults(dir, About{}, []Record{r}), WriteDetail(dir, d)); err != nil {
		t.Fatal(err)
	}
	draw(t, dir)
	if stale, _ := filepath.Glob(filepath.Join(dir, plotsDir, "*fourteen*")); len(stale) > 0 {
		t.Errorf("%v are left", stale)
	}
}

func TestPoliciesOfAlikeNamesHavePlotsOfTheirOwn(t *testing.T) {
	dir := t.TempDir()
	var records []Record
	for _, policy := range []string{"random", "staged(random=0.1)", "staged[random=0.1]"} {
		r, d := abilene().run(habits[0], 1)
		r.Policy, d.Policy = policy, policy
		records = append(records, r)
		if err := WriteDetail(dir, d); err != nil {
			t.Fatal(err)
		}
	}
	if err := WriteResults(dir, About{}, records); err != nil {
		t.Fatal(err)
	}
	checkPage(t, draw(t, dir))
	if links, _ := filepath.Glob(filepath.Join(dir, plotsDir, "*-links-*")); len(links) != 3 {
		t.Errorf("plots of links are %v, want three", links)
	}
}

func TestTerminalSummaryFits(t *testing.T) {
	records := makeRuns(t, t.TempDir(), 5)
	for i := range records {
		if records[i].Policy != Baseline {
			records[i].Policy += " with a name that goes on and on"
		}
		records[i].CompletionP50 *= 1e5
	}
	var out strings.Builder
	if err := Print(&out, records); err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(out.String()) {
		if n := len([]rune(strings.TrimRight(line, "\n"))); n > 100 {
			t.Errorf("%d columns: %s", n, line)
		}
	}
	if !strings.Contains(out.String(), "abilene, set design") {
		t.Errorf("no scenario in\n%s", out.String())
	}
}

// TestColoursCanBeSeen: policies and text stand out from the ground, light or dark, by
// the contrast that WCAG 2.1 asks of graphics (3:1) and of text (4.5:1).
func TestColoursCanBeSeen(t *testing.T) {
	variable := regexp.MustCompile(`--(\w+): #([0-9a-f]{3,6});`)
	blocks := strings.Split(plotStyle, ":root {")[1:]
	if len(blocks) != 3 {
		t.Fatalf("%d palettes, want light, dark and print", len(blocks))
	}
	for i, block := range blocks {
		colours := map[string]float64{}
		for _, m := range variable.FindAllStringSubmatch(block, -1) {
			colours[m[1]] = luminance(t, m[2])
		}
		for name, least := range map[string]float64{
			"ink": 4.5, "soft": 4.5, "win": 4.5, "lose": 4.5, "heat": 3, "s0": 3, "s1": 3, "s2": 3, "s3": 3, "s4": 3, "s5": 3, "s6": 3, "s7": 3,
		} {
			a, b := colours[name], colours["paper"]
			if c := (max(a, b) + 0.05) / (min(a, b) + 0.05); c < least {
				t.Errorf("palette %d: contrast of %s is %.2f, want %.1f", i, name, c, least)
			}
		}
	}
}

func luminance(t *testing.T, hex string) float64 {
	t.Helper()
	if len(hex) == 3 {
		hex = string([]byte{hex[0], hex[0], hex[1], hex[1], hex[2], hex[2]})
	}
	var rgb [3]int
	if _, err := fmt.Sscanf(hex, "%02x%02x%02x", &rgb[0], &rgb[1], &rgb[2]); err != nil {
		t.Fatal(err)
	}
	var sum float64
	for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
		c := float64(rgb[i]) / 255
		if c <= 0.04045 {
			c /= 12.92
		} else {
			c = math.Pow((c+0.055)/1.055, 2.4)
		}
		sum += weight * c
	}
	return sum
}

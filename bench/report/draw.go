package report

import (
	"cmp"
	"errors"
	"fmt"
	"html/template"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/altracker/altracker/bench/stats"
)

// Draw reads the results in dir and writes report.html, results.csv and plots/ there.
// Plots that were there before are removed. If something cannot be read, what was there
// stays.
func Draw(dir string) error {
	about, records, err := ReadResults(dir)
	if err != nil {
		return err
	}
	if len(records) == 0 {
		return fmt.Errorf("%s: no run has ended: there is nothing to draw", filepath.Join(dir, resultsFile))
	}
	a := &artist{dir: dir, study: newStudy(about, records)}
	a.look = newPalette(a.study.policies)
	p := &page{Facts: a.study.facts(), Cautions: a.study.cautions(), Overall: a.overall()}
	for _, set := range a.study.sets() {
		p.Sets = append(p.Sets, a.set(set))
	}
	p.Cautions = append(p.Cautions, a.cautions...)
	if a.err != nil {
		return a.err
	}
	return errors.Join(a.writePlots(),
		replace(filepath.Join(dir, tableFile), func(w io.Writer) error { return writeTable(w, records) }),
		replace(filepath.Join(dir, PageFile), p.write))
}

// artist draws one report. The first error stays, and later drawings are in vain.
type artist struct {
	dir      string
	study    *study
	look     palette
	drawn    int // scenarios so far
	plots    []*plot
	cautions []string
	err      error
}

// writePlots writes each plot into a file, in place of those of an earlier report.
func (a *artist) writePlots() error {
	dir := filepath.Join(a.dir, plotsDir)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	old, err := filepath.Glob(filepath.Join(dir, "*.svg"))
	for _, path := range old {
		err = errors.Join(err, os.Remove(path))
	}
	for _, p := range a.plots {
		err = errors.Join(err, replace(filepath.Join(dir, p.file+".svg"), func(w io.Writer) error {
			_, err := io.WriteString(w, p.document())
			return err
		}))
	}
	return err
}

// keep notes plots for files of their own, and returns them for the page. Those that are
// nil had nothing to show.
func (a *artist) keep(plots ...*plot) []template.HTML {
	var inline []template.HTML
	for _, p := range plots {
		if p == nil {
			continue
		}
		a.plots = append(a.plots, p)
		inline = append(inline, p.inline())
	}
	return inline
}

// overall draws the trade-off over all scenarios.
func (a *artist) overall() []template.HTML {
	if len(a.study.groups) < 2 {
		return nil
	}
	var half, late []trade
	for _, r := range a.study.across(a.study.groups) {
		h := trade{policy: r.policy, eta: alone(r.eta), slow: alone(r.p50)}
		l := trade{policy: r.policy, eta: alone(r.eta), slow: alone(r.p95)}
		for _, p := range r.points {
			h.cloud, l.cloud = append(h.cloud, [2]float64{p.eta, p.p50}), append(l.cloud, [2]float64{p.eta, p.p95})
		}
		half, late = append(half, h), append(late, l)
	}
	return a.keep(
		tradeoff("overall-tradeoff-p50", "All scenarios: locality against p50", "Median completion", half, a.look),
		tradeoff("overall-tradeoff-p95", "All scenarios: locality against p95", "95th percentile of completion", late, a.look))
}

func (a *artist) set(s set) setView {
	means := map[string]string{"design": "parameters were chosen on these", "confirm": "parameters were not chosen on these"}
	v := setView{Name: s.name, Means: means[s.name], Table: s.table(a.look), Glance: s.glance(a.study.policies)}
	for _, g := range s.groups {
		v.Scenarios = append(v.Scenarios, a.scenario(g))
	}
	return v
}

func (a *artist) scenario(g *group) scenarioView {
	a.drawn++
	id := fmt.Sprintf("%02d-%s", a.drawn, slug(g.title()))
	v := scenarioView{ID: id, Title: g.title(), Summary: g.about.Summary, Published: g.about.Published, Facts: g.facts(), Table: g.table(a.look)}
	if f := a.tradeoffs(id, g); len(f.Plots) > 0 {
		v.Figures = append(v.Figures, f)
	}
	portraits, net, missing, err := g.portray(a.dir)
	if err != nil {
		a.err = cmp.Or(a.err, err)
		return v
	}
	if missing > 0 {
		a.cautions = append(a.cautions, fmt.Sprintf("%d runs of %s have no details: its other plots are without them.", missing, g.title()))
	}
	for _, f := range []figure{
		a.times(id, g, portraits), a.winLose(id, g, portraits, &net), a.traffic(id, g, portraits, &net), a.topologies(id, g, portraits, &net),
	} {
		if len(f.Plots) > 0 {
			v.Figures = append(v.Figures, f)
		}
	}
	return v
}

func (a *artist) tradeoffs(id string, g *group) figure {
	var half, late []trade
	for _, r := range g.rows {
		half = append(half, trade{policy: r.policy, eta: r.eta, slow: r.p50Over})
		late = append(late, trade{policy: r.policy, eta: r.eta, slow: r.p95Over})
	}
	return figure{Title: "Locality against speed", Caption: "Medians over seeds with their 95 % intervals. Better is further right and further down.", Plots: a.keep(
		tradeoff(id+"-tradeoff-p50", g.title()+": locality against p50", "Median completion", half, a.look),
		tradeoff(id+"-tradeoff-p95", g.title()+": locality against p95", "95th percentile of completion", late, a.look))}
}

func (a *artist) times(id string, g *group, portraits []*portrait) figure {
	return figure{Title: "Completion times", Caption: "All seeds together. Curves that stay below 100 % have leechers that did not complete; the axis ends where the slowest policy has 98 %.", Wide: true,
		Plots: a.keep(g.completions(id+"-completion", portraits, a.look))}
}

func (a *artist) winLose(id string, g *group, portraits []*portrait, net *network) figure {
	var plots []*plot
	for _, q := range portraits {
		if g.paired && q.policy != Baseline && len(net.isps) > 0 && len(q.isps) > 0 {
			plots = append(plots, q.winLose(a.file(id, "winlose", q.policy), g.title()+", "+q.policy+": who wins, who loses", portraits[0], net.isps))
		}
	}
	return figure{Title: "Who wins, who loses", Caption: "Each ISP’s ratio to random, median over seeds; ISPs with most leechers first. Blue wins, orange and bold loses, by more than 5 %. Columns: bytes in, bytes out, 95th percentile of transit, median completion time.", Plots: a.keep(plots...)}
}

func (a *artist) traffic(id string, g *group, portraits []*portrait, net *network) figure {
	portraits = withNetwork(portraits)
	if len(net.rows.names) == 0 || g.fileBytes <= 0 {
		return figure{}
	}
	var maps []heatmap
	for _, q := range portraits {
		maps = append(maps, q.heatmap(net.rows, g.fileBytes))
	}
	least, most := shadesOf(maps)
	if most == 0 {
		return figure{}
	}
	var plots []*plot
	for i, q := range portraits {
		plots = append(plots, maps[i].heat(a.file(id, "traffic", q.policy), g.title()+", "+q.policy+": traffic between PIDs", q.policy, least, most))
	}
	return figure{Title: "Traffic between PIDs", Caption: "From rows to columns, mean over seeds. What is on the diagonal stays at home.", Plots: a.keep(plots...)}
}

func (a *artist) topologies(id string, g *group, portraits []*portrait, net *network) figure {
	portraits = withNetwork(portraits)
	if len(portraits) == 0 || g.fileBytes <= 0 {
		return figure{}
	}
	links, most := net.loadedLinks(portraits)
	if len(links) == 0 || !(most > 0) {
		return figure{}
	}
	at := net.places(links)
	var plots []*plot
	for _, q := range portraits {
		plots = append(plots, net.topology(a.file(id, "links", q.policy), g.title()+", "+q.policy+": load of links", q, links, at, most, g.fileBytes))
	}
	return figure{Title: "Load of links", Caption: "Both ways together, mean over seeds; widths compare across policies. A copy-hop is the whole file over one link.", Plots: a.keep(plots...)}
}

// withNetwork leaves out policies of which no run has the network that is drawn.
func withNetwork(portraits []*portrait) []*portrait {
	var with []*portrait
	for _, q := range portraits {
		if q.alike > 0 {
			with = append(with, q)
		}
	}
	return with
}

// alone is a figure without an interval.
func alone(v float64) stats.Interval { return stats.Interval{Median: v, Low: v, High: v} }

// facts says how large a scenario is.
func (g *group) facts() string {
	text := fmt.Sprintf("%d peers, %s, seeds %s", g.peers, size(g.fileBytes), seedList(g.seeds))
	if g.tMin > 0 {
		text += fmt.Sprintf(", T_min %s s", digits(g.tMin))
	}
	return text
}

// file names a plot of one policy. Policies whose names need other letters are told
// apart by their number.
func (a *artist) file(id, kind, policy string) string {
	name := slug(policy)
	if name != policy {
		name = fmt.Sprintf("%s-%d", name, slices.Index(a.study.policies, policy))
	}
	return id + "-" + kind + "-" + name
}

// slug makes a name fit for files and addresses.
func slug(name string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' || r == '_' || r == '.' {
			return r
		}
		return '-'
	}, clip(name, 60))
}

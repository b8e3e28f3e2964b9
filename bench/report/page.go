package report

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"slices"
	"strings"
	"time"
)

//go:embed page.html
var pageText string

//go:embed page.css
var pageStyle string

var pageTemplate = template.Must(template.New("page").Parse(pageText))

// page is what page.html shows.
type page struct {
	Style    template.CSS
	Facts    []fact
	Cautions []string
	Overall  []template.HTML
	Sets     []setView
	Glossary []term
}

type fact struct {
	Name, Text string
	Code       bool
}

type setView struct {
	Name      string
	Means     string
	Table     *table
	Glance    *table
	Scenarios []scenarioView
}

type scenarioView struct {
	ID, Title, Summary, Published, Facts string
	Table                                *table
	Figures                              []figure
}

// figure is some plots that belong together.
type figure struct {
	Title, Caption string
	Plots          []template.HTML
	Wide           bool // one plot, as wide as the page
}

func (p *page) write(w io.Writer) error {
	p.Style = template.CSS(plotStyle + pageStyle)
	p.Glossary = glossary
	return pageTemplate.Execute(w, p)
}

// facts says what was run.
func (s *study) facts() []fact {
	facts := []fact{{"Command", s.about.Command, true}, {"Commit", strings.Join(s.commits(), ", "), true}}
	if !s.about.Started.IsZero() {
		facts = append(facts, fact{"Started", s.about.Started.UTC().Format("2006-01-02 15:04 UTC"), false})
	}
	facts = append(facts,
		fact{"Runs", fmt.Sprintf("%d: %s, %s, %s (%s)", s.runs,
			several(len(s.groups), "scenario", "scenarios"), several(len(s.policies), "policy", "policies"), several(len(s.seeds), "seed", "seeds"), seedList(s.seeds)), false},
		fact{"Time taken", fmt.Sprintf("%s of all runs together, %s of processor time", span(s.wall), span(s.cpu)), false},
		fact{"Machine", s.about.Machine, false})
	return slices.DeleteFunc(facts, func(f fact) bool { return f.Text == "" })
}

func (s *study) commits() []string {
	var commits []string
	for i := range s.records {
		if c := s.records[i].Commit; c != "" && !slices.Contains(commits, c) {
			commits = append(commits, c)
		}
	}
	return commits
}

// cautions says what a reader should know before trusting a figure.
func (s *study) cautions() []string {
	const fewSeeds = 5
	var all, few []string
	if c := s.commits(); len(c) > 1 {
		all = append(all, fmt.Sprintf("The runs are of %d commits: %s.", len(c), strings.Join(c, ", ")))
	}
	for _, g := range s.groups {
		if !g.paired {
			all = append(all, fmt.Sprintf("%s was not run under %s: there is nothing to compare it with.", g.title(), Baseline))
		}
		for i := range g.rows {
			if r := &g.rows[i]; len(r.seeds) < len(g.seeds) {
				all = append(all, fmt.Sprintf("%s under %s has %d of %d seeds.", g.title(), r.policy, len(r.seeds), len(g.seeds)))
			}
		}
		if len(g.seeds) < fewSeeds {
			few = append(few, g.title())
		}
	}
	if len(few) > 0 {
		all = append(all, fmt.Sprintf("Fewer than %d seeds, so that intervals say little: %s.", fewSeeds, strings.Join(few, ", ")))
	}
	return all
}

// several counts things.
func several(n int, one, more string) string {
	if n == 1 {
		more = one
	}
	return fmt.Sprintf("%d %s", n, more)
}

// seedList writes seeds, those in a row as a range.
func seedList(seeds []uint64) string {
	var parts []string
	for i := 0; i < len(seeds); {
		j := i
		for j+1 < len(seeds) && seeds[j+1] == seeds[j]+1 {
			j++
		}
		if j > i {
			parts = append(parts, fmt.Sprintf("%d–%d", seeds[i], seeds[j]))
		} else {
			parts = append(parts, fmt.Sprint(seeds[i]))
		}
		i = j + 1
	}
	if len(parts) > 10 {
		parts = append(parts[:10], "…")
	}
	return strings.Join(parts, ", ")
}

// span writes seconds for people.
func span(seconds float64) string {
	d := time.Duration(seconds * float64(time.Second))
	if d >= time.Minute {
		return d.Round(time.Second).String()
	}
	return fmt.Sprintf("%.1f s", seconds)
}

// size writes bytes for people.
func size(bytes int64) string {
	units := []string{"B", "KiB", "MiB", "GiB", "TiB"}
	v, i := float64(bytes), 0
	for v >= 1024 && i+1 < len(units) {
		v, i = v/1024, i+1
	}
	return fmt.Sprintf("%s %s", plain(float64(int(v*100))/100), units[i])
}

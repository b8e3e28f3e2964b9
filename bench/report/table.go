package report

import (
	"cmp"
	"fmt"
	"math"

	"github.com/altracker/altracker/bench/stats"
)

// cell is a cell of a table: a figure, its interval, and whether it is good news.
type cell struct {
	Text, Range string
	Class       string // "win", "lose" or ""
}

// column is a column of a table; Help says what it means.
type column struct{ Name, Unit, Help string }

// table is a table of policies.
type table struct {
	Columns []column
	Rows    []line
}

// line is a row of a table.
type line struct {
	Name  string
	Look  string // of the policy, from the palette
	Cells []cell
}

// trim leaves out columns that nobody knows anything of.
func (t *table) trim() *table {
	var trimmed table
	trimmed.Rows = make([]line, len(t.Rows))
	for i, r := range t.Rows {
		trimmed.Rows[i] = line{Name: r.Name, Look: r.Look}
	}
	for j, c := range t.Columns {
		told := false
		for _, r := range t.Rows {
			told = told || r.Cells[j].Text != unknown
		}
		if !told {
			continue
		}
		trimmed.Columns = append(trimmed.Columns, c)
		for i, r := range t.Rows {
			trimmed.Rows[i].Cells = append(trimmed.Rows[i].Cells, r.Cells[j])
		}
	}
	return &trimmed
}

// unknown stands for a figure that is not known.
const unknown = "–"

func value(v float64) cell { return cell{Text: digits(v)} }

// below puts another figure under a cell's. What is bad news there is bad news here.
func (c cell) below(format string, other cell) cell {
	if other.Text != unknown {
		c.Range, c.Class = fmt.Sprintf(format, other.Text), cmp.Or(c.Class, other.Class)
	}
	return c
}

func percent(v float64) cell {
	if math.IsNaN(v) {
		return cell{Text: unknown}
	}
	return cell{Text: fmt.Sprintf("%.0f", 100*v)}
}

// count writes a number of things, which is bad news if there are any.
func count(v float64) cell {
	c := cell{Text: digits(v)}
	if v == math.Trunc(v) {
		c.Text = fmt.Sprintf("%.0f", v)
	}
	if v > 0 {
		c.Class = "lose"
	}
	return c
}

// share writes how many of how many, which is bad news if there are any.
func share(n, of int) cell {
	c := cell{Text: fmt.Sprint(n)}
	if n > 0 {
		c.Range, c.Class = fmt.Sprintf("of %d", of), "lose"
	}
	return c
}

// overBaseline writes a ratio to the baseline. It wins or loses if its whole interval
// does.
func overBaseline(i stats.Interval) cell {
	c := cell{Text: ratioText(i.Median)}
	switch {
	case math.IsNaN(i.Low), i.Low == i.High:
		return c
	case i.High < 1:
		c.Class = "win"
	case i.Low > 1:
		c.Class = "lose"
	}
	c.Range = ratioText(i.Low) + "–" + ratioText(i.High)
	return c
}

// atMost writes a ratio that loses if it is above a bound.
func atMost(v, bound float64) cell {
	c := cell{Text: ratioText(v)}
	if v > bound {
		c.Class = "lose"
	}
	return c
}

func interval(i stats.Interval) cell {
	c := cell{Text: ratioText(i.Median)}
	if !math.IsNaN(i.Low) && i.Low != i.High {
		c.Range = ratioText(i.Low) + "–" + ratioText(i.High)
	}
	return c
}

// table is the summary of a scenario.
func (g *group) table(look palette) *table {
	t := &table{Columns: []column{
		{"η", "", "locality of PIDs: 0 as random, 1 the physical limit"},
		{"in PID", "%", "share of payload that stays within a PID, and within an ISP"},
		{"copies", "per ISP", "copies of the file that enter the ISP in the middle, and the one with most; the limit is 1"},
		{"hops", "per byte", "unit BDP: links that a byte crosses, on average"},
		{"MLU", "%", "utilisation of the most loaded link, background included"},
		{"seed", "copies", "what the initial seeds sent, in files"},
		{"p50", "s", "time within which half of the leechers completed, and that over the network's limit for the last one"},
		{"p95", "s", "time within which 95 % of the leechers completed, and that over the network's limit for the last one"},
		{"p50", "× random", "median of paired ratios, 95 % interval"},
		{"p95", "× random", "median of paired ratios, 95 % interval"},
		{"start-up", "s", "median start-up delay"},
		{"unfinished", "", "leechers that neither completed nor gave up of their own will"},
		{"ISPs slower", "> 5 %", "ISPs whose completion is slower than under random, and those that import more"},
		{"parts", "", "connected components of the overlay, most over seeds; 1 is whole"},
	}}
	for i := range g.rows {
		r := &g.rows[i]
		parts := count(r.components)
		if r.components <= 1 {
			parts.Class = ""
		}
		t.Rows = append(t.Rows, line{r.policy, look[r.policy], []cell{
			interval(r.eta), percent(r.intraPID).below("ISP %s", percent(r.intraISP)),
			value(r.redundancyMedian).below("max %s", value(r.redundancyMax)), value(r.unitBDP), percent(r.mlu), value(r.seedCopies),
			value(r.p50).below("%s T_min", value(r.p50Limit)), value(r.p95).below("%s T_min", value(r.p95Limit)), overBaseline(r.p50Over), overBaseline(r.p95Over), value(r.startup),
			share(r.unfinished, r.leechers), count(r.losingTime).below("paying %s", count(r.losingTraffic)), parts,
		}})
	}
	return t.trim()
}

// table is how policies did over the scenarios of a set.
func (s *set) table(look palette) *table {
	t := &table{Columns: []column{
		{"scenarios", "", "in how many the policy was run"},
		{"η", "median", "of scenarios: each one's median over seeds"},
		{"η", "least", "the scenario with least locality"},
		{"p50", "× random", "the scenario in the middle"},
		{"p50", "worst", "the scenario that is slowest against random; above 1.03 counts as slower"},
		{"p95", "× random", "the scenario in the middle"},
		{"p95", "worst", "the scenario that is slowest against random; above 1.03 counts as slower"},
		{"copies", "median ISP", "copies of the file that enter an ISP, the scenario in the middle"},
		{"copies", "worst ISP", "copies that enter the ISP with most, in any scenario"},
		{"unfinished", "", "leechers that neither completed nor gave up, in all runs"},
	}}
	const middle, worst = 1.0, 1.03 // what the default policy is held to
	for _, a := range s.rows {
		t.Rows = append(t.Rows, line{a.policy, look[a.policy], []cell{
			{Text: fmt.Sprint(a.scenarios)}, {Text: ratioText(a.eta)}, {Text: ratioText(a.etaWorst)},
			atMost(a.p50, middle), atMost(a.p50Worst, worst), atMost(a.p95, middle), atMost(a.p95Worst, worst),
			value(a.redundancy), value(a.redundancyMax), share(a.unfinished, a.leechers),
		}})
	}
	return t.trim()
}

// glance is every scenario in a line: eta, and p95 over the baseline's.
func (s *set) glance(policies []string) *table {
	t := new(table)
	for _, policy := range policies {
		t.Columns = append(t.Columns, column{policy, "η · p95", "eta, and p95 of completion over random's"})
	}
	for _, g := range s.groups {
		l := line{Name: g.title(), Look: ""}
		for _, policy := range policies {
			l.Cells = append(l.Cells, g.glance(policy))
		}
		t.Rows = append(t.Rows, l)
	}
	return t.trim()
}

func (g *group) glance(policy string) cell {
	for i := range g.rows {
		if r := &g.rows[i]; r.policy == policy {
			c := overBaseline(r.p95Over)
			return cell{Text: ratioText(r.eta.Median) + " · " + c.Text, Class: c.Class}
		}
	}
	return cell{Text: unknown}
}

// title is the name of a scenario for readers.
func (g *group) title() string {
	if g.mode != "" && g.mode != "sim" {
		return g.name + " (" + g.mode + ")"
	}
	return g.name
}

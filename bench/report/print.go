package report

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/altracker/altracker/bench/stats"
)

// terminalPolicy is how much of a policy's name fits into a line of 100 columns.
const terminalPolicy = 18

// Print writes a summary of records for a terminal of 100 columns: a table for each
// scenario. Ratios to random are paired, with their 95 % intervals over seeds.
func Print(w io.Writer, records []Record) error {
	s := newStudy(About{}, records)
	var b strings.Builder
	for _, g := range s.groups {
		title := g.title()
		if g.set != "" {
			title += ", set " + g.set
		}
		fmt.Fprintf(&b, "%s\n%s\n", clip(oneLine(title), 100), clip(g.facts(), 100))
		g.print(&b)
		b.WriteByte('\n')
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func (g *group) print(b *strings.Builder) {
	rows := [][]string{{"policy", "eta", "in PID", "copies", "p50 s", "p50/random", "p95/random", "unfin", "slower"}}
	for i := range g.rows {
		r := &g.rows[i]
		rows = append(rows, []string{
			clip(oneLine(r.policy), terminalPolicy), ratioText(r.eta.Median), withSign(percent(r.intraPID).Text, "%"),
			digits(r.redundancyMedian), digits(r.p50), terminalInterval(r.p50Over), terminalInterval(r.p95Over),
			fmt.Sprint(r.unfinished), count(r.losingTime).Text,
		})
	}
	widths := make([]int, len(rows[0]))
	for _, row := range rows {
		for j, text := range row {
			widths[j] = max(widths[j], utf8.RuneCountInString(text))
		}
	}
	for _, row := range rows {
		var l strings.Builder
		for j, text := range row {
			pad := strings.Repeat(" ", widths[j]-utf8.RuneCountInString(text))
			if j == 0 {
				l.WriteString(text + pad)
			} else {
				l.WriteString("  " + pad + text)
			}
		}
		b.WriteString(strings.TrimRight(l.String(), " ") + "\n")
	}
}

func withSign(text, sign string) string {
	if text == unknown {
		return text
	}
	return text + sign
}

func terminalInterval(i stats.Interval) string {
	c := overBaseline(i)
	if c.Range == "" || i.Low == i.High {
		return c.Text
	}
	return c.Text + " " + c.Range
}

// oneLine makes a name safe for a terminal: no line ends, no escape sequences.
func oneLine(text string) string {
	return strings.Map(func(r rune) rune {
		if r < 0x20 || r >= 0x7f && r < 0xa0 {
			return '�'
		}
		return r
	}, text)
}

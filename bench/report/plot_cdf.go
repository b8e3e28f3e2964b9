package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/altracker/altracker/bench/stats"
)

// curvePoints is how many points of a distribution are drawn at most.
const curvePoints = 300

// completions draws how completion times are distributed under each policy, all seeds
// together. It returns nil if no times are known.
func (g *group) completions(file string, portraits []*portrait, look palette) *plot {
	var longest float64
	var drawn []*portrait
	for _, q := range portraits {
		slices.Sort(q.completion)
		if len(q.completion) > 0 {
			drawn = append(drawn, q)
			longest = max(longest, stats.Quantile(q.completion, 0.98))
		}
	}
	if len(drawn) == 0 || !(longest > 0) {
		return nil
	}
	unit, unitName := timeUnit(longest)
	b := box{62, 28, 780, 320}
	x := scale{high: longest / unit * 1.02, from: b.x, to: b.x + b.w}
	y := scale{low: 0, high: 1, from: b.y + b.h, to: b.y}
	p := &plot{file: file, title: g.name + ": completion times", width: 1020, height: 404}
	p.desc = fmt.Sprintf("Share of leechers that had completed, against the time since their arrival in %s, for each policy, all seeds together.", unitName)
	p.axes(b, x, y, "time since arrival, "+unitName, "leechers that have completed, %", plain, func(v float64) string { return plain(100 * v) })
	if limit := g.tMin / unit; limit > 0 && limit < x.high {
		p.line("mark", x.at(limit), b.y, x.at(limit), b.y+b.h)
		p.text(x.at(limit), b.y-7, "middle", "soft tiny", "T_min, the network’s limit")
	}
	for i, q := range drawn {
		p.curve(b, x, y, unit, q, look)
		at := b.y + 6 + float64(i)*20
		p.line("curve "+look[q.policy], b.x+b.w+18, at, b.x+b.w+44, at)
		p.text(b.x+b.w+50, at+4, "start", "", clip(q.policy, 18))
		p.desc += fmt.Sprintf(" %s: half after %s s.", q.policy, digits(stats.Quantile(q.completion, 0.5)))
	}
	p.height = max(p.height, b.y+20*float64(len(drawn)+1))
	return p
}

func (p *plot) curve(b box, x, y scale, unit float64, q *portrait, look palette) {
	var d strings.Builder
	fmt.Fprintf(&d, "M%s %s", short(x.at(0)), short(y.at(0)))
	for _, s := range stats.ECDF(q.completion, len(q.completion)+q.unfinished, curvePoints) {
		if s.X/unit > x.high {
			break
		}
		fmt.Fprintf(&d, "H%sV%s", short(x.at(s.X/unit)), short(y.at(s.Share)))
	}
	fmt.Fprintf(&d, "H%s", short(b.x+b.w))
	p.hint(fmt.Sprintf("%s: %d completed, %d did not", q.policy, len(q.completion), q.unfinished), "path", "class", "curve "+look[q.policy], "d", d.String())
}

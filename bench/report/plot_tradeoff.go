package report

import (
	"fmt"
	"math"

	"github.com/altracker/altracker/bench/stats"
)

// trade is one policy in a trade-off plot.
type trade struct {
	policy string
	eta    stats.Interval
	slow   stats.Interval
	cloud  [][2]float64 // eta and slowdown of single scenarios
}

// tradeoff draws locality against slowdown: who is to the right of another and not
// above it is better. It returns nil if there is nothing to compare.
func tradeoff(file, title, measure string, trades []trade, look palette) *plot {
	x := scale{low: -0.05, high: 1.05}
	y := scale{low: 0.93, high: 1.08, log: true}
	drawn := trades[:0:0]
	for _, t := range trades {
		if !drawable(t.eta.Median, t.slow.Median) {
			continue
		}
		drawn = append(drawn, t)
		x.include(0.03, t.eta.Median, t.eta.Low, t.eta.High)
		y.include(0.04, t.slow.Median, t.slow.Low, t.slow.High)
		for _, c := range t.cloud {
			if drawable(c[0], c[1]) {
				x.include(0.03, c[0])
				y.include(0.04, c[1])
			}
		}
	}
	if len(drawn) == 0 {
		return nil
	}
	b := box{62, 34, 488, 320}
	x.from, x.to, y.from, y.to = b.x, b.x+b.w, b.y+b.h, b.y
	p := &plot{file: file, title: title, width: 566, height: 408}
	p.desc = fmt.Sprintf("Each policy's eta (0 as random, 1 the physical limit) against its %s over random's. Better is further right and further down.", measure)
	for _, t := range drawn {
		p.desc += fmt.Sprintf(" %s: eta %s, ratio %s.", t.policy, digits(t.eta.Median), digits(t.slow.Median))
	}
	p.text(b.x, 18, "start", "name", measure+" over random’s")
	p.shape("rect", "class", "good", "x", b.x, "y", y.at(1), "width", b.w, "height", b.y+b.h-y.at(1))
	p.axes(b, x, y, "locality η (0 = as random, 1 = physical limit)", "× random’s time", plain, plain)
	p.line("mark", b.x, y.at(1), b.x+b.w, y.at(1))
	p.line("mark", x.at(1), b.y, x.at(1), b.y+b.h)
	p.text(b.x+6, b.y+b.h-7, "start", "soft tiny", "no slower than random")
	p.tradeMarks(b, x, y, drawn, look)
	return p
}

func (p *plot) tradeMarks(b box, x, y scale, trades []trade, look palette) {
	var names []label
	taken := []box{{b.x + 6, b.y + b.h - 17, 120, 12}} // the note in the corner
	for _, t := range trades {
		for _, c := range t.cloud {
			if drawable(c[0], c[1]) {
				p.shape("circle", "class", "faint "+look[t.policy], "cx", x.at(c[0]), "cy", y.at(c[1]), "r", 2.5)
			}
		}
	}
	for _, t := range trades {
		cx, cy := x.at(t.eta.Median), y.at(t.slow.Median)
		class := "whisker " + look[t.policy]
		if t.eta.Low < t.eta.High && x.holds(t.eta) {
			p.line(class, x.at(t.eta.Low), cy, x.at(t.eta.High), cy)
			taken = append(taken, box{x.at(t.eta.Low), cy - 1, x.at(t.eta.High) - x.at(t.eta.Low), 2})
		}
		if t.slow.Low < t.slow.High && y.holds(t.slow) {
			p.line(class, cx, y.at(t.slow.Low), cx, y.at(t.slow.High))
			taken = append(taken, box{cx - 1, y.at(t.slow.High), 2, y.at(t.slow.Low) - y.at(t.slow.High)})
		}
		p.hint(fmt.Sprintf("%s: eta %s, %s × random's time", t.policy, between(t.eta), between(t.slow)),
			"circle", "class", "dot "+look[t.policy], "cx", cx, "cy", cy, "r", 5.5)
		names = append(names, label{cx, cy, clip(t.policy, 26), "tag " + look[t.policy], class})
	}
	p.labels(b, 12, names, taken)
}

// drawable tells whether a point can be drawn and others still be seen.
func drawable(eta, slow float64) bool { return math.Abs(eta) < 10 && slow > 1e-3 && slow < 1e3 }

// include widens a scale to hold values that are known, and some of it beyond.
func (s *scale) include(margin float64, values ...float64) {
	for _, v := range values {
		switch {
		case math.IsNaN(v) || math.Abs(v) > 1e3 || s.log && v < 1e-3:
		case s.log:
			s.low, s.high = min(s.low, v*(1-margin)), max(s.high, v*(1+margin))
		default:
			s.low, s.high = min(s.low, v-margin), max(s.high, v+margin)
		}
	}
}

// holds tells whether an interval lies within the scale.
func (s *scale) holds(i stats.Interval) bool { return i.Low >= s.low && i.High <= s.high }

// between writes an interval.
func between(i stats.Interval) string {
	if math.IsNaN(i.Low) {
		return digits(i.Median)
	}
	return digits(i.Median) + " (" + digits(i.Low) + "–" + digits(i.High) + ")"
}

// clip shortens a text to n letters.
func clip(text string, n int) string {
	if runes := []rune(text); len(runes) > n {
		return string(runes[:n-1]) + "…"
	}
	return text
}

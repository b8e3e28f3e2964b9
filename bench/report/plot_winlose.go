package report

import (
	"fmt"
	"math"

	"github.com/altracker/altracker/bench/stats"
)

const (
	// even is how far from 1 a ratio must be to win or to lose.
	even = 0.05
	// winLoseRows is how many ISPs are shown: those with most leechers.
	winLoseRows = 20
)

// stakes are what an ISP wins or loses by: less is better.
var stakes = []struct {
	name string
	unit string
	of   func(ISP) float64
}{
	{"ingress", "bytes in", func(i ISP) float64 { return i.Ingress }},
	{"egress", "bytes out", func(i ISP) float64 { return i.Egress }},
	{"p95", "95th percentile of transit", func(i ISP) float64 { return i.TransitP95 }},
	{"time", "p50 of completion", func(i ISP) float64 { return i.P50 }},
}

// over returns an ISP's figure over that in the baseline's run, median over seeds.
func (q *portrait) over(base *portrait, isp string, of func(ISP) float64) float64 {
	var above, below []float64
	for seed, isps := range q.isps {
		a, ok := isps[isp]
		b, both := base.isps[seed][isp]
		if ok && both {
			above, below = append(above, of(a)), append(below, of(b))
		}
	}
	return stats.Median(stats.Ratios(above, below))
}

// winLose draws what each ISP wins and loses under a policy, against the baseline.
func (q *portrait) winLose(file, title string, base *portrait, isps []string) *plot {
	const left, top, w, h = 86.0, 50.0, 44.0, 19.0
	shown := isps[:min(len(isps), winLoseRows)]
	p := &plot{file: file, title: title, width: left + w*float64(len(stakes)) + 6, height: top + h*float64(len(shown)) + 24}
	p.text(4, 16, "start", "name", clip(q.policy, 30))
	for j, s := range stakes {
		p.text(left+(float64(j)+0.5)*w, top-8, "middle", "soft small", s.name)
	}
	losers := 0
	for i, isp := range shown {
		y, lost := top+float64(i)*h, false
		p.text(left-8, y+h/2+4, "end", "small", clip(isp, 13))
		for j, s := range stakes {
			ratio := q.over(base, isp, s.of)
			p.verdict(box{left + float64(j)*w, y, w, h}, ratio, fmt.Sprintf("%s, %s: %s × random's", isp, s.unit, digits(ratio)))
			lost = lost || math.Round(ratio*100) > 100*(1+even)
		}
		if lost {
			losers++
		}
	}
	note := fmt.Sprintf("%d of %d ISPs lose on something", losers, len(shown))
	if len(isps) > len(shown) {
		note += fmt.Sprintf(" (%d more not shown)", len(isps)-len(shown))
	}
	p.text(4, p.height-6, "start", "soft small", note)
	p.desc = "Ratio to random, median over seeds, of each ISP's bytes in, bytes out, 95th percentile of transit and median completion time. " + note + "."
	return p
}

// verdict draws a cell: the ratio, on a ground that says whether it wins or loses. A
// loss is bold too.
func (p *plot) verdict(b box, ratio float64, hint string) {
	class, strength := "grid", 0.0
	ratio = math.Round(ratio*100) / 100 // judged as it is written
	if !math.IsNaN(ratio) {
		strength = min(math.Abs(math.Log2(max(ratio, 0.01))), 1)
		switch {
		case ratio > 1+even:
			class = "lose"
		case ratio < 1-even:
			class = "win"
		}
	}
	if class == "grid" {
		p.hint(hint, "rect", "class", class, "x", b.x+1, "y", b.y+1, "width", b.w-2, "height", b.h-2)
	} else {
		p.hint(hint, "rect", "class", class, "opacity", fmt.Sprintf("%.2f", 0.15+0.4*strength), "x", b.x+0.5, "y", b.y+0.5, "width", b.w-1, "height", b.h-1)
	}
	text := "small"
	if class == "lose" {
		text = "small bad"
	}
	p.text(b.x+b.w/2, b.y+b.h/2+4, "middle", text, ratioText(ratio), "pointer-events", "none")
}

// ratioText writes a ratio with two decimals.
func ratioText(r float64) string {
	if math.IsNaN(r) || math.IsInf(r, 0) {
		return "–"
	}
	if r >= 10 {
		return fmt.Sprintf("%.0f", r)
	}
	return fmt.Sprintf("%.2f", r)
}

package report

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
)

const (
	linksShown = 150 // of large networks, those that carried most under any policy
	nodesNamed = 24  // up to so many, nodes have names
	busyLink   = 0.9 // utilisation from which a link is shown as full
)

// loadedLinks returns the links to draw, the least loaded first, and what the most
// loaded of them carried in a run, in bytes.
func (n *network) loadedLinks(portraits []*portrait) (links []int, most float64) {
	load := make([]float64, len(n.links))
	for _, q := range portraits {
		for i, bytes := range q.carried {
			load[i] = max(load[i], bytes/float64(q.alike))
		}
	}
	for i, l := range n.links {
		if l.A != l.B {
			links = append(links, i)
		}
		most = max(most, load[i])
	}
	slices.SortFunc(links, func(a, b int) int { return cmp.Or(cmp.Compare(load[a], load[b]), cmp.Compare(a, b)) })
	return links[max(0, len(links)-linksShown):], most
}

// topology draws what the links carried under a policy.
func (n *network) topology(file, title string, q *portrait, links []int, at map[int]place, most float64, fileBytes int64) *plot {
	const width, height = 370.0, 310.0
	b := box{36, 50, width - 72, height - 108}
	at = fit(at, b)
	p := &plot{file: file, title: title, width: width, height: height}
	p.text(6, 16, "start", "name", clip(q.policy, 40))
	var total float64
	busiest, load := -1, func(i int) float64 { return q.carried[i] / float64(q.alike) }
	full, taken := 0, []box(nil)
	for _, i := range links {
		a, z, share := at[n.links[i].A], at[n.links[i].B], load(i)/most
		class, peak := "link", q.peak[i]/float64(q.alike)
		if peak >= busyLink {
			class, full = "busy", full+1
		}
		hint := fmt.Sprintf("%s: %s copies of the file", n.label(i), digits(load(i)/float64(fileBytes)))
		if !math.IsNaN(peak) {
			hint += fmt.Sprintf(", %.0f %% busy at most", 100*peak)
		}
		p.hint(hint, "line", "class", class, "x1", a.x, "y1", a.y, "x2", z.x, "y2", z.y,
			"stroke-width", fmt.Sprintf("%.1f", linkWidth(share)), "stroke-opacity", fmt.Sprintf("%.2f", 0.3+0.7*math.Sqrt(share)))
		taken = append(taken, along(a.x, a.y, z.x, z.y)...)
		total += load(i)
		if busiest < 0 || load(i) > load(busiest) {
			busiest = i
		}
	}
	p.nodes(n, at, q.carriedBy(n), taken)
	note := fmt.Sprintf("%s copy-hops, at most %s on a link", digits(total/float64(fileBytes)), digits(load(busiest)/float64(fileBytes)))
	p.text(6, 32, "start", "soft small", note)
	p.linkKey(6, height-20, most/float64(fileBytes))
	p.desc = fmt.Sprintf("The network, links as wide as what they carried, mean over seeds. %s: %s. %d links were at least %.0f %% busy at some time.", n.label(busiest), note, full, 100*busyLink)
	if len(links) == linksShown {
		p.text(width-6, 16, "end", "soft tiny", fmt.Sprintf("the %d links with most load", linksShown))
	}
	return p
}

func linkWidth(share float64) float64 { return 0.8 + 6.2*share }

// carriedBy returns what the links of each node carried, so that names go to those
// that matter.
func (q *portrait) carriedBy(n *network) map[int]float64 {
	by := map[int]float64{}
	for i, l := range n.links {
		by[l.A] += q.carried[i]
		by[l.B] += q.carried[i]
	}
	return by
}

// nodes draws the nodes, and names those that carried most.
func (p *plot) nodes(n *network, at map[int]place, carried map[int]float64, taken []box) {
	order := slices.SortedFunc(maps.Keys(at), func(a, b int) int {
		return cmp.Or(cmp.Compare(carried[b], carried[a]), cmp.Compare(a, b))
	})
	r := 4.0
	if len(order) > 60 {
		r = 2.5
	}
	var names []label
	for i, node := range order {
		spot := at[node]
		p.hint(n.nodes[node].Name, "circle", "class", "node", "cx", spot.x, "cy", spot.y, "r", r)
		if len(order) <= nodesNamed || i < nodesNamed/3 {
			names = append(names, label{spot.x, spot.y, clip(n.nodes[node].Name, 14), "place", "axis"})
		}
	}
	p.labels(box{2, 38, p.width - 4, p.height - 72}, 10, names, taken)
}

// linkKey draws what widths and colours mean.
func (p *plot) linkKey(x, y, most float64) {
	for i, share := range []float64{0.1, 0.5, 1} {
		at := x + float64(i)*60
		p.line("link", at, y, at+22, y, "stroke-width", fmt.Sprintf("%.1f", linkWidth(share)), "stroke-opacity", fmt.Sprintf("%.2f", 0.3+0.7*math.Sqrt(share)))
		p.text(at+27, y+4, "start", "soft tiny", digits(share*most))
	}
	p.text(x+3*60-2, y+4, "start", "soft tiny", "copies of the file")
	p.line("busy", x+270, y, x+286, y, "stroke-width", "4")
	p.text(x+291, y+4, "start", "soft tiny", "≥ 90 % busy")
}

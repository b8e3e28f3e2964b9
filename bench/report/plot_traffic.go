package report

import (
	"fmt"
	"math"
	"strings"
)

const (
	namedCells = 16 // up to so many, rows have names and cells can be pointed at
	heatShades = 10
)

// heatmap is a traffic matrix fit for drawing.
type heatmap struct {
	rows
	cells [][]float64 // copies of the file, mean over runs
	local float64     // share of all traffic within a PID
}

func (q *portrait) heatmap(r rows, fileBytes int64) heatmap {
	s := heatmap{rows: r, local: q.within / q.moved}
	for _, row := range q.traffic {
		cells := make([]float64, len(row))
		for j, bytes := range row {
			cells[j] = bytes / float64(fileBytes) / float64(q.alike)
		}
		s.cells = append(s.cells, cells)
	}
	return s
}

// heat draws one traffic matrix, with shades from least to most.
func (s *heatmap) heat(file, title, policy string, least, most float64) *plot {
	const side, top = 262.0, 58.0
	n := float64(len(s.names))
	left, cell := 34.0, side/n
	if len(s.names) <= namedCells {
		left = 96
	}
	p := &plot{file: file, title: title, width: left + side + 10, height: top + side + 44}
	p.desc = fmt.Sprintf("Payload from each %s (rows) to each (columns), in copies of the file, mean over seeds. %s %% of it stays within a PID.", s.what, digits(100*s.local))
	p.text(left, 16, "start", "name", clip(policy, 30))
	p.text(left, 32, "start", "soft small", digits(100*s.local)+" % within a PID")
	p.text(left+side/2, top-10, "middle", "soft small", "to "+s.what)
	p.text(0, 0, "middle", "soft small", "from "+s.what, "transform", "translate(14 "+short(top+side/2)+") rotate(-90)")
	p.shape("rect", "class", "grid", "x", left, "y", top, "width", side, "height", side)
	if len(s.names) <= namedCells {
		p.namedCells(s, left, top, cell, least, most)
	} else {
		p.shadedCells(s, left, top, cell, least, most)
	}
	p.shades(left, top+side+14, side, least, most)
	return p
}

// namedCells draws each cell by itself, so that it can be pointed at.
func (p *plot) namedCells(s *heatmap, left, top, cell, least, most float64) {
	for i, name := range s.names {
		y := top + float64(i)*cell
		p.text(left-6, y+cell/2+3.5, "end", "tiny", clip(name, 12))
		for j, v := range s.cells[i] {
			if shade := shadeOf(v, least, most); shade > 0 {
				p.hint(fmt.Sprintf("%s to %s: %s copies", name, s.names[j], digits(v)), "rect", "class", "heat", "opacity", opacity(shade),
					"x", left+float64(j)*cell, "y", y, "width", cell, "height", cell)
			}
		}
	}
}

// shadedCells draws all cells of a shade as one path, so that large matrices stay small.
func (p *plot) shadedCells(s *heatmap, left, top, cell, least, most float64) {
	var paths [heatShades + 1]strings.Builder
	for i, row := range s.cells {
		for j := 0; j < len(row); {
			shade, run := shadeOf(row[j], least, most), 1
			for j+run < len(row) && shadeOf(row[j+run], least, most) == shade {
				run++
			}
			w := float64(run) * cell
			fmt.Fprintf(&paths[shade], "M%s %sh%sv%sh%sz", short(left+float64(j)*cell), short(top+float64(i)*cell), short(w), short(cell), short(-w))
			j += run
		}
	}
	for shade := 1; shade <= heatShades; shade++ {
		if paths[shade].Len() > 0 {
			p.shape("path", "class", "heat", "opacity", opacity(shade), "d", paths[shade].String())
		}
	}
}

// shades draws what the shades mean.
func (p *plot) shades(x, y, width, least, most float64) {
	w := width * 0.4 / heatShades
	for shade := 1; shade <= heatShades; shade++ {
		p.shape("rect", "class", "heat", "opacity", opacity(shade), "x", x+float64(shade-1)*w, "y", y, "width", w, "height", 8)
	}
	p.text(x, y+21, "start", "soft tiny", "≤ "+digits(least))
	p.text(x+heatShades*w, y+21, "middle", "soft tiny", digits(most))
	p.text(x+heatShades*w+10, y+8, "start", "soft tiny", "copies of the file, log")
}

// shadeOf returns 0 for nothing, else 1 to heatShades, by the logarithm.
func shadeOf(v, least, most float64) int {
	if !(v > 0) {
		return 0
	}
	if most <= least {
		return heatShades
	}
	share := (math.Log(v) - math.Log(least)) / (math.Log(most) - math.Log(least))
	return min(max(int(math.Ceil(share*heatShades)), 1), heatShades)
}

func opacity(shade int) string { return fmt.Sprintf("%.2f", 0.05+0.95*float64(shade)/heatShades) }

// shadesOf returns where shades begin and end for some matrices: three decades at most.
func shadesOf(heatmaps []heatmap) (least, most float64) {
	least = math.Inf(1)
	for _, s := range heatmaps {
		for _, row := range s.cells {
			for _, v := range row {
				if v > 0 {
					least, most = min(least, v), max(most, v)
				}
			}
		}
	}
	return max(least, most/1000), most
}

package report

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
)

const (
	heatCells  = 64 // rows of a traffic matrix at most: more PIDs are put together
	namedCells = 16 // up to so many, rows have names and cells can be pointed at
	heatShades = 10
)

// square is a traffic matrix fit for drawing, in copies of the file.
type square struct {
	names []string // of rows and columns
	what  string   // what a row is
	cells [][]float64
	local float64 // share of all traffic within a PID
}

// squares returns the mean traffic of each portrait over its runs. All have the same
// rows: PIDs in the order of their ISPs; if there are too many, ISPs, or PIDs side by
// side.
func (n *network) squares(portraits []*portrait, fileBytes int64) []square {
	row, names, what := n.traffickers()
	squares := make([]square, len(portraits))
	for i, q := range portraits {
		s := square{names: names, what: what, cells: make([][]float64, len(names))}
		for j := range s.cells {
			s.cells[j] = make([]float64, len(names))
		}
		var within, all float64
		for pair, bytes := range q.traffic {
			s.cells[row[pair[0]]][row[pair[1]]] += bytes / float64(fileBytes) / float64(q.alike)
			if all += bytes; pair[0] == pair[1] {
				within += bytes
			}
		}
		s.local = within / all
		squares[i] = s
	}
	return squares
}

// traffickers puts PIDs in rows.
func (n *network) traffickers() (row []int, names []string, what string) {
	order := make([]int, len(n.pids))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int {
		return cmp.Or(cmp.Compare(n.pids[a].ISP, n.pids[b].ISP), naturally(n.pids[a].Name, n.pids[b].Name))
	})
	row = make([]int, len(order))
	if len(order) <= heatCells {
		for at, pid := range order {
			row[pid] = at
			names = append(names, n.pids[pid].Name)
		}
		return row, names, "PID"
	}
	if isps := n.ispCount(); isps > 1 && isps <= heatCells {
		return n.byISP()
	}
	together := (len(order) + heatCells - 1) / heatCells
	for at, pid := range order {
		if row[pid] = at / together; row[pid] == len(names) {
			names = append(names, n.pids[pid].Name+" …")
		}
	}
	return row, names, fmt.Sprintf("PID, %d side by side", together)
}

// ispCount returns how many ISPs the PIDs are of; 0 if any is of none.
func (n *network) ispCount() int {
	isps := map[int]bool{}
	for _, p := range n.pids {
		if p.ISP < 0 {
			return 0
		}
		isps[p.ISP] = true
	}
	return len(isps)
}

// byISP makes a row of each ISP.
func (n *network) byISP() (row []int, names []string, what string) {
	at := map[int]int{}
	row = make([]int, len(n.pids))
	for isp, name := range n.ispNames {
		if slices.ContainsFunc(n.pids, func(p PID) bool { return p.ISP == isp }) {
			at[isp] = len(names)
			names = append(names, name)
		}
	}
	for pid, p := range n.pids {
		row[pid] = at[p.ISP]
	}
	return row, names, "ISP"
}

// heat draws one traffic matrix, with shades from least to most.
func (s *square) heat(file, title, policy string, least, most float64) *plot {
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
func (p *plot) namedCells(s *square, left, top, cell, least, most float64) {
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
func (p *plot) shadedCells(s *square, left, top, cell, least, most float64) {
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
func shadesOf(squares []square) (least, most float64) {
	least = math.Inf(1)
	for _, s := range squares {
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

package report

import (
	"cmp"
	"fmt"
	"slices"
)

// heatRows is how many rows a traffic matrix has at most: more PIDs are put together.
const heatRows = 64

// rows says which row of a traffic matrix each PID is in: one of its own, in the order of
// ISPs; if there are too many, its ISP's; if there are too many of those, one that it
// shares with PIDs beside it.
type rows struct {
	of    []int // by PID
	names []string
	what  string // a row is
}

func rowsOf(d *Detail) rows {
	order := make([]int, len(d.PIDs))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int {
		return cmp.Or(cmp.Compare(d.PIDs[a].ISP, d.PIDs[b].ISP), naturally(d.PIDs[a].Name, d.PIDs[b].Name))
	})
	if len(order) > heatRows && d.placed() && len(d.ISPs) <= heatRows {
		return d.ispRows()
	}
	r := rows{of: make([]int, len(order)), what: "PID"}
	together := max(1, (len(order)+heatRows-1)/heatRows)
	if together > 1 {
		r.what = fmt.Sprintf("PID, %d side by side", together)
	}
	for at, pid := range order {
		if r.of[pid] = at / together; r.of[pid] == len(r.names) {
			r.names = append(r.names, d.PIDs[pid].Name)
		}
	}
	return r
}

// placed tells whether all PIDs belong to ISPs, and not all to one.
func (d *Detail) placed() bool {
	return !slices.ContainsFunc(d.PIDs, func(p PID) bool { return p.ISP < 0 }) &&
		slices.ContainsFunc(d.PIDs, func(p PID) bool { return p.ISP != d.PIDs[0].ISP })
}

func (d *Detail) ispRows() rows {
	r := rows{of: make([]int, len(d.PIDs)), what: "ISP"}
	for _, isp := range d.ISPs {
		r.names = append(r.names, isp.Name)
	}
	for pid, p := range d.PIDs {
		r.of[pid] = p.ISP
	}
	return r
}

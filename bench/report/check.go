package report

import (
	"cmp"
	"fmt"
	"math"
)

// checkRecords tells what is wrong with records, or nil: each needs a scenario and a
// policy, and no run may be there twice.
func checkRecords(records []Record) error {
	type run struct {
		scenario, policy string
		seed             uint64
	}
	seen := make(map[run]int, len(records))
	for i, r := range records {
		if r.Scenario == "" || r.Policy == "" {
			return fmt.Errorf("record %d: scenario %q, policy %q: want names", i, r.Scenario, r.Policy)
		}
		key := run{r.Scenario, r.Policy, r.Seed}
		if j, twice := seen[key]; twice {
			return fmt.Errorf("record %d: scenario %q, policy %q, seed %d is record %d already", i, r.Scenario, r.Policy, r.Seed, j)
		}
		seen[key] = i
	}
	return nil
}

// most bounds what a Detail may say of bytes, seconds and bytes a second. It is far
// above anything real, and sums of it are still finite.
const most = 1e24

// check tells what is wrong with a Detail, or nil. What passes can be drawn.
func (d *Detail) check() error {
	var e error
	for i, isp := range d.ISPs {
		for j, v := range isp.Completion {
			e = cmp.Or(e, figureError(v, "isps %d: completion_s %d", i, j))
		}
		if isp.Unfinished < 0 {
			e = cmp.Or(e, fmt.Errorf("isps %d: unfinished: %d", i, isp.Unfinished))
		}
	}
	for i, p := range d.PIDs {
		e = cmp.Or(e, indexError(p.ISP, -1, len(d.ISPs), "pids %d: isp", i))
	}
	for i, n := range d.Nodes {
		e = cmp.Or(e, indexError(n.ISP, -1, len(d.ISPs), "nodes %d: isp", i))
		if math.Abs(n.Lat) > 90 || math.Abs(n.Lon) > 360 {
			e = cmp.Or(e, fmt.Errorf("nodes %d: latitude %g, longitude %g: want degrees", i, n.Lat, n.Lon))
		}
	}
	for i, l := range d.Links {
		e = cmp.Or(e, indexError(l.A, 0, len(d.Nodes), "links %d: a", i), indexError(l.B, 0, len(d.Nodes), "links %d: b", i),
			figureError(l.Bytes[0], "links %d: bytes", i), figureError(l.Bytes[1], "links %d: bytes", i))
	}
	return cmp.Or(e, d.Traffic.check(len(d.PIDs)))
}

func (t *Traffic) check(pids int) error {
	if len(t.From) != len(t.Bytes) || len(t.To) != len(t.Bytes) {
		return fmt.Errorf("traffic: %d from, %d to, %d bytes: want as many of each", len(t.From), len(t.To), len(t.Bytes))
	}
	var e error
	for i := range t.Bytes {
		e = cmp.Or(e, indexError(t.From[i], 0, pids, "traffic: from %d", i), indexError(t.To[i], 0, pids, "traffic: to %d", i),
			figureError(t.Bytes[i], "traffic: bytes %d", i))
	}
	return e
}

// figureError tells that a figure is not one, and where it is.
func figureError(v float64, where string, at ...any) error {
	if v >= 0 && v <= most {
		return nil
	}
	return fmt.Errorf("%s: %g: want 0 to %g", fmt.Sprintf(where, at...), v, most)
}

// indexError tells that an index is below the least or not below n, and where it is.
func indexError(i, least, n int, where string, at ...any) error {
	if i >= least && i < n {
		return nil
	}
	return fmt.Errorf("%s: index %d of %d", fmt.Sprintf(where, at...), i, n)
}

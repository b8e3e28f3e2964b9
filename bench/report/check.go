package report

import (
	"errors"
	"fmt"
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

// check tells what is wrong with a Detail, or nil. What passes can be drawn.
func (d *Detail) check() error {
	within := func(what string, at, i, n int) error {
		if i < 0 || i >= n {
			return fmt.Errorf("%s %d: index %d of %d", what, at, i, n)
		}
		return nil
	}
	if t := &d.Traffic; len(t.From) != len(t.Bytes) || len(t.To) != len(t.Bytes) {
		return fmt.Errorf("traffic: %d from, %d to, %d bytes: want as many of each", len(t.From), len(t.To), len(t.Bytes))
	}
	for i := range d.Traffic.Bytes {
		if err := errors.Join(within("traffic: from", i, d.Traffic.From[i], len(d.PIDs)), within("traffic: to", i, d.Traffic.To[i], len(d.PIDs))); err != nil {
			return err
		}
	}
	for i, l := range d.Links {
		if err := errors.Join(within("links: a of", i, l.A, len(d.Nodes)), within("links: b of", i, l.B, len(d.Nodes))); err != nil {
			return err
		}
	}
	for i, p := range d.PIDs {
		if p.ISP < -1 || p.ISP >= len(d.ISPs) {
			return fmt.Errorf("pids %d: isp %d of %d", i, p.ISP, len(d.ISPs))
		}
	}
	for i, n := range d.Nodes {
		if n.ISP < -1 || n.ISP >= len(d.ISPs) {
			return fmt.Errorf("nodes %d: isp %d of %d", i, n.ISP, len(d.ISPs))
		}
	}
	return nil
}

package run

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"sync"

	"github.com/altracker/altracker/bench/report"
	"github.com/altracker/altracker/bench/scenario"
)

// book is the results of a folder. Each run is written as it ends, whole or not at all.
type book struct {
	dir   string
	about report.About

	mu      sync.Mutex // guards what follows
	records []report.Record
	isps    map[key][]report.ISP // of each record
}

// key is a run.
type key struct {
	scenario, policy string
	seed             uint64
}

func keyOf(r *report.Record) key { return key{r.Scenario, r.Policy, r.Seed} }

// open reads what is there to be resumed.
func (b *book) open(c Config) error {
	b.dir, b.about, b.isps = c.Dir, c.About, map[key][]report.ISP{}
	about, records, err := report.ReadResults(c.Dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if len(records) > 0 && !c.Resume {
		return fmt.Errorf("%s holds %d results: want another folder, or to resume", c.Dir, len(records))
	}
	b.about.Started = about.Started
	for _, r := range records {
		if digest, ours := digestOf(c, r.Scenario); ours && digest != r.Digest {
			continue // the scenario is another one by now
		}
		d, err := report.ReadDetail(c.Dir, r.Scenario, r.Policy, r.Seed)
		if err != nil {
			continue // it was cut off between the two files: to be run again
		}
		b.records = append(b.records, r)
		b.isps[keyOf(&r)] = d.ISPs
	}
	for _, s := range about.Scenarios {
		if _, ours := digestOf(c, s.Name); !ours {
			b.about.Scenarios = append(b.about.Scenarios, s)
		}
	}
	return nil
}

// compares is an error if there are runs of other clients, or at other distances.
func (b *book) compares(clients string, near bool) error {
	for _, r := range b.records {
		switch {
		case r.Clients != clients:
			return fmt.Errorf("%s holds results of other clients (%s, not %s): want another folder", b.dir, orAlike(r.Clients), orAlike(clients))
		case r.Near && !near:
			return fmt.Errorf("%s holds results without distance: want another folder", b.dir)
		case near && !r.Near:
			return fmt.Errorf("%s holds results with distance: want another folder", b.dir)
		}
	}
	return nil
}

func orAlike(clients string) string { return cmp.Or(clients, "all alike") }

func digestOf(c Config, name string) (digest string, ok bool) {
	for _, s := range c.Scenarios {
		if s.Name == name {
			return s.Digest(), true
		}
	}
	return "", false
}

func (b *book) has(s *scenario.Scenario, policy string, seed uint64) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	_, ok := b.isps[key{s.Name, policy, seed}]
	return ok
}

func (b *book) size() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.records)
}

// enter writes a run, and compares it with the baseline's or, if it is that, all others
// with it.
func (b *book) enter(r report.Record, d *report.Detail) error {
	if err := report.WriteDetail(b.dir, d); err != nil {
		return err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.records = append(b.records, r)
	b.isps[keyOf(&r)] = d.ISPs
	for i := range b.records {
		other := &b.records[i]
		if other.Scenario != r.Scenario || other.Seed != r.Seed {
			continue
		}
		if base, ok := b.isps[key{r.Scenario, report.Baseline, r.Seed}]; ok {
			compare(other, b.isps[keyOf(other)], base)
		}
	}
	return report.WriteResults(b.dir, b.about, b.records)
}

// withdraw takes back what a seed came to.
func (b *book) withdraw(scenario string, seed uint64) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	before := len(b.records)
	b.records = slices.DeleteFunc(b.records, func(r report.Record) bool { return r.Scenario == scenario && r.Seed == seed })
	for k := range b.isps {
		if k.scenario == scenario && k.seed == seed {
			delete(b.isps, k)
		}
	}
	if len(b.records) == before {
		return nil
	}
	return report.WriteResults(b.dir, b.about, b.records)
}

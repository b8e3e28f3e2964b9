package run

import (
	"errors"
	"fmt"
	"runtime"
	"slices"
	"time"

	"github.com/altracker/altracker/bench/netns"
	"github.com/altracker/altracker/bench/report"
	"github.com/altracker/altracker/bench/scenario"
)

// Config is a series of runs: each scenario under each policy with each seed.
type Config struct {
	Scenarios []*scenario.Scenario // at least one
	Policies  []scenario.Policy    // nil: those that each scenario names
	Seeds     int                  // 1 to so many; 0 means 1
	Jobs      int                  // runs at a time; 0 means as many as processors

	// Clients is programs of Debian's that are dealt out to the peers; nil: all peers are
	// alike, as the scenario says (simulated), or clients in this process (live).
	Clients []netns.Program

	// Near takes distance out of simulations, as it is in network namespaces: a round trip
	// takes what access lines take.
	Near bool

	// Dir receives results.json, results.csv, run.json and details/; it is made if it is
	// not there. Results that are there already are refused unless Resume is set: then what
	// they have of the same scenario text, policy and seed is not run again.
	Dir    string
	Resume bool

	About    report.About   // Command, Commit and Machine; the rest is filled in
	Progress func(Progress) // may be nil; called from any goroutine, one call at a time
}

// Progress is how far a series is.
type Progress struct {
	Ended   int     // runs, those of before among them
	Runs    int     // in all
	Done    float64 // of the work that there was to do, 0 to 1
	Elapsed time.Duration
	Last    *report.Record // the run that has just ended; nil: none has
}

// Left is how long the rest takes if it goes on like that; 0 if that is not known yet.
func (p Progress) Left() time.Duration {
	if p.Done <= 0 || p.Elapsed < time.Second {
		return 0
	}
	return time.Duration(float64(p.Elapsed) * (1 - p.Done) / p.Done)
}

func (c Config) withDefaults() Config {
	if c.Seeds == 0 {
		c.Seeds = 1
	}
	if c.Jobs == 0 {
		c.Jobs = runtime.GOMAXPROCS(0)
	}
	if c.Progress == nil {
		c.Progress = func(Progress) {}
	}
	for _, s := range c.Scenarios {
		c.About.Scenarios = append(c.About.Scenarios, report.Scenario{Name: s.Name, Set: s.Set, Summary: s.About, Published: s.Answers})
	}
	return c
}

func (c Config) check() error {
	switch {
	case len(c.Scenarios) == 0:
		return errors.New("no scenario")
	case c.Seeds < 1 || c.Seeds > 10_000:
		return fmt.Errorf("seeds: %d: want 1 to 10000", c.Seeds)
	case c.Jobs < 1 || c.Jobs > 1024:
		return fmt.Errorf("jobs: %d: want 1 to 1024", c.Jobs)
	}
	names := map[string]bool{}
	for _, s := range c.Scenarios {
		if names[s.Name] {
			return fmt.Errorf("scenario %s: want it once", s.Name)
		}
		names[s.Name] = true
	}
	return nil
}

// policies returns whom a scenario is run under, the baseline first.
func (c *Config) policies(s *scenario.Scenario) []scenario.Policy {
	list := c.Policies
	if list == nil {
		list = s.Policies
	}
	list = slices.Clone(list)
	slices.SortStableFunc(list, func(a, b scenario.Policy) int { return rank(a) - rank(b) })
	return list
}

func rank(p scenario.Policy) int {
	if p.String() == report.Baseline {
		return 0
	}
	return 1
}

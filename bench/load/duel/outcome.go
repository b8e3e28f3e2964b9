package duel

import (
	"slices"
	"strings"
	"time"

	"github.com/altracker/altracker/bench/load"
)

// Outcome is what came of a plan. Its JSON form is one object.
type Outcome struct {
	Time    time.Time    `json:"time"`
	About   string       `json:"about"`
	Load    string       `json:"load"` // flags, for all servers
	Servers []Contestant `json:"servers"`
	Ratios  []Ratio      `json:"ratios"`
}

// Contestant is a server and its results, one of each round.
type Contestant struct {
	Name    string         `json:"name"`
	Run     string         `json:"run"`
	Load    string         `json:"load,omitempty"`     // flags, for this server
	LeftOut string         `json:"left_out,omitempty"` // why, if it was
	Results []*load.Result `json:"results"`
}

// Ratio is how one server did against another, by figures of the same round.
type Ratio struct {
	Of           string `json:"of"`
	To           string `json:"to"`
	PerCPUSecond Spread `json:"replies_per_cpu_second"`
	PerSecond    Spread `json:"replies_per_second"`
	P99          Spread `json:"latency_p99"`
}

// Spread is the middle of some figures, and how far they go.
type Spread struct {
	Median  float64 `json:"median"`
	Lowest  float64 `json:"lowest"`
	Highest float64 `json:"highest"`
}

func newOutcome(c *Config) *Outcome {
	flags := strings.Join(append(strings.Fields(c.Plan.Load), c.Flags...), " ")
	o := &Outcome{Time: time.Now().UTC(), About: c.Plan.About, Load: flags, Ratios: []Ratio{}}
	for _, s := range c.Plan.Servers {
		o.Servers = append(o.Servers, Contestant{Name: s.Name, Run: s.Run, Load: s.Load, Results: []*load.Result{}})
	}
	return o
}

// The figures that are compared.
func perCPUSecond(r *load.Result) float64 { return r.Server.RepliesPerCPUSecond }
func perSecond(r *load.Result) float64    { return r.RepliesPerSecond }
func p99(r *load.Result) float64          { return r.Latency.P99 }

// compare works out the ratios of each server to those behind it.
func (o *Outcome) compare() {
	for i, a := range o.Servers {
		for _, b := range o.Servers[i+1:] {
			if len(a.Results) > 0 && len(b.Results) > 0 {
				o.Ratios = append(o.Ratios, Ratio{a.Name, b.Name, paired(a, b, perCPUSecond), paired(a, b, perSecond), paired(a, b, p99)})
			}
		}
	}
}

func paired(a, b Contestant, figure func(*load.Result) float64) Spread {
	var ratios []float64
	for i := range min(len(a.Results), len(b.Results)) {
		// No processor time at all is a round too short for the meter.
		if above, below := figure(a.Results[i]), figure(b.Results[i]); above > 0 && below > 0 {
			ratios = append(ratios, above/below)
		}
	}
	return spreadOf(ratios)
}

// spread returns the middle of a figure over all rounds, and how far it goes.
func (c *Contestant) spread(figure func(*load.Result) float64) Spread {
	var values []float64
	for _, r := range c.Results {
		values = append(values, figure(r))
	}
	return spreadOf(values)
}

func spreadOf(values []float64) Spread {
	if len(values) == 0 {
		return Spread{}
	}
	sorted := slices.Sorted(slices.Values(values))
	n := len(sorted)
	return Spread{Median: (sorted[(n-1)/2] + sorted[n/2]) / 2, Lowest: sorted[0], Highest: sorted[n-1]}
}

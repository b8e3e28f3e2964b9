package report

import (
	"cmp"
	"math"
	"slices"

	"github.com/altracker/altracker/bench/stats"
)

// resampling is how all intervals here are made.
var resampling = stats.Resampling{Level: 0.95, Times: 5000, Seed: 1}

// study is what a folder's records say.
type study struct {
	about     About
	records   []Record
	groups    []*group
	policies  []string // in the order of all tables: baseline, then by eta
	runs      int
	seeds     []uint64
	wall, cpu float64 // seconds, of all runs
}

// group is one scenario under all its policies.
type group struct {
	name, mode, set string
	about           Scenario
	peers           int
	fileBytes       int64
	seeds           []uint64
	rows            []row
	paired          bool // the baseline was run
	tMin            float64
}

// row is one policy in one scenario: medians over seeds, with intervals where they are
// told.
type row struct {
	policy  string
	seeds   []uint64
	runs    map[uint64]*Record
	eta     stats.Interval
	p50Over stats.Interval // paired ratios to the baseline
	p95Over stats.Interval

	intraPID, intraISP, etaISP      float64
	redundancyMedian, redundancyMax float64
	unitBDP, mlu, seedCopies        float64
	p50, p95, p50Limit, p95Limit    float64
	startup, jain                   float64
	losingTime, losingTraffic       float64
	components                      float64 // most over seeds
	unfinished, leechers            int     // over all seeds
}

func newStudy(about About, records []Record) *study {
	s := &study{about: about, records: records, runs: len(records)}
	for i := range records {
		r := &records[i]
		s.group(r).add(r)
		s.seeds = append(s.seeds, r.Seed)
		s.wall, s.cpu = s.wall+known(r.WallSeconds), s.cpu+known(r.CPUSeconds)
	}
	slices.Sort(s.seeds)
	s.seeds = slices.Compact(s.seeds)
	s.order()
	for _, g := range s.groups {
		g.finish(s.policies)
	}
	return s
}

func known(v float64) float64 {
	if math.IsNaN(v) {
		return 0
	}
	return v
}

// group returns the group of a record, a new one if it is the first.
func (s *study) group(r *Record) *group {
	for _, g := range s.groups {
		if g.name == r.Scenario && g.mode == r.Mode {
			return g
		}
	}
	g := &group{name: r.Scenario, mode: r.Mode, set: r.Set, peers: r.Peers, fileBytes: r.FileBytes}
	for _, about := range s.about.Scenarios {
		if about.Name == r.Scenario {
			g.about = about
		}
	}
	g.set = cmp.Or(g.set, g.about.Set)
	s.groups = append(s.groups, g)
	return g
}

func (g *group) add(r *Record) {
	i := slices.IndexFunc(g.rows, func(row row) bool { return row.policy == r.Policy })
	if i < 0 {
		i = len(g.rows)
		g.rows = append(g.rows, row{policy: r.Policy, runs: map[uint64]*Record{}})
	}
	g.rows[i].runs[r.Seed] = r
	g.rows[i].seeds = append(g.rows[i].seeds, r.Seed)
	if !slices.Contains(g.seeds, r.Seed) {
		g.seeds = append(g.seeds, r.Seed)
	}
}

// order puts the policies in the order of eta over all scenarios, behind the baseline.
func (s *study) order() {
	etas := map[string][]float64{}
	for i := range s.records {
		r := &s.records[i]
		etas[r.Policy] = append(etas[r.Policy], r.Eta)
	}
	middle := map[string]float64{}
	for policy, e := range etas {
		s.policies = append(s.policies, policy)
		middle[policy] = stats.Median(e)
	}
	slices.SortFunc(s.policies, func(a, b string) int {
		if a == Baseline || b == Baseline {
			return cmp.Compare(btoi(b == Baseline), btoi(a == Baseline))
		}
		return cmp.Or(cmp.Compare(middle[a], middle[b]), cmp.Compare(a, b))
	})
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// finish works out the rows, and puts them in order.
func (g *group) finish(policies []string) {
	slices.Sort(g.seeds)
	slices.SortFunc(g.rows, func(a, b row) int {
		return cmp.Compare(slices.Index(policies, a.policy), slices.Index(policies, b.policy))
	})
	var base *row
	if len(g.rows) > 0 && g.rows[0].policy == Baseline {
		base, g.paired = &g.rows[0], true
	}
	var limits []float64
	for i := range g.rows {
		g.rows[i].summarise(base)
		limits = append(limits, g.rows[i].all(func(r *Record) float64 { return r.TMin })...)
	}
	g.tMin = stats.Median(limits)
}

func (r *row) summarise(base *row) {
	slices.Sort(r.seeds)
	r.eta = resampling.MedianInterval(r.all(func(r *Record) float64 { return r.Eta }))
	r.p50Over = resampling.MedianInterval(r.ratios(base, func(r *Record) float64 { return r.CompletionP50 }))
	r.p95Over = resampling.MedianInterval(r.ratios(base, func(r *Record) float64 { return r.CompletionP95 }))
	for _, f := range []struct {
		to *float64
		of func(*Record) float64
	}{
		{&r.intraPID, func(r *Record) float64 { return r.IntraPIDShare }},
		{&r.intraISP, func(r *Record) float64 { return r.IntraISPShare }},
		{&r.etaISP, func(r *Record) float64 { return r.EtaISP }},
		{&r.redundancyMedian, func(r *Record) float64 { return r.RedundancyMedian }},
		{&r.redundancyMax, func(r *Record) float64 { return r.RedundancyMax }},
		{&r.unitBDP, func(r *Record) float64 { return r.UnitBDP }},
		{&r.mlu, func(r *Record) float64 { return r.MLU }},
		{&r.seedCopies, func(r *Record) float64 { return r.SeedCopies }},
		{&r.p50, func(r *Record) float64 { return r.CompletionP50 }},
		{&r.p95, func(r *Record) float64 { return r.CompletionP95 }},
		{&r.p50Limit, func(r *Record) float64 { return r.Limit(r.CompletionP50) }},
		{&r.p95Limit, func(r *Record) float64 { return r.Limit(r.CompletionP95) }},
		{&r.startup, func(r *Record) float64 { return r.StartupP50 }},
		{&r.jain, func(r *Record) float64 { return r.Jain }},
		{&r.losingTime, func(r *Record) float64 { return r.ISPsLosingTime }},
		{&r.losingTraffic, func(r *Record) float64 { return r.ISPsLosingTraffic }},
	} {
		*f.to = stats.Median(r.all(f.of))
	}
	r.components = math.NaN()
	if most := stats.Known(r.all(func(r *Record) float64 { return r.Components })); len(most) > 0 {
		r.components = most[len(most)-1]
	}
	for _, run := range r.runs {
		r.unfinished, r.leechers = r.unfinished+run.Unfinished, r.leechers+run.Leechers
	}
}

// all returns a figure of every run, in the order of seeds.
func (r *row) all(of func(*Record) float64) []float64 {
	values := make([]float64, len(r.seeds))
	for i, seed := range r.seeds {
		values[i] = of(r.runs[seed])
	}
	return values
}

// ratios returns a figure of every run over that of the baseline with the same seed,
// if there is one.
func (r *row) ratios(base *row, of func(*Record) float64) []float64 {
	if base == nil {
		return nil
	}
	var above, below []float64
	for _, seed := range r.seeds {
		if run, ok := base.runs[seed]; ok {
			above, below = append(above, of(r.runs[seed])), append(below, of(run))
		}
	}
	return stats.Ratios(above, below)
}

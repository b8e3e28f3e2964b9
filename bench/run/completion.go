package run

import (
	"math"
	"slices"
	"time"

	"github.com/altracker/altracker/bench/report"
	"github.com/altracker/altracker/bench/scenario"
	"github.com/altracker/altracker/bench/sim"
	"github.com/altracker/altracker/bench/stats"
)

// fate is what became of one leecher.
type fate uint8

const (
	absent     fate = iota // the run ended before it came
	completed              // has everything
	gaveUp                 // left before that, of its own will
	unfinished             // was still there at the end
)

func fateOf(o sim.Outcome) fate {
	switch {
	case o.Arrived < 0:
		return absent
	case o.Completed >= 0:
		return completed
	case o.Left >= 0:
		return gaveUp
	}
	return unfinished
}

// completeBy tells whether a peer had everything at a time, as seeds always have.
func completeBy(o sim.Outcome, at time.Duration) bool { return o.Completed >= 0 && o.Completed <= at }

// downloads is the times of leechers, in seconds from their arrival, in ascending order.
type downloads struct {
	took, began []float64 // until all was there, until the first piece was
	unfinished  int
	aborted     int
	leechers    int
}

// downloads sorts out the leechers of which wanted is true.
func timesOf(w *scenario.World, r *sim.Result, wanted func(peer int) bool) (d downloads) {
	for i, o := range r.Peers {
		if w.Peers[i].Seed || !wanted(i) {
			continue
		}
		switch fateOf(o) {
		case absent:
			continue
		case completed:
			d.took = append(d.took, (o.Completed - o.Arrived).Seconds())
		case gaveUp:
			d.aborted++
		case unfinished:
			d.unfinished++
		}
		d.leechers++
		if o.First >= 0 {
			d.began = append(d.began, (o.First - o.Arrived).Seconds())
		}
	}
	slices.Sort(d.took)
	slices.Sort(d.began)
	return d
}

func everybody(int) bool { return true }

func (d downloads) record(r *report.Record) {
	r.Leechers, r.Unfinished, r.Aborted = d.leechers, d.unfinished, d.aborted
	r.CompletionMean = sum(d.took) / float64(len(d.took))
	r.CompletionP50 = stats.Quantile(d.took, 0.50)
	r.CompletionP95 = stats.Quantile(d.took, 0.95)
	r.CompletionP99 = stats.Quantile(d.took, 0.99)
	r.CompletionMax = stats.Quantile(d.took, 1)
	r.StartupP50 = stats.Quantile(d.began, 0.5)
}

// fairness is Jain's index of what each leecher sent for what it received.
func fairness(w *scenario.World, r *sim.Result) float64 {
	var ratios []float64
	for i, o := range r.Peers {
		if !w.Peers[i].Seed && o.Received > 0 {
			ratios = append(ratios, o.Sent/o.Received)
		}
	}
	return stats.Jain(ratios)
}

// crowdOf is a world as its limits of time see it, grouped by PID.
func crowdOf(w *scenario.World) *crowd {
	c := &crowd{file: float64(w.Scenario.Swarm.File)}
	last := time.Duration(0)
	for _, p := range w.Peers {
		stays := p.SeedFor.Seconds()
		if p.SeedFor < 0 {
			stays = math.Inf(1)
		}
		c.peers = append(c.peers, supply{group: p.Place, up: p.Up, down: p.Down, seed: p.Seed, stays: stays})
		last = max(last, p.Arrive)
	}
	if kind := w.Scenario.Swarm.Arrivals.Kind; kind == "poisson" || kind == "decay" {
		c.horizon = last.Seconds()
	}
	return c
}

package swarm

import (
	"math/rand/v2"
	"testing"
	"time"
)

// BenchmarkGuidance announces random peers of a million in 100,000 swarms, far more than
// processors keep near, and the same few of them again and again. In turns replies are random
// and staged; the ratio is what guidance costs, without parsing and sockets.
func BenchmarkGuidance(b *testing.B) {
	s := newStore(b, Config{})
	members := crowd(s, 100_000, 1_000_000, true, false)
	b.Run("far", func(b *testing.B) { compareGuidance(b, s, members, len(members)) })
	b.Run("near", func(b *testing.B) { compareGuidance(b, s, members, 64) })
}

// compareGuidance has so many of the members announce, far apart.
func compareGuidance(b *testing.B, s *Store, members []member, announcing int) {
	rng := rand.New(rand.NewPCG(1, 2))
	a := Announce{Groups: byHundred{}, Want: 50}
	r := Reply{V4: make([]byte, 0, 4096)}
	announce := func(walk func(PID) *Walks) time.Duration {
		const turn = 256
		start := time.Now()
		for range turn {
			i := rng.IntN(announcing) * (len(members) / announcing)
			members[i].announce(&a, i)
			a.Walks = walk(a.PID)
			r.V4 = r.V4[:0]
			s.Announce(&a, &r)
		}
		return time.Since(start) / turn
	}
	var staged [101]*Walks
	for pid := range staged {
		staged[pid] = ForAll(NewWalk(stagedOf(PID(pid))))
	}
	var guided, random time.Duration
	for range b.N {
		random += announce(func(PID) *Walks { return Random })
		guided += announce(func(pid PID) *Walks { return staged[pid] })
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(float64(random)/float64(b.N), "ns/random")
	b.ReportMetric(float64(guided)/float64(b.N), "ns/staged")
	b.ReportMetric(float64(guided)/float64(random), "staged/random")
}

// stagedOf is the plan that package selector makes of policy staged, in a network of two
// ISPs of fifty PIDs each.
func stagedOf(pid PID) Plan {
	isp := (max(pid, 1)-1)/50*50 + 1
	parts := func(lo, hi PID, but PID) (spans []Span) {
		for _, sp := range []Span{{lo, but, 1}, {but + 1, hi, 1}} {
			if sp.Lo < sp.Hi {
				spans = append(spans, sp)
			}
		}
		return spans
	}
	outside := []Span{{0, isp, 1}, {isp + 50, ^PID(0), 1}}
	return Plan{Outside: outside, Steps: []Step{
		{Target: 0.1, Spans: allPIDs},
		{Target: 0.7, Spans: []Span{{pid, pid + 1, 1}}},
		{Target: 0.9, Spans: parts(isp, isp+50, pid)},
		{Target: 1, Spans: outside},
		{Target: 1, Spans: parts(0, ^PID(0), pid)},
		{Target: 1, Spans: allPIDs},
	}}
}

package admin

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/altracker/altracker/tracker"
)

// counters are the numbers of tracker.Stats that stand alone.
var counters = []struct {
	desc *prometheus.Desc
	of   func(*tracker.Stats) uint64
}{
	{describe("announces_total", "Announces that reached the tracker, refused ones included."),
		func(s *tracker.Stats) uint64 { return s.Announces }},
	{describe("scrapes_total", "Scrapes."),
		func(s *tracker.Stats) uint64 { return s.Scrapes }},
	{describe("failures_total", "Announces refused with a failure reason."),
		func(s *tracker.Stats) uint64 { return s.Failures }},
	{describe("completed_total", "Announces of a completed download."),
		func(s *tracker.Stats) uint64 { return s.Completed }},
	{describe("stopped_total", "Announces of a peer that leaves."),
		func(s *tracker.Stats) uint64 { return s.Stopped }},
	{describe("expired_peers_total", "Peers forgotten because they fell silent."),
		func(s *tracker.Stats) uint64 { return s.Expired }},
	{describe("returned_peers_total", "Peers named in replies."),
		func(s *tracker.Stats) uint64 { return s.PeersReturned }},
	{describe("returned_home_peers_total", "Peers named in replies that are of the requester's own PID."),
		func(s *tracker.Stats) uint64 { return s.PeersFromHome }},
	{describe("reviews_total", "Looks that the policy took at a swarm, if it is one that does."),
		func(s *tracker.Stats) uint64 { return s.Reviews }},
}

// listCounters are the numbers of tracker.CacheStats.
var listCounters = []struct {
	desc *prometheus.Desc
	of   func(*tracker.CacheStats) uint64
}{
	{describe("lists_cache_hits_total", "Compiled lists found in the cache, behind the table of those in constant use."),
		func(s *tracker.CacheStats) uint64 { return s.Hits }},
	{describe("lists_cache_misses_total", "Lists that had to be compiled."),
		func(s *tracker.CacheStats) uint64 { return s.Misses }},
	{describe("lists_cache_dropped_total", "Compiled lists that the cache did not take in."),
		func(s *tracker.CacheStats) uint64 { return s.Dropped }},
	{describe("lists_cache_evicted_total", "Compiled lists that the cache gave up for others."),
		func(s *tracker.CacheStats) uint64 { return s.Evicted }},
}

var (
	repliesDesc = describe("replies_total", "Replies to announces, by what guided them.", "guidance")
	swarmsDesc  = describe("swarms", "Swarms known.")
	peersDesc   = describe("peers", "Peers known, by role.", "role")
)

// trackerMetrics tells what a Tracker counts and holds, at the time of the scrape.
type trackerMetrics struct{ tracker *tracker.Tracker }

// Describe implements [prometheus.Collector].
func (trackerMetrics) Describe(ch chan<- *prometheus.Desc) {
	for _, c := range counters {
		ch <- c.desc
	}
	for _, c := range listCounters {
		ch <- c.desc
	}
	ch <- repliesDesc
	ch <- swarmsDesc
	ch <- peersDesc
}

// Collect implements [prometheus.Collector].
func (m trackerMetrics) Collect(ch chan<- prometheus.Metric) {
	stats, lists, totals := m.tracker.Stats(), m.tracker.Lists(), m.tracker.Store().Totals()
	for _, c := range counters {
		ch <- metric(c.desc, prometheus.CounterValue, float64(c.of(&stats)))
	}
	for _, c := range listCounters {
		ch <- metric(c.desc, prometheus.CounterValue, float64(c.of(&lists)))
	}
	for by, n := range guidance(stats) {
		ch <- metric(repliesDesc, prometheus.CounterValue, float64(n), by)
	}
	ch <- metric(swarmsDesc, prometheus.GaugeValue, float64(totals.Swarms))
	ch <- metric(peersDesc, prometheus.GaugeValue, float64(totals.Seeders), "seeder")
	ch <- metric(peersDesc, prometheus.GaugeValue, float64(totals.Leechers), "leecher")
}

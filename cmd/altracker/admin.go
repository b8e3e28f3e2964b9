package main

import (
	"errors"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/altracker/altracker/tracker/admin"
	"github.com/altracker/altracker/tracker/httptracker"
)

func newAdmin(d *daemon) (*admin.Server, error) {
	return admin.New(admin.Config{
		Listen:        d.config.Admin.Listen,
		Tracker:       d.tracker,
		Policy:        d.config.Policy.Name,
		PolicyOptions: d.config.Policy.Options,
		Sources:       d.guide.statuses,
		Ready:         d.ready,
		Version:       version + revision(),
		Collectors:    d.collectors(),
		Log:           d.log,
	})
}

func (d *daemon) collectors() []prometheus.Collector {
	list := []prometheus.Collector{frontends{d}}
	if d.scout != nil {
		list = append(list, discoveries{d.scout})
	}
	return list
}

// ready is nil once every source has been asked. A tracker without maps is ready
// too: it answers at random.
func (d *daemon) ready() error {
	select {
	case <-d.guide.Ready():
		return nil
	default:
		return errors.New("not every ALTO source has been asked yet")
	}
}

// frontends turns the frontends' counters into metrics.
type frontends struct{ *daemon }

var frontendRequests = prometheus.NewDesc("altracker_frontend_requests_total",
	"Requests by protocol and by what became of them.", []string{"protocol", "result"}, nil)

var httpConnections = prometheus.NewDesc("altracker_http_connections_total",
	"Connections over HTTP and HTTPS, by what became of them.", []string{"protocol", "result"}, nil)

// Describe implements [prometheus.Collector].
func (frontends) Describe(ch chan<- *prometheus.Desc) {
	ch <- frontendRequests
	ch <- httpConnections
}

// Collect implements [prometheus.Collector].
func (f frontends) Collect(ch chan<- prometheus.Metric) {
	send := func(protocol string, counts map[string]uint64) {
		sendCounts(ch, frontendRequests, counts, protocol)
	}
	if f.udp != nil {
		s := f.udp.Stats()
		send("udp", map[string]uint64{
			"connect": s.Connects, "announce": s.Announces, "scrape": s.Scrapes, "error": s.Errors, "internal_error": s.Internal,
			"bad_connection_id": s.BadIDs, "malformed": s.Malformed, "read_error": s.ReadErrors, "write_error": s.WriteErrors,
		})
	}
	for protocol, server := range map[string]*httptracker.Server{"http": f.http, "https": f.https} {
		if server == nil {
			continue
		}
		s := server.Stats()
		send(protocol, map[string]uint64{
			"announce": s.Announces, "scrape": s.Scrapes, "failure": s.Failures, "internal_error": s.Internal, "stray": s.Strays,
		})
		c := s.Connections
		sendCounts(ch, httpConnections, map[string]uint64{
			"accepted": c.Accepted, "handed_on": c.Handed, "expired": c.Expired, "paused": c.Paused, "panicked": c.Panics,
		}, protocol)
	}
	if f.dht != nil {
		s := f.dht.Stats()
		send("dht", map[string]uint64{
			"query": s.Queries, "limited": s.Limited, "malformed": s.Malformed, "get_peers": s.GetPeers, "announce": s.Announces,
			"bad_token": s.BadTokens, "private": s.Private, "failure": s.Failures, "read_error": s.ReadErrors, "write_error": s.WriteErrors,
		})
	}
}

// sendCounts sends one counter for each result, with the labels of desc before that.
func sendCounts(ch chan<- prometheus.Metric, desc *prometheus.Desc, counts map[string]uint64, labels ...string) {
	for result, n := range counts {
		ch <- prometheus.MustNewConstMetric(desc, prometheus.CounterValue, float64(n), append(labels, result)...)
	}
}

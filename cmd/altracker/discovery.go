package main

import (
	"context"
	"log/slog"
	"net/http"
	"net/netip"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/altracker/altracker/altoclient"
	"github.com/altracker/altracker/altoclient/discovery"
	"github.com/altracker/altracker/altoclient/discovery/accessdomain"
	"github.com/altracker/altracker/cmd/altracker/config"
	"github.com/altracker/altracker/tracker"
)

// scout is a tracker that has the DNS asked for the ALTO servers of those whom no
// source guides.
type scout struct {
	core
	guide    *guidance
	follower *discovery.Follower
	finder   *discovery.Finder
	http     *http.Client
	client   *altoclient.Client
	cache    discoveredCache
	maxAge   time.Duration
}

// core is what a scout asks of its tracker, and passes on.
type core = tracker.Expecter

// discoveredLimits is what a server that nobody has configured may cost: some tens
// of megabytes.
var discoveredLimits = altoclient.Limits{Bytes: 32 << 20, PIDs: 8192, Prefixes: 250_000, Pairs: 4 << 20, Directories: 8, Resources: 1000}

// newScout builds everything; what is found is kept below the folder cache, if there
// is one.
func newScout(c config.Discovery, cache string, g *guidance, t core, log *slog.Logger) (*scout, error) {
	resolver, err := discovery.NewDNS(discovery.DNSConfig{Servers: c.Resolvers})
	if err != nil {
		return nil, err
	}
	s := &scout{core: t, guide: g, cache: newDiscoveredCache(cache, log), maxAge: c.MaxAge}
	s.http = discovery.Guard{Resolver: resolver, AllowPrivate: c.AllowPrivate, AllowHTTP: c.AllowHTTP}.Client()
	s.client = altoclient.NewClient(altoclient.Config{
		HTTP: s.http, UserAgent: "altracker/" + version, Timeout: fetchTimeout, Rest: fetchRest, Limits: discoveredLimits,
	})
	s.finder, err = discovery.NewFinder(discovery.FinderConfig{
		Resolver: resolver, AllowHTTP: c.AllowHTTP, LookupsPerSecond: float64(c.LookupsPerSecond), Ceiling: answersFor(c.MaxAge),
	})
	if err != nil {
		return nil, err
	}
	follow := discovery.FollowerConfig{
		Finder: s.finder, Guide: g, Open: s.open, Log: log,
		Domain: c.Domain, MaxServers: c.MaxServers, AllowPrivate: c.AllowPrivate,
		Memory: s.cache.servers(), MaxAge: c.MaxAge, Prune: s.cache.prune,
	}
	if c.LearnDomain {
		learner := accessdomain.New(accessdomain.Config{Interfaces: c.DHCP})
		follow.Domains, follow.DomainsChanged = domains(learner), learner.Changed
	}
	if s.follower, err = discovery.NewFollower(follow); err != nil {
		s.close()
		return nil, err
	}
	return s, nil
}

// answersFor returns how long an answer of the DNS is used, so that what was found can
// be asked for anew in good time before maxAge.
func answersFor(maxAge time.Duration) time.Duration {
	return min(max(maxAge/2, time.Minute), 24*time.Hour)
}

// domains returns what tells the domains of the operator's network.
func domains(learner *accessdomain.Learner) func(context.Context) ([]string, error) {
	return func(ctx context.Context) ([]string, error) {
		names, err := learner.Names(ctx)
		domains := make([]string, len(names))
		for i, n := range names {
			domains[i] = n.Domain
		}
		return domains, err
	}
}

// open makes the source of a server that was found. What the operator has
// configured comes before it, but not the embedded map.
func (s *scout) open(name, uri string, requesters []netip.Prefix) (*altoclient.Source, error) {
	rank := 1
	if s.guide.embedded {
		rank = -1
	}
	return altoclient.NewSource(altoclient.SourceConfig{
		Name:       name,
		Directory:  uri,
		Requesters: requesters,
		Rank:       rank,
		MaxAge:     s.maxAge,
		Cache:      s.cache.maps(uri),
		CacheBytes: discoveredCacheBytes,
		Client:     s.client,
		Rows:       s.guide.rows,
	})
}

// Announce implements [tracker.Handler].
func (s *scout) Announce(req *tracker.AnnounceRequest, resp *tracker.AnnounceResponse) error {
	err := s.core.Announce(req, resp)
	if err == nil {
		s.see(req.Addr.Addr())
	}
	return err
}

// see neither waits nor allocates.
func (s *scout) see(addr netip.Addr) {
	atlas := s.guide.Current()
	source := atlas.Source(atlas.PID(addr))
	if source == "" || s.guide.embedded && source == embeddedName {
		s.follower.Ask(addr)
		return
	}
	s.follower.Touch(source)
}

func (s *scout) close() {
	s.finder.Close()
	s.client.Close()
	s.http.CloseIdleConnections()
}

// discoveries turns the counters of discovery into metrics.
type discoveries struct{ *scout }

var (
	discoveryAddresses = prometheus.NewDesc("altracker_discovery_addresses_total",
		"Addresses that no source guides, by what became of them.", []string{"result"}, nil)
	discoveryLookups = prometheus.NewDesc("altracker_discovery_lookups_total",
		"Searches for the ALTO servers of an address or prefix, by what came of them.", []string{"result"}, nil)
	discoveryQuestions = prometheus.NewDesc("altracker_discovery_dns_questions_total",
		"Questions to the DNS for NAPTR records, by what came of them.", []string{"result"}, nil)
	discoveryServers = prometheus.NewDesc("altracker_discovery_servers_total",
		"ALTO servers that were found, by what became of them.", []string{"result"}, nil)
	discoveryFollowed = prometheus.NewDesc("altracker_discovery_servers",
		"ALTO servers that were found and are followed.", nil, nil)
	discoveryPrefixes = prometheus.NewDesc("altracker_discovery_prefixes",
		"Prefixes that they are followed for.", nil, nil)
)

// Describe implements [prometheus.Collector].
func (discoveries) Describe(ch chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{
		discoveryAddresses, discoveryLookups, discoveryQuestions, discoveryServers, discoveryFollowed, discoveryPrefixes,
	} {
		ch <- d
	}
}

// Collect implements [prometheus.Collector].
func (d discoveries) Collect(ch chan<- prometheus.Metric) {
	count := func(desc *prometheus.Desc, n uint64, result string) {
		ch <- prometheus.MustNewConstMetric(desc, prometheus.CounterValue, float64(n), result)
	}
	f, dns := d.follower.Stats(), d.finder.Stats()
	count(discoveryAddresses, f.Taken-f.Ignored, "taken")
	count(discoveryAddresses, f.Lost, "lost")
	count(discoveryAddresses, f.Ignored, "not_public")
	count(discoveryLookups, f.Found, "found")
	count(discoveryLookups, f.Nothing, "nothing")
	count(discoveryLookups, f.Failed, "failed")
	count(discoveryQuestions, dns.Asked-dns.Failed, "answered")
	count(discoveryQuestions, dns.Failed, "failed")
	count(discoveryServers, f.Opened, "followed")
	count(discoveryServers, f.Evicted, "given_up")
	count(discoveryServers, f.Refused, "refused")
	ch <- prometheus.MustNewConstMetric(discoveryFollowed, prometheus.GaugeValue, float64(f.Servers))
	ch <- prometheus.MustNewConstMetric(discoveryPrefixes, prometheus.GaugeValue, float64(f.Prefixes))
}

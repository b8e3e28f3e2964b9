package admin

import (
	"bytes"
	"errors"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil/promlint"
	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"

	"github.com/altracker/altracker/tracker"
	"github.com/altracker/altracker/tracker/swarm"
)

func threeSources() []Source {
	return []Source{
		{Name: "lab", State: "stale", PIDs: 4, Prefixes: 9, AgeSeconds: 61.5},
		{Name: "embedded", State: "ok", PIDs: 70000, Prefixes: 900000},
		{Name: "none yet", State: "none"},
	}
}

func scrape(t *testing.T, s *Server) (text []byte, families map[string]*dto.MetricFamily) {
	t.Helper()
	w := ask(s, http.MethodGet, "/metrics")
	if w.Code != 200 {
		t.Fatalf("status %d: %s", w.Code, w.Body)
	}
	text = w.Body.Bytes()
	parser := expfmt.NewTextParser(model.LegacyValidation)
	families, err := parser.TextToMetricFamilies(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return text, families
}

// flatten writes the samples of ours as name{label="value",...}.
func flatten(families map[string]*dto.MetricFamily) map[string]float64 {
	flat := map[string]float64{}
	for name, family := range families {
		if !strings.HasPrefix(name, "altracker_") {
			continue
		}
		for _, m := range family.Metric {
			var labels []string
			for _, l := range m.Label {
				if l.GetName() != "goversion" {
					labels = append(labels, l.GetName()+`="`+l.GetValue()+`"`)
				}
			}
			if labels != nil {
				flat[name+"{"+strings.Join(labels, ",")+"}"] = m.GetGauge().GetValue() + m.GetCounter().GetValue()
			} else {
				flat[name] = m.GetGauge().GetValue() + m.GetCounter().GetValue()
			}
		}
	}
	return flat
}

func TestMetrics(t *testing.T) {
	extra := prometheus.NewCounter(prometheus.CounterOpts{Name: "altracker_udp_connects_total", Help: "Connection ids issued."})
	extra.Add(3)
	s := newServer(t, func(c *Config) {
		c.Sources = threeSources
		c.Collectors = []prometheus.Collector{extra}
	})
	var resp tracker.AnnounceResponse
	tr := s.config.Tracker
	for _, req := range []tracker.AnnounceRequest{
		{InfoHash: small, Addr: peerAt(1, 2), Left: 7, NumWant: 10}, // is told three, one of them from home
		{InfoHash: small, Addr: peerAt(2, 9), Left: 7, Now: noon.Add(-3 * time.Hour)},
		{InfoHash: small, Addr: peerAt(3, 1), Left: 7, NumWant: 10, Event: tracker.Stopped},
		{InfoHash: small, Addr: peerAt(2, 1), Event: tracker.Completed},
		{InfoHash: small, Addr: peerAt(2, 1), Left: -1}, // refused
	} {
		if req.Now.IsZero() {
			req.Now = noon
		}
		resp.Reset()
		if err := tr.Announce(&req, &resp); err != nil && req.Left >= 0 {
			t.Fatal(err)
		}
	}
	tr.Expire(noon)
	if err := tr.Scrape(&tracker.ScrapeRequest{InfoHashes: []swarm.InfoHash{small}}, &tracker.ScrapeResponse{}); err != nil {
		t.Fatal(err)
	}

	text, families := scrape(t, s)
	got, want := flatten(families), map[string]float64{
		`altracker_announces_total`:           308,
		`altracker_scrapes_total`:             1,
		`altracker_failures_total`:            1,
		`altracker_completed_total`:           1,
		`altracker_stopped_total`:             1,
		`altracker_expired_peers_total`:       1,
		`altracker_returned_peers_total`:      3,
		`altracker_returned_home_peers_total`: 1,
		`altracker_reviews_total`:             0,
		`altracker_lists_cache_hits_total`:    0,
		`altracker_lists_cache_misses_total`:  6,
		`altracker_lists_cache_dropped_total`: 0,
		`altracker_lists_cache_evicted_total`: 0,

		`altracker_replies_total{guidance="guided"}`:     204,
		`altracker_replies_total{guidance="flat"}`:       0,
		`altracker_replies_total{guidance="incomplete"}`: 101,
		`altracker_replies_total{guidance="no_map"}`:     0,
		`altracker_replies_total{guidance="no_pid"}`:     1,
		`altracker_replies_total{guidance="no_source"}`:  0,

		`altracker_swarms`:                             2,
		`altracker_peers{role="seeder"}`:               32,
		`altracker_peers{role="leecher"}`:              272,
		`altracker_build_info{version="v1.2.3"}`:       1,
		`altracker_policy_info{policy="staged"}`:       1,
		`altracker_udp_connects_total`:                 3,
		`altracker_source_age_seconds{source="lab"}`:   61.5,
		`altracker_source_pids{source="lab"}`:          4,
		`altracker_source_prefixes{source="lab"}`:      9,
		`altracker_source_pids{source="none yet"}`:     0,
		`altracker_source_pids{source="embedded"}`:     70000,
		`altracker_source_prefixes{source="none yet"}`: 0,
		`altracker_source_prefixes{source="embedded"}`: 900000,

		`altracker_source_age_seconds{source="embedded"}`: 0, // "none yet" has no map to be old

		`altracker_source_state{source="lab",state="none"}`:        0,
		`altracker_source_state{source="lab",state="ok"}`:          0,
		`altracker_source_state{source="lab",state="stale"}`:       1,
		`altracker_source_state{source="lab",state="failed"}`:      0,
		`altracker_source_state{source="embedded",state="none"}`:   0,
		`altracker_source_state{source="embedded",state="ok"}`:     1,
		`altracker_source_state{source="embedded",state="stale"}`:  0,
		`altracker_source_state{source="embedded",state="failed"}`: 0,
		`altracker_source_state{source="none yet",state="none"}`:   1,
		`altracker_source_state{source="none yet",state="ok"}`:     0,
		`altracker_source_state{source="none yet",state="stale"}`:  0,
		`altracker_source_state{source="none yet",state="failed"}`: 0,
	}
	for sample, value := range want {
		if v, ok := got[sample]; !ok || v != value {
			t.Errorf("%s is %v (%v), want %v", sample, v, ok, value)
		}
	}
	for sample := range got {
		if _, ok := want[sample]; !ok {
			t.Errorf("%s is not expected", sample)
		}
	}
	for _, name := range []string{"go_goroutines", "process_start_time_seconds"} {
		if families[name] == nil {
			t.Errorf("%s is missing", name)
		}
	}

	problems, err := promlint.New(bytes.NewReader(text)).Lint()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range problems {
		t.Errorf("lint: %s: %s", p.Metric, p.Text)
	}
}

func TestEveryMetricIsDocumented(t *testing.T) {
	manual, err := os.ReadFile("../../docs/operating.md")
	if err != nil {
		t.Fatal(err)
	}
	_, families := scrape(t, newServer(t, func(c *Config) { c.Sources = threeSources }))
	for name := range families {
		if strings.HasPrefix(name, namespace) && !bytes.Contains(manual, []byte("`"+name)) {
			t.Errorf("docs/operating.md does not tell %s", name)
		}
	}
}

// broken is a collector that cannot tell.
type broken struct{ desc *prometheus.Desc }

func (b broken) Describe(ch chan<- *prometheus.Desc) { ch <- b.desc }
func (b broken) Collect(ch chan<- prometheus.Metric) {
	ch <- prometheus.NewInvalidMetric(b.desc, errors.New("broken"))
}

func TestOneBadMetricHidesNoOther(t *testing.T) {
	s := newServer(t, func(c *Config) {
		c.Collectors = []prometheus.Collector{broken{describe("broken", "Fails.")}}
		c.Sources = func() []Source {
			return []Source{{Name: "\xff", PIDs: 1}, {Name: "twice", PIDs: 2}, {Name: "twice", PIDs: 3}}
		}
	})
	_, families := scrape(t, s)
	got := flatten(families)
	if got["altracker_announces_total"] != 303 || got[`altracker_source_pids{source="twice"}`] == 0 {
		t.Errorf("got %v", got)
	}
}

package admin

import "github.com/prometheus/client_golang/prometheus"

var (
	sourceAgeDesc      = describe("source_age_seconds", "Time since a source's map in use was last known to be right.", "source")
	sourcePIDsDesc     = describe("source_pids", "PIDs of a source's map in use.", "source")
	sourcePrefixesDesc = describe("source_prefixes", "Prefixes of a source's map in use.", "source")
	sourceStateDesc    = describe("source_state", "1 for the state that a source is in, 0 for the others.", "source", "state")
)

// sourceMetrics tells of the sources of maps. Their names are the operator's, so
// the label stays small.
type sourceMetrics struct{ sources func() []Source }

// Describe implements [prometheus.Collector].
func (sourceMetrics) Describe(ch chan<- *prometheus.Desc) {
	ch <- sourceAgeDesc
	ch <- sourcePIDsDesc
	ch <- sourcePrefixesDesc
	ch <- sourceStateDesc
}

// Collect implements [prometheus.Collector].
func (m sourceMetrics) Collect(ch chan<- prometheus.Metric) {
	for _, s := range m.sources() {
		if s.PIDs > 0 {
			ch <- metric(sourceAgeDesc, prometheus.GaugeValue, s.AgeSeconds, s.Name)
		}
		ch <- metric(sourcePIDsDesc, prometheus.GaugeValue, float64(s.PIDs), s.Name)
		ch <- metric(sourcePrefixesDesc, prometheus.GaugeValue, float64(s.Prefixes), s.Name)
		for _, state := range States {
			in := 0.0
			if s.State == state {
				in = 1
			}
			ch <- metric(sourceStateDesc, prometheus.GaugeValue, in, s.Name, state)
		}
	}
}

package admin

import (
	"fmt"
	"runtime"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
)

// namespace begins the name of every metric of ours.
const namespace = "altracker"

// newRegistry returns a registry of all that /metrics tells.
func newRegistry(cfg Config) (*prometheus.Registry, error) {
	registry := prometheus.NewRegistry()
	all := append([]prometheus.Collector{
		collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
		info("build_info", "The version of the program and of its compiler; always 1.",
			prometheus.Labels{"version": cfg.Version, "goversion": runtime.Version()}),
		info("policy_info", "The policy in force; always 1.", prometheus.Labels{"policy": cfg.Policy}),
		trackerMetrics{cfg.Tracker},
		sourceMetrics{cfg.Sources},
	}, cfg.Collectors...)
	for _, c := range all {
		if err := registry.Register(c); err != nil {
			return nil, fmt.Errorf("Config.Collectors: %w", err)
		}
	}
	return registry, nil
}

func info(name, help string, labels prometheus.Labels) prometheus.Collector {
	opts := prometheus.GaugeOpts{Namespace: namespace, Name: name, Help: help, ConstLabels: labels}
	return prometheus.NewGaugeFunc(opts, func() float64 { return 1 })
}

func describe(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc(prometheus.BuildFQName(namespace, "", name), help, labels, nil)
}

// metric never panics, as MustNewConstMetric would for a label that is not UTF-8:
// the scrape is told instead.
func metric(d *prometheus.Desc, kind prometheus.ValueType, value float64, labels ...string) prometheus.Metric {
	m, err := prometheus.NewConstMetric(d, kind, value, labels...)
	if err != nil {
		return prometheus.NewInvalidMetric(d, err)
	}
	return m
}

package altoclient

import (
	"strings"
	"testing"
)

func TestMetricsOfRFC9439(t *testing.T) {
	for name, want := range map[string]struct {
		metric Metric
		better Direction
		unit   string
	}{
		"routingcost":           {Metric{"routingcost", ""}, LowerBetter, ""},
		"delay-ow":              {Metric{"delay-ow", ""}, LowerBetter, "µs"},
		"delay-ow:p99.9":        {Metric{"delay-ow", "p99.9"}, LowerBetter, "µs"},
		"delay-rt:median":       {Metric{"delay-rt", "median"}, LowerBetter, "µs"},
		"delay-variation:p0":    {Metric{"delay-variation", "p0"}, LowerBetter, "µs"},
		"delay-ow:stdvar":       {Metric{"delay-ow", "stdvar"}, LowerBetter, "(µs)²"},
		"lossrate:max":          {Metric{"lossrate", "max"}, LowerBetter, "%"},
		"hopcount":              {Metric{"hopcount", ""}, LowerBetter, ""},
		"tput:p5":               {Metric{"tput", "p5"}, HigherBetter, "B/s"},
		"bw-residual":           {Metric{"bw-residual", ""}, HigherBetter, "B/s"},
		"bw-available:cur":      {Metric{"bw-available", "cur"}, HigherBetter, "B/s"},
		"bw-available:stddev":   {Metric{"bw-available", "stddev"}, LowerBetter, "B/s"},
		"shoesize":              {Metric{"shoesize", ""}, 0, ""},
		"shoesize:p50":          {Metric{"shoesize", "p50"}, 0, ""},
		"priv:example":          {Metric{"priv:example", ""}, 0, ""},
		"priv:min":              {Metric{"priv:min", ""}, 0, ""},
		"priv:example:p99":      {Metric{"priv:example", "p99"}, 0, ""},
		"shoesize:of-the-ruler": {Metric{"shoesize:of-the-ruler", ""}, 0, ""},
	} {
		m, err := ParseMetric(name)
		if err != nil || m != want.metric || m.Direction() != want.better || m.Unit() != want.unit {
			t.Errorf("%s is %+v, %v, %q, %v; want %+v", name, m, m.Direction(), m.Unit(), err, want)
		}
		if m.String() != name {
			t.Errorf("%s is written %s", name, m)
		}
	}
}

func TestMetricRefuses(t *testing.T) {
	for _, name := range []string{
		"", "a b", "a@b", strings.Repeat("a", 33), "delay-ow:p101", "delay-ow:p", "delay-ow:p1.", "delay-ow:p.5",
		"delay-ow:p-1", "delay-ow:pNaN", "delay-ow:average", "delay-ow:",
	} {
		if m, err := ParseMetric(name); err == nil {
			t.Errorf("%q passes as %+v", name, m)
		}
	}
}

func TestCostContextIsKeptApartFromTheCostType(t *testing.T) {
	doc := strings.Replace(costMapDoc(Numerical, `{"a":{"a":1}}`), `"cost-metric":"routingcost"`,
		`"cost-metric":"delay-ow","cost-context":{"cost-source":"sla","parameters":{"link":"https://x/"}}`, 1)
	m := parseCostMap(t, doc, nil)
	if m.CostType() != (CostType{"delay-ow", Numerical}) {
		t.Errorf("cost type %v", m.CostType())
	}
	if c := m.Context(); c.Source != "sla" || string(c.Parameters) != `{"link":"https://x/"}` {
		t.Errorf("context %+v", c)
	}
}

func TestCostModesThatNobodyKnowsAreLeftAlone(t *testing.T) {
	dir := parseDirectory(t, "http://h/directory", `{"meta":{"default-alto-network-map":"n","cost-types":{
		"good":{"cost-metric":"routingcost","cost-mode":"numerical"},
		"new":{"cost-metric":"routingcost","cost-mode":"priv:stars"},
		"array":{"cost-metric":"ane-path","cost-mode":"array"}}},
	"resources":{
		"n":{"uri":"/n","media-type":"application/alto-networkmap+json"},
		"new":{"uri":"/1","media-type":"application/alto-costmap+json","uses":["n"],"capabilities":{"cost-type-names":["new"]}},
		"array":{"uri":"/2","media-type":"application/alto-costmap+json","uses":["n"],"capabilities":{"cost-type-names":["array"]}},
		"good":{"uri":"/3","media-type":"application/alto-costmap+json","uses":["n"],"capabilities":{"cost-type-names":["good"]}}}}`)
	if r, ok := dir.CostMap("n", RoutingCost); !ok || r.ID != "good" {
		t.Errorf("the cost map is %q, want good", r.ID)
	}
	if len(dir.Problems) > 0 {
		t.Errorf("problems: %v", dir.Problems)
	}
}

func FuzzParseMetric(f *testing.F) {
	f.Add("delay-ow:p99.9")
	f.Add("priv:x:median")
	f.Fuzz(func(t *testing.T, name string) {
		m, err := ParseMetric(name)
		if err == nil && m.String() != name {
			t.Errorf("%q is written %q", name, m)
		}
	})
}

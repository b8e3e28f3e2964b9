package altoclient

import (
	"errors"
	"math"
	"strings"
	"testing"
)

func TestCostMapOfRFC7285(t *testing.T) {
	m := parseCostMap(t, readTestdata(t, "rfc7285/costmap.json"), nil)
	if got := m.CostType(); got != (CostType{RoutingCost, Numerical}) {
		t.Errorf("cost type %v", got)
	}
	if got := m.NetworkMap(); got != (VersionTag{"my-default-network-map", "3ee2cb7e8d63d9fab71b9b34cbf764436315542e"}) {
		t.Errorf("depends on %v", got)
	}
	nan := math.NaN()
	want := [][]float64{{1, 5, 10}, {5, 1, 15}, {20, 15, nan}} // C1: the last cell is not there
	for src, row := range want {
		for dst, cost := range row {
			if got := m.Cost(uint32(src+1), uint32(dst+1)); !sameCost(got, float32(cost)) {
				t.Errorf("cost from PID%d to PID%d is %v, want %v", src+1, dst+1, got, cost)
			}
		}
	}
}

func TestCostMapTakesTheNumbersOfTheNetworkMap(t *testing.T) {
	network := parseNetworkMap(t, networkMapDoc(`{"c":{},"a":{},"b":{}}`))
	m := parseCostMap(t, costMapDoc(Numerical, `{"a":{"b":1,"c":2,"x":7},"x":{"a":9}}`), network)
	if m.Cost(2, 3) != 1 || m.Cost(2, 1) != 2 || m.Dropped() != 2 || m.PIDs() != 3 {
		t.Errorf("a->b %v, a->c %v, dropped %d, %d PIDs", m.Cost(2, 3), m.Cost(2, 1), m.Dropped(), m.PIDs())
	}
	if got := m.Cost(3, 2); !sameCost(got, undefined) { // C5
		t.Errorf("b->a is %v: the reverse cost must not stand in", got)
	}
	if got := m.Cost(2, 2); !sameCost(got, undefined) { // C6
		t.Errorf("a->a is %v, want undefined", got)
	}
}

func TestCostMapAccepts(t *testing.T) {
	for _, tt := range []struct {
		name, mode, cost string
		want             float32
	}{
		{"zero", Numerical, "0", 0},
		{"a fraction", Numerical, "0.25", 0.25},
		{"an exponent", Numerical, "1.5e2", 150},
		{"a negative cost", Numerical, "-3", -3}, // C14
		{"many digits", Numerical, "123456789012", 123456789012},
		{"a rank", Ordinal, "3", 3},
		{"a rank written as a fraction", Ordinal, "3.0", 3},
	} {
		m := parseCostMap(t, costMapDoc(tt.mode, `{"a":{"a":`+tt.cost+`}}`), nil)
		if got := m.Cost(1, 1); got != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}

func TestCostMapRefuses(t *testing.T) {
	cell := func(mode, cost string) string { return costMapDoc(mode, `{"a":{"b":`+cost+`}}`) }
	good := costMapDoc(Numerical, `{}`)
	for _, tt := range []struct {
		name, doc, path, text string
	}{
		{"C2 null", cell(Numerical, "null"), "/cost-map/a/b", "want a number, have null"},
		{"C3 a string", cell(Numerical, `"5"`), "/cost-map/a/b", "want a number, have string"},
		{"C3 an array", cell(Numerical, `[5]`), "/cost-map/a/b", "want a number"},
		{"C3 a boolean", cell(Numerical, `true`), "/cost-map/a/b", "want a number"},
		{"C8 a negative rank", cell(Ordinal, "-1"), "/cost-map/a/b", "not negative"},
		{"C8 a fractional rank", cell(Ordinal, "1.5"), "/cost-map/a/b", "whole number"},
		{"C8 a bad rank before meta", `{"cost-map":{"a":{"b":-1}},` + cell(Ordinal, "1")[1:strings.Index(cell(Ordinal, "1"), `,"cost-map"`)] + `}`, "/cost-map/a/b", "not negative"},
		{"C10 an unknown mode", cell("array", "1"), "/meta/cost-type/cost-mode", "numerical or ordinal"},
		{"C14 more than a float64", cell(Numerical, "1e400"), "/cost-map/a/b", "out of range"},
		{"C14 more than a float32", cell(Numerical, "1e39"), "/cost-map/a/b", "out of range"},
		{"NaN", cell(Numerical, "NaN"), "/cost-map/a/b", "invalid character"},
		{"D12 a destination twice", costMapDoc(Numerical, `{"a":{"b":1,"b":2}}`), "/cost-map/a/b", "duplicate"},
		{"D12 a source twice", costMapDoc(Numerical, `{"a":{},"a":{}}`), "/cost-map/a", "duplicate"},
		{"a number for a row", costMapDoc(Numerical, `{"a":1}`), "/cost-map/a", "want an object"},
		{"a bad PID name", costMapDoc(Numerical, `{"a b":{}}`), "/cost-map/a b", "only letters"},
		{"no dependent version tag", strings.Replace(good, `{"resource-id":"map","tag":"1"}`, "", 1), "/meta/dependent-vtags", "exactly one"},
		{"two dependent version tags", strings.Replace(good, `{"resource-id":"map","tag":"1"}`, `{"resource-id":"map","tag":"1"},{"resource-id":"map","tag":"2"}`, 1), "/meta/dependent-vtags", "exactly one"},
		{"dependent version tags missing", strings.Replace(good, "dependent-vtags", "dependent-vtag", 1), "/meta/dependent-vtags", "missing"},
		{"cost type missing", strings.Replace(good, "cost-type", "cost-types", 1), "/meta/cost-type", "missing"},
		{"costs missing", strings.Replace(good, `"cost-map"`, `"costmap"`, 1), "/cost-map", "missing"},
		{"half a document", good[:len(good)-2], "/cost-map", "EOF"},
		{"two documents", good + good, "", "more than one"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m, err := ParseCostMap(strings.NewReader(tt.doc), nil, Limits{})
			wantParseError(t, err, tt.path, tt.text)
			if m != nil {
				t.Error("a map comes with the error")
			}
		})
	}
}

func TestCostMapRefusesDuplicatesOfUnknownPIDs(t *testing.T) {
	network := parseNetworkMap(t, networkMapDoc(`{"a":{}}`))
	for path, costs := range map[string]string{
		"/cost-map/a/x": `{"a":{"x":1,"x":1}}`,
		"/cost-map/x/a": `{"x":{"a":1,"a":1}}`,
		"/cost-map/x":   `{"x":{},"x":{}}`,
	} {
		_, err := ParseCostMap(strings.NewReader(costMapDoc(Numerical, costs)), network, Limits{})
		wantParseError(t, err, path, "duplicate")
	}
}

func TestCostMapObeysLimits(t *testing.T) {
	doc := costMapDoc(Numerical, `{"a":{"a":1,"b":1,"c":1},"b":{"c":1}}`)
	network := parseNetworkMap(t, networkMapDoc(`{"a":{},"b":{},"c":{}}`))
	for name, tt := range map[string]struct {
		network *NetworkMap
		limits  Limits
	}{
		"PIDs":             {nil, Limits{PIDs: 2}},
		"pairs":            {nil, Limits{Pairs: 7}},
		"pairs, full rows": {network, Limits{Pairs: 7}},
	} {
		if _, err := ParseCostMap(strings.NewReader(doc), tt.network, tt.limits); !errors.Is(err, ErrTooLarge) {
			t.Errorf("limit of %s: %v, want ErrTooLarge", name, err)
		}
	}
	if _, err := ParseCostMap(strings.NewReader(doc), network, Limits{PIDs: 3, Pairs: 8}); err != nil {
		t.Errorf("just within the limits: %v", err)
	}
}

func TestCostMapRoundTrips(t *testing.T) {
	for _, name := range []string{"rfc7285/costmap.json", "rfc7285/costmap-filtered.json", "openalto/costmap.json"} {
		m := parseCostMap(t, readTestdata(t, name), nil)
		again := parseCostMap(t, string(m.AppendJSON(nil)), nil)
		if !m.sameContent(again) {
			t.Errorf("%s differs after a round trip: %s", name, m.AppendJSON(nil))
		}
	}
}

func TestCostMapSetObeysTheMode(t *testing.T) {
	network := parseNetworkMap(t, networkMapDoc(`{"a":{}}`))
	ranks := NewCostMap(network, CostType{RoutingCost, Ordinal})
	if err := ranks.Set(1, 1, 2); err != nil || ranks.Cost(1, 1) != 2 {
		t.Errorf("a rank: %v, cost %v", err, ranks.Cost(1, 1))
	}
	for _, bad := range []float32{-1, 0.5, float32(math.Inf(1)), undefined} {
		if ranks.Set(1, 1, bad) == nil {
			t.Errorf("rank %v is taken", bad)
		}
	}
	if ranks.Set(0, 1, 1) == nil || ranks.Set(1, 2, 1) == nil {
		t.Error("a cost of a PID that is not there is taken")
	}
}

func FuzzParseCostMap(f *testing.F) {
	f.Add([]byte(readTestdata(f, "rfc7285/costmap.json")))
	f.Add([]byte(readTestdata(f, "rfc7285/costmap-filtered.json")))
	f.Add([]byte(costMapDoc(Ordinal, `{"a":{"a":1,"\u0062":2e0}}`)))
	network := parseNetworkMap(f, networkMapDoc(`{"PID2":{},"a":{}}`))
	f.Fuzz(func(t *testing.T, doc []byte) {
		m, err := ParseCostMap(strings.NewReader(string(doc)), nil, Limits{Bytes: 1 << 16})
		if err != nil {
			return
		}
		again, err := ParseCostMap(strings.NewReader(string(m.AppendJSON(nil))), nil, Limits{})
		if err != nil {
			t.Fatalf("does not round-trip: %v", err)
		}
		for src := range uint32(m.PIDs() + 1) {
			for dst := range uint32(m.PIDs() + 1) {
				if s, d := number(again, m.Name(src)), number(again, m.Name(dst)); !sameCost(m.Cost(src, dst), again.Cost(s, d)) {
					t.Fatalf("cost %v became %v", m.Cost(src, dst), again.Cost(s, d))
				}
			}
		}
		if _, err := ParseCostMap(strings.NewReader(string(doc)), network, Limits{Bytes: 1 << 16}); err != nil {
			t.Fatalf("parses without a network map, and not with one: %v", err)
		}
	})
}

func number(m *CostMap, name string) uint32 { return m.pids.number[name] }

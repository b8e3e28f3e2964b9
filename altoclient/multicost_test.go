package altoclient

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
)

var (
	routing = CostType{RoutingCost, Numerical}
	shoes   = CostType{"shoesize", Numerical}
	delay   = CostType{"delay-ow", Numerical}
)

func parseMultiCostMap(t testing.TB, doc string, network *NetworkMap) *MultiCostMap {
	t.Helper()
	m, err := ParseMultiCostMap(strings.NewReader(doc), network, nil, Limits{})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// multiDoc wraps members of meta and the value of cost-map.
func multiDoc(meta, costs string) string {
	return `{"meta":{"dependent-vtags":[{"resource-id":"map","tag":"1"}],` + meta + `},"cost-map":` + costs + `}`
}

const (
	twoTypes = `"cost-type":{},"multi-cost-types":[{"cost-mode":"numerical","cost-metric":"routingcost"},{"cost-mode":"numerical","cost-metric":"delay-ow"}]`
	oneType  = `"cost-type":{"cost-mode":"numerical","cost-metric":"routingcost"}`
	threeOf  = `"calendar-response-attributes":[{"calendar-start-time":"Mon, 01 Jul 2019 00:00:00 GMT","time-interval-size":3600,"number-of-intervals":3}]`
)

// costString writes a map as "a->b:1", undefined pairs left out.
func costString(m *CostMap) string {
	var b strings.Builder
	for src := range uint32(m.PIDs() + 1) {
		for dst := range uint32(m.PIDs() + 1) {
			if cost := m.Cost(src, dst); cost == cost {
				fmt.Fprintf(&b, " %s->%s:%g", m.Name(src), m.Name(dst), cost)
			}
		}
	}
	return strings.TrimPrefix(b.String(), " ")
}

// sortWords makes maps comparable that number their PIDs in different ways.
func sortWords(text string) string {
	words := strings.Fields(text)
	slices.Sort(words)
	return strings.Join(words, " ")
}

func TestMultiCostMapsOfRFC8189(t *testing.T) {
	for name, want := range map[string]map[CostType]string{
		"costmap-1": {
			routing: "PID1->PID1:1 PID1->PID2:4 PID1->PID3:10 PID2->PID1:15 PID2->PID2:1 PID3->PID1:20 PID3->PID3:1",
			shoes:   "PID1->PID1:0 PID1->PID2:3 PID1->PID3:2 PID2->PID1:5 PID2->PID2:0 PID2->PID3:9 PID3->PID1:12 PID3->PID2:1 PID3->PID3:0",
		},
		"costmap-2": {routing: "PID1->PID1:1 PID1->PID3:10 PID2->PID2:1", shoes: "PID1->PID1:0 PID1->PID3:5 PID2->PID2:0"},
		"costmap-3": {routing: "PID1->PID1:1 PID1->PID3:10 PID2->PID2:1 PID3->PID3:1"},
		"costmap-4": {
			routing:                    "PID1->PID1:1 PID1->PID3:10 PID2->PID2:1 PID3->PID3:1",
			{"sceneryrate", Numerical}: "PID1->PID1:16 PID1->PID3:19 PID2->PID2:8 PID3->PID3:19",
		},
	} {
		m := parseMultiCostMap(t, readTestdata(t, "rfc8189/"+name+".json"), nil)
		if len(m.Columns()) != len(want) {
			t.Errorf("%s has %d cost types, want %d", name, len(m.Columns()), len(want))
		}
		for costType, costs := range want {
			c, ok := m.Column(costType)
			if !ok {
				t.Fatalf("%s has no %v", name, costType)
			}
			// PIDs are numbered as they appear; sort by name where that differs.
			got := sortWords(costString(c.Slots[0]))
			if got != sortWords(costs) || len(c.Slots) != 1 {
				t.Errorf("%s: %v is %s, want %s", name, costType, got, costs)
			}
		}
	}
}

func TestMultiEndpointCostsOfRFC8189(t *testing.T) {
	m, err := ParseMultiEndpointCosts(strings.NewReader(readTestdata(t, "rfc8189/endpointcost.json")), nil, Limits{})
	if err != nil {
		t.Fatal(err)
	}
	c, _ := m.Column(shoes)
	from, to := m.Number("ipv6:2001:db8::1:0"), m.Number("ipv6:2001:db8::10")
	if got := c.Slots[0].Cost(from, to); got != 2 {
		t.Errorf("shoesize %v, want 2", got)
	}
}

func TestDirectoryOfRFC8189(t *testing.T) {
	dir := parseDirectory(t, "http://h/directory", readTestdata(t, "rfc8189/directory.json"))
	r, ok := dir.Resource("filtered-cost-map-extended")
	if !ok || r.MaxCostTypes != 3 || len(r.CostTypes) != 2 || len(r.TestableCostTypes) != 1 {
		t.Errorf("resource %+v", r)
	}
	// The example uses names that it does not define.
	if len(dir.Problems) != 4+0 {
		t.Errorf("%d problems, want one for each such name: %v", len(dir.Problems), dir.Problems)
	}
}

func TestPerformanceMetricsOfRFC9439(t *testing.T) {
	for metric, want := range map[string]float32{
		"delay-ow": 20, "delay-rt": 3, "delay-variation": 1, "lossrate": 0.01, "hopcount": 3, "tput": 128000,
		"bw-residual": 2000, "bw-available": 2000,
	} {
		doc := readTestdata(t, "rfc9439/"+metric+".json")
		m, err := ParseMultiEndpointCosts(strings.NewReader(doc), nil, Limits{})
		if err != nil {
			t.Errorf("%s: %v", metric, err)
			continue
		}
		c, ok := m.Column(CostType{metric, Numerical})
		got := c.Slots[0].Cost(m.Number("ipv4:192.0.2.2"), m.Number("ipv4:198.51.100.34"))
		if !ok || got != want {
			t.Errorf("%s is %v, want %v", metric, got, want)
		}
	}
	doc := readTestdata(t, "rfc9439/delay-ow-ipv6.json")
	if _, err := ParseMultiEndpointCosts(strings.NewReader(doc), nil, Limits{}); err != nil {
		t.Error(err)
	}
}

func TestMultiCostMapTakesTheNumbersOfTheNetworkMap(t *testing.T) {
	network := parseNetworkMap(t, networkMapDoc(`{"c":{},"a":{}}`))
	m := parseMultiCostMap(t, multiDoc(twoTypes, `{"a":{"c":[1,null],"x":[1,2]},"x":{"a":[3,4]}}`), network)
	routing, _ := m.Column(routing)
	delay, _ := m.Column(delay)
	if got := costString(routing.Slots[0]); got != "a->c:1" || routing.Slots[0].Cost(2, 1) != 1 {
		t.Errorf("routingcost %s", got)
	}
	if got := costString(delay.Slots[0]); got != "" || m.Dropped() != 2 {
		t.Errorf("delay-ow %s, %d dropped", got, m.Dropped())
	}
}

func TestMultiCostMapReadsMetaThatComesLast(t *testing.T) {
	doc := multiDoc(twoTypes, `{"a":{"b":[1,2]}}`)
	i := strings.Index(doc, `,"cost-map"`)
	late := `{` + doc[i+1:len(doc)-1] + `,` + doc[1:i] + `}`
	m := parseMultiCostMap(t, late, nil)
	if c, _ := m.Column(delay); costString(c.Slots[0]) != "a->b:2" {
		t.Errorf("costs %s", costString(c.Slots[0]))
	}
	_, err := ParseMultiCostMap(strings.NewReader(strings.Replace(late, "[1,2]", `[1,"2"]`, 1)), nil, nil, Limits{})
	wantParseError(t, err, "/cost-map/a/b/1", "want a number")
}

func TestMultiCostMapRefuses(t *testing.T) {
	good := multiDoc(twoTypes, `{"a":{"a":[1,2]}}`)
	cell := func(cost string) string { return multiDoc(twoTypes, `{"a":{"b":`+cost+`}}`) }
	for _, tt := range []struct{ name, doc, path, text string }{
		{"a number for two costs", cell("1"), "/cost-map/a/b", "want an array of costs"},
		{"one cost of two", cell("[1]"), "/cost-map/a/b/0", "want 2 costs, have 1"},
		{"three costs of two", cell("[1,2,3]"), "/cost-map/a/b/2", "want 2 costs, have more"},
		{"a string", cell(`[1,"2"]`), "/cost-map/a/b/1", "want a number, have string"},
		{"an array", cell(`[1,[2]]`), "/cost-map/a/b/1", "want a number"},
		{"too large a cost", cell(`[1,1e39]`), "/cost-map/a/b/1", "out of range"},
		{"null for all", cell(`null`), "/cost-map/a/b", "want an array of costs"},
		{"an array for one cost", multiDoc(oneType, `{"a":{"b":[1]}}`), "/cost-map/a/b", "want a number, have"},
		{"a cost type twice", strings.Replace(good, "delay-ow", "routingcost", 1), "/meta/multi-cost-types/1", "twice"},
		{"an unknown mode", strings.Replace(good, `numerical","cost-metric":"delay-ow`, `string","cost-metric":"delay-ow`, 1), "/meta/multi-cost-types/1/cost-mode", "numerical or ordinal"},
		{"a bad rank", strings.Replace(cell("[1,0.5]"), `numerical","cost-metric":"delay-ow`, `ordinal","cost-metric":"delay-ow`, 1), "/cost-map/a/b", "whole number"},
		{"no cost types", strings.Replace(good, "multi-cost-types", "multi", 1), "/meta/cost-type", "missing"},
		{"an empty list of cost types", multiDoc(`"multi-cost-types":[]`, `{}`), "/meta/multi-cost-types", "at least one"},
		{"no meta", `{"cost-map":{}}`, "/meta", "missing"},
		{"no costs", multiDoc(oneType, `{}`)[:strings.Index(multiDoc(oneType, `{}`), `,"cost-map"`)] + "}", "/cost-map", "missing"},
		{"no version tag", strings.Replace(good, "dependent-vtags", "tags", 1), "/meta/dependent-vtags", "missing"},
		{"a destination twice", multiDoc(oneType, `{"a":{"b":null,"b":1}}`), "/cost-map/a/b", "duplicate"},
		{"a source twice", multiDoc(oneType, `{"a":{},"a":{}}`), "/cost-map/a", "duplicate"},
		{"half a document", good[:len(good)-3], "/cost-map/a", "EOF"},
		{"two documents", good + good, "", "more than one"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m, err := ParseMultiCostMap(strings.NewReader(tt.doc), nil, nil, Limits{})
			wantParseError(t, err, tt.path, tt.text)
			if m != nil {
				t.Error("a map comes with the error")
			}
		})
	}
}

func TestMultiCostMapObeysLimits(t *testing.T) {
	doc := multiDoc(twoTypes, `{"a":{"a":[1,1],"b":[1,1]}}`)
	network := parseNetworkMap(t, networkMapDoc(`{"a":{},"b":{}}`))
	// Two rows of three cells, and the headers of three rows for each cost type.
	const need = 2*3 + 2*3*rowHeader
	if _, err := ParseMultiCostMap(strings.NewReader(doc), network, nil, Limits{Pairs: need}); err != nil {
		t.Errorf("just within the limits: %v", err)
	}
	for name, limits := range map[string]Limits{"pairs": {Pairs: need - 1}, "PIDs": {PIDs: 1}, "bytes": {Bytes: 100}} {
		if _, err := ParseMultiCostMap(strings.NewReader(doc), nil, nil, limits); !errors.Is(err, ErrTooLarge) && name != "pairs" {
			t.Errorf("limit of %s: %v, want ErrTooLarge", name, err)
		}
	}
	if _, err := ParseMultiCostMap(strings.NewReader(doc), network, nil, Limits{Pairs: need - 1}); !errors.Is(err, ErrTooLarge) {
		t.Errorf("limit of pairs: %v, want ErrTooLarge", err)
	}
	many := strings.Replace(multiDoc(oneType+","+threeOf, `{}`), `intervals":3`, `intervals":9999999`, 1)
	if _, err := ParseMultiCostMap(strings.NewReader(many), nil, nil, Limits{}); !errors.Is(err, ErrTooLarge) {
		t.Errorf("a calendar of many intervals: %v, want ErrTooLarge", err)
	}
}

// asNetwork returns a network map of the PIDs of m.
func asNetwork(m *CostMap) *NetworkMap {
	return &NetworkMap{vtag: m.network, names: m.pids.names}
}

func FuzzParseMultiCostMap(f *testing.F) {
	for _, name := range []string{"rfc8189/costmap-1", "rfc8189/costmap-3", "rfc8896/costmap"} {
		f.Add([]byte(readTestdata(f, name+".json")))
	}
	f.Add([]byte(multiDoc(twoTypes+","+threeOf, `{"a":{"b":[[1,2,3],null],"c":[null,[1,null,2]]}}`)))
	network := parseNetworkMap(f, networkMapDoc(`{"PID2":{},"a":{}}`))
	f.Fuzz(func(t *testing.T, doc []byte) {
		limits := Limits{Bytes: 1 << 16, Pairs: 1 << 16}
		m, err := ParseMultiCostMap(strings.NewReader(string(doc)), nil, nil, limits)
		if err != nil {
			return
		}
		for _, c := range m.Columns() {
			if len(c.Slots) != max(1, c.Calendar.Intervals) {
				t.Fatalf("%d slots for %d intervals", len(c.Slots), c.Calendar.Intervals)
			}
			for _, slot := range c.Slots {
				if again := slot.renumbered(asNetwork(slot)); !again.sameContent(slot) {
					t.Fatal("costs differ once their PIDs are numbered anew")
				}
			}
		}
		if _, err := ParseMultiCostMap(strings.NewReader(string(doc)), network, nil, Limits{Bytes: 1 << 16}); err != nil && !errors.Is(err, ErrTooLarge) {
			t.Fatalf("parses without a network map, and not with one: %v", err)
		}
	})
}

func FuzzParseMultiEndpointCosts(f *testing.F) {
	f.Add([]byte(readTestdata(f, "rfc8189/endpointcost.json")))
	f.Add([]byte(readTestdata(f, "rfc8896/endpointcost-1.json")))
	f.Fuzz(func(t *testing.T, doc []byte) {
		names := map[string]CostType{"num-routingcost": routing, "num-owdelay": {"owdelay", Numerical}}
		m, err := ParseMultiEndpointCosts(strings.NewReader(string(doc)), names, Limits{Bytes: 1 << 16, Pairs: 1 << 16})
		if err != nil {
			return
		}
		for _, c := range m.Columns() {
			for _, slot := range c.Slots {
				if slot.PIDs() != m.PIDs() || len(slot.rows) != m.PIDs()+1 {
					t.Fatalf("%d rows of %d endpoints", len(slot.rows), m.PIDs())
				}
			}
		}
	})
}

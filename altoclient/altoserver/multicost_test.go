package altoserver

import (
	"net/http"
	"net/netip"
	"strings"
	"testing"

	"github.com/altracker/altracker/altoclient"
)

const (
	costFilter = "Content-Type: " + altoclient.MediaTypeCostMapFilter
	delayDoc   = `{"meta":{"cost-type":{"cost-mode":"numerical","cost-metric":"delay-ow"}},"cost-map":{"a":{"a":100,"b":200},"world":{"a":5}}}`
)

// typed writes cost types as a JSON array, from names such as num-routingcost.
func typed(names ...string) string {
	var list []string
	for _, name := range names {
		mode, metric, _ := strings.Cut(name, "-")
		list = append(list, `{"cost-mode":"`+longMode(mode)+`","cost-metric":"`+metric+`"}`)
	}
	return "[" + strings.Join(list, ",") + "]"
}

func TestServerFiltersSeveralCostTypesAtOnce(t *testing.T) {
	s := New(contentOf(t, networkDoc, costsDoc, ranksDoc, delayDoc), Config{})
	const vtags = `{"meta":{"dependent-vtags":[{"resource-id":"lab","tag":"1"}],"cost-type":`
	two := typed("num-routingcost", "num-delay-ow")
	head := vtags + `{},"multi-cost-types":` + two + `},"cost-map":`
	for _, tt := range []struct{ name, body, want string }{
		{"all", `{"multi-cost-types":` + two + `}`,
			head + `{"a":{"a":[1,100],"b":[0.1,200],"world":[9,null]},"b":{"a":[5,null],"b":[1,null]},"world":{"a":[null,5]}}}`},
		{"some PIDs", `{"multi-cost-types":` + two + `,"pids":{"srcs":["world","b"],"dsts":["a","a"]}}`,
			head + `{"world":{"a":[null,5]},"b":{"a":[5,null]}}}`},
		{"one, as an array", `{"multi-cost-types":` + typed("ord-routingcost") + `}`,
			vtags + `{},"multi-cost-types":` + typed("ord-routingcost") + `},"cost-map":{"a":{"b":[2]}}}`},
		{"one, as RFC 7285 has it", `{"cost-type":` + strings.Trim(typed("num-delay-ow"), "[]") + `}`,
			vtags + strings.Trim(typed("num-delay-ow"), "[]") + `},"cost-map":{"a":{"a":100,"b":200},"world":{"a":5}}}`},
		{"constraints without indexes", `{"multi-cost-types":` + two + `,"constraints":["ge 1","lt 9"]}`,
			head + `{"a":{"a":[1,100]},"b":{"a":[5,null],"b":[1,null]}}}`},
		{"constraints with indexes", `{"multi-cost-types":` + two + `,"constraints":["[0]  le 1","[1]\tge 200"]}`,
			head + `{"a":{"b":[0.1,200]}}}`},
		{"constraints on undefined costs", `{"multi-cost-types":` + two + `,"constraints":["[1] ge 0"]}`,
			head + `{"a":{"a":[1,100],"b":[0.1,200]},"world":{"a":[null,5]}}}`},
		{"groups of constraints", `{"multi-cost-types":` + two + `,"or-constraints":[["[0] eq 9"],["[1] le 5"],["[0] eq 5","[1] ge 0"]]}`,
			head + `{"a":{"world":[9,null]},"world":{"a":[null,5]}}}`},
		{"constraints on another type", `{"cost-type":` + strings.Trim(typed("num-delay-ow"), "[]") + `,"testable-cost-types":` + typed("ord-routingcost", "num-routingcost") + `,"constraints":["[1] lt 1"]}`,
			vtags + strings.Trim(typed("num-delay-ow"), "[]") + `},"cost-map":{"a":{"b":200}}}`},
		{"nothing is left", `{"multi-cost-types":` + two + `,"constraints":["lt 0"]}`, head + `{}}`},
		{"no constraints", `{"multi-cost-types":` + two + `,"constraints":[],"pids":{"srcs":["b"],"dsts":[]}}`, head + `{"b":{"a":[5,null],"b":[1,null]}}}`},
	} {
		r := ask(s, "POST", "/costmap/multi/filtered", tt.body, costFilter)
		if got := text(t, r); r.StatusCode != http.StatusOK || got != tt.want || r.Header.Get("Content-Type") != altoclient.MediaTypeCostMap {
			t.Errorf("%s: %s %s\nwant %s", tt.name, r.Status, got, tt.want)
		}
	}
}

func TestServerExplainsBadMultiCostRequests(t *testing.T) {
	content := contentOf(t, networkDoc, costsDoc, delayDoc)
	s := New(content, Config{})
	one := `"cost-type":` + strings.Trim(typed("num-routingcost"), "[]")
	two := `"multi-cost-types":` + typed("num-routingcost", "num-delay-ow")
	const multi, single, endpoints = "/costmap/multi/filtered", "/costmap/num/routingcost/filtered", "/endpointcost"
	many := strings.TrimSuffix(strings.Repeat(`"ge 1",`, maxTests), ",")
	for _, tt := range []struct{ name, path, body, want string }{
		{"no cost type", multi, `{}`, "E_MISSING_FIELD, field cost-type"},
		{"both", multi, `{` + one + `,` + two + `}`, "E_INVALID_FIELD_VALUE, field multi-cost-types"},
		{"an empty list", multi, `{"multi-cost-types":[]}`, "E_INVALID_FIELD_VALUE, field multi-cost-types, value []"},
		{"no list", multi, `{"multi-cost-types":{}}`, "E_INVALID_FIELD_TYPE, field multi-cost-types"},
		{"no mode", multi, `{"multi-cost-types":[{"cost-metric":"routingcost"}]}`, "E_MISSING_FIELD, field multi-cost-types/cost-mode"},
		{"an unknown metric", multi, `{"multi-cost-types":` + typed("num-routingcost", "num-shoesize") + `}`, "E_INVALID_FIELD_VALUE, field multi-cost-types/cost-metric, value shoesize"},
		{"an unknown mode", multi, `{"multi-cost-types":` + typed("num-routingcost", "ord-routingcost") + `}`, "E_INVALID_FIELD_VALUE, field multi-cost-types/cost-mode, value ordinal"},
		{"a type twice", multi, `{"multi-cost-types":` + typed("num-routingcost", "num-routingcost") + `}`, "E_INVALID_FIELD_VALUE, field multi-cost-types, value routingcost/numerical"},
		{"a number for a type", multi, `{"multi-cost-types":[7]}`, "E_INVALID_FIELD_VALUE, field multi-cost-types, value 7"},
		{"nothing to test", multi, `{` + one + `,"testable-cost-types":[]}`, "E_INVALID_FIELD_VALUE, field testable-cost-types, value []"},
		{"an unknown type to test", multi, `{` + one + `,"testable-cost-types":` + typed("num-shoesize") + `}`, "E_INVALID_FIELD_VALUE, field testable-cost-types/cost-metric, value shoesize"},
		{"both kinds of constraints", multi, `{` + two + `,"constraints":["ge 1"],"or-constraints":[["ge 1"]]}`, "E_INVALID_FIELD_VALUE, field or-constraints"},
		{"an index too large", multi, `{` + two + `,"constraints":["[2] ge 1"]}`, "E_INVALID_FIELD_VALUE, field constraints, value [2] ge 1"},
		{"an index of one cost type", multi, `{` + one + `,"constraints":["[1] ge 1"]}`, "E_INVALID_FIELD_VALUE, field constraints, value [1] ge 1"},
		{"no number for an index", multi, `{` + two + `,"constraints":["[x] ge 1"]}`, "E_INVALID_FIELD_VALUE, field constraints, value [x] ge 1"},
		{"a negative index", multi, `{` + two + `,"constraints":["[-1] ge 1"]}`, "E_INVALID_FIELD_VALUE, field constraints, value [-1] ge 1"},
		{"an index without space", multi, `{` + two + `,"constraints":["[0]ge 1"]}`, "E_INVALID_FIELD_VALUE, field constraints, value [0]ge 1"},
		{"half an index", multi, `{` + two + `,"constraints":["[0 ge 1"]}`, "E_INVALID_FIELD_VALUE, field constraints, value [0 ge 1"},
		{"no groups", multi, `{` + two + `,"or-constraints":[]}`, "E_INVALID_FIELD_VALUE, field or-constraints, value []"},
		{"an empty group", multi, `{` + two + `,"or-constraints":[["ge 1"],[]]}`, "E_INVALID_FIELD_VALUE, field or-constraints, value []"},
		{"a bad constraint in a group", multi, `{` + two + `,"or-constraints":[["[1] about 1"]]}`, "E_INVALID_FIELD_VALUE, field or-constraints, value [1] about 1"},
		{"a number for a constraint", multi, `{` + two + `,"or-constraints":[["ge 1",7]]}`, "E_INVALID_FIELD_VALUE, field or-constraints, value 7"},
		{"a string for a group", multi, `{` + two + `,"or-constraints":["ge 1"]}`, `E_INVALID_FIELD_VALUE, field or-constraints, value "ge 1"`},
		{"a string for groups", multi, `{` + two + `,"or-constraints":"ge 1"}`, "E_INVALID_FIELD_TYPE, field or-constraints"},
		{"too many constraints", multi, `{` + two + `,"constraints":[` + many + `,"[1] ge 2"]}`, "E_INVALID_FIELD_VALUE, field constraints, value [1] ge 2"},
		{"several types of one that has one", single, `{` + two + `}`, "E_MISSING_FIELD, field cost-type"},
		{"an index where there is one type", single, `{` + one + `,"constraints":["[0] ge 1"]}`, "E_INVALID_FIELD_VALUE, field constraints, value [0] ge 1"},
		{"endpoints, both", endpoints, `{` + one + `,` + two + `}`, "E_INVALID_FIELD_VALUE, field multi-cost-types"},
		{"endpoints, none of them", endpoints, `{` + two + `}`, "E_MISSING_FIELD, field endpoints"},
		{"endpoints, a bad constraint", endpoints, `{` + two + `,"or-constraints":[["[7] ge 1"]],"endpoints":{"srcs":["ipv4:10.0.0.1"]}}`, "E_INVALID_FIELD_VALUE, field or-constraints, value [7] ge 1"},
	} {
		header := costFilter
		if tt.path == endpoints {
			header = "Content-Type: " + altoclient.MediaTypeEndpointCostsParams
		}
		wantFault(t, tt.name, ask(s, "POST", tt.path, tt.body, header), tt.want)
	}
	for _, path := range []string{multi, "/maps/none/costmap/multi/filtered"} {
		if r := ask(New(contentOf(t, networkDoc, costsDoc), Config{}), "POST", path, `{}`, costFilter); r.StatusCode != http.StatusNotFound {
			t.Errorf("%s of one cost type: %s", path, r.Status)
		}
	}
	if r := ask(s, "GET", multi, ""); r.StatusCode != http.StatusMethodNotAllowed || r.Header.Get("Allow") != "POST" {
		t.Errorf("GET: %s, allowed %s", r.Status, r.Header.Get("Allow"))
	}
}

// wantFault wants an error document that begins so.
func wantFault(t *testing.T, name string, r *http.Response, want string) {
	t.Helper()
	doc, err := altoclient.ParseErrorDocument(r.Body)
	if r.StatusCode != http.StatusBadRequest || r.Header.Get("Content-Type") != altoclient.MediaTypeError ||
		err != nil || !strings.HasPrefix(doc.String()+",", want+",") {
		t.Errorf("%s: %s, %v, %v; want %s", name, r.Status, doc, err, want)
	}
}

func TestServerKnowsSeveralCostsBetweenEndpoints(t *testing.T) {
	content := contentOf(t, networkDoc, costsDoc, delayDoc)
	s := New(content, Config{})
	types := typed("num-delay-ow", "ord-routingcost", "num-routingcost")
	// Of four pairs one has no cost, and the lowest two of the others are one rank.
	r := ask(s, "POST", "/endpointcost", `{"cost-type":{},"multi-cost-types":`+types+`,"endpoints":{
		"srcs":["ipv4:10.1.0.1","ipv4:10.2.0.1"],"dsts":["ipv4:10.1.0.1","ipv4:9.9.9.9"]}}`, "Content-Type: "+altoclient.MediaTypeEndpointCostsParams)
	want := `{"meta":{"multi-cost-types":` + types + `},"endpoint-cost-map":{"ipv4:10.1.0.1":{"ipv4:10.1.0.1":[100,1,1],"ipv4:9.9.9.9":[null,3,9]},` +
		`"ipv4:10.2.0.1":{"ipv4:10.1.0.1":[null,2,5]}}}`
	if got := text(t, r); got != want {
		t.Errorf("%s %s\nwant %s", r.Status, got, want)
	}
	r = ask(s, "POST", "/endpointcost", `{"multi-cost-types":`+typed("num-delay-ow")+`,"testable-cost-types":`+typed("ord-routingcost")+`,"constraints":["le 1"],
		"endpoints":{"srcs":["ipv4:10.1.0.1"],"dsts":["ipv4:10.1.0.1","ipv4:10.2.0.1"]}}`, "Content-Type: "+altoclient.MediaTypeEndpointCostsParams)
	if got := text(t, r); !strings.HasSuffix(got, `{"ipv4:10.1.0.1":{"ipv4:10.2.0.1":[200]}}}`) {
		t.Errorf("of the first rank: %s %s", r.Status, got)
	}
	few := New(content, Config{MaxPairs: 5})
	r = ask(few, "POST", "/endpointcost", `{"multi-cost-types":`+types+`,"endpoints":{"srcs":["ipv4:10.1.0.1"],"dsts":["ipv4:10.1.0.1","ipv4:10.2.0.1"]}}`,
		"Content-Type: "+altoclient.MediaTypeEndpointCostsParams)
	if r.StatusCode != http.StatusRequestEntityTooLarge {
		t.Errorf("six costs of five: %s", r.Status)
	}
}

// TestClientAsksForSeveralCostsOfEndpoints has a client ask a server.
func TestClientAsksForSeveralCostsOfEndpoints(t *testing.T) {
	client, dir := visit(t, contentOf(t, networkDoc, costsDoc, delayDoc))
	types := []altoclient.CostType{{Metric: "delay-ow", Mode: altoclient.Numerical}, {Metric: altoclient.RoutingCost, Mode: altoclient.Numerical}}
	r, ok := dir.MultiEndpointCosts(types)
	if !ok || r.MaxCostTypes != 4 {
		t.Fatalf("%+v, %t", r, ok)
	}
	query := altoclient.MultiEndpointCostQuery{
		Costs: altoclient.MultiCostFilter{CostTypes: types},
		Srcs:  []netip.Addr{netip.MustParseAddr("10.1.0.1")},
		Dsts:  []netip.Addr{netip.MustParseAddr("10.2.0.1"), netip.MustParseAddr("2001:db8:9::1")},
	}
	m, err := client.MultiEndpointCosts(t.Context(), r, query)
	if err != nil {
		t.Fatal(err)
	}
	from := m.Number("ipv4:10.1.0.1")
	delay, _ := m.Column(types[0])
	cost, _ := m.Column(types[1])
	if got := cost.Slots[0].Cost(from, m.Number("ipv6:2001:db8:9::1")); got != 9 {
		t.Errorf("cost %v, want 9", got)
	}
	if got := delay.Slots[0].Cost(from, m.Number("ipv4:10.2.0.1")); got != 200 {
		t.Errorf("delay %v, want 200", got)
	}
	for name, bad := range map[string]func(*altoclient.MultiEndpointCostQuery){
		"no sources":      func(q *altoclient.MultiEndpointCostQuery) { q.Srcs = nil },
		"no destinations": func(q *altoclient.MultiEndpointCostQuery) { q.Dsts = nil },
		"PIDs":            func(q *altoclient.MultiEndpointCostQuery) { q.Costs.Srcs = []string{"a"} },
		"no cost type":    func(q *altoclient.MultiEndpointCostQuery) { q.Costs.CostTypes = nil },
	} {
		q := query
		bad(&q)
		if _, err := client.MultiEndpointCosts(t.Context(), r, q); err == nil {
			t.Errorf("%s: passes", name)
		}
	}
	other, _ := dir.Resource("endpoint-property")
	if _, err := client.MultiEndpointCosts(t.Context(), other, query); err == nil {
		t.Error("another service passes")
	}
}

func TestDirectoryOffersSeveralCostTypesWhereThereAreSome(t *testing.T) {
	coarse := `{"meta":{"vtag":{"resource-id":"coarse","tag":"7"}},"network-map":{"x":{"ipv4":["10.0.0.0/8"]}}}`
	content, err := contentOf(t, networkDoc, costsDoc).With([]byte(coarse),
		[]byte(`{"meta":{"multi-cost-types":`+typed("num-routingcost", "num-hopcount")+`},"cost-map":{"x":{"x":[1,2]}}}`))
	if err != nil {
		t.Fatal(err)
	}
	client, dir := visit(t, content)
	types := []altoclient.CostType{{Metric: "hopcount", Mode: altoclient.Numerical}, {Metric: altoclient.RoutingCost, Mode: altoclient.Numerical}}
	if r, ok := dir.MultiCostMap("lab", types); ok {
		t.Errorf("%s offers several cost types, and there is one", r.ID)
	}
	r, ok := dir.MultiCostMap("coarse", types)
	if !ok {
		t.Fatal("nothing offers several cost types")
	}
	m, err := client.MultiCostMap(t.Context(), r, altoclient.MultiCostFilter{CostTypes: types}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if c, _ := m.Column(types[0]); c.Slots[0].Cost(1, 1) != 2 {
		t.Errorf("hopcount %v", c.Slots[0].Cost(1, 1))
	}
}

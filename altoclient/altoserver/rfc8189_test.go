package altoserver

import (
	"strings"
	"testing"

	"github.com/altracker/altracker/altoclient"
)

// threePIDs has the PIDs of the examples of RFC 8189 and RFC 8896.
const threePIDs = `{"meta":{"vtag":{"resource-id":"my-default-network-map","tag":"3ee2cb7e8d63d9fab71b9b34cbf764436315542e"}},"network-map":{
	"PID1":{"ipv4":["192.0.2.0/24"]},"PID2":{"ipv4":["198.51.100.0/24"]},"PID3":{"ipv4":["0.0.0.0/0"]}}}`

// hosts has each address of the examples of endpoint costs in a PID of its own.
const hosts = `{"meta":{"vtag":{"resource-id":"hosts","tag":"1"}},"network-map":{
	"a":{"ipv4":["192.0.2.2/32"]},"b":{"ipv6":["2001:db8::1:0/128"]},"c":{"ipv4":["192.0.2.89/32"]},
	"d":{"ipv4":["198.51.100.34/32"]},"e":{"ipv4":["203.0.113.45/32"]},"f":{"ipv6":["2001:db8::10/128"]}}}`

// hostCosts makes a cost map of an example of endpoint costs.
func hostCosts(t *testing.T, name string) string {
	return example(t, name, `"ipv4:192.0.2.2"`, `"a"`, `"ipv6:2001:db8::1:0"`, `"b"`, `"ipv4:192.0.2.89"`, `"c"`,
		`"ipv4:198.51.100.34"`, `"d"`, `"ipv4:203.0.113.45"`, `"e"`, `"ipv6:2001:db8::10"`, `"f"`, `"endpoint-cost-map"`, `"cost-map"`)
}

// scenery is what the fourth example has besides the first one's costs.
const scenery = `{"meta":{"cost-type":{"cost-mode":"numerical","cost-metric":"sceneryrate"}},"cost-map":{
	"PID1":{"PID1":16,"PID2":7,"PID3":19},"PID2":{"PID2":8},"PID3":{"PID3":19}}}`

func TestServerGivesTheAnswersOfRFC8189(t *testing.T) {
	costs := example(t, "rfc8189/costmap-1.json")
	// The second example shows other costs than the first one.
	other := strings.Replace(costs, "[10,2]", "[10,5]", 1)
	for _, tt := range []struct {
		name  string
		costs []string
		n     string
	}{
		{"multi-cost", []string{costs}, "1"},
		{"or-constraints", []string{other}, "2"},
		{"testable-cost-types, one cost type", []string{costs}, "3"},
		{"testable-cost-types, two cost types", []string{costs, scenery}, "4"},
	} {
		s := New(contentOf(t, threePIDs, tt.costs...), Config{})
		r := ask(s, "POST", "/costmap/multi/filtered", example(t, "rfc8189/costmap-request-"+tt.n+".json"),
			"Content-Type: "+altoclient.MediaTypeCostMapFilter)
		wantJSON(t, tt.name, r, example(t, "rfc8189/costmap-"+tt.n+".json"))
	}
	// The costs of the last example do not pass its own constraints, but for those
	// between the IPv6 addresses.
	s := New(contentOf(t, hosts, hostCosts(t, "rfc8189/endpointcost.json")), Config{})
	question := example(t, "rfc8189/endpointcost-request.json")
	r := ask(s, "POST", "/endpointcost", strings.Replace(question, "or-constraints", "no-constraints", 1),
		"Content-Type: "+altoclient.MediaTypeEndpointCostsParams)
	wantJSON(t, "endpoints", r, example(t, "rfc8189/endpointcost.json"))
	r = ask(s, "POST", "/endpointcost", question, "Content-Type: "+altoclient.MediaTypeEndpointCostsParams)
	wantJSON(t, "endpoints, constrained", r, `{"meta":{"multi-cost-types":[{"cost-mode":"numerical","cost-metric":"routingcost"},
		{"cost-mode":"numerical","cost-metric":"shoesize"}]},"endpoint-cost-map":{"ipv6:2001:db8::1:0":{"ipv6:2001:db8::10":[10,2]}}}`)
}

// TestClientUnderstandsTheAnswersOfRFC8189 has the client ask what the examples
// ask.
func TestClientUnderstandsTheAnswersOfRFC8189(t *testing.T) {
	client, dir := visit(t, contentOf(t, threePIDs, example(t, "rfc8189/costmap-1.json"), scenery))
	routing := altoclient.CostType{Metric: altoclient.RoutingCost, Mode: altoclient.Numerical}
	shoes := altoclient.CostType{Metric: "shoesize", Mode: altoclient.Numerical}
	view := altoclient.CostType{Metric: "sceneryrate", Mode: altoclient.Numerical}
	r, ok := dir.MultiCostMap("my-default-network-map", []altoclient.CostType{routing, shoes, view})
	if !ok || r.MaxCostTypes != 3 || !r.CostConstraints || len(r.TestableCostTypes) > 0 {
		t.Fatalf("resource %+v, %t", r, ok)
	}
	m, err := client.MultiCostMap(t.Context(), r, altoclient.MultiCostFilter{
		CostTypes: []altoclient.CostType{routing, view}, Testable: []altoclient.CostType{routing, shoes},
		OrConstraints: [][]string{{"[0] le 10", "[1] le 2"}, {"[0] le 3", "[1] le 6"}},
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	one, three := m.Number("PID1"), m.Number("PID3")
	cost, _ := m.Column(routing)
	rate, _ := m.Column(view)
	if cost.Slots[0].Cost(one, three) != 10 || rate.Slots[0].Cost(one, three) != 19 || m.Number("PID2") == 0 ||
		rate.Slots[0].Cost(one, m.Number("PID2")) == 7 {
		t.Errorf("%v and %v", cost.Slots[0].Cost(one, three), rate.Slots[0].Cost(one, three))
	}
	full, ok := dir.CostMap("my-default-network-map", "shoesize")
	if !ok {
		t.Fatal("no full map of a cost type that shares its file with another")
	}
	single, err := client.CostMap(t.Context(), full.URI, nil)
	if err != nil || single.CostType() != shoes {
		t.Fatal(err)
	}
}

package altoclient

import (
	"net/netip"
	"os"
	"path"
	"strings"
	"testing"

	"github.com/go-json-experiment/json/jsontext"
)

// question is a body of a POST.
type question interface{ AppendJSON([]byte) []byte }

// TestQuestionsOfTheExtensions asks what the examples of RFC 8189, RFC 8896 and RFC
// 9240 ask; what is sent must mean the same.
func TestQuestionsOfTheExtensions(t *testing.T) {
	scenery, throughput, oneWay := CostType{"sceneryrate", Numerical}, CostType{"throughputrating", Numerical}, CostType{"owdelay", Numerical}
	near := [][]string{{"[0] le 10", "[1] le 2"}, {"[0] le 3", "[1] le 6"}}
	srcs := []netip.Addr{netip.MustParseAddr("192.0.2.2")}
	dsts := []netip.Addr{
		netip.MustParseAddr("192.0.2.89"), netip.MustParseAddr("198.51.100.34"), netip.MustParseAddr("203.0.113.45"), netip.MustParseAddr("2001:db8::10"),
	}
	examples := map[string]question{
		"rfc8189/costmap-request-1.json": MultiCostFilter{CostTypes: []CostType{routing, shoes}},
		"rfc8189/costmap-request-2.json": MultiCostFilter{
			CostTypes: []CostType{routing, shoes}, OrConstraints: [][]string{{"[0] ge 5", "[0] le 10"}, {"[1] eq 0"}},
			Srcs: []string{"PID1", "PID2"}, Dsts: []string{"PID1", "PID2", "PID3"},
		},
		"rfc8189/costmap-request-3.json": MultiCostFilter{CostTypes: []CostType{routing}, Testable: []CostType{routing, shoes}, OrConstraints: near},
		"rfc8189/costmap-request-4.json": MultiCostFilter{CostTypes: []CostType{routing, scenery}, Testable: []CostType{routing, shoes}, OrConstraints: near},
		"rfc8189/endpointcost-request.json": MultiEndpointCostQuery{
			Costs: MultiCostFilter{CostTypes: []CostType{routing, shoes}, OrConstraints: near},
			Srcs:  append(srcs, netip.MustParseAddr("2001:db8::1:0")), Dsts: dsts,
		},
		"rfc8896/costmap-request.json": MultiCostFilter{
			CostTypes: []CostType{throughput}, Calendared: []bool{true}, Srcs: []string{"PID1", "PID2"}, Dsts: []string{"PID1", "PID2", "PID3"},
		},
		"rfc8896/endpointcost-request-1.json": MultiEndpointCostQuery{
			Costs: MultiCostFilter{CostTypes: []CostType{routing}, Calendared: []bool{true}}, Srcs: srcs, Dsts: dsts,
		},
		"rfc8896/endpointcost-request-2.json": MultiEndpointCostQuery{
			Costs: MultiCostFilter{CostTypes: []CostType{routing, oneWay}, Calendared: []bool{true, true}}, Srcs: srcs, Dsts: dsts,
		},
		"rfc9240/propmap-request-1.json": PropertyFilter{
			Entities: []string{"ipv4:192.0.2.0", "ipv4:192.0.2.1", "ipv4:192.0.2.17"}, Properties: []string{".ISP", ".ASN", ".state"},
		},
		"rfc9240/propmap-request-2.json": PropertyFilter{
			Entities: []string{"ipv4:192.0.2.0/26", "ipv4:192.0.3.0/26", "ipv4:192.0.4.0/26"}, Properties: []string{".ASN", ".countrycode", ".state"},
		},
		"rfc9240/propmap-request-3.json": PropertyFilter{
			Entities: []string{"ipv4:192.0.2.128", "ipv4:192.0.2.0/27", "ipv4:192.0.3.0/27"}, Properties: []string{"default-network-map.pid", "alt-network-map.pid"},
		},
		"rfc9240/propmap-request-4.json": PropertyFilter{
			Entities: []string{"default-network-map.pid:pid1", "default-network-map.pid:pid2"}, Properties: []string{".region"},
		},
		"rfc9240/propmap-request-5.json": PropertyFilter{
			Entities: []string{".ane:dc21", ".ane:dc45-srv9", ".ane:dc6-srvcluster8"}, Properties: []string{"storage-capacity", "cpu"},
		},
	}
	// What the examples have and need not: empty lists of PIDs, and an empty cost type.
	spare := strings.NewReplacer(`,"pids":{"dsts":[],"srcs":[]}`, "", `"cost-type":{},`, "")
	meaning := func(doc string) string {
		v := jsontext.Value(doc)
		if err := v.Canonicalize(); err != nil {
			t.Fatalf("%v: %s", err, doc)
		}
		return spare.Replace(string(v))
	}
	for _, folder := range []string{"rfc8189", "rfc8896", "rfc9240"} {
		files, err := os.ReadDir(path.Join("testdata", folder))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			name := path.Join(folder, file.Name())
			if !strings.Contains(name, "request") {
				continue
			}
			q, ok := examples[name]
			if !ok {
				t.Errorf("nothing asks %s", name)
				continue
			}
			if got, want := meaning(string(q.AppendJSON(nil))), meaning(readTestdata(t, name)); got != want {
				t.Errorf("%s: %s\nwant %s", name, got, want)
			}
		}
	}
}

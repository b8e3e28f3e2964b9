package altoserver

import (
	"strings"
	"testing"

	"github.com/altracker/altracker/altoclient"
)

// TestServerGivesTheAnswersOfRFC7285 asks what the examples ask. They are not of
// one server: each has a version tag of its own, some another topology. So each
// is asked of a server that has what it shows.
func TestServerGivesTheAnswersOfRFC7285(t *testing.T) {
	network, costs := example(t, "rfc7285/networkmap.json"), example(t, "rfc7285/costmap.json")
	const (
		networkTag  = "da65eca2eb7a10ce8b059740b0b2e3f8eb1d4785"
		costTag     = "3ee2cb7e8d63d9fab71b9b34cbf764436315542e"
		filteredTag = "c0ce023b8678a7b9ec00324673b98e54656d1f6d"
		someTag     = "75ed013b3cb58f896e839582504f622838ce670f"
		propTag     = "7915dc0290c2705481c491a2b4ffbec482b3cf62"
	)
	retag := func(doc, from, to string) string { return strings.Replace(doc, from, to, 1) }
	near := `{"meta":{"cost-type":{"cost-mode":"numerical","cost-metric":"routingcost"}},"cost-map":{"PID1":{"PID1":0,"PID2":1,"PID3":2},"PID2":{"PID1":5}}}`
	ranked := `{"meta":{"cost-type":{"cost-mode":"numerical","cost-metric":"routingcost"}},"cost-map":{"PID3":{"PID3":1.5,"PID2":20,"PID1":70}}}`
	for _, tt := range []struct {
		name           string
		network, costs string
		path           string
		accepts        string // GET without
		ask, want      string
	}{
		{"11.2.1.7", network, retag(costs, costTag, networkTag), "/networkmap", "", "", network},
		{"11.2.3.7", retag(network, networkTag, costTag), costs, "/costmap/num/routingcost", "", "", costs},
		{"11.3.1.7", retag(network, networkTag, filteredTag), retag(costs, costTag, filteredTag),
			"/networkmap/filtered", altoclient.MediaTypeNetworkMapFilter, example(t, "rfc7285/networkmap-filtered-request.json"),
			// The prefixes of the example overlap; halves are meant, as in 11.2.1.7.
			example(t, "rfc7285/networkmap-filtered.json", "198.51.100.0/24", "198.51.100.0/25", "198.51.100.128/24", "198.51.100.128/25")},
		{"11.3.2.7", retag(network, networkTag, someTag), near,
			"/costmap/num/routingcost/filtered", altoclient.MediaTypeCostMapFilter, example(t, "rfc7285/costmap-filtered-request.json"),
			example(t, "rfc7285/costmap-filtered.json")},
		{"11.4.1.7", retag(network, networkTag, propTag), retag(costs, costTag, propTag),
			"/endpointprop", altoclient.MediaTypeEndpointPropertiesParams,
			// The example asks for one name and answers with another; there is no
			// private property here.
			example(t, "rfc7285/endpointprop-request.json", "my-default-networkmap.pid", "my-default-network-map.pid", ",\n                   \"priv:ietf-example-prop\"", ""),
			example(t, "rfc7285/endpointprop.json", ",\n                             \"priv:ietf-example-prop\": \"1\"", "")},
		{"11.5.1.7", example(t, "rfc7285/networkmap-longest.json"), ranked,
			"/endpointcost", altoclient.MediaTypeEndpointCostsParams, example(t, "rfc7285/endpointcost-request.json"),
			example(t, "rfc7285/endpointcost.json")},
	} {
		content := contentOf(t, tt.network, tt.costs)
		method := "GET"
		if tt.accepts != "" {
			method = "POST"
		}
		r := ask(New(content, Config{}), method, tt.path, tt.ask, "Content-Type: "+tt.accepts)
		wantJSON(t, tt.name, r, tt.want)
	}
}

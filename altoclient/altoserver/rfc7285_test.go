package altoserver

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/altracker/altracker/altoclient"
)

// example reads an example of RFC 7285, with replacements.
func example(t *testing.T, name string, replace ...string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("..", "testdata", "rfc7285", name))
	if err != nil {
		t.Fatal(err)
	}
	return strings.NewReplacer(replace...).Replace(string(b))
}

func canonical(t *testing.T, doc string) string {
	t.Helper()
	v := jsontext.Value(doc)
	if err := v.Canonicalize(); err != nil {
		t.Fatalf("%v: %s", err, doc)
	}
	return string(v)
}

// TestServerGivesTheAnswersOfRFC7285 asks what the examples ask. They are not of
// one server: each has a version tag of its own, some another topology. So each
// is asked of a server that has what it shows.
func TestServerGivesTheAnswersOfRFC7285(t *testing.T) {
	network, costs := example(t, "networkmap.json"), example(t, "costmap.json")
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
			"/networkmap/filtered", altoclient.MediaTypeNetworkMapFilter, example(t, "networkmap-filtered-request.json"),
			// The prefixes of the example overlap; halves are meant, as in 11.2.1.7.
			example(t, "networkmap-filtered.json", "198.51.100.0/24", "198.51.100.0/25", "198.51.100.128/24", "198.51.100.128/25")},
		{"11.3.2.7", retag(network, networkTag, someTag), near,
			"/costmap/num/routingcost/filtered", altoclient.MediaTypeCostMapFilter, example(t, "costmap-filtered-request.json"),
			example(t, "costmap-filtered.json")},
		{"11.4.1.7", retag(network, networkTag, propTag), retag(costs, costTag, propTag),
			"/endpointprop", altoclient.MediaTypeEndpointPropertiesParams,
			// The example asks for one name and answers with another; there is no
			// private property here.
			example(t, "endpointprop-request.json", "my-default-networkmap.pid", "my-default-network-map.pid", ",\n                   \"priv:ietf-example-prop\"", ""),
			example(t, "endpointprop.json", ",\n                             \"priv:ietf-example-prop\": \"1\"", "")},
		{"11.5.1.7", example(t, "networkmap-longest.json"), ranked,
			"/endpointcost", altoclient.MediaTypeEndpointCostsParams, example(t, "endpointcost-request.json"),
			example(t, "endpointcost.json")},
	} {
		content, err := NewContent([]byte(tt.network), []byte(tt.costs))
		if err != nil {
			t.Fatalf("%s: %v", tt.name, err)
		}
		method := "GET"
		if tt.accepts != "" {
			method = "POST"
		}
		r := ask(New(content, Config{}), method, tt.path, tt.ask, "Content-Type: "+tt.accepts)
		got := text(t, r)
		if r.StatusCode != http.StatusOK {
			t.Errorf("%s: %s %s", tt.name, r.Status, got)
			continue
		}
		if canonical(t, got) != canonical(t, tt.want) {
			t.Errorf("%s: %s\nwant %s", tt.name, canonical(t, got), canonical(t, tt.want))
		}
	}
}

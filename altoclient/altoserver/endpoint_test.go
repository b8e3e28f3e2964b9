package altoserver

import (
	"net/http"
	"strings"
	"testing"

	"github.com/altracker/altracker/altoclient"
)

func TestServerKnowsThePIDsOfEndpoints(t *testing.T) {
	s := newServer(t, Config{})
	const head = `{"meta":{"dependent-vtags":[{"resource-id":"lab","tag":"1"}]},"endpoint-properties":`
	for name, tt := range map[string]struct{ endpoints, want string }{
		"both families":       {`"ipv4:10.1.2.3","ipv6:2001:db8:1::7"`, `{"ipv4:10.1.2.3":{"lab.pid":"a"},"ipv6:2001:db8:1::7":{"lab.pid":"a"}}`},
		"twice is once":       {`"ipv6:2001:DB8:1:0::7","ipv6:2001:db8:1::7"`, `{"ipv6:2001:db8:1::7":{"lab.pid":"a"}}`},
		"IPv4 mapped to IPv6": {`"ipv6:::ffff:10.2.0.1"`, `{"ipv4:10.2.0.1":{"lab.pid":"b"}}`},
		"the default":         {`"ipv4:192.0.2.1"`, `{"ipv4:192.0.2.1":{"lab.pid":"world"}}`},
	} {
		r := ask(s, "POST", "/endpointprop", `{"properties":["lab.pid","lab.pid"],"endpoints":[`+tt.endpoints+`],"new":1}`,
			"Content-Type: "+altoclient.MediaTypeEndpointPropertiesParams)
		if got := text(t, r); r.StatusCode != http.StatusOK || got != head+tt.want+"}" ||
			r.Header.Get("Content-Type") != altoclient.MediaTypeEndpointProperties {
			t.Errorf("%s: %s %s, want %s", name, r.Status, got, tt.want)
		}
	}
}

func TestServerLeavesOutPIDsItDoesNotKnow(t *testing.T) {
	content, err := NewContent([]byte(`{"network-map":{"a":{"ipv4":["10.0.0.0/8"]}}}`))
	if err != nil {
		t.Fatal(err)
	}
	r := ask(New(content, Config{}), "POST", "/endpointprop", `{"properties":["default-network-map.pid"],"endpoints":["ipv4:11.0.0.1"]}`,
		"Content-Type: "+altoclient.MediaTypeEndpointPropertiesParams)
	if got := text(t, r); !strings.HasSuffix(got, `"endpoint-properties":{"ipv4:11.0.0.1":{}}}`) {
		t.Errorf("%s %s", r.Status, got)
	}
	r = ask(New(content, Config{}), "POST", "/endpointcost", `{}`, "Content-Type: "+altoclient.MediaTypeEndpointCostsParams)
	if r.StatusCode != http.StatusNotFound {
		t.Errorf("endpoint costs without a cost map: %s", r.Status)
	}
}

func TestServerKnowsCostsBetweenEndpoints(t *testing.T) {
	const ranks = `{"meta":{"cost-type":{"cost-mode":"ordinal","cost-metric":"priv:rank"}},"cost-map":{"a":{"b":7,"a":3}}}`
	content, err := NewContent([]byte(networkDoc), []byte(costsDoc), []byte(ranks))
	if err != nil {
		t.Fatal(err)
	}
	s := New(content, Config{})
	for _, tt := range []struct{ name, mode, metric, more, want string }{
		{"costs", "numerical", "routingcost", `"endpoints":{"srcs":["ipv4:10.1.0.1"],"dsts":["ipv4:10.2.0.1","ipv6:2001:db8:1::1"]}`,
			`{"ipv4:10.1.0.1":{"ipv4:10.2.0.1":0.1,"ipv6:2001:db8:1::1":1}}`},
		{"undefined costs", "numerical", "routingcost", `"endpoints":{"srcs":["ipv4:192.0.2.1"],"dsts":["ipv4:10.2.0.1"]}`, `{}`},
		{"a constraint", "numerical", "routingcost", `"constraints":["lt 1"],"endpoints":{"srcs":["ipv4:10.1.0.1"],"dsts":["ipv4:10.2.0.1","ipv6:2001:db8:1::1"]}`,
			`{"ipv4:10.1.0.1":{"ipv4:10.2.0.1":0.1}}`},
		{"ranks of costs", "ordinal", "routingcost", `"endpoints":{"srcs":["ipv4:10.1.0.1","ipv4:10.2.0.1"],"dsts":["ipv4:10.1.0.1","ipv4:10.2.0.1","ipv4:9.9.9.9"]}`,
			`{"ipv4:10.1.0.1":{"ipv4:10.1.0.1":2,"ipv4:10.2.0.1":1,"ipv4:9.9.9.9":4},"ipv4:10.2.0.1":{"ipv4:10.1.0.1":3,"ipv4:10.2.0.1":2}}`},
		{"ranks of a map", "ordinal", "priv:rank", `"endpoints":{"srcs":["ipv4:10.1.0.1"],"dsts":["ipv4:10.2.0.1"]}`, `{"ipv4:10.1.0.1":{"ipv4:10.2.0.1":7}}`},
		// The recorder's requests come from 192.0.2.1, which is in the default PID.
		{"to the asker", "numerical", "routingcost", `"endpoints":{"srcs":["ipv4:10.1.0.1","ipv4:10.1.0.1"]}`, `{"ipv4:10.1.0.1":{"ipv4:192.0.2.1":9}}`},
		{"from the asker", "numerical", "routingcost", `"endpoints":{"srcs":[],"dsts":["ipv4:10.1.0.1"]}`, `{}`},
	} {
		r := ask(s, "POST", "/endpointcost", `{"cost-type":{"cost-mode":"`+tt.mode+`","cost-metric":"`+tt.metric+`","description":"x"},`+tt.more+`}`,
			"Content-Type: "+altoclient.MediaTypeEndpointCostsParams)
		want := `{"meta":{"cost-type":{"cost-mode":"` + tt.mode + `","cost-metric":"` + tt.metric + `"}},"endpoint-cost-map":` + tt.want + `}`
		if got := text(t, r); r.StatusCode != http.StatusOK || got != want || r.Header.Get("Content-Type") != altoclient.MediaTypeEndpointCosts {
			t.Errorf("%s: %s %s\nwant %s", tt.name, r.Status, got, want)
		}
	}
	few := New(content, Config{MaxPairs: 3})
	r := ask(few, "POST", "/endpointcost", `{"cost-type":{"cost-mode":"numerical","cost-metric":"routingcost"},
		"endpoints":{"srcs":["ipv4:10.1.0.1","ipv4:10.1.0.2"],"dsts":["ipv4:10.1.0.1","ipv4:10.1.0.2"]}}`,
		"Content-Type: "+altoclient.MediaTypeEndpointCostsParams)
	if r.StatusCode != http.StatusRequestEntityTooLarge {
		t.Errorf("four pairs of three: %s", r.Status)
	}
}

func TestServerHasSeveralNetworkMaps(t *testing.T) {
	content, err := NewContent([]byte(networkDoc), []byte(costsDoc))
	if err != nil {
		t.Fatal(err)
	}
	const coarse = `{"meta":{"vtag":{"resource-id":"coarse","tag":"7"}},"network-map":{"x":{"ipv4":["10.0.0.0/8"]},"y":{"ipv4":["0.0.0.0/0"]}}}`
	both, err := content.With([]byte(coarse), []byte(`{"meta":{"cost-type":{"cost-mode":"numerical","cost-metric":"routingcost"}},"cost-map":{"x":{"y":4}}}`))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := both.With([]byte(coarse)); err == nil || !strings.Contains(err.Error(), "coarse") {
		t.Errorf("a second map of one name: %v", err)
	}
	if len(content.sets) != 1 || content.pages["/directory"].sum == both.pages["/directory"].sum {
		t.Error("With changes the Content it is called on, or not the directory")
	}
	s := New(both, Config{})
	if got := text(t, ask(s, "GET", "/maps/coarse/networkmap", "")); got != coarse {
		t.Errorf("the other map is %s", got)
	}
	r := ask(s, "POST", "/maps/coarse/costmap/num/routingcost/filtered",
		`{"cost-type":{"cost-mode":"numerical","cost-metric":"routingcost"},"pids":{"srcs":["x"],"dsts":["y"]}}`,
		"Content-Type: "+altoclient.MediaTypeCostMapFilter)
	if got := text(t, r); !strings.HasSuffix(got, `"cost-map":{"x":{"y":4}}}`) {
		t.Errorf("the other map's costs are %s %s", r.Status, got)
	}
	r = ask(s, "POST", "/maps/coarse/networkmap/filtered", `{"pids":["x"]}`, "Content-Type: "+altoclient.MediaTypeNetworkMapFilter)
	if got := text(t, r); !strings.HasSuffix(got, `"network-map":{"x":{"ipv4":["10.0.0.0/8"]}}}`) {
		t.Errorf("a part of the other map is %s %s", r.Status, got)
	}
	r = ask(s, "POST", "/endpointprop", `{"properties":["coarse.pid","lab.pid"],"endpoints":["ipv4:10.2.0.1"]}`,
		"Content-Type: "+altoclient.MediaTypeEndpointPropertiesParams)
	if got, want := text(t, r), `{"meta":{"dependent-vtags":[{"resource-id":"coarse","tag":"7"},{"resource-id":"lab","tag":"1"}]},`+
		`"endpoint-properties":{"ipv4:10.2.0.1":{"coarse.pid":"x","lab.pid":"b"}}}`; got != want {
		t.Errorf("%s %s\nwant %s", r.Status, got, want)
	}
	for _, path := range []string{"/maps/none/networkmap", "/maps/none/costmap/num/routingcost"} {
		if r := ask(s, "GET", path, ""); r.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %s", path, r.Status)
		}
	}
	if r := ask(s, "POST", "/maps/none/networkmap/filtered", `{"pids":[]}`, "Content-Type: "+altoclient.MediaTypeNetworkMapFilter); r.StatusCode != http.StatusNotFound {
		t.Errorf("a part of no map: %s", r.Status)
	}
}

package altoclient_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/altracker/altracker/altoclient"
	"github.com/altracker/altracker/altoclient/altoserver"
)

// serveMaps serves the lab's maps and a coarse network map besides, and returns
// the directory.
func serveMaps(t *testing.T) (*altoclient.Client, *altoclient.Directory) {
	t.Helper()
	content, err := altoserver.NewContent([]byte(labNetwork), []byte(labCosts))
	if err != nil {
		t.Fatal(err)
	}
	content, err = content.With([]byte(`{"meta":{"vtag":{"resource-id":"coarse","tag":"1"}},"network-map":{"all":{"ipv4":["0.0.0.0/0"]}}}`))
	if err != nil {
		t.Fatal(err)
	}
	web := httptest.NewServer(altoserver.New(content, altoserver.Config{}))
	t.Cleanup(web.Close)
	client := altoclient.NewClient(altoclient.Config{})
	t.Cleanup(client.Close)
	dir, err := client.Directory(t.Context(), web.URL+atDirectory)
	if err != nil || len(dir.Problems) > 0 {
		t.Fatal(err, dir.Problems)
	}
	return client, dir
}

// must is for resources that the directory has.
func must(t *testing.T, r altoclient.Resource, ok bool) altoclient.Resource {
	t.Helper()
	if !ok {
		t.Fatal("the directory does not have it")
	}
	return r
}

var (
	routingCost  = altoclient.CostType{Metric: altoclient.RoutingCost, Mode: altoclient.Numerical}
	routingRanks = altoclient.CostType{Metric: altoclient.RoutingCost, Mode: altoclient.Ordinal}
	host1        = netip.MustParseAddr("127.1.0.1")
	host2        = netip.MustParseAddr("127.2.0.1")
	far          = netip.MustParseAddr("192.0.2.1")
)

func TestClientAsksForEndpointProperties(t *testing.T) {
	client, dir := serveMaps(t)
	pid := altoclient.PIDProperty("lab")
	r, ok := dir.EndpointProperties(pid)
	props, err := client.EndpointProperties(t.Context(), must(t, r, ok), altoclient.EndpointPropertyQuery{
		Properties: []string{pid, "coarse.pid"}, Endpoints: []netip.Addr{host1, netip.MustParseAddr("::ffff:127.2.0.1")},
	})
	if err != nil {
		t.Fatal(err)
	}
	one, _ := props.Value(host1, pid)
	two, _ := props.Value(host2, pid)
	coarse, _ := props.Value(host2, "coarse.pid")
	if one != "pid-1" || two != "pid-2" || coarse != "all" || len(props.NetworkMaps()) != 2 {
		t.Errorf("%q, %q, %q of %v", one, two, coarse, props.NetworkMaps())
	}
	if _, ok := dir.EndpointProperties("other.pid"); ok {
		t.Error("the directory has a property that it does not list")
	}
}

func TestClientAsksForEndpointCosts(t *testing.T) {
	client, dir := serveMaps(t)
	for costType, want := range map[altoclient.CostType][2]float32{routingCost: {5, 9}, routingRanks: {1, 2}} {
		r, ok := dir.EndpointCosts(costType)
		costs, err := client.EndpointCosts(t.Context(), must(t, r, ok), altoclient.EndpointCostQuery{
			CostType: costType, Srcs: []netip.Addr{host1}, Dsts: []netip.Addr{host2, far},
		})
		if err != nil {
			t.Fatal(err)
		}
		if have := [2]float32{costs.Cost(host1, host2), costs.Cost(host1, far)}; have != want || costs.CostType() != costType {
			t.Errorf("%v: %v, want %v", costs.CostType(), have, want)
		}
	}
	r, _ := dir.EndpointCosts(routingCost)
	costs, err := client.EndpointCosts(t.Context(), r, altoclient.EndpointCostQuery{
		CostType: routingCost, Constraints: []altoclient.Constraint{{Operator: altoclient.LessOrEqual, Value: 5}},
		Srcs: []netip.Addr{host1}, Dsts: []netip.Addr{host2, far},
	})
	if err != nil || costs.Len() != 1 {
		t.Errorf("constrained: %v, %d costs; want 1", err, costs.Len())
	}
}

func TestClientNeverAsksAboutItself(t *testing.T) { // H15
	client, dir := serveMaps(t)
	r, _ := dir.EndpointCosts(routingCost)
	for _, q := range []altoclient.EndpointCostQuery{
		{CostType: routingCost, Dsts: []netip.Addr{host1}},
		{CostType: routingCost, Srcs: []netip.Addr{host1}},
		{CostType: routingCost, Srcs: []netip.Addr{host1}, Dsts: []netip.Addr{{}}},
	} {
		if _, err := client.EndpointCosts(t.Context(), r, q); err == nil {
			t.Errorf("%+v passes", q)
		}
	}
	p, _ := dir.EndpointProperties("lab.pid")
	for _, q := range []altoclient.EndpointPropertyQuery{
		{Endpoints: []netip.Addr{host1}}, {Properties: []string{"lab.pid"}}, {Properties: []string{"lab.pid"}, Endpoints: []netip.Addr{{}}},
	} {
		if _, err := client.EndpointProperties(t.Context(), p, q); err == nil {
			t.Errorf("%+v passes", q)
		}
	}
}

func TestClientFiltersMaps(t *testing.T) {
	client, dir := serveMaps(t)
	full, err := dir.NetworkMap()
	if err != nil {
		t.Fatal(err)
	}
	network, err := client.NetworkMap(t.Context(), full.URI)
	if err != nil {
		t.Fatal(err)
	}
	r, ok := dir.FilteredNetworkMap("lab")
	part, err := client.FilteredNetworkMap(t.Context(), must(t, r, ok), altoclient.NetworkMapFilter{
		PIDs: []string{"pid-2", "unknown"}, AddressTypes: []string{"ipv4"},
	})
	if err != nil || part.PIDs() != 1 || part.Name(part.PID(host2)) != "pid-2" || part.VersionTag() != network.VersionTag() {
		t.Errorf("part of the network map: %v, %+v", err, part)
	}
	r, ok = dir.FilteredCostMap("lab", routingCost)
	at := must(t, r, ok)
	if !r.CostConstraints {
		t.Error("the directory does not offer constraints")
	}
	row, err := client.FilteredCostMap(t.Context(), at, altoclient.CostMapFilter{
		CostType: routingCost, Srcs: []string{"pid-1"}, Constraints: []altoclient.Constraint{{Operator: altoclient.Greater, Value: 1}},
	}, network)
	if err != nil {
		t.Fatal(err)
	}
	one, two := network.PID(host1), network.PID(host2)
	if row.Cost(one, two) != 5 || row.Cost(one, one) == 1 || row.Cost(two, one) == 5 {
		t.Errorf("costs %v %v %v, want 5 and nothing else", row.Cost(one, two), row.Cost(one, one), row.Cost(two, one))
	}
	old := strings.Replace(labNetwork, `"tag":"1"`, `"tag":"0"`, 1)
	stale, err := altoclient.ParseNetworkMap(strings.NewReader(old), altoclient.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := client.FilteredCostMap(t.Context(), at, altoclient.CostMapFilter{CostType: routingCost}, stale); !errors.Is(err, altoclient.ErrSkew) {
		t.Errorf("with another network map: %v, want ErrSkew", err)
	}
	at.CostTypes = append(at.CostTypes, routingRanks) // the directory errs
	var refused *altoclient.StatusError
	if _, err := client.FilteredCostMap(t.Context(), at, altoclient.CostMapFilter{CostType: routingRanks}, nil); !errors.As(err, &refused) ||
		refused.Document != (altoclient.ErrorDocument{Code: altoclient.CodeInvalidFieldValue, Field: "cost-type/cost-mode", Value: "ordinal"}) {
		t.Errorf("a cost type that is not offered: %v", err)
	}
}

// TestClientAsksOnlyForWhatIsOffered: the URI leads nowhere, so that what is sent
// fails otherwise.
func TestClientAsksOnlyForWhatIsOffered(t *testing.T) {
	client := newTestClient(t, altoclient.Config{})
	ask := func(r altoclient.Resource) map[string]error {
		r.ID, r.URI = "service", "http://127.0.0.1:1/"
		errs := make(map[string]error)
		_, errs["network map"] = client.FilteredNetworkMap(t.Context(), r, altoclient.NetworkMapFilter{})
		_, errs["costs"] = client.FilteredCostMap(t.Context(), r, altoclient.CostMapFilter{
			CostType: routingCost, Constraints: []altoclient.Constraint{{Operator: altoclient.Less, Value: 1}},
		}, nil)
		_, errs["endpoint costs"] = client.EndpointCosts(t.Context(), r, altoclient.EndpointCostQuery{
			CostType: routingCost, Srcs: []netip.Addr{host1}, Dsts: []netip.Addr{host1},
			Constraints: []altoclient.Constraint{{Operator: altoclient.Less, Value: 1}},
		})
		_, errs["properties"] = client.EndpointProperties(t.Context(), r, altoclient.EndpointPropertyQuery{
			Properties: []string{"lab.pid"}, Endpoints: []netip.Addr{host1},
		})
		return errs
	}
	wants := func(what string, r altoclient.Resource, text string) {
		t.Helper()
		if err := ask(r)[what]; err == nil || !strings.HasPrefix(err.Error(), "service: does not "+text) {
			t.Errorf("%s of %+v: %v, want %q", what, r, err, text)
		}
	}
	wants("network map", altoclient.Resource{MediaType: altoclient.MediaTypeNetworkMap}, "give")
	costs := altoclient.Resource{MediaType: altoclient.MediaTypeCostMap, Accepts: altoclient.MediaTypeCostMapFilter}
	wants("network map", costs, "give")
	wants("costs", costs, "offer routingcost/numerical")
	costs.CostTypes = []altoclient.CostType{routingCost}
	wants("costs", costs, "take constraints")
	endpoints := altoclient.Resource{MediaType: altoclient.MediaTypeEndpointCosts, Accepts: altoclient.MediaTypeEndpointCostsParams}
	wants("endpoint costs", endpoints, "offer routingcost/numerical")
	endpoints.CostTypes = []altoclient.CostType{routingCost}
	wants("endpoint costs", endpoints, "take constraints")
	properties := altoclient.Resource{MediaType: altoclient.MediaTypeEndpointProperties, Accepts: altoclient.MediaTypeEndpointPropertiesParams}
	wants("properties", properties, `offer property "lab.pid"`)
	wants("properties", endpoints, "give")
}

func TestDirectoryHasSeveralNetworkMaps(t *testing.T) {
	client, dir := serveMaps(t)
	maps := dir.NetworkMaps()
	if len(maps) != 2 || maps[0].ID != "lab" || maps[1].ID != "coarse" {
		t.Fatalf("network maps are %+v", maps)
	}
	coarse, err := client.NetworkMap(t.Context(), maps[1].URI)
	if err != nil || coarse.VersionTag().ResourceID != "coarse" {
		t.Errorf("the other one is %v, %v", coarse.VersionTag(), err)
	}
	costs, _ := dir.CostMap("lab", altoclient.RoutingCost)
	if needs := dir.Needs(costs.ID); len(needs) != 1 || needs[0].ID != "lab" {
		t.Errorf("the cost map needs %+v", needs)
	}
}

func TestSourcesTakeTheMapTheyAreTold(t *testing.T) {
	client, dir := serveMaps(t)
	for id, want := range map[string]string{"": "lab", "coarse": "coarse", "none": ""} {
		source, err := altoclient.NewSource(altoclient.SourceConfig{Name: "s", Directory: dir.URL, Map: id, Client: client})
		if err != nil {
			t.Fatal(err)
		}
		guide, err := altoclient.NewGuide(nil, source)
		if err != nil {
			t.Fatal(err)
		}
		(&lab{guide: guide}).run(t)
		status := source.Status()
		if status.VersionTag.ResourceID != want || (want == "") != strings.Contains(status.LastError, `"none"`) {
			t.Errorf("map %q: %+v, want %q", id, status, want)
		}
	}
	if _, err := altoclient.NewSource(altoclient.SourceConfig{Name: "s", NetworkMap: "file", Map: "x"}); err == nil {
		t.Error("a map without a directory passes")
	}
}

func TestNeedsCoverTheClosure(t *testing.T) { // D4
	nested := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", altoclient.MediaTypeDirectory)
		_, _ = io.WriteString(w, `{"resources":{
			"costs":{"uri":"/c","media-type":"application/alto-costmap+json","uses":["net","nowhere"]},
			"updates":{"uri":"/u","media-type":"text/event-stream","uses":["costs","net","updates"]}}}`)
	}))
	defer nested.Close()
	root := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", altoclient.MediaTypeDirectory)
		_, _ = io.WriteString(w, `{"meta":{"default-alto-network-map":"net"},"resources":{
			"net":{"uri":"/n","media-type":"application/alto-networkmap+json"},
			"more":{"uri":"`+nested.URL+`","media-type":"application/alto-directory+json"}}}`)
	}))
	defer root.Close()
	client := altoclient.NewClient(altoclient.Config{})
	defer client.Close()
	dir, err := client.Directory(t.Context(), root.URL)
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, r := range dir.Needs("updates") {
		ids = append(ids, r.ID)
	}
	if !slices.Equal(ids, []string{"net", "costs"}) {
		t.Errorf("updates need %v, want the network map and then the costs", ids)
	}
}

func TestAnswersOfAnotherCostTypeAreRefused(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", altoclient.MediaTypeEndpointCosts)
		_, _ = io.WriteString(w, `{"meta":{"cost-type":{"cost-mode":"ordinal","cost-metric":"routingcost"}},"endpoint-cost-map":{}}`)
	}))
	defer server.Close()
	client := altoclient.NewClient(altoclient.Config{})
	defer client.Close()
	_, err := client.EndpointCosts(t.Context(), altoclient.Resource{
		URI: server.URL, MediaType: altoclient.MediaTypeEndpointCosts, Accepts: altoclient.MediaTypeEndpointCostsParams,
		CostTypes: []altoclient.CostType{routingCost},
	}, altoclient.EndpointCostQuery{
		CostType: routingCost, Srcs: []netip.Addr{host1}, Dsts: []netip.Addr{host2},
	})
	if err == nil || !strings.Contains(err.Error(), "/meta/cost-type") || !strings.Contains(err.Error(), server.URL) {
		t.Errorf("ranks pass for costs: %v", err)
	}
}

// TestPostsFollowRedirects: 303 leads to a GET (RFC 7285 section 8.3.3), 307 keeps
// the question (section 8.5.3).
func TestPostsFollowRedirects(t *testing.T) {
	const answer = `{"endpoint-properties":{"ipv4:127.1.0.1":{"lab.pid":"pid-1"}}}`
	for status, method := range map[int]string{http.StatusSeeOther: "GET", http.StatusTemporaryRedirect: "POST", http.StatusPermanentRedirect: "POST"} {
		var asked, last string
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			if r.URL.Path == "/first" {
				asked = string(body)
				http.Redirect(w, r, "/second", status)
				return
			}
			last = r.Method + " " + r.Header.Get("Content-Type") + " " + string(body)
			w.Header().Set("Content-Type", altoclient.MediaTypeEndpointProperties)
			_, _ = io.WriteString(w, answer)
		}))
		client := altoclient.NewClient(altoclient.Config{})
		props, err := client.EndpointProperties(t.Context(), altoclient.Resource{
			URI: server.URL + "/first", MediaType: altoclient.MediaTypeEndpointProperties,
			Accepts: altoclient.MediaTypeEndpointPropertiesParams, Properties: []string{"lab.pid"},
		}, altoclient.EndpointPropertyQuery{
			Properties: []string{"lab.pid"}, Endpoints: []netip.Addr{host1},
		})
		if err != nil {
			t.Fatalf("%d: %v", status, err)
		}
		want := "GET  "
		if method == "POST" {
			want = "POST " + altoclient.MediaTypeEndpointPropertiesParams + " " + asked
		}
		if v, _ := props.Value(host1, "lab.pid"); v != "pid-1" || last != want || asked == "" {
			t.Errorf("%d: %q after %q, want %q", status, v, last, want)
		}
		client.Close()
		server.Close()
	}
}

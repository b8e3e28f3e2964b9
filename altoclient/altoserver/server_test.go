package altoserver

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/altracker/altracker/altoclient"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	networkDoc = `{"meta":{"vtag":{"resource-id":"lab","tag":"1"}},"network-map":{
		"a":{"ipv4":["10.1.0.0/16"],"ipv6":["2001:db8:1::/48"],"mac48":["66-55-44-33-22-11"]},
		"b":{"ipv4":["10.2.0.0/16"]},
		"world":{"ipv4":["0.0.0.0/0"],"ipv6":["::/0"]}}}`
	costsDoc = `{"meta":{"dependent-vtags":[{"resource-id":"lab","tag":"1"}],"cost-type":{"cost-mode":"numerical","cost-metric":"routingcost"}},
		"cost-map":{"a":{"a":1,"b":0.1,"world":9},"b":{"a":5,"b":1}}}`
	ranksDoc = `{"meta":{"cost-type":{"cost-mode":"ordinal","cost-metric":"routingcost"}},"cost-map":{"a":{"b":2}}}`
)

func newServer(t *testing.T, config Config) *Server {
	t.Helper()
	content, err := NewContent([]byte(networkDoc), []byte(costsDoc), []byte(ranksDoc))
	if err != nil {
		t.Fatal(err)
	}
	return New(content, config)
}

// ask sends a request to h; header lines are "Name: value".
func ask(h http.Handler, method, path, body string, header ...string) *http.Response {
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	for _, line := range header {
		name, value, _ := strings.Cut(line, ": ")
		r.Header.Set(name, value)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}

func text(t *testing.T, r *http.Response) string {
	t.Helper()
	b, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestServerSendsTheMaps(t *testing.T) {
	s := newServer(t, Config{MaxAge: time.Minute})
	for path, mediaType := range map[string]string{
		"/directory":               altoclient.MediaTypeDirectory,
		"/networkmap":              altoclient.MediaTypeNetworkMap,
		"/costmap/num/routingcost": altoclient.MediaTypeCostMap,
		"/costmap/ord/routingcost": altoclient.MediaTypeCostMap,
	} {
		r := ask(s, "GET", path, "", "Accept: */*")
		if r.StatusCode != http.StatusOK || r.Header.Get("Content-Type") != mediaType || r.Header.Get("Cache-Control") != "max-age=60" {
			t.Errorf("%s: %s, headers %v", path, r.Status, r.Header)
		}
		etag := r.Header.Get("ETag")
		for _, have := range []string{etag, "W/" + etag, `"other", ` + etag, "*"} {
			if r := ask(s, "GET", path, "", "If-None-Match: "+have); r.StatusCode != http.StatusNotModified || text(t, r) != "" {
				t.Errorf("%s with If-None-Match %s: %s", path, have, r.Status)
			}
		}
		if r := ask(s, "GET", path, "", `If-None-Match: "other"`); r.StatusCode != http.StatusOK {
			t.Errorf("%s with another ETag: %s", path, r.Status)
		}
		if r := ask(s, "POST", path, "{}"); r.StatusCode != http.StatusMethodNotAllowed || r.Header.Get("Allow") != "GET, HEAD" {
			t.Errorf("POST %s: %s, allowed %q", path, r.Status, r.Header.Get("Allow"))
		}
	}
	if got := text(t, ask(s, "GET", "/networkmap", "")); got != networkDoc {
		t.Errorf("the network map is not the file: %s", got)
	}
	for _, path := range []string{"/", "/costmap/num/hopcount", "/costmap/x/routingcost"} {
		if r := ask(s, "GET", path, ""); r.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %s", path, r.Status)
		}
	}
}

func TestServerIsUnderstoodByTheClient(t *testing.T) {
	web := httptest.NewServer(newServer(t, Config{}))
	defer web.Close()
	client := altoclient.NewClient(altoclient.Config{})
	defer client.Close()
	dir, err := client.Directory(t.Context(), web.URL+"/directory")
	if err != nil || len(dir.Problems) > 0 || len(dir.Resources) != 12 {
		t.Fatalf("%v, %+v", err, dir)
	}
	at, err := dir.NetworkMap()
	if err != nil {
		t.Fatal(err)
	}
	network, err := client.NetworkMap(t.Context(), at.URI)
	if err != nil {
		t.Fatal(err)
	}
	costsAt, ok := dir.CostMap(at.ID, altoclient.RoutingCost)
	if !ok {
		t.Fatal("no cost map")
	}
	costs, err := client.CostMap(t.Context(), costsAt.URI, network)
	if err != nil {
		t.Fatal(err)
	}
	if costs.NetworkMap() != network.VersionTag() || costs.Cost(2, 1) != 5 {
		t.Errorf("costs of %v, b to a %v", costs.NetworkMap(), costs.Cost(2, 1))
	}
}

func TestServerFiltersNetworkMaps(t *testing.T) {
	s := newServer(t, Config{})
	const head = `{"meta":{"vtag":{"resource-id":"lab","tag":"1"}},"network-map":`
	a := `"a":{"ipv4":["10.1.0.0/16"],"ipv6":["2001:db8:1::/48"]}`
	b := `"b":{"ipv4":["10.2.0.0/16"]}`
	world := `"world":{"ipv4":["0.0.0.0/0"],"ipv6":["::/0"]}`
	for name, tt := range map[string]struct{ body, want string }{
		"one PID":               {`{"pids":["b"]}`, head + `{` + b + `}}`},
		"all PIDs":              {`{"pids":[]}`, head + `{` + a + `,` + b + `,` + world + `}}`},
		"twice is once":         {`{"pids":["b","a","b"]}`, head + `{` + b + `,` + a + `}}`},
		"unknown PIDs":          {`{"pids":["x"]}`, head + `{}}`},
		"one address type":      {`{"pids":["a"],"address-types":["ipv6","mac48"]}`, head + `{"a":{"ipv6":["2001:db8:1::/48"]}}}`},
		"unknown address types": {`{"pids":["a"],"address-types":["mac48"]}`, head + `{"a":{}}}`},
		"all address types":     {`{"pids":["b"],"address-types":[],"new":1}`, head + `{` + b + `}}`},
	} {
		r := ask(s, "POST", "/networkmap/filtered", tt.body, "Content-Type: "+altoclient.MediaTypeNetworkMapFilter)
		if got := text(t, r); r.StatusCode != http.StatusOK || r.Header.Get("Content-Type") != altoclient.MediaTypeNetworkMap || got != tt.want {
			t.Errorf("%s: %s %s, want %s", name, r.Status, got, tt.want)
		}
	}
}

func TestServerFiltersCostMaps(t *testing.T) {
	s := newServer(t, Config{})
	const head = `{"meta":{"dependent-vtags":[{"resource-id":"lab","tag":"1"}],"cost-type":{"cost-mode":"numerical","cost-metric":"routingcost"}},"cost-map":`
	for name, tt := range map[string]struct{ more, want string }{
		"all":              {``, head + `{"a":{"a":1,"b":0.1,"world":9},"b":{"a":5,"b":1}}}`},
		"sources":          {`,"pids":{"srcs":["b"],"dsts":[]}`, head + `{"b":{"a":5,"b":1}}}`},
		"destinations":     {`,"pids":{"srcs":[],"dsts":["b","world","b"]}`, head + `{"a":{"b":0.1,"world":9},"b":{"b":1}}}`},
		"unknown PIDs":     {`,"pids":{"srcs":["x"],"dsts":[]}`, head + `{}}`},
		"a constraint":     {`,"constraints":["ge 5"]`, head + `{"a":{"world":9},"b":{"a":5}}}`},
		"two constraints":  {`,"constraints":["gt 0.5","le 1e0"]`, head + `{"a":{"a":1},"b":{"b":1}}}`},
		"an exact one":     {`,"constraints":["eq 0.1"]`, head + `{"a":{"b":0.1}}}`},
		"an unmatched one": {`,"constraints":["lt 0"]`, head + `{}}`},
	} {
		r := ask(s, "POST", "/costmap/num/routingcost/filtered",
			`{"cost-type":{"cost-mode":"numerical","cost-metric":"routingcost","description":"x"}`+tt.more+`}`,
			"Content-Type: "+altoclient.MediaTypeCostMapFilter+"; charset=utf-8")
		if got := text(t, r); r.StatusCode != http.StatusOK || got != tt.want {
			t.Errorf("%s: %s %s, want %s", name, r.Status, got, tt.want)
		}
	}
}

func TestServerExplainsBadRequests(t *testing.T) {
	s := newServer(t, Config{MaxRequest: 1000})
	costs := "/costmap/num/routingcost/filtered"
	costType := `"cost-type":{"cost-mode":"numerical","cost-metric":"routingcost"}`
	for _, tt := range []struct{ name, path, body, want string }{
		{"no JSON", "/networkmap/filtered", `{'pids'`, "E_SYNTAX"},
		{"a missing field", "/networkmap/filtered", `{}`, "E_MISSING_FIELD, field pids"},
		{"a wrong type", "/networkmap/filtered", `{"pids":"a"}`, "E_INVALID_FIELD_TYPE, field pids"},
		{"a wrong element", "/networkmap/filtered", `{"pids":["a",5]}`, "E_INVALID_FIELD_VALUE, field pids, value 5"},
		{"no cost type", costs, `{}`, "E_MISSING_FIELD, field cost-type"},
		{"no metric", costs, `{"cost-type":{"cost-mode":"numerical"}}`, "E_MISSING_FIELD, field cost-type/cost-metric"},
		{"no mode", costs, `{"cost-type":{"cost-metric":"routingcost"}}`, "E_MISSING_FIELD, field cost-type/cost-mode"},
		{"an unknown mode", costs, `{"cost-type":{"cost-mode":"foo","cost-metric":"routingcost"}}`, "E_INVALID_FIELD_VALUE, field cost-type/cost-mode, value foo"},
		{"another metric", costs, `{"cost-type":{"cost-mode":"numerical","cost-metric":"hopcount"}}`, "E_INVALID_FIELD_VALUE, field cost-type/cost-metric, value hopcount"},
		{"another mode", costs, `{"cost-type":{"cost-mode":"ordinal","cost-metric":"routingcost"}}`, "E_INVALID_FIELD_VALUE, field cost-type/cost-mode, value ordinal"},
		{"a bad constraint", costs, `{` + costType + `,"constraints":["about 5"]}`, "E_INVALID_FIELD_VALUE, field constraints, value about 5"},
		{"a wrong type within", costs, `{` + costType + `,"pids":{"srcs":5}}`, "E_INVALID_FIELD_TYPE, field pids/srcs"},
		{"no properties", "/endpointprop", `{"endpoints":["ipv4:10.0.0.1"]}`, "E_MISSING_FIELD, field properties"},
		{"an empty list of properties", "/endpointprop", `{"properties":[],"endpoints":["ipv4:10.0.0.1"]}`, "E_INVALID_FIELD_VALUE, field properties, value []"},
		{"no endpoints", "/endpointprop", `{"properties":["lab.pid"]}`, "E_MISSING_FIELD, field endpoints"},
		{"an empty list of endpoints", "/endpointprop", `{"properties":["lab.pid"],"endpoints":[]}`, "E_INVALID_FIELD_VALUE, field endpoints, value []"},
		{"an unknown property", "/endpointprop", `{"properties":["x.pid"],"endpoints":["ipv4:10.0.0.1"]}`, "E_INVALID_FIELD_VALUE, field properties, value x.pid"},
		{"an address without type", "/endpointprop", `{"properties":["lab.pid"],"endpoints":["10.0.0.1"]}`, "E_INVALID_FIELD_VALUE, field endpoints, value 10.0.0.1"},
		{"an address of another type", "/endpointprop", `{"properties":["lab.pid"],"endpoints":["ipv6:10.0.0.1"]}`, "E_INVALID_FIELD_VALUE, field endpoints, value ipv6:10.0.0.1"},
		{"a wrong type of endpoints", "/endpointprop", `{"properties":["lab.pid"],"endpoints":"x"}`, "E_INVALID_FIELD_TYPE, field endpoints"},
		{"no cost type of endpoints", "/endpointcost", `{"endpoints":{"srcs":["ipv4:10.0.0.1"]}}`, "E_MISSING_FIELD, field cost-type"},
		{"another metric of endpoints", "/endpointcost", `{"cost-type":{"cost-mode":"ordinal","cost-metric":"hopcount"}}`, "E_INVALID_FIELD_VALUE, field cost-type/cost-metric, value hopcount"},
		{"no endpoints to cost", "/endpointcost", `{` + costType + `}`, "E_MISSING_FIELD, field endpoints"},
		{"both lists empty", "/endpointcost", `{` + costType + `,"endpoints":{"srcs":[]}}`, "E_MISSING_FIELD, field endpoints/srcs"},
		{"a bad source", "/endpointcost", `{` + costType + `,"endpoints":{"srcs":["ipv4:10.0.0"]}}`, "E_INVALID_FIELD_VALUE, field endpoints/srcs, value ipv4:10.0.0"},
		{"a bad destination", "/endpointcost", `{` + costType + `,"endpoints":{"dsts":["ipv6:::1%eth0"]}}`, "E_INVALID_FIELD_VALUE, field endpoints/dsts, value ipv6:::1%eth0"},
		{"a number for a source", "/endpointcost", `{` + costType + `,"endpoints":{"srcs":[7]}}`, "E_INVALID_FIELD_VALUE, field endpoints/srcs, value 7"},
		{"a field twice", costs, `{` + costType + `,` + costType + `}`, "E_SYNTAX"},
	} {
		filter := map[string]string{
			costs:                  altoclient.MediaTypeCostMapFilter,
			"/networkmap/filtered": altoclient.MediaTypeNetworkMapFilter,
			"/endpointprop":        altoclient.MediaTypeEndpointPropertiesParams,
			"/endpointcost":        altoclient.MediaTypeEndpointCostsParams,
		}[tt.path]
		r := ask(s, "POST", tt.path, tt.body, "Content-Type: "+filter)
		doc, err := altoclient.ParseErrorDocument(r.Body)
		if r.StatusCode != http.StatusBadRequest || r.Header.Get("Content-Type") != altoclient.MediaTypeError ||
			err != nil || !strings.HasPrefix(doc.String(), tt.want) {
			t.Errorf("%s: %s, %v, %v; want %s", tt.name, r.Status, doc, err, tt.want)
		}
	}
	if r := ask(s, "POST", costs, `{}`, "Content-Type: application/json"); r.StatusCode != http.StatusUnsupportedMediaType {
		t.Errorf("another media type: %s", r.Status)
	}
	if r := ask(s, "POST", costs, strings.Repeat(" ", 1001), "Content-Type: "+altoclient.MediaTypeCostMapFilter); r.StatusCode != http.StatusRequestEntityTooLarge {
		t.Errorf("a large body: %s", r.Status)
	}
}

func TestContentFillsInVersionTags(t *testing.T) {
	bare := strings.Replace(networkDoc, `"vtag":{"resource-id":"lab","tag":"1"}`, `"note":1`, 1)
	bareCosts := strings.Replace(costsDoc, `"dependent-vtags":[{"resource-id":"lab","tag":"1"}],`, ``, 1)
	one, err := NewContent([]byte(bare), []byte(bareCosts))
	if err != nil {
		t.Fatal(err)
	}
	two, err := NewContent([]byte(strings.Replace(bare, "10.2.0.0", "10.3.0.0", 1)), []byte(bareCosts))
	if err != nil {
		t.Fatal(err)
	}
	if one.VersionTag() == two.VersionTag() || one.VersionTag().ResourceID != two.VersionTag().ResourceID {
		t.Errorf("tags %v and %v: want one resource, two tags", one.VersionTag(), two.VersionTag())
	}
	for _, c := range one.sets[0].costs {
		if c.now().NetworkMap() != one.VersionTag() {
			t.Errorf("a cost map depends on %v, not %v", c.now().NetworkMap(), one.VersionTag())
		}
	}
}

func TestContentRefuses(t *testing.T) {
	for _, tt := range []struct {
		name, text string
		docs       []string
	}{
		{"a bad network map", "/network-map/a", []string{`{"meta":{"vtag":{"resource-id":"lab","tag":"1"}},"network-map":{"a":5}}`}},
		{"no JSON", "network map", []string{`{'a'`}},
		{"no object", "network map", []string{`[]`}},
		{"null", "want an object", []string{`null`}},
		{"a bad cost", "/cost-map/a/a", []string{networkDoc, strings.Replace(costsDoc, `"a":1`, `"a":null`, 1)}},
		{"another network map's costs", "do not agree", []string{networkDoc, strings.Replace(costsDoc, `"tag":"1"`, `"tag":"2"`, 1)}},
		{"costs of unknown PIDs", "does not have", []string{networkDoc, strings.Replace(costsDoc, `"world"`, `"moon"`, 1)}},
		{"one cost type twice", "a second cost map", []string{networkDoc, costsDoc, costsDoc}},
	} {
		var costs [][]byte
		for _, doc := range tt.docs[1:] {
			costs = append(costs, []byte(doc))
		}
		if _, err := NewContent([]byte(tt.docs[0]), costs...); err == nil || !strings.Contains(err.Error(), tt.text) {
			t.Errorf("%s: %v, want an error with %q", tt.name, err, tt.text)
		}
	}
}

func TestWatcherKeepsTheLastGoodMaps(t *testing.T) {
	dir := t.TempDir()
	files := Files{NetworkMap: filepath.Join(dir, "n.json"), CostMaps: []string{filepath.Join(dir, "c.json")}}
	put := func(path, doc string) {
		t.Helper()
		if err := os.WriteFile(path, []byte(doc), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	put(files.NetworkMap, networkDoc)
	put(files.CostMaps[0], costsDoc)
	content, err := files.Load()
	if err != nil {
		t.Fatal(err)
	}
	loads := make(chan error)
	w := &Watcher{Server: New(content, Config{}), Files: files, Poll: time.Millisecond, Reloaded: func(err error) { loads <- err }}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- w.Run(ctx) }()
	if err := <-loads; err != nil {
		t.Errorf("at the start: %v", err)
	}
	put(files.CostMaps[0], `{"meta":`)
	if err := <-loads; err == nil {
		t.Error("half a file passes")
	}
	if got := text(t, ask(w.Server, "GET", "/costmap/num/routingcost", "")); got != costsDoc {
		t.Errorf("after a bad file the server sends %s", got)
	}
	changed := strings.Replace(costsDoc, `"world":9`, `"world":99`, 1)
	// The write may be seen half done; then there is an error before the good load.
	put(files.CostMaps[0], changed)
	for err := range loads {
		if err == nil {
			break
		}
	}
	if got := text(t, ask(w.Server, "GET", "/costmap/num/routingcost", "")); got != changed || w.Err() != nil {
		t.Errorf("after a good file the server sends %s, error %v", got, w.Err())
	}
	cancel()
	for running := true; running; {
		select {
		case <-loads:
		case err := <-done:
			running = false
			if err != nil {
				t.Errorf("Run: %v", err)
			}
		}
	}
}

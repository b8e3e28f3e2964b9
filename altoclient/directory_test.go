package altoclient

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
)

func parseDirectory(t testing.TB, base, doc string) *Directory {
	t.Helper()
	u, err := url.Parse(base)
	if err != nil {
		t.Fatal(err)
	}
	d, err := ParseDirectory(strings.NewReader(doc), u, Limits{})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestDirectoryOfRFC7285(t *testing.T) {
	d := parseDirectory(t, "http://alto.example.com/directory", readTestdata(t, "rfc7285/directory.json"))
	network, err := d.NetworkMap()
	if err != nil || network.URI != "http://alto.example.com/networkmap" {
		t.Errorf("network map at %q, %v", network.URI, err)
	}
	costs, ok := d.CostMap(network.ID, RoutingCost)
	if !ok || costs.URI != "http://alto.example.com/costmap/num/routingcost" {
		t.Errorf("cost map at %q, %v", costs.URI, ok)
	}
	ecs, ok := d.Resource("endpoint-cost")
	if !ok || ecs.Accepts != "application/alto-endpointcostparams+json" || !ecs.CostConstraints || len(ecs.CostTypes) != 4 {
		t.Errorf("endpoint cost service is %+v", ecs)
	}
	if len(d.Resources) != 6 || len(d.Problems) != 0 {
		t.Errorf("%d resources, problems %v", len(d.Resources), d.Problems)
	}
}

func TestDirectoryTellsFilteredMapsFromFullOnes(t *testing.T) { // D7
	d := parseDirectory(t, "http://custom.alto.example.com/maps", readTestdata(t, "rfc7285/directory-custom.json"))
	if _, err := d.NetworkMap(); err == nil {
		t.Error("a filtered network map passes for a full one")
	}
	costs, ok := d.CostMap("my-default-network-map", RoutingCost)
	if !ok || costs.ID != "ordinal-routing-cost-map" { // C9: ranks will do
		t.Errorf("cost map is %q, %v; want the ordinal one", costs.ID, ok)
	}
}

const directoryHead = `{"meta":{"cost-types":{"rc":{"cost-mode":"numerical","cost-metric":"routingcost"},"pv":{"cost-mode":"array","cost-metric":"ane-path"}}},"resources":{`

func TestDirectoryToleratesBadEntries(t *testing.T) {
	d := parseDirectory(t, "https://user:secret@alto.example.com/a/b/directory", directoryHead+`
		"net":    {"uri":"../maps//net", "media-type":"Application/ALTO-NetworkMap+json; charset=utf-8", "new":{"field":[1]}},
		"broken": {"uri":"http://[::1/{pid}", "media-type":"application/alto-costmap+json"},
		"ftp":    {"uri":"ftp://alto.example.com/x", "media-type":"application/alto-costmap+json"},
		"none":   {"media-type":"application/alto-costmap+json"},
		"paths":  {"uri":"/pv", "media-type":"application/alto-costmap+json", "uses":["net"], "capabilities":{"cost-type-names":["pv"]}},
		"lost":   {"uri":"/lost", "media-type":"application/alto-costmap+json", "uses":["nowhere"], "capabilities":{"cost-type-names":["gone"]}},
		"costs":  {"uri":"costs", "media-type":"application/alto-costmap+json", "uses":["net"], "capabilities":{"cost-type-names":["rc"]}}
	}}`)
	network, err := d.NetworkMap() // no default, and only one: 1.2 of what servers do
	if err != nil || network.URI != "https://user:secret@alto.example.com/a/maps//net" {
		t.Errorf("network map at %q, %v", network.URI, err)
	}
	if costs, ok := d.CostMap("net", RoutingCost); !ok || costs.ID != "costs" {
		t.Errorf("cost map is %q, %v", costs.ID, ok)
	}
	if len(d.Problems) != 4 {
		t.Errorf("problems %v, want 4", d.Problems)
	}
	for _, p := range d.Problems {
		if strings.Contains(p.Error(), "secret") {
			t.Errorf("problem %v shows the password", p)
		}
	}
}

func TestDirectoryRefuses(t *testing.T) {
	entry := func(fields string) string { return directoryHead + `"a":{` + fields + `}}}` }
	for _, tt := range []struct {
		name, doc, path, text string
	}{
		{"a uri that is no string", entry(`"uri":5`), "/resources/a/uri", "want a string"},
		{"uses that is no array", entry(`"uses":"net"`), "/resources/a/uses", "want an array"},
		{"cost constraints that are no boolean", entry(`"capabilities":{"cost-constraints":1}`), "/resources/a/capabilities/cost-constraints", "true or false"},
		{"a cost type without metric", `{"meta":{"cost-types":{"x":{"cost-mode":"numerical"}}},"resources":{}}`, "/meta/cost-types/x", "cost-metric"},
		{"a bad resource id", directoryHead + `"a b":{}}}`, "/resources/a b", "only letters"},
		{"an id twice", directoryHead + `"a":{},"a":{}}}`, "/resources/a", "duplicate"},
		{"no resources", `{"meta":{}}`, "/resources", "missing"},
		{"the trailing comma of RFC 7285 9.2.3", directoryHead + `"a":{"capabilities":{},}}}`, "/resources/a", "invalid character"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := ParseDirectory(strings.NewReader(tt.doc), &url.URL{Scheme: "http", Host: "h"}, Limits{})
			wantParseError(t, err, tt.path, tt.text)
		})
	}
}

func TestDirectoryNeedsOneNetworkMap(t *testing.T) {
	nm := func(ids ...string) string {
		var list []string
		for _, id := range ids {
			list = append(list, `"`+id+`":{"uri":"/`+id+`","media-type":"application/alto-networkmap+json"}`)
		}
		return strings.Join(list, ",")
	}
	for name, doc := range map[string]string{
		"none":                 `{"resources":{}}`,
		"two and no default":   `{"resources":{` + nm("a", "b") + `}}`,
		"a default not there":  `{"meta":{"default-alto-network-map":"c"},"resources":{` + nm("a") + `}}`,
		"a default of another": `{"meta":{"default-alto-network-map":"c"},"resources":{"c":{"uri":"/c","media-type":"application/alto-costmap+json"}}}`,
	} {
		if r, err := parseDirectory(t, "http://h/", doc).NetworkMap(); err == nil {
			t.Errorf("%s: %q is chosen", name, r.ID)
		}
	}
	d := parseDirectory(t, "http://h/", `{"meta":{"default-alto-network-map":"b"},"resources":{`+nm("a", "b")+`}}`)
	if r, err := d.NetworkMap(); err != nil || r.ID != "b" {
		t.Errorf("%q is chosen, %v; want the default", r.ID, err)
	}
}

// serve answers paths with JSON documents as directories.
func serve(t *testing.T, docs map[string]string) *httptest.Server {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		doc, ok := docs[r.URL.Path]
		if !ok {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", MediaTypeDirectory)
		_, _ = w.Write([]byte(doc))
	}))
	t.Cleanup(server.Close)
	return server
}

func newClient(t testing.TB, config Config) *Client {
	t.Helper()
	c := NewClient(config)
	t.Cleanup(c.Close)
	return c
}

func nested(id, uri string) string {
	return `"` + id + `":{"uri":"` + uri + `","media-type":"application/alto-directory+json"}`
}

func TestClientFollowsNestedDirectories(t *testing.T) { // D1 to D6
	server := serve(t, map[string]string{
		"/root": `{"meta":{"default-alto-network-map":"net","cost-types":{"x":{"cost-mode":"numerical","cost-metric":"hopcount"}}},"resources":{
			"net":{"uri":"net","media-type":"application/alto-networkmap+json"},
			"hops":{"uri":"hops","media-type":"application/alto-costmap+json","uses":["net"],"capabilities":{"cost-type-names":["x"]}},
			` + nested("down", "sub/one") + `,` + nested("gone", "gone") + `}}`,
		"/sub/one": `{"meta":{"default-alto-network-map":"other","cost-types":{"x":{"cost-mode":"numerical","cost-metric":"routingcost"}}},"resources":{
			"costs":{"uri":"costs","media-type":"application/alto-costmap+json","uses":["net"],"capabilities":{"cost-type-names":["x"]}},
			"hops":{"uri":"again","media-type":"application/alto-costmap+json"},
			` + nested("up", "../root") + `,` + nested("self", "one") + `,` + nested("deeper", "two") + `}}`,
		"/sub/two": `{"resources":{"last":{"uri":"/last","media-type":"application/alto-costmap+json"}}}`,
	})
	d, err := newClient(t, Config{}).Directory(t.Context(), server.URL+"/root")
	if err != nil {
		t.Fatal(err)
	}
	if d.DefaultNetworkMap != "net" {
		t.Errorf("default network map is %q: only the root's counts", d.DefaultNetworkMap)
	}
	costs, ok := d.CostMap("net", RoutingCost) // the name x means another type here
	if !ok || costs.URI != server.URL+"/sub/costs" {
		t.Errorf("cost map at %q, %v", costs.URI, ok)
	}
	if hops, _ := d.Resource("hops"); hops.URI != server.URL+"/hops" {
		t.Errorf("the second resource of one id wins: %q", hops.URI)
	}
	if _, ok := d.Resource("last"); !ok {
		t.Error("the third level is not followed")
	}
	problems := slices.Collect(func(yield func(string) bool) {
		for _, p := range d.Problems {
			yield(p.Error())
		}
	})
	if len(problems) != 2 || !strings.Contains(strings.Join(problems, "\n"), "used twice") ||
		!strings.Contains(strings.Join(problems, "\n"), "404") {
		t.Errorf("problems are %q, want the id used twice and the directory that is not there", problems)
	}
}

func TestClientLimitsDirectories(t *testing.T) {
	docs := map[string]string{}
	for c := 'a'; c < 'j'; c++ {
		docs["/"+string(c)] = `{"resources":{` + nested(string(c), string(c+1)) + `}}`
	}
	server := serve(t, docs)
	d, err := newClient(t, Config{Limits: Limits{Directories: 3}}).Directory(t.Context(), server.URL+"/a")
	if err != nil {
		t.Fatal(err)
	}
	if len(d.Resources) != 3 || len(d.Problems) != 1 {
		t.Errorf("%d resources, problems %v; want 3 and one", len(d.Resources), d.Problems)
	}
}

func FuzzParseDirectory(f *testing.F) {
	f.Add([]byte(readTestdata(f, "rfc7285/directory.json")))
	f.Add([]byte(readTestdata(f, "rfc7285/directory-custom.json")))
	base := &url.URL{Scheme: "http", Host: "h", Path: "/d"}
	f.Fuzz(func(t *testing.T, doc []byte) {
		d, err := ParseDirectory(strings.NewReader(string(doc)), base, Limits{Bytes: 1 << 16})
		if err != nil {
			return
		}
		for _, r := range d.Resources {
			if u, err := url.Parse(r.URI); err != nil || !u.IsAbs() || checkName(r.ID) != nil {
				t.Errorf("resource %q at %q", r.ID, r.URI)
			}
		}
		_, _ = d.NetworkMap()
	})
}

func FuzzParseErrorDocument(f *testing.F) {
	f.Add([]byte(`{"meta":{"code":"E_INVALID_FIELD_VALUE","field":"cost-type/cost-mode","value":"foo"}}`))
	f.Add([]byte(`{"meta":{"code":"E_GENERIC_HTTP","syntax-error":"line 1"}}`))
	f.Fuzz(func(t *testing.T, doc []byte) {
		e, err := ParseErrorDocument(strings.NewReader(string(doc)))
		if err != nil {
			return
		}
		again, err := ParseErrorDocument(strings.NewReader(string(e.AppendJSON(nil))))
		if err != nil || again != e {
			t.Errorf("%+v became %+v, %v", e, again, err)
		}
	})
}

package altoserver

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/altracker/altracker/altoclient"
)

const (
	propertyFilter = "Content-Type: " + altoclient.MediaTypePropertyMapFilter
	labProperties  = `{"property-map":{
		"ipv4:10.0.0.0/8":{".isp":"one"},"ipv4:10.1.0.0/16":{".isp":null,".access":"mobile"},"ipv6:2001:db8::/32":{".isp":"six"},
		"lab.pid:a":{".region":"north"},"lab.pid:b":{".region":"south",".access":"fibre"},".ane:x":{".isp":"two"}}}`
)

func newPropertyServer(t testing.TB, docs ...string) *Server {
	t.Helper()
	return New(withProperties(t, contentOf(t, networkDoc, costsDoc), docs...), Config{})
}

func TestServerSendsPropertyMaps(t *testing.T) {
	s := newPropertyServer(t, labProperties)
	r := ask(s, "GET", "/propmap/property-map", "")
	if got := text(t, r); r.Header.Get("Content-Type") != altoclient.MediaTypePropertyMap ||
		!strings.HasPrefix(got, `{"meta":{"dependent-vtags":[{"resource-id":"lab","tag":"1"}]},"property-map":{`) {
		t.Errorf("%s %s", r.Status, got)
	}
	if r := ask(s, "GET", "/propmap/property-map", "", "If-None-Match: "+r.Header.Get("ETag")); r.StatusCode != http.StatusNotModified {
		t.Errorf("with its ETag: %s", r.Status)
	}
	if r := ask(s, "POST", "/propmap/property-map", "{}"); r.StatusCode != http.StatusMethodNotAllowed || r.Header.Get("Allow") != "GET, HEAD" {
		t.Errorf("POST: %s, allowed %s", r.Status, r.Header.Get("Allow"))
	}
	for _, path := range []string{"/propmap/other", "/propmap/lab"} {
		if r := ask(s, "GET", path, ""); r.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %s", path, r.Status)
		}
	}
	if r := ask(s, "POST", "/propmap/other/filtered", "{}", propertyFilter); r.StatusCode != http.StatusNotFound {
		t.Errorf("a part of no map: %s", r.Status)
	}
}

func TestServerFiltersPropertyMaps(t *testing.T) {
	s := newPropertyServer(t, labProperties)
	const (
		tagged = `{"meta":{"dependent-vtags":[{"resource-id":"lab","tag":"1"}]},"property-map":`
		bare   = `{"meta":{},"property-map":`
	)
	for _, tt := range []struct{ name, body, want string }{
		{"inherited, and null", `{"entities":["ipv4:10.2.0.1","ipv4:10.1.2.3"],"properties":[".isp",".access"]}`,
			tagged + `{"ipv4:10.1.2.3":{".isp":null,".access":"mobile"},"ipv4:10.2.0.1":{".isp":"one"}}}`},
		{"what is within", `{"entities":["ipv4:10.0.0.0/12"],"properties":[".isp"]}`,
			tagged + `{"ipv4:10.0.0.0/12":{".isp":"one"},"ipv4:10.1.0.0/16":{".isp":null}}}`},
		{"twice is once", `{"entities":["ipv6:2001:DB8:0::","ipv6:2001:db8::/128"],"properties":[".isp",".isp"]}`,
			tagged + `{"ipv6:2001:db8::":{".isp":"six"}}}`},
		{"PIDs", `{"entities":["lab.pid:b","lab.pid:b","lab.pid:none"],"properties":[".region"]}`,
			tagged + `{"lab.pid:b":{".region":"south"}}}`},
		{"all properties", `{"entities":["lab.pid:b"],"properties":[]}`, tagged + `{"lab.pid:b":{".access":"fibre",".region":"south"}}}`},
		{"no properties", `{"entities":["lab.pid:b","lab.pid:none","ipv4:10.2.0.1","ipv4:9.9.9.9"]}`, tagged + `{"ipv4:10.2.0.1":{},"lab.pid:b":{}}}`},
		{"a domain of its own", `{"entities":[".ane:x",".ane:y"],"properties":[".isp"]}`, bare + `{".ane:x":{".isp":"two"}}}`},
		{"a property that an entity does not have", `{"entities":[".ane:x","lab.pid:a"],"properties":[".access"]}`, tagged + `{}}`},
		{"all entities", `{"entities":[],"properties":[".isp"]}`,
			tagged + `{".ane:x":{".isp":"two"},"ipv4:10.0.0.0/8":{".isp":"one"},"ipv4:10.1.0.0/16":{".isp":null},"ipv6:2001:db8::/32":{".isp":"six"}}}`},
	} {
		r := ask(s, "POST", "/propmap/property-map/filtered", tt.body, propertyFilter)
		if got := text(t, r); r.StatusCode != http.StatusOK || got != tt.want || r.Header.Get("Content-Type") != altoclient.MediaTypePropertyMap {
			t.Errorf("%s: %s %s\nwant %s", tt.name, r.Status, got, tt.want)
		}
	}
	r := ask(s, "POST", "/propmap/filtered", `{"entities":["ipv4:10.0.0.0/15","ipv6:2001:db8:1::7"],"properties":["lab.pid"]}`, propertyFilter)
	want := tagged + `{"ipv4:10.0.0.0/15":{"lab.pid":"world"},"ipv4:10.1.0.0/16":{"lab.pid":"a"},"ipv6:2001:db8:1::7":{"lab.pid":"a"}}}`
	if got := text(t, r); got != want {
		t.Errorf("PIDs of prefixes: %s %s\nwant %s", r.Status, got, want)
	}
	for _, tt := range []struct{ name, body, want string }{
		{"no JSON", `{`, "E_SYNTAX"},
		{"no entities", `{"properties":[".isp"]}`, "E_MISSING_FIELD, field entities"},
		{"a string", `{"entities":"lab.pid:a"}`, "E_INVALID_FIELD_TYPE, field entities"},
		{"a number", `{"entities":["lab.pid:a",7]}`, "E_INVALID_FIELD_VALUE, field entities, value 7"},
		{"another domain", `{"entities":["lab.pid:a","net.pid:a"]}`, "E_INVALID_FIELD_VALUE, field entities, value net.pid:a"},
		{"no domain", `{"entities":["a"]}`, "E_INVALID_FIELD_VALUE, field entities, value a"},
		{"no address", `{"entities":["ipv4:10.0.0"]}`, "E_INVALID_FIELD_VALUE, field entities, value ipv4:10.0.0"},
		{"the other family", `{"entities":["ipv6:10.0.0.1"]}`, "E_INVALID_FIELD_VALUE, field entities, value ipv6:10.0.0.1"},
		{"no name of a PID", `{"entities":["lab.pid:a b"]}`, "E_INVALID_FIELD_VALUE, field entities, value lab.pid:a b"},
		{"another property", `{"entities":["lab.pid:a"],"properties":[".isp",".none"]}`, "E_INVALID_FIELD_VALUE, field properties, value .none"},
		{"no list of properties", `{"entities":["lab.pid:a"],"properties":{}}`, "E_INVALID_FIELD_TYPE, field properties"},
	} {
		r := ask(s, "POST", "/propmap/property-map/filtered", tt.body, propertyFilter)
		wantFault(t, tt.name, r, tt.want)
	}
}

func TestContentRefusesPropertyMaps(t *testing.T) {
	const vtags = `{"meta":{"dependent-vtags":[{"resource-id":"lab","tag":"1"}]},"property-map":`
	content := contentOf(t, networkDoc, costsDoc)
	for _, tt := range []struct{ name, text, doc string }{
		{"a bad map", "/property-map/lab.pid:a", `{"property-map":{"lab.pid:a":5}}`},
		{"no JSON", "property map 1", `{`},
		{"another network map", "net.pid belongs to net", `{"property-map":{"net.pid:a":{".isp":"x"}}}`},
		{"a property of another network map", "net.pid belongs to net", `{"property-map":{"ipv4:10.0.0.0":{"net.pid":"x"}}}`},
		{"another version", "do not agree", strings.Replace(vtags, `"tag":"1"`, `"tag":"2"`, 1) + `{"lab.pid:a":{".isp":"x"}}}`},
		{"a version of nothing here", "no network map of that id", strings.Replace(vtags, `"lab"`, `"net"`, 1) + `{}}`},
		{"no version of its network map", "dependent-vtags does not have it", `{"meta":{"dependent-vtags":[]},"property-map":{"lab.pid:a":{".isp":"x"}}}`},
		{"a PID that is not there", "PID moon", vtags + `{"lab.pid:moon":{".isp":"x"}}}`},
		{"the id of a network map", `two resources are called "lab"`, `{"meta":{"vtag":{"resource-id":"lab","tag":"1"}},"property-map":{".ane:x":{".isp":"x"}}}`},
		{"the id of another resource", `two resources are called "tips"`, `{"meta":{"vtag":{"resource-id":"tips","tag":"1"}},"property-map":{".ane:x":{".isp":"x"}}}`},
	} {
		_, err := content.WithProperties([]byte(tt.doc))
		if err == nil || !strings.Contains(err.Error(), tt.text) {
			t.Errorf("%s: %v, want an error with %q", tt.name, err, tt.text)
		}
	}
	_, err := NewContent([]byte(strings.Replace(networkDoc, `"lab"`, `"endpoint-cost"`, 1)), []byte(strings.Replace(costsDoc, `"lab"`, `"endpoint-cost"`, 1)))
	if err == nil || !strings.Contains(err.Error(), `two resources are called "endpoint-cost"`) {
		t.Errorf("a network map called like a service: %v", err)
	}
}

func TestPropertyMapsAreNamed(t *testing.T) {
	second := `{"property-map":{".ane:y":{".isp":"x"}}}`
	third := `{"meta":{"vtag":{"resource-id":"mine","tag":"1"}},"property-map":{"mine.ane:z":{"mine.isp":"x"}}}`
	_, dir := visit(t, withProperties(t, contentOf(t, networkDoc), labProperties, second, third))
	for id, uses := range map[string][]string{"property-map": {"lab"}, "property-map-2": nil, "mine": nil} {
		for _, suffix := range []string{"", "-filtered"} {
			r, ok := dir.Resource(id + suffix)
			if !ok || !slices.Equal(r.Uses, uses) || (r.Accepts == "") != (suffix == "") {
				t.Errorf("%s: %+v, %t", id+suffix, r, ok)
			}
		}
	}
	r, _ := dir.Resource("property-map")
	if got := r.Mappings["lab.pid"]; !slices.Equal(got, []string{".access", ".region"}) || len(r.Mappings) != 4 {
		t.Errorf("mappings %v", r.Mappings)
	}
}

func TestPropertyMapsHaveUpdates(t *testing.T) {
	content := func(doc string) *Content { return withProperties(t, contentOf(t, networkDoc, costsDoc), doc) }
	s := New(content(labProperties), Config{})
	l := listen(t, servedAt(t, s), `{"add":{"p":{"resource-id":"property-map"}}}`)
	l.want(altoclient.MediaTypePropertyMap+",p", `"vtag":{"resource-id":"property-map"`, `"lab.pid:a":{".region":"north"}`)
	_, at := openTIPS(t, s, `{"resource-id":"property-map"}`)
	s.Publish(content(strings.Replace(labProperties, "north", "east", 1)))
	l.want(mergeOf+"p", `"property-map":{"lab.pid:a":{".region":"east"}}`)
	if body := text(t, ask(s, "GET", at+"/1/2", "")); !strings.Contains(body, `{"lab.pid:a":{".region":"east"}}`) {
		t.Errorf("TIPS: %s", body)
	}
	// A Merge Patch cannot set anything to null.
	s.Publish(content(strings.Replace(labProperties, `"north"`, "null", 1)))
	l.want(altoclient.MediaTypePropertyMap+",p", `"lab.pid:a":{".region":null}`)
}

// The PIDs of addresses, by the service of RFC 9240.
func TestClientAsksForThePIDsOfEntities(t *testing.T) {
	client, dir := visit(t, contentOf(t, networkDoc, costsDoc))
	r, ok := dir.PropertyMap("ipv4", "lab.pid")
	if !ok {
		t.Fatal("no property map of PIDs")
	}
	m, err := client.PropertyMap(t.Context(), r, altoclient.PropertyFilter{
		Entities: []string{"ipv4:10.1.2.3", "ipv4:10.2.0.1", "ipv4:9.9.9.9", "ipv6:2001:db8:1::"}, Properties: []string{"lab.pid"},
	})
	if err != nil {
		t.Fatal(err)
	}
	for entity, want := range map[string]string{"ipv4:10.1.2.3": "a", "ipv4:10.2.0.1": "b", "ipv4:9.9.9.9": "world", "ipv6:2001:db8:1::": "a"} {
		if got, _ := m.Text(entity, "lab.pid"); got != want {
			t.Errorf("%s is in %q, want %q", entity, got, want)
		}
	}
	if tags := m.VersionTags(); len(tags) != 1 || tags[0] != (altoclient.VersionTag{ResourceID: "lab", Tag: "1"}) {
		t.Errorf("depends on %v", tags)
	}
}

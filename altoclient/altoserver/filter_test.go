package altoserver

import (
	"net/http"
	"strings"
	"testing"

	"github.com/altracker/altracker/altoclient"
)

func FuzzFilters(f *testing.F) {
	content, err := NewContent([]byte(networkDoc), []byte(costsDoc))
	if err != nil {
		f.Fatal(err)
	}
	s := New(content, Config{})
	f.Add(`{"pids":["a","b"],"address-types":["ipv4"]}`)
	f.Add(`{"cost-type":{"cost-mode":"numerical","cost-metric":"routingcost"},"constraints":["ge 1"],"pids":{"srcs":["a"],"dsts":[]}}`)
	f.Add(`{"pids":[["a"],{}]}`)
	f.Add(`{"properties":["lab.pid"],"endpoints":["ipv6:2001:DB8::1","ipv4:10.1.0.1"]}`)
	f.Add(`{"cost-type":{"cost-mode":"ordinal","cost-metric":"routingcost"},"endpoints":{"srcs":["ipv4:10.1.0.1"]}}`)
	f.Fuzz(func(t *testing.T, body string) {
		r := ask(s, "POST", "/networkmap/filtered", body, "Content-Type: "+altoclient.MediaTypeNetworkMapFilter)
		wantAnswer(t, r, func(r *http.Response) error {
			_, err := altoclient.ParseNetworkMap(r.Body, altoclient.Limits{})
			return err
		})
		r = ask(s, "POST", "/costmap/num/routingcost/filtered", body, "Content-Type: "+altoclient.MediaTypeCostMapFilter)
		wantAnswer(t, r, func(r *http.Response) error {
			_, err := altoclient.ParseCostMap(r.Body, nil, altoclient.Limits{})
			return err
		})
		r = ask(s, "POST", "/endpointprop", body, "Content-Type: "+altoclient.MediaTypeEndpointPropertiesParams)
		wantAnswer(t, r, func(r *http.Response) error {
			_, err := altoclient.ParseEndpointProperties(r.Body, altoclient.Limits{})
			return err
		})
		r = ask(s, "POST", "/endpointcost", body, "Content-Type: "+altoclient.MediaTypeEndpointCostsParams)
		wantAnswer(t, r, func(r *http.Response) error {
			_, err := altoclient.ParseEndpointCosts(r.Body, altoclient.Limits{})
			return err
		})
	})
}

// wantAnswer wants a map that parses, or an error document that does.
func wantAnswer(t *testing.T, r *http.Response, parse func(*http.Response) error) {
	t.Helper()
	if r.StatusCode == http.StatusOK {
		if err := parse(r); err != nil {
			t.Error(err)
		}
		return
	}
	if doc, err := altoclient.ParseErrorDocument(r.Body); err != nil || r.StatusCode != http.StatusBadRequest || !strings.HasPrefix(doc.Code, "E_") {
		t.Errorf("%s, %v, %v", r.Status, doc, err)
	}
}

package altoclient

import (
	"net/netip"
	"net/url"
	"os"
	"strings"
	"testing"

	"github.com/go-json-experiment/json/jsontext"
)

// TestExamplesOfRFC7285 reads every example and writes it again. What comes out
// must mean what went in; of directories, which the client does not write, the
// number of resources must be right.
func TestExamplesOfRFC7285(t *testing.T) {
	network := func(doc string) ([]byte, error) {
		m, err := ParseNetworkMap(strings.NewReader(doc), Limits{})
		if err != nil {
			return nil, err
		}
		return m.AppendJSON(nil), nil
	}
	costs := func(doc string) ([]byte, error) {
		m, err := ParseCostMap(strings.NewReader(doc), nil, Limits{})
		if err != nil {
			return nil, err
		}
		return m.AppendJSON(nil), nil
	}
	directory := func(resources int) func(string) ([]byte, error) {
		return func(doc string) ([]byte, error) {
			d, err := ParseDirectory(strings.NewReader(doc), &url.URL{Scheme: "http", Host: "alto.example.com"}, Limits{})
			if err == nil && (len(d.Resources) != resources || len(d.Problems) > 0) {
				t.Errorf("%d resources, want %d; problems %v", len(d.Resources), resources, d.Problems)
			}
			return []byte(doc), err
		}
	}
	ask := func(question interface{ AppendJSON([]byte) []byte }) func(string) ([]byte, error) {
		return func(string) ([]byte, error) { return question.AppendJSON(nil), nil }
	}
	addrs := func(texts ...string) (list []netip.Addr) {
		for _, text := range texts {
			list = append(list, netip.MustParseAddr(text))
		}
		return list
	}
	same := strings.NewReplacer()
	examples := map[string]struct {
		edit  *strings.Replacer // what is wrong with the example
		again func(doc string) ([]byte, error)
	}{
		"directory.json":          {same, directory(6)},
		"directory-custom.json":   {same, directory(4)},
		"networkmap.json":         {same, network},
		"networkmap-longest.json": {same, network},
		// Both prefixes are of one network; halves are meant.
		"networkmap-filtered.json": {strings.NewReplacer("198.51.100.0/24", "198.51.100.0/25", "198.51.100.128/24", "198.51.100.128/25"), network},
		"costmap.json":             {same, costs},
		"costmap-filtered.json":    {same, costs},
		"endpointprop.json": {same, func(doc string) ([]byte, error) {
			p, err := ParseEndpointProperties(strings.NewReader(doc), Limits{})
			if err != nil {
				return nil, err
			}
			return p.AppendJSON(nil), nil
		}},
		"endpointcost.json": {same, func(doc string) ([]byte, error) {
			c, err := ParseEndpointCosts(strings.NewReader(doc), Limits{})
			if err != nil {
				return nil, err
			}
			return c.AppendJSON(nil), nil
		}},
		"addressgroup.json": {same, func(doc string) ([]byte, error) {
			m, err := ParseNetworkMap(strings.NewReader(networkMapDoc(`{"a":`+doc+`}`)), Limits{})
			if err != nil {
				return nil, err
			}
			_, group, _ := strings.Cut(string(m.AppendJSON(nil)), `"a":`)
			return []byte(strings.TrimSuffix(group, "}}")), nil
		}},
		"networkmap-filtered-request.json": {same, ask(NetworkMapFilter{PIDs: []string{"PID1", "PID2"}})},
		"costmap-filtered-request.json": {same, ask(CostMapFilter{
			CostType: CostType{RoutingCost, Numerical}, Srcs: []string{"PID1"}, Dsts: []string{"PID1", "PID2", "PID3"},
		})},
		"endpointprop-request.json": {same, ask(EndpointPropertyQuery{
			Properties: []string{"my-default-networkmap.pid", "priv:ietf-example-prop"},
			Endpoints:  addrs("192.0.2.34", "203.0.113.129"),
		})},
		"endpointcost-request.json": {same, ask(EndpointCostQuery{
			CostType: CostType{RoutingCost, Ordinal}, Srcs: addrs("192.0.2.2"), Dsts: addrs("192.0.2.89", "198.51.100.34", "203.0.113.45"),
		})},
	}
	files, err := os.ReadDir("testdata/rfc7285")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		name := file.Name()
		if name == "README.md" {
			continue
		}
		example, ok := examples[name]
		if !ok {
			t.Errorf("nothing reads %s", name)
			continue
		}
		doc := example.edit.Replace(readTestdata(t, "rfc7285/"+name))
		again, err := example.again(doc)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		have, want := jsontext.Value(again), jsontext.Value(doc)
		if err := have.Canonicalize(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if err := want.Canonicalize(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if string(have) != string(want) {
			t.Errorf("%s: %s\nwant %s", name, have, want)
		}
	}
}

func TestMapsIgnoreUnknownFields(t *testing.T) { // D11
	more := func(name string) string {
		doc := readTestdata(t, "rfc7285/"+name)
		doc = strings.Replace(doc, "{", `{"new":[{"a":{"a":1}}],`, 1)
		doc = strings.Replace(doc, `"meta" : {`, `"meta":{"new":null,`, 1)
		return strings.Replace(doc, `"resource-id"`, `"new":{},"resource-id"`, 1)
	}
	m, err := ParseNetworkMap(strings.NewReader(more("networkmap.json")), Limits{})
	if err != nil || m.PIDs() != 3 {
		t.Errorf("network map: %v", err)
	}
	c, err := ParseCostMap(strings.NewReader(more("costmap.json")), nil, Limits{})
	if err != nil || c.PIDs() != 3 {
		t.Errorf("cost map: %v", err)
	}
}

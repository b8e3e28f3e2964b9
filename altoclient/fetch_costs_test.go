package altoclient

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
)

// shelf is a server of documents that are set by the path, and by the body where
// that is POSTed. It remembers what it was asked.
type shelf struct {
	*httptest.Server
	mu        sync.Mutex
	documents map[string]string // by path, or by path and body
	asked     []string
}

const shelfDirectory = `{"meta":{"default-alto-network-map":"map","cost-types":{
	"rc":{"cost-metric":"routingcost","cost-mode":"numerical"},"ow":{"cost-metric":"delay-ow","cost-mode":"numerical"},
	"odd":{"cost-metric":"routingcost","cost-mode":"priv:odd"}}},"resources":{
	"map":{"uri":"/map","media-type":"application/alto-networkmap+json"}%s}}`

func newShelf(t *testing.T, resources string) *shelf {
	t.Helper()
	s := &shelf{documents: map[string]string{
		"/directory": fmt.Sprintf(shelfDirectory, resources),
		"/map":       networkMapDoc(`{"a":{"ipv4":["10.0.0.0/8"]},"b":{"ipv4":["11.0.0.0/16"]},"c":{"ipv4":["12.0.0.0/24"]}}`),
	}}
	s.Server = httptest.NewServer(s)
	t.Cleanup(s.Close)
	return s
}

func (s *shelf) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	key := r.URL.Path
	if len(body) > 0 {
		key += " " + string(body)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked = append(s.asked, key)
	doc, ok := s.documents[key]
	if !ok {
		http.NotFound(w, r)
		return
	}
	kind := MediaTypeCostMap
	switch r.URL.Path {
	case "/directory":
		kind = MediaTypeDirectory
	case "/map":
		kind = MediaTypeNetworkMap
	case "/properties":
		kind = MediaTypePropertyMap
	case "/paths":
		kind = multipartType("example-1")
	}
	w.Header().Set("Content-Type", kind)
	_, _ = io.WriteString(w, doc)
}

func (s *shelf) put(key, doc string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.documents[key] = doc
}

// fetch has a remote with the given weights fetch once.
func (s *shelf) remote(t *testing.T, config Config, weights ...CostWeight) *remote {
	t.Helper()
	client := NewClient(config)
	t.Cleanup(client.Close)
	weights, err := checkCosts(weights)
	if err != nil {
		t.Fatal(err)
	}
	return &remote{client: client, directory: s.URL + "/directory", weights: weights}
}

const multiResource = `,"multi":{"uri":"/multi","media-type":"application/alto-costmap+json","accepts":"application/alto-costmapfilter+json",
	"uses":["map"],"capabilities":{"max-cost-types":2,"cost-type-names":["rc","ow","odd"],
	"calendar-attributes":[{"cost-type-names":["ow"],"time-interval-size":3600,"number-of-intervals":3}]}}`

const askBoth = `/multi {"multi-cost-types":[{"cost-mode":"numerical","cost-metric":"routingcost"},{"cost-mode":"numerical","cost-metric":"delay-ow"}]}`

func TestSeveralCostTypesAreAskedForAtOnce(t *testing.T) {
	s := newShelf(t, multiResource)
	s.put(askBoth, multiDoc(twoTypes, `{"a":{"a":[2,100],"b":[4,null],"c":[null,300]}}`))
	r := s.remote(t, Config{}, CostWeight{Type: routing}, CostWeight{Type: delay})
	got, err := r.fetch(t.Context(), false)
	if err != nil {
		t.Fatal(err)
	}
	// The medians are 4 and 300.
	if have, want := costString(got.snapshot.costs), "a->a:0.41666667 a->b:1 a->c:1"; have != want && have != strings.Replace(want, "67", "7", 1) {
		t.Errorf("costs %s, want %s", have, want)
	}
	again, err := r.fetch(t.Context(), false)
	if err != nil || again.snapshot != got.snapshot {
		t.Errorf("the same costs make another Snapshot: %v", err)
	}
	s.put(askBoth, multiDoc(twoTypes, `{"a":{"b":[1,1]}}`))
	again, err = r.fetch(t.Context(), false)
	if err != nil || again.snapshot == got.snapshot {
		t.Errorf("other costs make no other Snapshot: %v", err)
	}
}

func TestCalendarsAreAskedForWhereTheyAreOffered(t *testing.T) {
	s := newShelf(t, multiResource)
	ask := strings.TrimSuffix(askBoth, "}") + `,"calendared":[false,true]}`
	answer := twoTypes + "," + strings.Replace(threeOf, `{"calendar`, `{"cost-type-names":["ow"],"calendar`, 1)
	s.put(ask, multiDoc(answer, `{"a":{"b":[1,[10,20,30]]}}`))
	r := s.remote(t, Config{}, CostWeight{Type: routing, Calendar: true}, CostWeight{Type: delay, Calendar: true})
	got, err := r.fetch(t.Context(), false)
	if err != nil {
		t.Fatal(err)
	}
	if got.snapshot.times == nil || got.fresh != (freshness{known: true}) {
		t.Errorf("no calendar, or one that is over is fresh: %+v", got.fresh)
	}
	if c := r.published[0].columns[1]; len(c.Slots) != 3 || c.Calendar.Intervals != 3 {
		t.Errorf("column %+v", c)
	}
}

func TestCostTypesComeFromMapsOfTheirOwnWhereThereIsNoMultiCost(t *testing.T) {
	s := newShelf(t, `,"rc":{"uri":"/rc","media-type":"application/alto-costmap+json","uses":["map"],"capabilities":{"cost-type-names":["rc"]}},
		"ow":{"uri":"/ow","media-type":"application/alto-costmap+json","accepts":"application/alto-costmapfilter+json","uses":["map"],
		"capabilities":{"cost-type-names":["ow"]}}`)
	s.put("/rc", costMapDoc(Numerical, `{"a":{"b":4}}`))
	s.put(`/ow {"cost-type":{"cost-mode":"numerical","cost-metric":"delay-ow"}}`,
		strings.Replace(costMapDoc(Numerical, `{"a":{"b":7}}`), RoutingCost, "delay-ow", 1))
	r := s.remote(t, Config{}, CostWeight{Type: routing}, CostWeight{Type: delay})
	got, err := r.fetch(t.Context(), false)
	if err != nil {
		t.Fatal(err)
	}
	if have := costString(got.snapshot.costs); have != "a->b:1" {
		t.Errorf("costs %s", have)
	}
	again, err := r.fetch(t.Context(), false)
	if err != nil || again.snapshot != got.snapshot {
		t.Errorf("the same costs make another Snapshot: %v", err)
	}
}

func TestCostTypesThatAreNotOfferedAreNamed(t *testing.T) {
	s := newShelf(t, "")
	r := s.remote(t, Config{}, CostWeight{Type: routing}, CostWeight{Type: delay})
	got, err := r.fetch(t.Context(), false)
	if err == nil || !strings.Contains(err.Error(), "costs[0]: the server does not offer routingcost/numerical") {
		t.Errorf("error %v", err)
	}
	if got.snapshot == nil || got.snapshot.costs != nil {
		t.Error("the network map alone is not published")
	}
}

func TestCostsOfAnotherNetworkMapAreAskedForAgain(t *testing.T) {
	t.Parallel() // it waits between its rounds
	s := newShelf(t, multiResource)
	s.put(askBoth, strings.Replace(multiDoc(twoTypes, `{}`), `"tag":"1"`, `"tag":"2"`, 1))
	r := s.remote(t, Config{}, CostWeight{Type: routing}, CostWeight{Type: delay})
	got, err := r.fetch(t.Context(), false)
	if err == nil || !strings.Contains(err.Error(), ErrSkew.Error()) || got.skews != pairRounds {
		t.Errorf("error %v after %d skews", err, got.skews)
	}
}

func TestMultiCostFilterIsCheckedBeforeItIsSent(t *testing.T) {
	r := Resource{ID: "r", CostTypes: []CostType{routing, delay}, Extensions: Extensions{MaxCostTypes: 1}}
	client := NewClient(Config{})
	defer client.Close()
	for text, filter := range map[string]MultiCostFilter{
		"no cost type":            {},
		"offers 1 cost types":     {CostTypes: []CostType{routing, delay}},
		"does not offer shoesize": {CostTypes: []CostType{shoes}},
		"want numerical or":       {CostTypes: []CostType{{ANEPath, Array}}},
		"2 of calendared for 1":   {CostTypes: []CostType{routing}, Calendared: []bool{true, false}},
		"calendars are not":       {CostTypes: []CostType{routing}, Calendared: []bool{true}},
	} {
		if _, err := client.MultiCostMap(context.Background(), r, filter, nil); err == nil || !strings.Contains(err.Error(), text) {
			t.Errorf("%v, want %s", err, text)
		}
	}
}

// TestMultiCostFiltersOfRFC8189 writes the requests of the examples.
func TestMultiCostFiltersOfRFC8189(t *testing.T) {
	scenery := CostType{"sceneryrate", Numerical}
	or := [][]string{{"[0] le 10", "[1] le 2"}, {"[0] le 3", "[1] le 6"}}
	for name, filter := range map[string]MultiCostFilter{
		"rfc8189/costmap-request-2": {CostTypes: []CostType{routing, shoes}, Srcs: []string{"PID1", "PID2"}, Dsts: []string{"PID1", "PID2", "PID3"},
			OrConstraints: [][]string{{"[0] ge 5", "[0] le 10"}, {"[1] eq 0"}}},
		"rfc8189/costmap-request-3": {CostTypes: []CostType{routing}, Testable: []CostType{routing, shoes}, OrConstraints: or},
		"rfc8189/costmap-request-4": {CostTypes: []CostType{routing, scenery}, Testable: []CostType{routing, shoes}, OrConstraints: or},
		"rfc8896/costmap-request": {CostTypes: []CostType{{"throughputrating", Numerical}}, Calendared: []bool{true},
			Srcs: []string{"PID1", "PID2"}, Dsts: []string{"PID1", "PID2", "PID3"}},
	} {
		want := compact(t, readTestdata(t, name+".json"))
		// Empty lists of PIDs are left out, and the order does not matter.
		want = strings.Replace(want, `,"pids":{"srcs":[],"dsts":[]}`, "", 1)
		if got := compact(t, string(filter.AppendJSON(nil))); sortLetters(got) != sortLetters(want) {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
}

func compact(t *testing.T, doc string) string {
	t.Helper()
	d := open(strings.NewReader(doc), Limits{Bytes: 1 << 20})
	v, err := d.raw()
	if err != nil {
		t.Fatal(err)
	}
	if err := v.Compact(); err != nil {
		t.Fatal(err)
	}
	return string(v)
}

// sortLetters makes texts comparable but for the order of their parts.
func sortLetters(text string) string {
	b := []byte(text)
	slices.Sort(b)
	return string(b)
}

func TestPropertiesAndPathsAreFetched(t *testing.T) {
	s := newShelf(t, `,"props":{"uri":"/properties","media-type":"application/alto-propmap+json","accepts":"application/alto-propmapparams+json",
		"capabilities":{"mappings":{"ipv4":[".ISP"]}}},
		"paths":{"uri":"/paths","media-type":"multipart/related;type=application/alto-costmap+json","accepts":"application/alto-costmapfilter+json",
		"uses":["map"],"capabilities":{"ane-property-names":["cpu"]}}`)
	s.put(`/properties {"entities":["ipv4:192.0.2.1"],"properties":[]}`, readTestdata(t, "rfc9240/propmap-1.json"))
	s.put(`/paths {"cost-type":{"cost-mode":"array","cost-metric":"ane-path"},"pids":{"srcs":["PID1"],"dsts":[]}}`,
		readTestdata(t, "rfc9275/costmap-1.multipart"))
	client := NewClient(Config{})
	defer client.Close()
	dir, err := client.Directory(t.Context(), s.URL+"/directory")
	if err != nil {
		t.Fatal(err)
	}
	at, _ := dir.PropertyMap("ipv4", ".ISP")
	m, err := client.PropertyMap(t.Context(), at, PropertyFilter{Entities: []string{"ipv4:192.0.2.1"}})
	if err != nil {
		t.Fatal(err)
	}
	if got, _ := m.Text("ipv4:192.0.2.1", ".state"); got != "PA" {
		t.Errorf("state %q", got)
	}
	at, _ = dir.Resource("paths")
	v, err := client.PathVector(t.Context(), at, PathVectorFilter{Srcs: []string{"PID1"}})
	if err != nil {
		t.Fatal(err)
	}
	if p, ok := v.Path("PID1", "PID4"); !ok || len(p.Elements) != 2 {
		t.Errorf("path %+v", p)
	}
}

package altoclient

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync/atomic"
	"testing"
)

// propertyServer has a network map of three PIDs, and what a full and a filtered property
// map say of them.
type propertyServer struct {
	*httptest.Server
	tag   atomic.Value // that the property maps depend on
	asked atomic.Value // the filter
	fails atomic.Bool
	full  atomic.Int64 // how often the full map was sent
}

func newPropertyServer(t *testing.T) *propertyServer {
	s := &propertyServer{}
	s.tag.Store("1")
	mux := http.NewServeMux()
	answer := func(path, mediaType, body string) {
		mux.HandleFunc(path, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", mediaType)
			fmt.Fprint(w, body)
		})
	}
	answer("/directory", MediaTypeDirectory, `{"meta":{"default-alto-network-map":"net"},"resources":{
		"net":{"uri":"/net","media-type":"`+MediaTypeNetworkMap+`"},
		"places":{"uri":"/places","media-type":"`+MediaTypePropertyMap+`","uses":["net"],
			"capabilities":{"mappings":{"net.pid":[".region",".colour"]}}},
		"owners":{"uri":"/owners","media-type":"`+MediaTypePropertyMap+`","accepts":"`+MediaTypePropertyMapFilter+`",
			"capabilities":{"mappings":{"ipv4":[".ISP"],"net.pid":[".colour"]}}}}}`)
	answer("/net", MediaTypeNetworkMap, `{"meta":{"vtag":{"resource-id":"net","tag":"1"}},"network-map":{
		"a":{"ipv4":["10.1.0.0/16"]},"b":{"ipv4":["10.2.0.0/16"]},"c":{"ipv4":["10.3.0.0/16"]}}}`)
	mux.HandleFunc("/places", func(w http.ResponseWriter, r *http.Request) {
		switch {
		case s.fails.Load():
			w.WriteHeader(http.StatusInternalServerError)
		case r.Header.Get("If-None-Match") == `"`+s.tag.Load().(string)+`"`:
			w.WriteHeader(http.StatusNotModified)
		default:
			s.full.Add(1)
			w.Header().Set("ETag", `"`+s.tag.Load().(string)+`"`)
			w.Header().Set("Content-Type", MediaTypePropertyMap)
			fmt.Fprintf(w, `{"meta":{"dependent-vtags":[{"resource-id":"net","tag":%q}]},"property-map":{
				"net.pid:a":{".region":"north"},"net.pid:b":{".region":"north",".colour":"red"},"net.pid:c":{".region":"south"}}}`, s.tag.Load())
		}
	})
	mux.HandleFunc("/owners", func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		s.asked.Store(string(body))
		w.Header().Set("Content-Type", MediaTypePropertyMap)
		fmt.Fprint(w, `{"property-map":{"ipv4:10.0.0.0/8":{".ISP":"one"},"ipv4:10.3.0.0/16":{".ISP":"two"}}}`)
	})
	s.Server = httptest.NewServer(mux)
	t.Cleanup(s.Close)
	return s
}

func (s *propertyServer) source(t *testing.T, properties ...string) *Source {
	client := NewClient(Config{})
	t.Cleanup(client.Close)
	source, err := NewSource(SourceConfig{Name: "lab", Directory: s.URL + "/directory", Client: client, Properties: properties})
	if err != nil {
		t.Fatal(err)
	}
	return source
}

// refreshed fetches once more and returns the view.
func refreshed(t *testing.T, s *Source) View {
	t.Helper()
	got, err := s.fetch(context.Background(), false)
	if err != nil && !strings.Contains(err.Error(), "cost") {
		t.Fatal(err)
	}
	s.settle(got, err, 0)
	return s.Current()
}

func textsOf(t *testing.T, v View, property string) (texts []string) {
	t.Helper()
	ends, values := v.(Labelled).Labels(property)
	for pid := uint32(1); int(pid) <= v.PIDs() && len(ends) > 0; pid++ {
		texts = append(texts, (&labels{ends, values}).at(pid))
	}
	return texts
}

func TestSourceKnowsProperties(t *testing.T) {
	server := newPropertyServer(t)
	source := server.source(t, "isp", "Region")
	view := refreshed(t, source)
	for property, want := range map[string][]string{
		"region": {"north", "north", "south"}, ".region": {"north", "north", "south"}, "isp": {"one", "one", "two"}, "planet": nil,
	} {
		if got := textsOf(t, view, property); !reflect.DeepEqual(got, want) {
			t.Errorf("%s is %q, want %q", property, got, want)
		}
	}
	if asked := server.asked.Load(); asked != `{"entities":[],"properties":[".ISP"]}` {
		t.Errorf("asked %s", asked)
	}
	if again := refreshed(t, source); again != view || server.full.Load() != 1 {
		t.Errorf("the same properties made another view (%v), or were sent %d times", again != view, server.full.Load())
	}
	if problems := source.Status().Problems; len(problems) > 0 {
		t.Errorf("problems %q", problems)
	}
	atlas := NewAtlas(nil, []Member{{Name: "lab", View: view}}, nil)
	home := atlas.PID(netip.MustParseAddr("10.3.0.1"))
	if _, texts := atlas.Labels(home, "region"); len(texts) == 0 || texts[len(texts)-1] != "south" {
		t.Errorf("the atlas says %q", texts)
	}
}

func TestPropertiesThatFailAreAProblemOnly(t *testing.T) {
	server := newPropertyServer(t)
	source := server.source(t, "region", "isp")
	view := refreshed(t, source)
	server.fails.Store(true)
	if again := refreshed(t, source); again != view {
		t.Error("the last good properties were given up")
	}
	server.fails.Store(false)
	server.tag.Store("2") // of a network map that is not there yet
	view = refreshed(t, source)
	if got := textsOf(t, view, "region"); got != nil {
		t.Errorf("properties of another map: %q", got)
	}
	if got := textsOf(t, view, "isp"); !reflect.DeepEqual(got, []string{"one", "one", "two"}) {
		t.Errorf("isp is %q", got)
	}
	problems := source.Status().Problems
	if len(problems) != 1 || !strings.Contains(problems[0], "property map places") || source.Status().State == StateFailed {
		t.Errorf("state %v, problems %q", source.Status().State, problems)
	}
}

func TestPropertiesFromAFile(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	network := write("net.json", `{"meta":{"vtag":{"resource-id":"net","tag":"1"}},"network-map":{"a":{"ipv4":["10.1.0.0/16"]}}}`)
	properties := write("props.json", `{"meta":{"dependent-vtags":[{"resource-id":"net","tag":"1"}]},"property-map":{"net.pid:a":{"region":"north"}}}`)
	source, err := NewSource(SourceConfig{Name: "files", NetworkMap: network, PropertyMap: properties})
	if err != nil {
		t.Fatal(err)
	}
	if got := textsOf(t, refreshed(t, source), "region"); !reflect.DeepEqual(got, []string{"north"}) {
		t.Errorf("region is %q", got)
	}
	write("props.json", `{"property-map": 5}`)
	if _, err := source.fetch(context.Background(), false); err == nil || !strings.Contains(err.Error(), "props.json") {
		t.Errorf("a broken file: %v", err)
	}
}

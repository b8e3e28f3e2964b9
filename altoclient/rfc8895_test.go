package altoclient

import (
	"errors"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
)

// followed is a pair of maps as it is between updates, without a server.
func followed(t *testing.T, network, costs string) (*replica, *Source) {
	t.Helper()
	client := NewClient(Config{})
	t.Cleanup(client.Close)
	s, err := NewSource(SourceConfig{Name: "isp", Directory: "http://alto.example.com/directory", Client: client})
	if err != nil {
		t.Fatal(err)
	}
	f := s.follower
	f.remote.network.document = parseNetworkMap(t, network)
	if costs != "" {
		m := parseCostMap(t, costs, f.remote.network.document)
		f.remote.parts = []costPart{{known[*MultiCostMap]{document: m.asMulti()}, f.remote.network.document}}
		f.remote.offer.costs = []costQuestion{{at: Resource{ID: "costs"}}}
	}
	return f.newReplica(), s
}

func readExample(t *testing.T, name string) string { return readTestdata(t, "rfc8895/"+name) }

func TestNetworkMapPatchesOfRFC8895(t *testing.T) {
	for mediaType, patch := range map[string]string{MediaTypeMergePatch: "networkmap-merge.json", MediaTypeJSONPatch: "networkmap-patch.json"} {
		p, _ := followed(t, readExample(t, "networkmap.json"), "")
		for _, step := range []struct{ mediaType, data string }{
			{MediaTypeNetworkMap, readExample(t, "networkmap.json")},
			{mediaType, readExample(t, patch)},
		} {
			if err := p.updateNetwork(step.mediaType, strings.NewReader(step.data)); err != nil {
				t.Fatalf("%s: %v", step.mediaType, err)
			}
		}
		want := parseNetworkMap(t, readExample(t, "networkmap-after.json"))
		if !p.network.sameMeaning(want) || p.network.vtag != want.vtag {
			t.Errorf("%s: %s", mediaType, p.network.AppendJSON(nil))
		}
	}
}

// TestMergePatchNeedsNoDocument patches a network map that was fetched, not sent.
func TestMergePatchNeedsNoDocument(t *testing.T) {
	p, _ := followed(t, readExample(t, "networkmap.json"), "")
	if err := p.updateNetwork(MediaTypeMergePatch, strings.NewReader(readExample(t, "networkmap-merge.json"))); err != nil {
		t.Fatal(err)
	}
	if want := parseNetworkMap(t, readExample(t, "networkmap-after.json")); !p.network.sameMeaning(want) {
		t.Errorf("%s", p.network.AppendJSON(nil))
	}
	p, _ = followed(t, readExample(t, "networkmap.json"), "")
	err := p.updateNetwork(MediaTypeJSONPatch, strings.NewReader(readExample(t, "networkmap-patch.json")))
	if !errors.Is(err, errDoubt) || !errors.Is(err, errNoBase) {
		t.Errorf("a JSON Patch of it: %v", err)
	}
}

func TestDirectoryOfRFC8895(t *testing.T) {
	base, _ := url.Parse("https://alto.example.com/directory")
	for name, wantTIPS := range map[string]string{"rfc8895": "", "rfc9569": "update-my-costs-tips"} {
		dir, err := ParseDirectory(strings.NewReader(readTestdata(t, name+"/directory.json")), base, Limits{})
		if err != nil {
			t.Fatal(err)
		}
		network, err := dir.NetworkMap()
		costs, ok := dir.CostMap(network.ID, RoutingCost)
		if err != nil || !ok {
			t.Fatalf("%s: %v, %t", name, err, ok)
		}
		offer := dir.updates(network, []costQuestion{{at: costs}})
		if offer.sse.ID != "update-my-costs" || offer.tips.ID != wantTIPS {
			t.Errorf("%s: updates by %q and %q", name, offer.sse.ID, offer.tips.ID)
		}
		if c := offer.sse.IncrementalChanges; !slices.Equal(c["my-network-map"], []string{MediaTypeJSONPatch}) ||
			!slices.Equal(c["my-routingcost-map"], []string{MediaTypeMergePatch}) || c["my-simple-filtered-cost-map"] != nil || !offer.sse.StreamControl {
			t.Errorf("%s: capabilities %+v", name, offer.sse)
		}
	}
}

// asNamed lets a stream of the RFC use the substream ids that we use.
func asNamed(stream string) string {
	return strings.NewReplacer(",my-network-map\n", ",network\n", ",my-routingcost-map\n", ",costs-0\n",
		",net\n", ",network\n", ",routing\n", ",costs-0\n").Replace(stream)
}

func TestStreamOfRFC8895(t *testing.T) {
	network := readExample(t, "networkmap.json")
	costs := strings.Replace(readExample(t, "costmap.json"), "a10ce8b059740b0b2e3f8eb1d4785acd42231bfe", "da65eca2eb7a10ce8b059740b0b2e3f8eb1d4785", 1)
	var seen []float32
	p, s := followed(t, network, costs)
	s.Notify(func() {
		snapshot := s.Current().(*Snapshot)
		seen = append(seen, snapshot.CostMap().Cost(1, 2), snapshot.CostMap().Cost(3, 3))
		if snapshot.CostMap().NetworkMap() != snapshot.VersionTag() {
			t.Error("the cost map is of another network map")
		}
	})
	err := p.read(newEventReader(strings.NewReader(asNamed(readExample(t, "stream-simple.txt"))), 1<<20))
	if !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Fatal(err)
	}
	// As fetched, with another tag, after the Merge Patch, after the JSON Patch
	// with the new cost map; an undefined cost is NaN.
	text := strings.Trim(fmt.Sprint(seen), "[]")
	if !strings.HasSuffix(text, "5 NaN 9 1 3 NaN") {
		t.Errorf("costs were %s", text)
	}
	if n := p.network.Len(); n != 6 {
		t.Errorf("%d prefixes", n)
	}

	p, s = followed(t, network, costs)
	err = p.read(newEventReader(strings.NewReader(asNamed(readExample(t, "stream-simple-printed.txt"))), 1<<20))
	if !errors.Is(err, errDoubt) || !strings.Contains(err.Error(), "/meta/vtag") {
		t.Errorf("as printed: %v", err)
	}
	if got := s.Current().(*Snapshot).VersionTag().Tag; got != "da65eca2eb7a10ce8b059740b0b2e3f8eb1d4785" {
		t.Errorf("the network map %s is used without costs", got)
	}
}

func TestAdvancedStreamOfRFC8895(t *testing.T) {
	costs := readExample(t, "costmap.json")
	network := strings.Replace(readExample(t, "networkmap.json"), "da65eca2eb7a10ce8b059740b0b2e3f8eb1d4785", "a10ce8b059740b0b2e3f8eb1d4785acd42231bfe", 1)
	stream := asNamed(readExample(t, "stream-advanced.txt"))
	p, _ := followed(t, network, costs)
	if err := p.read(newEventReader(strings.NewReader(stream), 1<<20)); !errors.Is(err, errDoubt) || !strings.Contains(err.Error(), "hops") {
		t.Errorf("a substream that is not ours: %v", err)
	}
	i := strings.Index(stream, "event: application/merge-patch+json,hops")
	j := strings.Index(stream, "event: application/alto-updatestreamcontrol+json\ndata: {\n")
	p, _ = followed(t, network, costs)
	err := p.read(newEventReader(strings.NewReader(stream[:i]+stream[j:]), 1<<20))
	if !errors.Is(err, errRefused) || !strings.Contains(err.Error(), "stopped") {
		t.Errorf("stopped: %v", err)
	}
	if cost := p.costs[0].document.columns[0].Slots[0].Cost(2, 3); cost != 31 {
		t.Errorf("cost is %v", cost)
	}
}

// TestPropertyStreamOfRFC8895 applies what this package has no maps for.
func TestPropertyStreamOfRFC8895(t *testing.T) {
	docs := make(map[string]*tree)
	e := newEventReader(strings.NewReader(readExample(t, "stream-props.txt")), 1<<20)
	for {
		name, data, err := e.next()
		if err != nil {
			break
		}
		doc, err := readTree(data, Limits{}.withDefaults())
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		mediaType, id, _ := strings.Cut(name, ",")
		if mediaType == MediaTypeMergePatch {
			doc.root = mergePatch(docs[id].root, doc.root)
		}
		docs[id] = doc
	}
	for place, want := range map[string]string{
		"props-1/ipv4:198.51.100.1/priv:ietf-bandwidth": "3", "props-1/ipv4:198.51.100.2/priv:ietf-bandwidth": "42",
		"props-2/ipv6:2001:db8:100::3/priv:ietf-load": "7", "props-2/ipv6:2001:db8:100::2/priv:ietf-load": "9",
		"props-3/ipv4:198.51.100.5/priv:ietf-bandwidth": "15", "props-4/ipv6:2001:db8:100::4/priv:ietf-load": "3",
	} {
		at := strings.Split(place, "/")
		if got, err := docs[at[0]].get([]string{"endpoint-properties", at[1], at[2]}); got != want || err != nil {
			t.Errorf("%s: %v, %v, want %s", place, got, err, want)
		}
	}
}

func TestRequestsAndErrorsOfRFC8895(t *testing.T) {
	var params UpdateStreamParams
	if err := json.Unmarshal([]byte(readExample(t, "request-advanced.json")), &params); err != nil {
		t.Fatal(err)
	}
	if net := params.Add["net"]; len(params.Add) != 3 || net.ResourceID != "my-network-map" || net.Tag != "a10ce8b059740b0b2e3f8eb1d4785acd42231bfe" || net.Incremental != nil {
		t.Errorf("%+v", params)
	}
	if err := json.Unmarshal([]byte(`{"remove":[]}`), &params); err != nil || params.Remove == nil || len(*params.Remove) != 0 {
		t.Errorf("%+v, %v", params, err)
	}
	for name, want := range map[string]string{"rfc8895/error-add.json": "add/my-network-map/resource-id", "rfc8895/error-control.json": "remove", "rfc9569/error.json": "resource-id"} {
		if doc, err := ParseErrorDocument(strings.NewReader(readTestdata(t, name))); err != nil || doc.Field != want {
			t.Errorf("%s: %v, %v", name, doc, err)
		}
	}
	control, err := ParseUpdateStreamControl(strings.NewReader(`{"control-uri":null,"description":"x"}`))
	if err != nil || control.ControlURI != "" || control.Description != "x" {
		t.Errorf("%+v, %v", control, err)
	}
}

func TestViewsOfRFC9569(t *testing.T) {
	view, err := ParseTIPSView(strings.NewReader(readTestdata(t, "rfc9569/view.json")))
	if want := (TIPSView{"https://alto.example.com/tips/2718281828", 101, 106, TIPSEdge{0, 105}}); view != want || err != nil {
		t.Errorf("%+v, %v, want %+v", view, err, want)
	}
	view, err = ParseTIPSView(strings.NewReader(readTestdata(t, "rfc9569/next-edge.json")))
	if want := (TIPSView{"", 101, 106, TIPSEdge{103, 105}}); view != want || err != nil {
		t.Errorf("%+v, %v, want %+v", view, err, want)
	}
	text, err := json.Marshal(TIPSParams{ResourceID: "my-routingcost-map", Tag: "0881080"})
	if want := readTestdata(t, "rfc9569/next-edge-request.json"); err != nil || string(text) != strings.Join(strings.Fields(want), "") {
		t.Errorf("%s, %v, want %s", text, err, want)
	}
	for _, doc := range []string{
		`{}`, `[]`, `{"tips-view-summary":{}}`,
		`{"tips-view-summary":{"updates-graph-summary":{"start-seq":0,"end-seq":1,"start-edge-rec":{"seq-i":0,"seq-j":1}}}}`,
		`{"tips-view-summary":{"updates-graph-summary":{"start-seq":3,"end-seq":2,"start-edge-rec":{"seq-i":0,"seq-j":2}}}}`,
		`{"tips-view-summary":{"updates-graph-summary":{"start-seq":1,"end-seq":2,"start-edge-rec":{"seq-i":2,"seq-j":2}}}}`,
		`{"tips-view-summary":{"updates-graph-summary":{"start-seq":1,"end-seq":2,"start-edge-rec":{"seq-i":0,"seq-j":9}}}}`,
		`{"tips-view-summary":{"updates-graph-summary":{"start-seq":1.5,"end-seq":2,"start-edge-rec":{"seq-i":0,"seq-j":2}}}}`,
		`{"tips-view-summary":{"updates-graph-summary":{"start-seq":1,"end-seq":"2","start-edge-rec":{"seq-i":0,"seq-j":2}}}}`,
	} {
		if v, err := ParseTIPSView(strings.NewReader(doc)); err == nil {
			t.Errorf("%s: %+v", doc, v)
		}
	}
}

func FuzzParseTIPSView(f *testing.F) {
	f.Add(`{"tips-view-uri":"/x","tips-view-summary":{"updates-graph-summary":{"start-seq":1,"end-seq":2,"start-edge-rec":{"seq-i":0,"seq-j":2}}}}`)
	f.Fuzz(func(t *testing.T, doc string) {
		if v, err := ParseTIPSView(strings.NewReader(doc)); err == nil && (v.Start == 0 || v.End < v.Start || v.Next.To <= v.Next.From) {
			t.Errorf("%+v", v)
		}
	})
}

func FuzzParseUpdateStreamControl(f *testing.F) {
	f.Add(`{"control-uri":"/x","started":["a"],"stopped":["b"]}`)
	f.Add(`{"control-uri":null}`)
	f.Fuzz(func(t *testing.T, doc string) { _, _ = ParseUpdateStreamControl(strings.NewReader(doc)) })
}

// FuzzNetworkMapPatch checks that what comes of a patch is a network map that the
// parser of network maps would take.
func FuzzNetworkMapPatch(f *testing.F) {
	f.Add(`{"network-map":{"a":{"ipv4":["10.0.0.0/9"]},"b":null}}`, false)
	f.Add(`[{"op":"move","from":"/network-map/a/ipv4/0","path":"/network-map/b/ipv4/-"}]`, true)
	f.Fuzz(func(t *testing.T, patch string, ops bool) {
		const doc = `{"a":{"ipv4":["10.0.0.0/8"]},"b":{"ipv4":["0.0.0.0/0"],"ipv6":["::/0"]}}`
		p, _ := followed(t, networkMapDoc(doc), "")
		mediaType := MediaTypeMergePatch
		if ops {
			mediaType = MediaTypeJSONPatch
			if err := p.updateNetwork(MediaTypeNetworkMap, strings.NewReader(networkMapDoc(doc))); err != nil {
				t.Fatal(err)
			}
		}
		if err := p.updateNetwork(mediaType, strings.NewReader(patch)); err == nil {
			if got := parseNetworkMap(t, string(p.network.AppendJSON(nil))); !got.sameMeaning(p.network) {
				t.Errorf("%s", p.network.AppendJSON(nil))
			}
		}
	})
}

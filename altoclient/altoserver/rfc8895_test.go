package altoserver

import (
	"net/http"
	"strings"
	"testing"

	"github.com/altracker/altracker/altoclient"
)

// ids are the resource ids of the examples of RFC 8895, and those that they have
// here.
var ids = []string{`"resource-id": "my-routingcost-map"`, `"resource-id": "num-routingcost-map"`,
	`"resource-id": "my-hopcount-map"`, `"resource-id": "num-hopcount-map"`}

// TestServerSendsTheUpdatesOfRFC8895 has the maps change as in sections 3.1.1 and
// 3.2.1; the patches must be the Merge Patches that are there.
func TestServerSendsTheUpdatesOfRFC8895(t *testing.T) {
	const old, now = "da65eca2eb7a10ce8b059740b0b2e3f8eb1d4785", "a10ce8b059740b0b2e3f8eb1d4785acd42231bfe"
	costs, after := example(t, "rfc8895/costmap.json", now, old), example(t, "rfc8895/costmap-after.json", now, old)
	network := example(t, "rfc8895/networkmap.json")
	s := New(contentOf(t, network, costs), Config{})
	url := servedAt(t, s)
	l := listen(t, url, example(t, "rfc8895/request-simple.json", ids...))
	for _, want := range []struct{ event, doc string }{
		{altoclient.MediaTypeNetworkMap + ",my-network-map", network},
		{altoclient.MediaTypeCostMap + ",my-routingcost-map", costs},
	} {
		wantEvent(t, l, want.event, want.doc)
	}
	s.Publish(contentOf(t, network, after))
	wantEvent(t, l, mergeOf+"my-routingcost-map", example(t, "rfc8895/costmap-merge.json"))

	// PID2 goes, so the costs must be others, too.
	near := `{"meta":{"dependent-vtags":[{"resource-id":"my-network-map","tag":"` + now + `"}],
		"cost-type":{"cost-mode":"numerical","cost-metric":"routingcost"}},"cost-map":{"PID1":{"PID3":10}}}`
	s.Publish(contentOf(t, example(t, "rfc8895/networkmap-after.json"), near))
	wantEvent(t, l, mergeOf+"my-network-map", example(t, "rfc8895/networkmap-merge.json"))
}

func wantEvent(t *testing.T, l *listener, event, doc string) {
	t.Helper()
	name, data := l.next()
	if name != event || canonical(t, data) != canonical(t, doc) {
		t.Fatalf("event %s: %s\nwant %s: %s", name, data, event, canonical(t, doc))
	}
}

func TestServerStopsTheStreamsOfRFC8895(t *testing.T) {
	network := example(t, "rfc8895/networkmap-after.json")
	costs := func(metric, cost string) string {
		return `{"meta":{"cost-type":{"cost-mode":"numerical","cost-metric":"` + metric + `"}},"cost-map":{"PID1":{"PID3":` + cost + `}}}`
	}
	s := New(contentOf(t, network, costs("routingcost", "30"), costs("hopcount", "5")), Config{})
	url := servedAt(t, s)
	l := listen(t, url, example(t, "rfc8895/request-advanced.json", ids...)) // which has the network map
	l.want(altoclient.MediaTypeCostMap + ",routing")
	l.want(altoclient.MediaTypeCostMap + ",hops")
	s.Publish(contentOf(t, network, costs("routingcost", "31"), costs("hopcount", "4")))
	l.want(mergeOf+"routing", `"cost-map":{"PID1":{"PID3":31}}`)
	l.want(mergeOf+"hops", `"cost-map":{"PID1":{"PID3":4}}`)
	if status, _ := post(t, l.control, `{"remove":["hops"]}`); status != http.StatusAccepted {
		t.Fatalf("status %d", status)
	}
	l.want(altoclient.MediaTypeUpdateStreamControl, `{"stopped":["hops"]}`)
	status, text := post(t, l.control, `{"remove":["properties"]}`)
	if want := example(t, "rfc8895/error-control.json"); status != http.StatusBadRequest || canonical(t, text) != canonical(t, want) {
		t.Errorf("%d %s, want %s", status, text, want)
	}
	if status, _ := post(t, l.control, `{"remove":[]}`); status != http.StatusAccepted {
		t.Fatalf("status %d", status)
	}
	l.want(altoclient.MediaTypeUpdateStreamControl, `{"stopped":["net","routing"]}`)
	bad := strings.Replace(example(t, "rfc8895/request-simple.json", ids...), `"resource-id": "my-network-map"`, `"resource-id": "my-networkmap/#"`, 1)
	status, text = post(t, url+"/updates", bad)
	if want := example(t, "rfc8895/error-add.json"); status != http.StatusBadRequest || canonical(t, text) != canonical(t, want) {
		t.Errorf("%d %s, want %s", status, text, want)
	}
}

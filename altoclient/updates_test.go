package altoclient_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/altracker/altracker/altoclient"
	"github.com/altracker/altracker/altoclient/altoserver"
)

// following is a source that follows the updates of a server.
type following struct {
	server *altoserver.Server
	source *altoclient.Source
	gets   func() int // full maps that were fetched
}

func pairDocs(tag, pids string, cost int) (network, costs []byte) {
	network = fmt.Appendf(nil, `{"meta":{"vtag":{"resource-id":"lab","tag":%q}},"network-map":{%s"world":{"ipv4":["0.0.0.0/0"]}}}`, tag, pids)
	costs = fmt.Appendf(nil, `{"meta":{"cost-type":{"cost-mode":"numerical","cost-metric":"routingcost"}},"cost-map":{"a":{"a":1,"world":%d},"world":{"a":%d}}}`, cost, cost)
	return network, costs
}

const pidA = `"a":{"ipv4":["10.1.0.0/16"]},`

func newContent(t *testing.T, tag, pids string, cost int) *altoserver.Content {
	t.Helper()
	network, costs := pairDocs(tag, pids, cost)
	content, err := altoserver.NewContent(network, costs)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

func follow(t *testing.T, mode altoclient.UpdateMode, silence time.Duration) *following {
	t.Helper()
	server := altoserver.New(newContent(t, "1", pidA, 5), altoserver.Config{MaxAge: time.Hour, KeepAlive: 20 * time.Millisecond})
	var mu sync.Mutex
	gets := 0
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "map") || strings.Contains(r.URL.Path, "/costmap/") {
			mu.Lock()
			gets++
			mu.Unlock()
		}
		server.ServeHTTP(w, r)
	}))
	client := altoclient.NewClient(altoclient.Config{})
	source, err := altoclient.NewSource(altoclient.SourceConfig{
		Name: "lab", Directory: web.URL + "/directory", Client: client, Updates: mode, Silence: silence,
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- source.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Run: %v", err)
		}
		client.Close()
		server.Close()
		web.Close()
	})
	return &following{server, source, func() int {
		mu.Lock()
		defer mu.Unlock()
		return gets
	}}
}

func (f *following) eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !ok(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%s: not after 20 s; %+v", what, f.source.Status())
		}
	}
}

// has tells whether the map in use has a version tag and a cost.
func (f *following) has(tag string, cost float32) func() bool {
	return func() bool {
		s, ok := f.source.Current().(*altoclient.Snapshot)
		if !ok || s.VersionTag().Tag != tag {
			return false
		}
		a := s.PID(netip.MustParseAddr("10.1.0.1"))
		return s.Cost(a, s.PID(netip.MustParseAddr("192.0.2.1"))) == cost
	}
}

func (f *following) by(mode altoclient.UpdateMode) func() bool {
	return func() bool { return f.source.Status().Updates == mode }
}

func TestSourceFollowsUpdates(t *testing.T) {
	for asked, used := range map[altoclient.UpdateMode]altoclient.UpdateMode{
		"":                     altoclient.UpdatesSSE,
		altoclient.UpdatesSSE:  altoclient.UpdatesSSE,
		altoclient.UpdatesTIPS: altoclient.UpdatesTIPS,
	} {
		t.Run(string(asked), func(t *testing.T) {
			f := follow(t, asked, time.Minute)
			f.eventually(t, "following", f.by(used))
			f.eventually(t, "first map", f.has("1", 5))
			gets := f.gets()

			f.server.Publish(newContent(t, "1", pidA, 6))
			f.eventually(t, "new cost", f.has("1", 6))
			table := f.source.Current().(*altoclient.Snapshot).NetworkMap()

			f.server.Publish(newContent(t, "1", pidA, 7))
			f.eventually(t, "another cost", f.has("1", 7))
			if f.source.Current().(*altoclient.Snapshot).NetworkMap() != table {
				t.Error("a change of costs made another network map")
			}

			f.server.Publish(newContent(t, "2", pidA+`"b":{"ipv4":["10.2.0.0/16"]},`, 8))
			f.eventually(t, "new PID", f.has("2", 8))
			f.server.Publish(newContent(t, "3", `"a":{"ipv4":["10.1.0.0/17"]},`, 8))
			f.eventually(t, "PID gone", f.has("3", 8))

			s := f.source.Status()
			if f.gets() != gets || s.Resyncs != 0 || s.UpdateError != "" || s.State != altoclient.StateOK {
				t.Errorf("%d full maps were fetched meanwhile; %+v", f.gets()-gets, s)
			}
		})
	}
}

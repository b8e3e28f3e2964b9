package altoclient_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/altracker/altracker/altoclient"
	"github.com/altracker/altracker/altoclient/altoserver"
	"github.com/altracker/altracker/altoclient/altotest"
)

// runSource runs a source of the server until the test ends.
func runSource(t *testing.T, server http.Handler, config altoclient.SourceConfig, limits altoclient.Limits) *following {
	t.Helper()
	web := httptest.NewServer(server)
	client := altoclient.NewClient(altoclient.Config{Limits: limits, Timeout: 2 * time.Second})
	config.Name, config.Directory, config.Client = "lab", web.URL+"/directory", client
	if config.Silence == 0 {
		config.Silence = 300 * time.Millisecond
	}
	source, err := altoclient.NewSource(config)
	if err != nil {
		t.Fatal(err)
	}
	source.Hasten()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- source.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Run: %v", err)
		}
		client.Close()
		web.Close()
	})
	return &following{source: source}
}

func publish(t *testing.T, server *altotest.Server, tag, pids string, cost int) {
	t.Helper()
	network, costs := pairDocs(tag, pids, cost)
	if err := server.Publish(network, costs); err != nil {
		t.Fatal(err)
	}
}

func TestStreamFaultsLeadToTheRightMapsAnyhow(t *testing.T) {
	for _, fault := range altotest.StreamFaults() {
		t.Run(string(fault), func(t *testing.T) {
			t.Parallel()
			network, costs := pairDocs("1", pidA, 5)
			server, err := altotest.NewServer(network, costs)
			if err != nil {
				t.Fatal(err)
			}
			server.Break(altotest.UpdateStream, fault)
			f := runSource(t, server, altoclient.SourceConfig{}, altoclient.Limits{Bytes: 1 << 20})
			f.eventually(t, "first map", f.has("1", 5))
			f.eventually(t, "a stream", func() bool { return server.Requests(altotest.UpdateStream) > 0 })

			publish(t, server, "2", pidA+`"b":{"ipv4":["10.2.0.0/16"]},`, 6)
			for deadline := time.Now().Add(20 * time.Second); !f.has("2", 6)(); time.Sleep(time.Millisecond) {
				s := f.source.Current().(*altoclient.Snapshot)
				if s.CostMap() == nil || s.CostMap().NetworkMap() != s.VersionTag() {
					t.Fatalf("the maps in use do not belong together: %v", s.VersionTag())
				}
				if time.Now().After(deadline) {
					t.Fatalf("the new maps never came: %+v", f.source.Status())
				}
			}
			server.Mend()
			f.eventually(t, "following again", func() bool { return f.source.Status().Updates == altoclient.UpdatesSSE })
			publish(t, server, "3", pidA, 7)
			f.eventually(t, "next maps", f.has("3", 7))
		})
	}
}

func TestRefusedStreamsAreMadeUpForByPolling(t *testing.T) {
	for _, fault := range []altotest.Fault{altotest.ServerError, altotest.Unavailable, altotest.ErrorDocument, altotest.WrongMediaType} {
		for _, mode := range []altoclient.UpdateMode{altoclient.UpdatesSSE, altoclient.UpdatesTIPS} {
			t.Run(string(fault)+" "+string(mode), func(t *testing.T) {
				t.Parallel()
				network, costs := pairDocs("1", pidA, 5)
				server, err := altotest.NewServer(network, costs)
				if err != nil {
					t.Fatal(err)
				}
				server.Break(altotest.UpdateStream, fault)
				server.Break("/tips", fault)
				f := runSource(t, server, altoclient.SourceConfig{Updates: mode, Floor: 10 * time.Millisecond}, altoclient.Limits{})
				f.eventually(t, "error", func() bool { return f.source.Status().UpdateError != "" })
				publish(t, server, "2", pidA, 6)
				f.eventually(t, "polled map", f.has("2", 6))
				if s := f.source.Status(); s.Updates != altoclient.UpdatesPoll || s.State != altoclient.StateOK || !strings.Contains(s.UpdateError, "refused") {
					t.Errorf("%+v", s)
				}
			})
		}
	}
}

// TestServerRestartsWithNewTags replaces the server: streams break, views are gone
// and all maps have other tags.
func TestServerRestartsWithNewTags(t *testing.T) {
	for _, mode := range []altoclient.UpdateMode{altoclient.UpdatesSSE, altoclient.UpdatesTIPS} {
		t.Run(string(mode), func(t *testing.T) {
			t.Parallel()
			var current atomic.Pointer[altoserver.Server]
			start := func(tag string, cost int) {
				old := current.Swap(altoserver.New(newContent(t, tag, pidA, cost), altoserver.Config{KeepAlive: 50 * time.Millisecond}))
				if old != nil {
					old.Close()
				}
			}
			start("first", 5)
			f := runSource(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { current.Load().ServeHTTP(w, r) }),
				altoclient.SourceConfig{Updates: mode}, altoclient.Limits{})
			f.eventually(t, "following", f.by(mode))
			start("second", 6)
			f.eventually(t, "maps of the second", f.has("second", 6))
			current.Load().Publish(newContent(t, "third", pidA, 7))
			f.eventually(t, "its next maps", f.has("third", 7))
		})
	}
}

// TestReadersSeeOnlyPairs has readers that never stop looking, as a tracker's do.
func TestReadersSeeOnlyPairs(t *testing.T) {
	network, costs := pairDocs("0", pidA, 0)
	server, err := altotest.NewServer(network, costs)
	if err != nil {
		t.Fatal(err)
	}
	f := runSource(t, server, altoclient.SourceConfig{Silence: time.Minute}, altoclient.Limits{})
	f.eventually(t, "following", f.by(altoclient.UpdatesSSE))
	stop, wrong := make(chan struct{}), make(chan string, 2)
	for range 2 {
		go func() {
			for {
				select {
				case <-stop:
					wrong <- ""
					return
				default:
				}
				s := f.source.Current().(*altoclient.Snapshot)
				a := s.NetworkMap()
				if s.CostMap().NetworkMap() != s.VersionTag() || fmt.Sprint(s.Cost(1, uint32(a.PIDs()))) != strings.TrimPrefix(s.VersionTag().Tag, "v") && s.VersionTag().Tag != "0" {
					wrong <- fmt.Sprintf("%v with cost %v", s.VersionTag(), s.Cost(1, uint32(a.PIDs())))
					return
				}
			}
		}()
	}
	for i := 1; i <= 50; i++ {
		publish(t, server, fmt.Sprintf("v%d", i), pidA, i)
		if i%10 == 0 {
			f.eventually(t, "update", f.has(fmt.Sprintf("v%d", i), float32(i)))
		}
	}
	close(stop)
	for range 2 {
		if text := <-wrong; text != "" {
			t.Error(text)
		}
	}
	if s := f.source.Status(); s.Resyncs != 0 {
		t.Errorf("%+v", s)
	}
}

func TestUpdatesPollAsksForNoStream(t *testing.T) {
	network, costs := pairDocs("1", pidA, 5)
	server, err := altotest.NewServer(network, costs)
	if err != nil {
		t.Fatal(err)
	}
	f := runSource(t, server, altoclient.SourceConfig{Updates: altoclient.UpdatesPoll, Floor: 5 * time.Millisecond}, altoclient.Limits{})
	publish(t, server, "2", pidA, 6)
	f.eventually(t, "polled map", f.has("2", 6))
	if n := server.Requests(altotest.UpdateStream) + server.Requests("/tips"); n != 0 {
		t.Errorf("%d requests for updates", n)
	}
}

func TestWrongUpdateModesAreRefused(t *testing.T) {
	client := altoclient.NewClient(altoclient.Config{})
	defer client.Close()
	for _, config := range []altoclient.SourceConfig{
		{Name: "x", Directory: "http://a/", Client: client, Updates: "push"},
		{Name: "x", NetworkMap: "n.json", Updates: altoclient.UpdatesSSE},
		{Name: "x", Directory: "http://a/", Client: client, Silence: -1},
	} {
		if _, err := altoclient.NewSource(config); err == nil {
			t.Errorf("%+v: no error", config)
		}
	}
}

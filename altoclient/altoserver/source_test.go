package altoserver

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/altracker/altracker/altoclient"
)

// TestSourceWeighsTheCostsOfAServer has all of a client follow all of a server: two
// cost types in one request, one of them a calendar, by update stream and by asking
// again.
func TestSourceWeighsTheCostsOfAServer(t *testing.T) {
	start := time.Now().Add(-90 * time.Minute).UTC().Truncate(time.Second) // in the second of three hours
	for _, mode := range []altoclient.UpdateMode{altoclient.UpdatesPoll, altoclient.UpdatesSSE} {
		t.Run(string(mode), func(t *testing.T) {
			server := New(contentOf(t, networkDoc, costsDoc, hourly(start, "")), Config{KeepAlive: 20 * time.Millisecond})
			changed := make(chan struct{}, 1)
			source := follow(t, servedAt(t, server), mode, changed)
			// The medians are 1 of routingcost (1, 0.1, 9, 5, 1) and 1 of delay-ow (1, 1, 1,
			// 10, 20).
			wantCosts(t, source, changed, [3]float32{(1 + 3*1) / 4., (0.1 + 3*20) / 4., 5})
			snapshot := source.Current().(*altoclient.Snapshot)
			if border, ok := snapshot.Border(time.Now()); !ok || !border.Equal(start.Add(2*time.Hour)) {
				t.Errorf("the next slot begins at %v, %t", border, ok)
			}
			server.Publish(contentOf(t, networkDoc, strings.Replace(costsDoc, "0.1", "0.9", 1), strings.Replace(hourly(start, ""), "[10,20,null]", "[10,40,null]", 1)))
			if mode == altoclient.UpdatesPoll {
				if err := source.Refresh(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
			wantCosts(t, source, changed, [3]float32{(1 + 3*1) / 4., (0.9 + 3*40) / 4., 5})
			if s := source.Status(); s.Updates != mode || s.Resyncs != 0 || s.UpdateError != "" {
				t.Errorf("%+v", s)
			}
		})
	}
}

// follow runs a Source of two weighed cost types until the test is over.
func follow(t *testing.T, url string, mode altoclient.UpdateMode, changed chan<- struct{}) *altoclient.Source {
	t.Helper()
	client := altoclient.NewClient(altoclient.Config{})
	t.Cleanup(client.Close)
	source, err := altoclient.NewSource(altoclient.SourceConfig{
		Name: "lab", Directory: url + "/directory", Client: client, Updates: mode,
		Costs: []altoclient.CostWeight{
			{Type: altoclient.CostType{Metric: altoclient.RoutingCost}},
			{Type: altoclient.CostType{Metric: "delay-ow"}, Weight: 3, Calendar: true},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	source.Notify(func() {
		select {
		case changed <- struct{}{}:
		default:
		}
	})
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- source.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Run: %v", err)
		}
	})
	return source
}

// wantCosts waits for the costs from a to a, from a to b and from b to a.
func wantCosts(t *testing.T, source *altoclient.Source, changed <-chan struct{}, want [3]float32) {
	t.Helper()
	var have [3]float32
	for deadline := time.After(10 * time.Second); ; {
		if snapshot, ok := source.Current().(*altoclient.Snapshot); ok && snapshot.CostMap() != nil {
			m := snapshot.CostMap()
			have = [3]float32{m.Cost(1, 1), m.Cost(1, 2), m.Cost(2, 1)}
		}
		if have == want {
			return
		}
		select {
		case <-changed:
		case <-deadline:
			t.Fatalf("costs %v, want %v; %+v", have, want, source.Status())
		}
	}
}

func TestWatcherLoadsAllKindsOfMaps(t *testing.T) {
	dir := t.TempDir()
	put := func(name, doc string) string {
		t.Helper()
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path+".new", []byte(doc), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(path+".new", path); err != nil {
			t.Fatal(err)
		}
		return path
	}
	files := Files{
		NetworkMap:   put("network.json", networkDoc),
		CostMaps:     []string{put("costs.json", costsDoc), put("delays.json", delayDoc)},
		PropertyMaps: []string{put("regions.json", labProperties), put("more.json", `{"property-map":{".ane:y":{".isp":"x"}}}`)},
	}
	content, err := files.Load()
	if err != nil {
		t.Fatal(err)
	}
	loads := make(chan error)
	w := &Watcher{Server: New(content, Config{}), Files: files, Poll: time.Millisecond, Reloaded: func(err error) { loads <- err }}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- w.Run(ctx) }()
	load := func() error {
		t.Helper()
		select {
		case err := <-loads:
			return err
		case <-time.After(10 * time.Second):
			t.Fatal("nothing is loaded")
			return nil
		}
	}
	if err := load(); err != nil {
		t.Fatal(err)
	}
	regions := func() string { return text(t, ask(w.Server, "GET", "/propmap/property-map", "")) }
	before := regions()
	put("regions.json", strings.Replace(labProperties, `"north"`, `"far north"`, 1))
	if err := load(); err != nil || !strings.Contains(regions(), "far north") {
		t.Errorf("%v, %s", err, regions())
	}
	put("regions.json", strings.Replace(labProperties, "lab.pid:a", "lab.pid:moon", 1))
	if err := load(); err == nil || !strings.HasPrefix(err.Error(), files.PropertyMaps[0]+": ") || !strings.Contains(regions(), "far north") {
		t.Errorf("%v, %s", err, regions())
	}
	put("regions.json", labProperties)
	if err := load(); err != nil || regions() != before {
		t.Errorf("%v, %s", err, regions())
	}
	put("delays.json", `{"meta":{}}`)
	if err := load(); err == nil || !strings.HasPrefix(err.Error(), files.CostMaps[1]+": ") {
		t.Errorf("%v", err)
	}
	cancel()
	for running := true; running; {
		select {
		case <-loads:
		case err := <-done:
			running = false
			if err != nil {
				t.Errorf("Run: %v", err)
			}
		}
	}
}

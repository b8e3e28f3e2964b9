package altoserver

import (
	"context"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/altracker/altracker/altoclient"
)

// TestSourceWeighsTheCostsOfAServer has all of a client follow all of a server: two
// cost types in one request, one of them a calendar.
func TestSourceWeighsTheCostsOfAServer(t *testing.T) {
	start := time.Now().Add(-90 * time.Minute).UTC().Truncate(time.Second) // in the second of three hours
	web := httptest.NewServer(New(contentOf(t, networkDoc, costsDoc, hourly(start, "")), Config{}))
	t.Cleanup(web.Close)
	client := altoclient.NewClient(altoclient.Config{})
	t.Cleanup(client.Close)
	source, err := altoclient.NewSource(altoclient.SourceConfig{
		Name: "lab", Directory: web.URL + "/directory", Client: client, Updates: altoclient.UpdatesPoll,
		Costs: []altoclient.CostWeight{
			{Type: altoclient.CostType{Metric: altoclient.RoutingCost}},
			{Type: altoclient.CostType{Metric: "delay-ow"}, Weight: 3, Calendar: true},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- source.Run(ctx) }()
	defer func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Run: %v", err)
		}
	}()
	if err := source.Refresh(ctx); err != nil {
		t.Fatal(err)
	}
	snapshot, ok := source.Current().(*altoclient.Snapshot)
	if !ok || snapshot.CostMap() == nil {
		t.Fatalf("%+v", source.Status())
	}
	// The medians are 1 of routingcost (1, 0.1, 9, 5, 1) and 1 of delay-ow (1, 1, 1,
	// 10, 20).
	for _, tt := range []struct {
		src, dst uint32
		want     float32
	}{{1, 1, (1 + 3*1) / 4.}, {1, 2, (0.1 + 3*20) / 4.}, {2, 1, 5}} {
		if got := snapshot.CostMap().Cost(tt.src, tt.dst); got != tt.want {
			t.Errorf("from %s to %s %v, want %v", snapshot.Name(tt.src), snapshot.Name(tt.dst), got, tt.want)
		}
	}
	border, ok := snapshot.Border(time.Now())
	if !ok || !border.Equal(start.Add(2*time.Hour)) {
		t.Errorf("the next slot begins at %v, %t", border, ok)
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

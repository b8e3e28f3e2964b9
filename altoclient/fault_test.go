package altoclient_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/altracker/altracker/altoclient"
	"github.com/altracker/altracker/altoclient/altotest"
)

const (
	atDirectory = "/directory"
	atNetwork   = "/networkmap"
	atCosts     = "/costmap/num/routingcost"
)

const labNetwork = `{"meta":{"vtag":{"resource-id":"lab","tag":"1"}},"network-map":{
	"pid-1":{"ipv4":["127.1.0.0/16"]},"pid-2":{"ipv4":["127.2.0.0/16"]},"world":{"ipv4":["0.0.0.0/0"]}}}`

const labCosts = `{"meta":{"dependent-vtags":[{"resource-id":"lab","tag":"1"}],"cost-type":{"cost-mode":"numerical","cost-metric":"routingcost"}},"cost-map":{
	"pid-1":{"pid-1":1,"pid-2":5,"world":9},"pid-2":{"pid-1":5,"pid-2":1,"world":9},"world":{"pid-1":9,"pid-2":9,"world":9}}}`

// lab is a server with faults and a source that is guided by it.
type lab struct {
	*altotest.Server
	url    string
	source *altoclient.Source
	guide  *altoclient.Guide
}

func newLab(t *testing.T, limits altoclient.Limits) *lab {
	t.Helper()
	server, err := altotest.NewServer([]byte(labNetwork), []byte(labCosts))
	if err != nil {
		t.Fatal(err)
	}
	server.Delay = 50 * time.Millisecond
	return newLabOf(t, server, altoclient.Config{Timeout: 500 * time.Millisecond, Limits: limits})
}

func newLabOf(t *testing.T, server *altotest.Server, config altoclient.Config) *lab {
	t.Helper()
	web := httptest.NewServer(server)
	client := altoclient.NewClient(config)
	source, err := altoclient.NewSource(altoclient.SourceConfig{
		Name: "lab", Directory: web.URL + atDirectory, Client: client, Updates: altoclient.UpdatesPoll,
	})
	if err != nil {
		t.Fatal(err)
	}
	guide, err := altoclient.NewGuide(nil, source)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		client.Close()
		web.Close()
	})
	return &lab{Server: server, url: web.URL, source: source, guide: guide}
}

// run runs the guide until the test ends and waits for the first attempt.
func (l *lab) run(t *testing.T) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- l.guide.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Run: %v", err)
		}
	})
	select {
	case <-l.guide.Ready():
	case <-time.After(10 * time.Second):
		t.Fatal("not ready after 10 s")
	}
}

// guided tells whether the good maps are in use.
func (l *lab) guided() bool {
	atlas := l.guide.Current()
	home := atlas.PID(netip.MustParseAddr("127.1.0.1"))
	_, costs, _ := atlas.Row(home, false)
	return len(costs) == 4 && costs[1] == 1 && costs[2] == 5
}

func (l *lab) wantStatus(t *testing.T, state altoclient.State) altoclient.Status {
	t.Helper()
	status := l.guide.Sources()[0]
	if status.State != state {
		t.Errorf("state is %s, want %s: %+v", status.State, state, status)
	}
	return status
}

func (l *lab) eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(5 * time.Second); !ok(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%s: not after 5 s; %+v", what, l.guide.Sources())
		}
	}
}

func TestSlowAnswersAreAnswers(t *testing.T) {
	l := newLab(t, altoclient.Limits{})
	l.Break(atCosts, altotest.SlowHeader)
	l.run(t)
	if !l.guided() {
		t.Errorf("not guided: %+v", l.guide.Sources())
	}
	l.Break(atNetwork, altotest.SlowBody) // 180 bytes take more than the timeout
	if err := l.guide.Refresh(t.Context()); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a byte now and then: %v, want a timeout", err)
	}
}

// statusWriter notes the status of an answer.
type statusWriter struct {
	http.ResponseWriter
	status int
}

func (w *statusWriter) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}

func TestUnchangedMapsAreNotSentAgain(t *testing.T) {
	server, err := altotest.NewServer([]byte(labNetwork), []byte(labCosts))
	if err != nil {
		t.Fatal(err)
	}
	var unchanged [2]atomic.Int64 // by resource
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		note := &statusWriter{ResponseWriter: w, status: http.StatusOK}
		server.ServeHTTP(note, r)
		if i := slices.Index([]string{atNetwork, atCosts}, r.URL.Path); i >= 0 && note.status == http.StatusNotModified {
			unchanged[i].Add(1)
		}
	}))
	defer web.Close()
	client := altoclient.NewClient(altoclient.Config{})
	defer client.Close()
	source, err := altoclient.NewSource(altoclient.SourceConfig{
		Name: "lab", Directory: web.URL + atDirectory, Client: client, Floor: 5 * time.Millisecond, Updates: altoclient.UpdatesPoll,
	})
	if err != nil {
		t.Fatal(err)
	}
	guide, err := altoclient.NewGuide(nil, source)
	if err != nil {
		t.Fatal(err)
	}
	l := &lab{Server: server, url: web.URL, source: source, guide: guide}
	l.run(t)
	before := guide.Current()
	l.eventually(t, "both maps unchanged", func() bool { return unchanged[0].Load() > 2 && unchanged[1].Load() > 2 })
	if guide.Current() != before || !l.guided() {
		t.Error("unchanged maps make another atlas")
	}
	l.wantStatus(t, altoclient.StateOK)

	// New maps are seen although there are validators.
	retag := strings.NewReplacer(`"tag":"1"`, `"tag":"2"`, `"pid-1":{"ipv4"`, `"new":{},"pid-1":{"ipv4"`)
	if err := server.Publish([]byte(retag.Replace(labNetwork)), []byte(retag.Replace(labCosts))); err != nil {
		t.Fatal(err)
	}
	l.eventually(t, "the new maps", func() bool { return guide.Sources()[0].VersionTag.Tag == "2" })
	l.wantStatus(t, altoclient.StateOK)
	if atlas := guide.Current(); atlas.PIDs() != 4 {
		t.Errorf("%d PIDs, want 4", atlas.PIDs())
	}
}

func TestAn304NobodyAskedForIsRefused(t *testing.T) {
	l := newLab(t, altoclient.Limits{})
	l.Break(atNetwork, altotest.Unasked304)
	client := altoclient.NewClient(altoclient.Config{})
	defer client.Close()
	if _, err := client.NetworkMap(t.Context(), l.url+atNetwork); err == nil {
		t.Error("a 304 without a version at hand passes")
	}
}

func TestForcedRefreshOfTheSameMapsChangesNothing(t *testing.T) {
	l := newLab(t, altoclient.Limits{})
	l.run(t)
	before := l.source.Current()
	if err := l.guide.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	if l.source.Current() != before {
		t.Error("the same maps make another snapshot")
	}
}

func TestNewMapsReplaceOldOnes(t *testing.T) {
	l := newLab(t, altoclient.Limits{})
	l.run(t)
	before := l.guide.Current()

	// Other costs under the same network map.
	if err := l.Publish([]byte(labNetwork), []byte(strings.Replace(labCosts, `"pid-2":5`, `"pid-2":6`, 1))); err != nil {
		t.Fatal(err)
	}
	if err := l.guide.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	l.eventually(t, "another version", func() bool { return l.guide.Current().Version() != before.Version() })
	if l.guide.Current().Epoch() != before.Epoch() {
		t.Error("the epoch changes with the costs")
	}

	// Another network map, with a tag of its own and costs to match.
	retag := strings.NewReplacer(`"tag":"1"`, `"tag":"2"`, "pid-2", "pid-9")
	if err := l.Publish([]byte(retag.Replace(labNetwork)), []byte(retag.Replace(labCosts))); err != nil {
		t.Fatal(err)
	}
	if err := l.guide.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	l.eventually(t, "another epoch", func() bool { return l.guide.Current().Epoch() != before.Epoch() })
	if status := l.guide.Sources()[0]; status.VersionTag.Tag != "2" || status.Retags != 0 {
		t.Errorf("status is %+v", status)
	}

	// Another body under the same tag: a fault of the server, but the newest wins.
	again := strings.NewReplacer(`"tag":"1"`, `"tag":"2"`, "pid-2", "pid-8")
	if err := l.Publish([]byte(again.Replace(labNetwork)), []byte(again.Replace(labCosts))); err != nil {
		t.Fatal(err)
	}
	if err := l.guide.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	l.eventually(t, "the newest map", func() bool {
		_, name := l.guide.Current().Name(l.guide.Current().PID(netip.MustParseAddr("127.2.0.1")))
		return name == "pid-8"
	})
	if status := l.guide.Sources()[0]; status.Retags != 1 {
		t.Errorf("retags counted: %d, want 1", status.Retags)
	}
}

func TestSkewedTagsAreRetriedABoundedNumberOfTimes(t *testing.T) {
	l := newLab(t, altoclient.Limits{})
	l.run(t)
	network, costs := l.Requests(atNetwork), l.Requests(atCosts)
	l.Break(atCosts, altotest.SkewedTag)
	if err := l.guide.Refresh(t.Context()); !errors.Is(err, altoclient.ErrSkew) {
		t.Errorf("error is %v, want ErrSkew", err)
	}
	if n := l.Requests(atCosts) - costs; n != 3 {
		t.Errorf("%d requests for the cost map, want 3", n)
	}
	if n := l.Requests(atNetwork) - network; n != 4 {
		t.Errorf("%d requests for the network map, want 4", n)
	}
	if got := l.guide.Sources()[0].Skews; got != 3 {
		t.Errorf("%d skews counted, want 3", got)
	}
}

func TestCostsOfAnotherMetricAreRefused(t *testing.T) {
	server, err := altotest.NewServer([]byte(labNetwork), []byte(labCosts))
	if err != nil {
		t.Fatal(err)
	}
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != atCosts {
			server.ServeHTTP(w, r)
			return
		}
		w.Header().Set("Content-Type", altoclient.MediaTypeCostMap)
		_, _ = w.Write([]byte(strings.Replace(labCosts, "routingcost", "hopcount", 1)))
	}))
	defer web.Close()
	client := altoclient.NewClient(altoclient.Config{})
	defer client.Close()
	if _, err := client.Maps(t.Context(), web.URL+atDirectory); err == nil || !strings.Contains(err.Error(), "cost-metric") {
		t.Errorf("hop counts pass for routing costs: %v", err)
	}
}

// TestAnUnchangedCostMapFollowsANewNetworkMap has a server that breaks the rule
// that another network map is another version: its cost map stays the same, and
// yet means more than before.
func TestAnUnchangedCostMapFollowsANewNetworkMap(t *testing.T) {
	server, err := altotest.NewServer([]byte(labNetwork), []byte(labCosts))
	if err != nil {
		t.Fatal(err)
	}
	var whole atomic.Bool
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != atNetwork || whole.Load() {
			server.ServeHTTP(w, r)
			return
		}
		w.Header().Set("Content-Type", altoclient.MediaTypeNetworkMap)
		_, _ = w.Write([]byte(strings.Replace(labNetwork, `"pid-2":{"ipv4":["127.2.0.0/16"]},`, "", 1)))
	}))
	defer web.Close()
	client := altoclient.NewClient(altoclient.Config{})
	defer client.Close()
	source, err := altoclient.NewSource(altoclient.SourceConfig{
		Name: "lab", Directory: web.URL + atDirectory, Client: client, Floor: 5 * time.Millisecond, Updates: altoclient.UpdatesPoll,
	})
	if err != nil {
		t.Fatal(err)
	}
	guide, err := altoclient.NewGuide(nil, source)
	if err != nil {
		t.Fatal(err)
	}
	l := &lab{Server: server, url: web.URL, source: source, guide: guide}
	l.run(t)
	if status := guide.Sources()[0]; status.PIDs != 2 || status.Dropped != 5 {
		t.Errorf("before: %+v, want 2 PIDs and 5 costs dropped", status)
	}
	whole.Store(true)
	l.eventually(t, "guided by the whole map", func() bool { return l.guided() && guide.Sources()[0].Dropped == 0 })
}

func TestCurrentUnderSwaps(t *testing.T) {
	l := newLab(t, altoclient.Limits{})
	l.run(t)
	stop := make(chan struct{})
	readers := make(chan string, 4)
	for range cap(readers) {
		go func() {
			addr := netip.MustParseAddr("127.2.0.1")
			for {
				select {
				case <-stop:
					readers <- ""
					return
				default:
				}
				a := l.guide.Current()
				home := a.PID(addr)
				source, name := a.Name(home)
				ends, costs, _ := a.Row(home, true)
				if source != "lab" || !strings.HasPrefix(name, "pid-") || len(ends) != len(costs) || len(ends) == 0 {
					readers <- source + "/" + name
					return
				}
			}
		}()
	}
	for i := range 20 {
		doc := strings.NewReplacer(`"tag":"1"`, `"tag":"`+strings.Repeat("x", i+1)+`"`, "pid-2", "pid-"+strings.Repeat("2", i%3+1))
		if err := l.Publish([]byte(doc.Replace(labNetwork)), []byte(doc.Replace(labCosts))); err != nil {
			t.Fatal(err)
		}
		if err := l.guide.Refresh(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	close(stop)
	for range cap(readers) {
		if got := <-readers; got != "" {
			t.Errorf("a reader saw %s", got)
		}
	}
}

func TestGuideWithoutSourcesIsReady(t *testing.T) {
	guide, err := altoclient.NewGuide(nil)
	if err != nil {
		t.Fatal(err)
	}
	l := &lab{guide: guide}
	l.run(t)
	if pid := guide.Current().PID(netip.MustParseAddr("127.0.0.1")); pid != 0 {
		t.Errorf("PID %d", pid)
	}
}

func TestGuideRefusesOneNameTwice(t *testing.T) {
	a := altoclient.NewStaticSource("a", nil, nil)
	if _, err := altoclient.NewGuide(nil, a, altoclient.NewStaticSource("a", nil, nil)); err == nil {
		t.Error("two sources of one name pass")
	}
}

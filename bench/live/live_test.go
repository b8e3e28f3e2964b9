package live_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/altracker/altracker/altoclient"
	"github.com/altracker/altracker/altoclient/altoserver"
	"github.com/altracker/altracker/bench/live"
	"github.com/altracker/altracker/selector"
	"github.com/altracker/altracker/tracker"
	"github.com/altracker/altracker/tracker/httptracker"
	"github.com/altracker/altracker/tracker/udptracker"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// The swarm of the tests: small, but with more members than a reply names and than
// a client connects to, so that the tracker's choice shows. Clients keep every
// address they were given: with an interval above the time of the download, the
// first reply counts. The fewer clients, the more chance sways the random share.
const (
	pids        = 4
	peersPerPID = 10
	clients     = pids * peersPerPID
	seeds       = 2
	connections = 8
	numWant     = 6
	fileBytes   = 4 << 20
	uploadRate  = 1 << 20
	interval    = 10 * time.Second
)

// Real clients, told of each other by the real tracker over real sockets, guided by
// maps fetched from a real ALTO server: all get the right bytes, and the network's
// choice keeps more of the traffic at home than chance does.
func TestStagedKeepsTrafficAtHome(t *testing.T) {
	guide := startGuide(t)
	for _, protocol := range []string{"udp", "http"} {
		t.Run(protocol, func(t *testing.T) {
			random := download(t, protocol, "random", guide)
			staged := download(t, protocol, "staged", guide)
			if staged.IntraShare() < 1.3*random.IntraShare() {
				t.Errorf("intra-PID share is %.3f with staged, %.3f with random: want 1.3 times as much at least",
					staged.IntraShare(), random.IntraShare())
			}
		})
		if testing.Short() {
			return
		}
	}
}

// download runs the swarm through a new tracker and checks what must hold under any
// policy.
func download(t *testing.T, protocol, policy string, guide func() selector.Map) *live.Result {
	t.Helper()
	core := startTracker(t, protocol, policy, guide)
	// Five seconds do, but a client whose announce is lost tries again after 75.
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	result, err := live.Run(ctx, live.Scenario{
		Tracker:     core.url,
		PIDs:        pids,
		PeersPerPID: peersPerPID,
		Seeds:       seeds,
		FileBytes:   fileBytes,
		PieceBytes:  32 << 10,
		UploadRate:  uploadRate,
		Connections: connections,
	}, nil)
	if err != nil {
		t.Fatalf("%s: %v", policy, err)
	}
	t.Logf("%s: intra-PID share %.3f, %.1f seed copies, %v", policy,
		result.IntraShare(), result.SeedCopies(), result.Elapsed.Round(time.Millisecond))
	if !result.Complete() {
		t.Errorf("%s: not everybody has the right bytes: %+v", policy, result.Clients)
	}
	const everybodysRate, toSend = clients * uploadRate, (clients - seeds) * fileBytes
	if least := 0.9 * toSend / everybodysRate; result.Elapsed.Seconds() < least {
		t.Errorf("%s: over after %v; at their rates they need %.1f s", policy, result.Elapsed, least)
	}
	checkBytes(t, result)
	core.check(t)
	return result
}

// checkBytes demands that the bytes add up.
func checkBytes(t *testing.T, r *live.Result) {
	t.Helper()
	var sent, matrix int64
	for _, c := range r.Clients {
		sent += c.Sent
		if !c.Seed && c.Received < r.FileBytes || c.Seed && c.Received != 0 {
			t.Errorf("%v received %d bytes of %d, seed: %v", c.Addr, c.Received, r.FileBytes, c.Seed)
		}
	}
	for _, row := range r.Bytes {
		for _, n := range row {
			matrix += n
		}
	}
	if sent != matrix {
		t.Errorf("clients sent %d bytes, networks %d", sent, matrix)
	}
}

// Without a tracker nobody finds anybody: Run says so when its time is over, and
// what there was by then.
func TestRunEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	var last live.Progress
	result, err := live.Run(ctx, live.Scenario{
		Tracker: "http://127.0.0.1:1/announce", PIDs: 2, PeersPerPID: 2, FileBytes: 100 << 10,
	}, func(p live.Progress) { last = p })
	if !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "3 of 4 clients are not complete") {
		t.Errorf("error is %v", err)
	}
	if want := (live.Progress{Elapsed: last.Elapsed, Wanted: 300 << 10, Complete: 1, Clients: 4}); last != want {
		t.Errorf("progress ends with %+v, want %+v", last, want)
	}
	if result == nil || result.Complete() || result.IntraShare() != 0 || result.SeedCopies() != 0 {
		t.Fatalf("result is %+v", result)
	}
	for i, c := range result.Clients {
		if first := i == 0; c.Seed != first || c.Verified != first || c.Completed != 0 {
			t.Errorf("client %d: %+v", i, c)
		}
	}
}

// startGuide serves a lab's maps and returns what the ALTO client makes of them.
func startGuide(t *testing.T) func() selector.Map {
	t.Helper()
	content, err := altoserver.NewContent(labMaps(t))
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(altoserver.New(content, altoserver.Config{}))
	t.Cleanup(server.Close)
	client := altoclient.NewClient(altoclient.Config{})
	t.Cleanup(client.Close)
	source, err := altoclient.NewSource(altoclient.SourceConfig{
		Name: "lab", Directory: server.URL + "/directory", Client: client,
	})
	if err != nil {
		t.Fatal(err)
	}
	guide, err := altoclient.NewGuide(nil, source)
	if err != nil {
		t.Fatal(err)
	}
	start(t, guide.Run)
	<-guide.Ready()
	if state := source.Status().State; state != altoclient.StateOK {
		t.Fatalf("the ALTO source is %v: %+v", state, source.Status())
	}
	return func() selector.Map { return guide.Current() }
}

// labMaps makes one PID of each network of the swarm; home is cheap, the rest dear.
func labMaps(t *testing.T) (network, costs []byte) {
	t.Helper()
	type object = map[string]any
	prefixes, matrix := object{"default": object{"ipv4": []string{"0.0.0.0/0"}}}, object{}
	for a := 1; a <= pids; a++ {
		row := object{}
		for b := 1; b <= pids; b++ {
			row[fmt.Sprint("pid-", b)] = 10
		}
		home := fmt.Sprint("pid-", a)
		row[home] = 1
		matrix[home] = row
		prefixes[home] = object{"ipv4": []string{live.Prefix(a).String()}}
	}
	costType := object{"cost-mode": "numerical", "cost-metric": "routingcost"}
	return encode(t, object{"meta": object{}, "network-map": prefixes}),
		encode(t, object{"meta": object{"cost-type": costType}, "cost-map": matrix})
}

func encode(t *testing.T, v any) []byte {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// core is a tracker that serves and remembers who came.
type core struct {
	*tracker.Tracker
	url string

	mu    sync.Mutex
	peers map[netip.AddrPort]tracker.AnnounceRequest // the latest of each
}

func startTracker(t *testing.T, protocol, policy string, guide func() selector.Map) *core {
	t.Helper()
	p, err := selector.New(policy, nil)
	if err != nil {
		t.Fatal(err)
	}
	c := &core{peers: make(map[netip.AddrPort]tracker.AnnounceRequest)}
	c.Tracker, err = tracker.New(tracker.Config{
		Map: guide, Policy: p, Interval: interval, MaxNumWant: numWant, DefaultNumWant: numWant,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	switch protocol {
	case "udp":
		server, err := udptracker.New(udptracker.Config{Handler: c, Listen: "127.0.0.1:0"})
		if err != nil {
			t.Fatal(err)
		}
		start(t, server.Run)
		c.url = "udp://" + server.Addr().String()
	case "http":
		server, err := httptracker.New(httptracker.Config{Handler: c, Listen: "127.0.0.1:0"})
		if err != nil {
			t.Fatal(err)
		}
		start(t, server.Run)
		c.url = "http://" + server.Addr().String() + "/announce"
	}
	return c
}

// start runs a task until the test is over.
func start(t *testing.T, run func(context.Context) error) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

func (c *core) Announce(req *tracker.AnnounceRequest, resp *tracker.AnnounceResponse) error {
	c.mu.Lock()
	c.peers[req.Addr] = *req
	c.mu.Unlock()
	return c.Tracker.Announce(req, resp)
}

// check demands that every client came from its own address, finished as seeder,
// and left.
func (c *core) check(t *testing.T) {
	t.Helper()
	c.mu.Lock()
	defer c.mu.Unlock()
	seen := make(map[netip.Addr]bool)
	for from, last := range c.peers {
		seen[from.Addr()] = true
		if last.Event != tracker.Stopped || last.Left != 0 {
			t.Errorf("the last that %v said was %+v, want a seeder that leaves", from, last)
		}
	}
	for pid := 1; pid <= pids; pid++ {
		for n := 1; n <= peersPerPID; n++ {
			if !seen[live.Address(pid, n)] {
				t.Errorf("the tracker has not seen %v", live.Address(pid, n))
			}
		}
	}
	if len(c.peers) != clients {
		t.Errorf("the tracker has seen %d peers, want %d", len(c.peers), clients)
	}
	if n := c.Stats().Completed; n != clients-seeds {
		t.Errorf("the tracker has counted %d completed downloads, want %d", n, clients-seeds)
	}
}

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	anacrolix "github.com/anacrolix/torrent/tracker"
	"github.com/anacrolix/torrent/types/infohash"

	"github.com/altracker/altracker/altoclient/altotest"
)

// patience is how long to wait for what is sure to come.
const patience = 20 * time.Second

// output collects what a command prints.
type output struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.b.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.b.String()
}

// running is a tracker under test.
type running struct {
	http, udp, admin string // HOST:PORT
	log              *output
	stop             func() int // ends it and returns the exit code
}

var addresses = map[string]*regexp.Regexp{
	"http":  regexp.MustCompile(`over HTTP" address=(\S+)`),
	"udp":   regexp.MustCompile(`over UDP" address=(\S+)`),
	"admin": regexp.MustCompile(`url=http://(\S+)/`),
}

// serve runs altracker serve on free ports with a configuration.
func serve(t *testing.T, text string, args ...string) *running {
	t.Helper()
	file := filepath.Join(t.TempDir(), "config.yaml")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	args = append([]string{"serve", "--config", file, "--http", "127.0.0.1:0", "--udp", "127.0.0.1:0", "--admin", "127.0.0.1:0"}, args...)
	r := &running{log: &output{}}
	ctx, cancel := context.WithCancel(context.Background())
	exit := make(chan int, 1)
	go func() { exit <- run(environment{ctx, io.Discard, r.log}, args) }()
	r.stop = sync.OnceValue(func() int {
		cancel()
		select {
		case code := <-exit:
			return code
		case <-time.After(patience):
			t.Errorf("the tracker does not stop:\n%s", r.log)
			return -1
		}
	})
	t.Cleanup(func() { r.stop() })
	await(t, "the tracker listens", func() bool { return addresses["admin"].MatchString(r.log.String()) })
	for name, into := range map[string]*string{"http": &r.http, "udp": &r.udp, "admin": &r.admin} {
		if m := addresses[name].FindStringSubmatch(r.log.String()); m != nil {
			*into = m[1]
		}
	}
	return r
}

func await(t *testing.T, what string, is func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); !is(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("waited in vain until %s", what)
		}
	}
}

// api asks the admin API.
func (r *running) api(t *testing.T, path string, into any) {
	t.Helper()
	resp, err := http.Get("http://" + r.admin + path)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s", path, resp.Status)
	}
	if err := json.NewDecoder(resp.Body).Decode(into); err != nil {
		t.Fatal(err)
	}
}

type sourceStatus struct {
	Name, State, VTag, Updates string
	PIDs                       int
	LastError                  string `json:"last_error"`
	Note                       string
}

func (r *running) source(t *testing.T) sourceStatus {
	t.Helper()
	var list []sourceStatus
	r.api(t, "/api/v1/sources", &list)
	if len(list) != 1 {
		t.Fatalf("sources %+v", list)
	}
	return list[0]
}

// announce announces from 127.0.<pid>.<n> over UDP and returns the peers' PIDs.
func (r *running) announce(t *testing.T, pid, n int, left int64, want int32) map[int]int {
	t.Helper()
	from := fmt.Sprintf("127.0.%d.%d", pid, n)
	client, err := anacrolix.NewClient("udp://"+r.udp, anacrolix.NewClientOpts{
		ListenPacket: func(network, _ string) (net.PacketConn, error) { return net.ListenPacket(network, from+":0") },
	})
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	answer, err := client.Announce(ctx, anacrolix.AnnounceRequest{
		InfoHash: infohash.T{1}, PeerId: [20]byte{byte(pid), byte(n)}, Left: left, NumWant: want, Port: 6881,
	}, anacrolix.AnnounceOpt{})
	if err != nil {
		t.Fatalf("announce of %s: %v", from, err)
	}
	pids := map[int]int{}
	for _, p := range answer.Peers {
		pids[int(p.IP.To4()[2])]++
	}
	return pids
}

// share returns how much of many replies is from PID 1, to a requester in it.
func (r *running) share(t *testing.T) float64 {
	t.Helper()
	home, all := 0, 0
	for range 40 {
		for pid, n := range r.announce(t, 1, 1, 1, 20) {
			all += n
			if pid == 1 {
				home += n
			}
		}
	}
	return float64(home) / float64(all)
}

const labNetwork = `{"meta": {"vtag": {"resource-id": "networkmap", "tag": "1"}}, "network-map": {
	"pid-1": {"ipv4": ["127.0.1.0/24"]}, "pid-2": {"ipv4": ["127.0.2.0/24"]},
	"pid-3": {"ipv4": ["127.0.3.0/24"]}, "pid-4": {"ipv4": ["127.0.4.0/24"]},
	"rest": {"ipv4": ["0.0.0.0/0"], "ipv6": ["::/0"]}}}`

func labCosts() string {
	rows := []string{}
	for i := 1; i <= 4; i++ {
		cells := []string{}
		for j := 1; j <= 4; j++ {
			cells = append(cells, fmt.Sprintf(`"pid-%d": %d`, j, 1+4*max(i-j, j-i)))
		}
		rows = append(rows, fmt.Sprintf(`"pid-%d": {%s}`, i, strings.Join(cells, ", ")))
	}
	return `{"meta": {"dependent-vtags": [{"resource-id": "networkmap", "tag": "1"}],
		"cost-type": {"cost-mode": "numerical", "cost-metric": "routingcost"}}, "cost-map": {` + strings.Join(rows, ",\n") + `}}`
}

// populate announces 40 peers in each of the four PIDs.
func (r *running) populate(t *testing.T) {
	t.Helper()
	for pid := 1; pid <= 4; pid++ {
		for n := 1; n <= 40; n++ {
			r.announce(t, pid, n, int64(n%10), 0)
		}
	}
}

const guidedShare, randomShare = 0.55, 0.35 // staged gives 0.68, random 0.25

// TestAnnouncesOutliveTheALTOServer breaks the ALTO server in every way: announces
// go on, guided by the last good map, and the operator is told.
func TestAnnouncesOutliveTheALTOServer(t *testing.T) {
	alto, err := altotest.NewServer([]byte(labNetwork), []byte(labCosts()))
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(alto)
	t.Cleanup(server.Close)
	r := serve(t, `
alto: {sources: [{name: lab, directory: "`+server.URL+`/directory", internal: ["pid-*"], refresh: 1s, updates: poll}]}
`)
	await(t, "the map is fetched", func() bool { return r.source(t).State == "ok" })
	r.populate(t)
	if got := r.share(t); got < guidedShare {
		t.Fatalf("guided, %.2f of the peers are from home", got)
	}
	for _, fault := range []struct {
		path string
		altotest.Fault
	}{
		{"", altotest.ServerError},
		{"", altotest.Corrupt},
		{"/networkmap", altotest.Truncated},
		{"/costmap/num/routingcost", altotest.SkewedTag},
	} {
		alto.Break(fault.path, fault.Fault)
		await(t, "the source is stale", func() bool { return r.source(t).State == "stale" })
		if s := r.source(t); s.LastError == "" || s.PIDs != 5 || s.VTag == "" {
			t.Errorf("%s: source %+v", fault.Fault, s)
		}
		if got := r.share(t); got < guidedShare {
			t.Errorf("%s: %.2f of the peers are from home", fault.Fault, got)
		}
		alto.Mend()
		await(t, "the source is well again", func() bool { return r.source(t).State == "ok" })
	}
	alto.Break("", altotest.Hang)
	if got := r.share(t); got < guidedShare {
		t.Errorf("hanging: %.2f of the peers are from home", got)
	}
	server.CloseClientConnections()
	server.Close()
	await(t, "the source is stale", func() bool { return r.source(t).State == "stale" })
	if got := r.share(t); got < guidedShare {
		t.Errorf("gone: %.2f of the peers are from home", got)
	}
	if code := r.stop(); code != 0 {
		t.Errorf("exit code %d", code)
	}
	if !strings.Contains(r.log.String(), "state=stale") {
		t.Errorf("the log says nothing of it:\n%s", r.log)
	}
}

// TestMapsAreFollowedByDefault never comes to its next refresh.
func TestMapsAreFollowedByDefault(t *testing.T) {
	alto, err := altotest.NewServer([]byte(labNetwork), []byte(labCosts()))
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(alto)
	t.Cleanup(server.Close)
	t.Cleanup(alto.Close)
	r := serve(t, `
alto: {sources: [{name: lab, directory: "`+server.URL+`/directory", refresh: 1h}]}
`)
	await(t, "the source follows the server", func() bool { return r.source(t).Updates == "sse" })
	next := strings.NewReplacer(`"tag": "1"`, `"tag": "2"`, `"tag":"1"`, `"tag":"2"`)
	if err := alto.Publish([]byte(next.Replace(labNetwork)), []byte(next.Replace(labCosts()))); err != nil {
		t.Fatal(err)
	}
	await(t, "the new map is in use", func() bool { return r.source(t).VTag == "2" })
	alto.Close()
	server.CloseClientConnections()
	server.Close()
	await(t, "the source is stale", func() bool { s := r.source(t); return s.State == "stale" && s.Updates == "poll" })
	if code := r.stop(); code != 0 {
		t.Errorf("exit code %d", code)
	}
}

func TestNoALTOServerIsNoFailure(t *testing.T) {
	r := serve(t, `alto: {sources: [{name: nobody, directory: "http://127.0.0.1:1/directory"}]}`)
	r.populate(t)
	if got := r.share(t); got > randomShare {
		t.Errorf("unguided, %.2f of the peers are from home", got)
	}
	await(t, "the source has failed", func() bool { return r.source(t).State == "failed" })
	var status struct{ Guidance map[string]int }
	r.api(t, "/api/v1/status", &status)
	if status.Guidance["no_map"] == 0 {
		t.Errorf("guidance %+v", status.Guidance)
	}
}

func TestMapFilesGuide(t *testing.T) {
	dir := t.TempDir()
	network, costs := filepath.Join(dir, "network.json"), filepath.Join(dir, "costs.json")
	for file, text := range map[string]string{network: labNetwork, costs: labCosts()} {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	r := serve(t, fmt.Sprintf(`
alto: {sources: [{name: files, network_map: %q, cost_map: %q, refresh: 1s}]}
policy: {name: ranked}
`, network, costs))
	await(t, "the maps are read", func() bool { return r.source(t).State == "ok" })
	r.populate(t)
	if got := r.share(t); got < guidedShare {
		t.Errorf("%.2f of the peers are from home", got)
	}
	if err := os.WriteFile(costs, []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	await(t, "the broken file is noticed", func() bool { return r.source(t).State == "stale" })
	if got := r.share(t); got < guidedShare {
		t.Errorf("after the file broke, %.2f of the peers are from home", got)
	}
}

// TestAnotherSourceDoesNotCutHome: a second source's map splits the home PID of the
// first one's requesters, who are served as before.
func TestAnotherSourceDoesNotCutHome(t *testing.T) {
	dir := t.TempDir()
	other := `{"meta": {"vtag": {"resource-id": "other", "tag": "9"}}, "network-map": {
		"a": {"ipv4": ["127.0.1.0/28"]}, "b": {"ipv4": ["127.0.1.16/28", "127.0.3.0/27"]}, "all": {"ipv4": ["0.0.0.0/0"]}}}`
	files := map[string]string{"network": labNetwork, "costs": labCosts(), "other": other}
	for name, text := range files {
		files[name] = filepath.Join(dir, name)
		if err := os.WriteFile(files[name], []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	r := serve(t, fmt.Sprintf(`
alto: {sources: [{name: lab, network_map: %q, cost_map: %q, internal: ["pid-*"]}, {name: other, network_map: %q}]}
`, files["network"], files["costs"], files["other"]))
	await(t, "both maps are read", func() bool {
		var list []sourceStatus
		r.api(t, "/api/v1/sources", &list)
		return len(list) == 2 && list[0].State == "ok" && list[1].State == "ok"
	})
	r.populate(t)
	if got := r.share(t); got < guidedShare {
		t.Errorf("%.2f of the peers are from home", got)
	}
	var status struct {
		Returned int `json:"peers_returned"`
		Home     int `json:"peers_from_home"`
	}
	r.api(t, "/api/v1/status", &status)
	if share := float64(status.Home) / float64(status.Returned); share < guidedShare {
		t.Errorf("%.2f of the peers are counted as from home", share)
	}
}

func TestEmbeddedMapIsTheDefault(t *testing.T) {
	r := serve(t, "")
	s := r.source(t)
	if s.Name != "embedded" || s.State != "ok" || s.PIDs < 80_000 || !strings.Contains(s.Note, "2026-06-17") {
		t.Errorf("source %+v", s)
	}
	var e struct{ Requester struct{ PID string } }
	r.api(t, "/api/v1/explain?info_hash=0100000000000000000000000000000000000000&ip=193.0.0.1", &e)
	if e.Requester.PID != "as3333" {
		t.Errorf("193.0.0.1 is in %q", e.Requester.PID)
	}
	if code := r.stop(); code != 0 {
		t.Errorf("exit code %d:\n%s", code, r.log)
	}
}

func TestSwarmsOutliveARestart(t *testing.T) {
	file := filepath.Join(t.TempDir(), "swarms.snap")
	text := fmt.Sprintf("snapshot: {path: %q, interval: 1s}", file)
	r := serve(t, text)
	r.announce(t, 1, 1, 0, 0)
	r.announce(t, 2, 2, 1, 0)
	await(t, "the swarms are saved", func() bool { _, err := os.Stat(file); return err == nil })
	r.stop()

	r = serve(t, text)
	if got := r.announce(t, 3, 3, 1, 10); got[1] != 1 || got[2] != 1 {
		t.Errorf("after the restart, peers in %v", got)
	}
	r.stop()

	if err := os.WriteFile(file, []byte("damaged"), 0o600); err != nil {
		t.Fatal(err)
	}
	r = serve(t, text)
	if got := r.announce(t, 3, 3, 1, 10); len(got) != 0 {
		t.Errorf("after the damage, peers in %v", got)
	}
	if b, err := os.ReadFile(file + ".damaged"); err != nil || string(b) != "damaged" {
		t.Errorf("the damaged file is not kept: %q, %v", b, err)
	}
}

// TestALTOTools serves map files with altracker alto serve, and asks with get and
// lookup.
func TestALTOTools(t *testing.T) {
	dir := t.TempDir()
	network, costs := filepath.Join(dir, "network.json"), filepath.Join(dir, "costs.json")
	for file, text := range map[string]string{network: labNetwork, costs: labCosts()} {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	log, exit := &output{}, make(chan int, 1)
	go func() {
		exit <- run(environment{ctx, io.Discard, log}, []string{"alto", "serve", "--network-map", network, "--cost-map", costs, "--listen", "127.0.0.1:0"})
	}()
	at := regexp.MustCompile(`directory=(\S+)`)
	await(t, "the ALTO server listens", func() bool { return at.MatchString(log.String()) })
	url := at.FindStringSubmatch(log.String())[1]

	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"alto", "get", "--directory", url}, `networkmap .*application/alto-networkmap\+json`},
		{[]string{"alto", "get", "--directory", url, "networkmap"}, `"pid-1"`},
		{[]string{"alto", "lookup", "--directory", url, "127.0.1.9", "127.0.3.9", "8.8.8.8"}, `(?s)127\.0\.1\.9 +pid-1.*8\.8\.8\.8 +rest.*pid-1 +pid-3 +9.*pid-1 +rest +not stated`},
	} {
		out, wrong := &output{}, &output{}
		if code := run(environment{ctx, out, wrong}, c.args); code != 0 || !regexp.MustCompile(c.want).MatchString(out.String()) {
			t.Errorf("%v: exit code %d\n%s%s\nwant %s", c.args, code, out, wrong, c.want)
		}
	}
	cancel()
	if code := <-exit; code != 0 {
		t.Errorf("exit code %d:\n%s", code, log)
	}
}

func TestExplainCommand(t *testing.T) {
	r := serve(t, "")
	r.announce(t, 1, 1, 0, 0)
	hash := "01" + strings.Repeat("00", 19)
	out := &output{}
	if code := run(environment{t.Context(), out, io.Discard}, []string{"explain", "--admin", "http://" + r.admin, "--info-hash", hash, "--ip", "127.0.2.1"}); code != 0 {
		t.Fatalf("exit code %d", code)
	}
	var e explanation
	if err := json.Unmarshal([]byte(out.String()), &e); err != nil || len(e.Peers) != 1 || e.Peers[0].IP != "127.0.1.1" || !e.Peers[0].Seeder {
		t.Errorf("%v\n%s", err, out)
	}
	table := &output{}
	run(environment{t.Context(), table, io.Discard}, []string{"explain", "--admin", "http://" + r.admin, "--info-hash", hash, "--ip", "127.0.2.1", "--table"})
	if !strings.Contains(table.String(), "127.0.1.1 port 6881") {
		t.Errorf("table:\n%s", table)
	}
	wrong := &output{}
	if code := run(environment{t.Context(), io.Discard, wrong}, []string{"explain", "--admin", "http://" + r.admin, "--info-hash", "xyz", "--ip", "127.0.2.1"}); code != 2 || !strings.Contains(wrong.String(), "info_hash") {
		t.Errorf("exit code %d: %s", code, wrong)
	}
}

// TestDHTNodeAnswersFromTheSwarms asks for peers as a DHT node does (BEP 5).
func TestDHTNodeAnswersFromTheSwarms(t *testing.T) {
	r := serve(t, `dht: {listen: "127.0.0.1:0", private: ["02`+strings.Repeat("00", 19)+`"]}`)
	r.announce(t, 1, 1, 0, 0)
	node := regexp.MustCompile(`DHT node" address=(\S+)`).FindStringSubmatch(r.log.String())
	if node == nil {
		t.Fatalf("no DHT node:\n%s", r.log)
	}
	conn, err := net.Dial("udp", node[1])
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	for hash, want := range map[byte]bool{1: true, 2: false} {
		query := "d1:ad2:id20:abcdefghij01234567899:info_hash20:" + string(append([]byte{hash}, make([]byte, 19)...)) + "e1:q9:get_peers1:t2:aa1:y1:qe"
		if _, err := conn.Write([]byte(query)); err != nil {
			t.Fatal(err)
		}
		_ = conn.SetReadDeadline(time.Now().Add(patience))
		answer := make([]byte, 2048)
		n, err := conn.Read(answer)
		if err != nil {
			t.Fatal(err)
		}
		if got := bytes.Contains(answer[:n], []byte("6:valuesl6:\x7f\x00\x01\x01")); got != want {
			t.Errorf("hash %d: peers in the answer: %v, want %v: %q", hash, got, want, answer[:n])
		}
	}
}

func TestTakenPortIsAFailure(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	wrong := &output{}
	if code := run(environment{t.Context(), io.Discard, wrong}, []string{"serve", "--http", taken.Addr().String(), "--udp", "", "--admin", ""}); code != 1 || !strings.Contains(wrong.String(), "in use") {
		t.Errorf("exit code %d: %s", code, wrong)
	}
}

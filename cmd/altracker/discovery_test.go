package main

import (
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/miekg/dns"

	"github.com/altracker/altracker/altoclient/altotest"
	"github.com/altracker/altracker/altoclient/discovery/accessdomain"
	"github.com/altracker/altracker/cmd/altracker/config"
	"github.com/altracker/altracker/tracker"
)

// startDNS runs a DNS server of the records on loopback, over UDP. It returns its
// address, and what stops it.
func startDNS(t *testing.T, records ...string) (address string, stop func()) {
	t.Helper()
	var all []dns.RR
	for _, text := range records {
		rr, err := dns.NewRR(text)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, rr)
	}
	packets, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	started, done := make(chan struct{}), make(chan struct{})
	server := &dns.Server{
		PacketConn:        packets,
		NotifyStartedFunc: func() { close(started) },
		Handler: dns.HandlerFunc(func(w dns.ResponseWriter, q *dns.Msg) {
			reply := new(dns.Msg).SetReply(q)
			for _, rr := range all {
				if strings.EqualFold(rr.Header().Name, q.Question[0].Name) && rr.Header().Rrtype == q.Question[0].Qtype {
					reply.Answer = append(reply.Answer, rr)
				}
			}
			_ = w.WriteMsg(reply)
		}),
	}
	go func() {
		defer close(done)
		_ = server.ActivateAndServe()
	}()
	<-started
	stop = sync.OnceFunc(func() {
		_ = server.Shutdown()
		<-done
	})
	t.Cleanup(stop)
	return packets.LocalAddr().String(), stop
}

func TestServersAreFoundForThoseWhoAnnounce(t *testing.T) {
	alto, err := altotest.NewServer([]byte(labNetwork), []byte(labCosts()))
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(alto)
	defer server.Close()
	host := "alto.lab.test" + server.URL[strings.LastIndex(server.URL, ":"):]
	resolver, _ := startDNS(t,
		`alto.lab.test. 60 IN A 127.0.0.1`,
		fmt.Sprintf(`1.0.127.in-addr.arpa. 600 IN NAPTR 1 1 "u" "ALTO:http" "!.*!http://%s/directory!" .`, host))
	own, err := altotest.NewServer([]byte(strings.ReplaceAll(labNetwork, `"127.0.1.0/24"`, `"127.0.9.0/24"`)), []byte(labCosts()))
	if err != nil {
		t.Fatal(err)
	}
	ownServer := httptest.NewServer(own)
	defer ownServer.Close()
	r := serve(t, fmt.Sprintf(`
alto:
  sources:
    - {name: own, directory: %q, requesters: ["127.0.9.0/24"]}
discovery: {enabled: true, resolvers: [%q], allow_private: true, allow_http: true}
`, ownServer.URL+"/directory", resolver))

	guide := func(ip string) string {
		var e struct{ Requester struct{ Source, PID string } }
		r.api(t, "/api/v1/explain?info_hash="+strings.Repeat("01", 20)+"&ip="+ip, &e)
		return strings.TrimSpace(e.Requester.Source + " " + e.Requester.PID)
	}
	await(t, "the configured source guides", func() bool { return guide("127.0.9.1") == "own pid-1" })
	r.announce(t, 9, 1, 1, 20)
	r.announce(t, 7, 1, 1, 20) // nobody is responsible for it
	r.announce(t, 1, 1, 1, 20)
	await(t, "the one that announced is guided", func() bool { return guide("127.0.1.1") == "discovered:"+host+" pid-1" })
	for ip, want := range map[string]string{
		"127.0.1.200": "discovered:" + host + " pid-1", // found for the /24
		"127.0.9.1":   "own pid-1",
		"127.0.2.1":   "pid-2", // in its map, but it was not found for it
		"127.0.7.1":   "rest",
	} {
		if got := guide(ip); got != want {
			t.Errorf("%s is guided by %q, want %q", ip, got, want)
		}
	}
	var sources []sourceStatus
	r.api(t, "/api/v1/sources", &sources)
	if len(sources) != 2 || sources[1].Name != "discovered:"+host || sources[1].State != "ok" || sources[1].PIDs != 5 {
		t.Errorf("sources %+v", sources)
	}
	resp, err := http.Get("http://" + r.admin + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	metrics, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"altracker_discovery_servers 1", "altracker_discovery_prefixes 1", `altracker_discovery_lookups_total{result="found"} 1`,
		fmt.Sprintf(`altracker_source_pids{source="discovered:%s"} 5`, host),
	} {
		if !strings.Contains(string(metrics), want) {
			t.Errorf("no metric %s", want)
		}
	}
	if code := r.stop(); code != 0 {
		t.Errorf("exit code %d:\n%s", code, r.log)
	}
}

// TestDiscoveredServersOutliveARestart: with the resolver and the server gone, what
// was found guides on, until it is too old.
func TestDiscoveredServersOutliveARestart(t *testing.T) {
	alto, err := altotest.NewServer([]byte(labNetwork), []byte(labCosts()))
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(alto)
	defer server.Close()
	host := "alto.lab.test" + server.URL[strings.LastIndex(server.URL, ":"):]
	resolver, stopDNS := startDNS(t,
		`alto.lab.test. 60 IN A 127.0.0.1`,
		fmt.Sprintf(`1.0.127.in-addr.arpa. 600 IN NAPTR 1 1 "u" "ALTO:http" "!.*!http://%s/directory!" .`, host))
	cache := t.TempDir()
	start := func(maxAge time.Duration) *running {
		return serve(t, fmt.Sprintf(`
alto: {cache: %q}
discovery: {enabled: true, resolvers: [%q], allow_private: true, allow_http: true, max_age: %v}
`, cache, resolver, maxAge))
	}
	guide := func(r *running, ip string) string {
		var e struct{ Requester struct{ Source, PID string } }
		r.api(t, "/api/v1/explain?info_hash="+strings.Repeat("01", 20)+"&ip="+ip, &e)
		return strings.TrimSpace(e.Requester.Source + " " + e.Requester.PID)
	}
	discovered := func(r *running) (found sourceStatus) {
		var list []sourceStatus
		r.api(t, "/api/v1/sources", &list)
		for _, s := range list {
			if s.Name == "discovered:"+host {
				found = s
			}
		}
		return found
	}

	r := start(time.Hour)
	await(t, "the one that announced is guided", func() bool {
		r.announce(t, 1, 1, 1, 20)
		return guide(r, "127.0.1.1") == "discovered:"+host+" pid-1"
	})
	if code := r.stop(); code != 0 {
		t.Fatalf("exit code %d:\n%s", code, r.log)
	}
	stopped := time.Now()
	stopDNS()
	server.Close()

	r = start(time.Hour)
	await(t, "it is guided again", func() bool { return guide(r, "127.0.1.1") == "discovered:"+host+" pid-1" })
	if got := guide(r, "127.0.2.1"); got == "discovered:"+host+" pid-2" {
		t.Error("somebody else is guided, too")
	}
	await(t, "the server is found to be gone", func() bool { return discovered(r).State == "stale" && discovered(r).LastError != "" })
	if s := discovered(r); s.PIDs != 5 || !strings.Contains(s.Note, "kept on disk") {
		t.Errorf("source %+v", s)
	}
	r.populate(t)
	if got := r.share(t); got < guidedShare {
		t.Errorf("%.2f of the peers are from home", got)
	}
	r.stop()

	await(t, "it is too old", func() bool { return time.Since(stopped) > time.Second })
	r = start(time.Second)
	await(t, "the tracker has looked at what it has kept", func() bool { return strings.Contains(r.log.String(), "discovered ALTO servers restored") })
	if got := guide(r, "127.0.1.1"); strings.HasPrefix(got, "discovered:") || discovered(r).Name != "" {
		t.Errorf("guided by %q", got)
	}
	r.stop()
	if left, err := os.ReadDir(filepath.Join(cache, "discovered")); err != nil || len(left) != 1 || left[0].Name() != "servers" {
		t.Errorf("%v is left, %v", left, err)
	}
	if strings.Contains(r.log.String(), "level=ERROR") {
		t.Errorf("the log:\n%s", r.log)
	}
}

func TestTheDomainIsLearntFromTheHost(t *testing.T) {
	host := fstest.MapFS{
		"etc/resolv.conf":              {Data: []byte("search corp.example.org")},
		"run/systemd/netif/leases/2":   {Data: []byte("DOMAINNAME=pop7.example.net")},
		"var/lib/dhcp/dhclient.leases": {Data: []byte("lease {")},
	}
	learnt, err := domains(accessdomain.New(accessdomain.Config{Root: host}))(t.Context())
	if !slices.Equal(learnt, []string{"pop7.example.net", "corp.example.org"}) {
		t.Errorf("domains %q", learnt)
	}
	if err == nil || !strings.Contains(err.Error(), "dhclient.leases") {
		t.Errorf("error %v", err)
	}
}

func TestMapsOfServersThatAreNotFollowedAreRemoved(t *testing.T) {
	c := newDiscoveredCache(t.TempDir(), slog.New(slog.DiscardHandler))
	a, b, other := c.maps("https://a.example/"), c.maps("https://b.example/"), filepath.Join(c.dir, "somebody's")
	for _, dir := range []string{a, b, other} {
		if err := os.MkdirAll(filepath.Join(dir, "maps"), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(c.servers(), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	c.prune([]string{"https://b.example/", "https://new.example/"})
	for path, want := range map[string]bool{a: false, b: true, other: true, c.servers(): true} {
		if _, err := os.Stat(path); (err == nil) != want {
			t.Errorf("%s is there: %v, want %v", path, err == nil, want)
		}
	}
	none := newDiscoveredCache("", nil)
	if none.prune(nil); none.servers() != "" || none.maps("https://a.example/") != "" {
		t.Errorf("%+v keeps something", none)
	}
}

// nowhere is a tracker that answers nothing.
type nowhere struct{ core }

func (nowhere) Announce(*tracker.AnnounceRequest, *tracker.AnnounceResponse) error { return nil }

func TestScoutAllocatesNothing(t *testing.T) {
	log := slog.New(slog.DiscardHandler)
	g, err := newGuidance(nil, "", log)
	if err != nil {
		t.Fatal(err)
	}
	defer g.close()
	s, err := newScout(config.Discovery{Resolvers: []string{"127.0.0.1:53"}, MaxServers: 1, LookupsPerSecond: 1}, "", g, nowhere{}, log)
	if err != nil {
		t.Fatal(err)
	}
	defer s.close()
	i := 0
	req := &tracker.AnnounceRequest{}
	resp := &tracker.AnnounceResponse{}
	if n := testing.AllocsPerRun(3000, func() {
		i++
		req.Addr = netip.AddrPortFrom(netip.AddrFrom4([4]byte{8, byte(i >> 8), byte(i), 8}), 6881)
		_ = s.Announce(req, resp)
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
	if stats := s.follower.Stats(); stats.Taken == 0 || stats.Lost == 0 {
		t.Errorf("%+v: nothing was dropped into discovery", stats)
	}
}

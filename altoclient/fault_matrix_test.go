package altoclient_test

import (
	"cmp"
	"crypto/tls"
	"crypto/x509"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/altracker/altracker/altoclient"
	"github.com/altracker/altracker/altoclient/altotest"
)

// fault is one row of the fault matrix: what goes wrong, and where.
type fault struct {
	at string // path; empty: everywhere
	altotest.Fault
	name      string // where Fault does not say enough
	elsewhere string // where Moved leads
	ranks     bool   // the costs are ordinal
	place     string // in the error, besides the URL
}

// costs returns the cost map of the server.
func (f fault) costs() string {
	if f.ranks {
		return strings.Replace(labCosts, "numerical", "ordinal", 1)
	}
	return labCosts
}

// atRanks is the path of the cost map if its costs are ordinal.
const atRanks = "/costmap/ord/routingcost"

// eachResource are the faults that any resource can have.
func eachResource(refused, expired string) []fault {
	all := []fault{
		{Fault: altotest.Moved, name: "refused", elsewhere: refused, place: "connection refused"},
		{Fault: altotest.Moved, name: "expired certificate", elsewhere: expired, place: "expired"},
		{Fault: altotest.Hang},
		{Fault: altotest.SlowLoris},
		{Fault: altotest.SlowBody, name: "1 byte/s"},
		{Fault: altotest.Unasked304, place: "304"},
	}
	places := map[altotest.Fault]string{
		altotest.ServerError:         "500",
		altotest.Unavailable:         "503",
		altotest.UnavailableForYears: "503",
		altotest.ErrorDocument:       "E_INVALID_FIELD_VALUE, field pids, value PID9",
		altotest.ErrorDocumentAs200:  "E_INVALID_FIELD_VALUE, field pids, value PID9",
		altotest.WrongMediaType:      "text/html",
		altotest.SingleQuoted:        "at byte",
		altotest.Trailing:            "more than one",
		altotest.RedirectLoop:        "more than 5 redirects",
		altotest.Endless:             "over the limit",
		altotest.TwoGiB:              "over the limit",
		altotest.Bomb:                "over the limit",
	}
	for _, f := range altotest.Faults() {
		all = append(all, fault{Fault: f, place: places[f]})
	}
	return all
}

func faultMatrix(refused, expired string) []fault {
	var rows []fault
	for _, at := range []string{atDirectory, atNetwork, atCosts} {
		for _, f := range eachResource(refused, expired) {
			f.at = at
			if f.Fault == altotest.WrongTypes {
				f.place = map[string]string{atDirectory: "/resources", atNetwork: "/network-map", atCosts: "/cost-map"}[at]
			}
			rows = append(rows, f)
		}
	}
	return append(rows,
		fault{at: "", Fault: altotest.Hang},
		fault{at: "", Fault: altotest.Refused},
		fault{at: "", Fault: altotest.ServerError},
		fault{at: atDirectory, Fault: altotest.NoDefault, place: `default network map "nowhere"`},
		fault{at: atNetwork, Fault: altotest.Directory, place: altoclient.MediaTypeDirectory},
		fault{at: atNetwork, Fault: altotest.DuplicatePIDs, place: "/network-map/pid-1: duplicate"},
		fault{at: atNetwork, Fault: altotest.ForeignPrefixes, place: "/network-map/pid-2/ipv4/0"},
		fault{at: atNetwork, Fault: altotest.SkewedTag, place: "do not agree"},
		fault{at: atCosts, Fault: altotest.Directory, place: altoclient.MediaTypeDirectory},
		fault{at: atCosts, Fault: altotest.DuplicatePIDs, place: "/cost-map/pid-1"},
		fault{at: atCosts, Fault: altotest.NullCosts, place: "/cost-map/pid-1/pid-1"},
		fault{at: atCosts, Fault: altotest.StringCosts, place: "/cost-map/pid-1/pid-1"},
		fault{at: atCosts, Fault: altotest.NaNCosts, place: "/cost-map/pid-1/pid-1"},
		fault{at: atCosts, Fault: altotest.HugeCosts, place: "/cost-map/pid-1/pid-1"},
		fault{at: atCosts, Fault: altotest.SkewedTag, place: "do not agree"},
		fault{at: atRanks, Fault: altotest.NegativeCosts, ranks: true, place: "/cost-map/pid-1/pid-1"},
	)
}

// TestFaultMatrix has each resource fail in each way, at the first load and at a
// refresh. What must hold: the last good maps stay, the error names the place,
// and the next refresh after the fault is as good as any. That no goroutine is
// left is checked when the tests of the package end.
func TestFaultMatrix(t *testing.T) {
	refused := refusingURL(t)
	expired, roots := expiredServer(t)
	var rows errgroup.Group
	rows.SetLimit(8) // most of them wait: more than t.Parallel would let run
	for _, f := range faultMatrix(refused, expired) {
		for _, first := range []bool{true, false} {
			phase := map[bool]string{true: "first load", false: "refresh"}[first]
			rows.Go(func() error {
				t.Run(cmp.Or(f.at, "everything")+" "+cmp.Or(f.name, string(f.Fault))+" "+phase, func(t *testing.T) {
					newFaultLab(t, f, roots).survives(t, f, first)
				})
				return nil
			})
		}
	}
	_ = rows.Wait() // the errors are the tests'
}

// survives is one row of the matrix.
func (l *lab) survives(t *testing.T, f fault, first bool) {
	t.Helper()
	if first {
		l.failsFirst(t, f)
	} else {
		l.failsLater(t, f)
	}
	l.Mend()
	if err := l.guide.Refresh(t.Context()); err != nil {
		t.Errorf("mended: %v", err)
	}
	l.eventually(t, "guided after the fault", l.guided)
	l.wantStatus(t, altoclient.StateOK)
}

// refusingURL returns a URL that refuses every connection until the test ends: it is
// the near end of a connection, so that nobody else is given its port to listen at.
func refusingURL(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	conn, err := net.Dial("tcp", listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return "http://" + conn.LocalAddr().String()
}

// expiredServer returns the URL of a server whose certificate is of yesterday,
// and whom to trust to get as far as noticing that.
func expiredServer(t *testing.T) (string, *x509.CertPool) {
	t.Helper()
	certificate := newCertificate(t, "yesterday", func(c *x509.Certificate) { c.NotAfter = time.Now().Add(-24 * time.Hour) })
	web := httptest.NewUnstartedServer(http.NotFoundHandler())
	web.TLS = &tls.Config{Certificates: []tls.Certificate{certificate}}
	web.Config.ErrorLog = log.New(io.Discard, "", 0)
	web.StartTLS()
	t.Cleanup(web.Close)
	roots := x509.NewCertPool()
	roots.AddCert(certificate.Leaf)
	return web.URL, roots
}

func newFaultLab(t *testing.T, f fault, roots *x509.CertPool) *lab {
	t.Helper()
	server, err := altotest.NewServer([]byte(labNetwork), []byte(f.costs()))
	if err != nil {
		t.Fatal(err)
	}
	server.Elsewhere = f.elsewhere
	timeout := 10 * time.Second
	if f.Fault == altotest.Hang || f.Fault == altotest.SlowLoris || f.Fault == altotest.SlowBody {
		timeout = time.Second
	}
	return newLabOf(t, server, altoclient.Config{Timeout: timeout, Limits: altoclient.Limits{Bytes: 1 << 20}, RootCAs: roots})
}

func (l *lab) failsFirst(t *testing.T, f fault) {
	t.Helper()
	l.Break(f.at, f.Fault)
	l.run(t)
	// The network map alone is some guidance.
	want, home := altoclient.StateFailed, ""
	if f.at == atCosts || f.at == atRanks || f.Fault == altotest.SkewedTag {
		want, home = altoclient.StateStale, "pid-1"
	}
	status := l.wantStatus(t, want)
	l.wantPlace(t, f, status.LastError)
	if status.HasCosts {
		t.Errorf("there are costs: %+v", status)
	}
	atlas := l.guide.Current()
	if _, name := atlas.Name(atlas.PID(netip.MustParseAddr("127.1.0.1"))); name != home {
		t.Errorf("PID is %q, want %q", name, home)
	}
}

func (l *lab) failsLater(t *testing.T, f fault) {
	t.Helper()
	l.run(t)
	if !l.guided() {
		t.Fatalf("not guided by a good server: %+v", l.guide.Sources())
	}
	l.wantStatus(t, altoclient.StateOK)
	before := l.source.Current()

	l.Break(f.at, f.Fault)
	err := l.guide.Refresh(t.Context())
	if err == nil {
		t.Fatal("the fault goes unnoticed")
	}
	l.wantPlace(t, f, err.Error())
	if !l.guided() || l.source.Current() != before {
		t.Error("the last good map is gone")
	}
	status := l.wantStatus(t, altoclient.StateStale)
	if status.LastError == "" || status.Failures != 1 {
		t.Errorf("status is %+v", status)
	}
	switch f.Fault {
	case altotest.Unavailable: // with Retry-After: 7
		if status.NextRefresh < 6*time.Second || status.NextRefresh > 9*time.Second {
			t.Errorf("next refresh in %v, the server asks for 7 s", status.NextRefresh)
		}
	case altotest.UnavailableForYears:
		if status.NextRefresh < 59*time.Minute || status.NextRefresh > time.Hour {
			t.Errorf("next refresh in %v, want an hour at most", status.NextRefresh)
		}
	}
}

func (l *lab) wantPlace(t *testing.T, f fault, text string) {
	t.Helper()
	named := strings.Contains(text, l.url+f.at) || f.elsewhere != "" && strings.Contains(text, f.elsewhere+f.at) || f.Fault == altotest.SkewedTag
	if f.Fault == altotest.NoDefault {
		named = true
	}
	if !named || !strings.Contains(text, f.place) {
		t.Errorf("error %q does not name the place: want the URL and %q", text, f.place)
	}
}

// TestWhatLooksLikeAFaultAndIsNone: nested prefixes, negative costs, costs of PIDs
// that are not there, and a network map without default are within the rules, or
// harmless, at the first load and at a refresh.
func TestWhatLooksLikeAFaultAndIsNone(t *testing.T) {
	for name, tt := range map[string]struct {
		spoil func(t *testing.T, l *lab)
		check func(t *testing.T, s *altoclient.Snapshot)
	}{
		string(altotest.Nested): {breaking(atNetwork, altotest.Nested), func(t *testing.T, s *altoclient.Snapshot) {
			if pid := s.Name(s.PID(netip.MustParseAddr("203.0.113.1"))); pid != "nested" {
				t.Errorf("the longer prefix is in %q", pid)
			}
		}},
		string(altotest.NegativeCosts): {breaking(atCosts, altotest.NegativeCosts), func(t *testing.T, s *altoclient.Snapshot) {
			if cost := s.Cost(1, 2); cost != -3 {
				t.Errorf("cost is %v, want -3", cost)
			}
		}},
		string(altotest.ForeignCosts): {breaking(atCosts, altotest.ForeignCosts), func(t *testing.T, s *altoclient.Snapshot) {
			// They make no other cost map of one that is in use.
			if dropped := s.CostMap().Dropped(); dropped > 1 || s.Cost(1, 2) != 5 {
				t.Errorf("%d costs dropped, cost is %v", dropped, s.Cost(1, 2))
			}
		}},
		"no default PID": {withoutDefault, func(t *testing.T, s *altoclient.Snapshot) {
			if s.PID(far) != 0 || s.PID(host1) == 0 {
				t.Errorf("PIDs %d and %d", s.PID(far), s.PID(host1))
			}
		}},
	} {
		for _, first := range []bool{true, false} {
			t.Run(name+map[bool]string{true: " first load", false: " refresh"}[first], func(t *testing.T) {
				l := newLab(t, altoclient.Limits{})
				if first {
					tt.spoil(t, l)
				}
				l.run(t)
				if !first {
					tt.spoil(t, l)
					if err := l.guide.Refresh(t.Context()); err != nil {
						t.Fatal(err)
					}
				}
				l.wantStatus(t, altoclient.StateOK)
				tt.check(t, l.source.Current().(*altoclient.Snapshot))
			})
		}
	}
}

func breaking(path string, f altotest.Fault) func(*testing.T, *lab) {
	return func(_ *testing.T, l *lab) { l.Break(path, f) }
}

func withoutDefault(t *testing.T, l *lab) {
	t.Helper()
	bare := strings.NewReplacer(`["0.0.0.0/0"]`, `["198.51.100.0/24"]`, `"tag":"1"`, `"tag":"2"`)
	if err := l.Publish([]byte(bare.Replace(labNetwork)), []byte(bare.Replace(labCosts))); err != nil {
		t.Fatal(err)
	}
}

// TestFaultsLeaveNoMemoryBehind has a source fail again and again, in each way that
// does not take long.
func TestFaultsLeaveNoMemoryBehind(t *testing.T) {
	server := newAltotest(t)
	l := newLabOf(t, server, altoclient.Config{Limits: altoclient.Limits{Bytes: 1 << 16}})
	l.run(t)
	failures := func(rounds int) uint64 {
		for range rounds {
			for _, at := range []string{atDirectory, atNetwork, atCosts} {
				for _, f := range altotest.Faults() {
					l.Break(at, f)
					if l.guide.Refresh(t.Context()) == nil {
						t.Fatalf("%s at %s goes unnoticed", f, at)
					}
				}
				l.Mend()
			}
		}
		var m runtime.MemStats
		runtime.GC()
		runtime.GC() // what pools keep goes at the second one
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	before := failures(2)
	const rounds = 4
	after := failures(rounds)
	// A page for each failure would be 960 KiB.
	if kept := int64(after) - int64(before); kept > 128<<10 {
		t.Errorf("%d bytes more are in use after %d failures", kept, rounds*3*len(altotest.Faults()))
	}
	l.eventually(t, "the last good maps", l.guided)
}

// TestMapsThatChangeBetweenTwoFetches: the server moves on after it has sent the
// network map. The client ends up with the new pair, not with a mixture.
func TestMapsThatChangeBetweenTwoFetches(t *testing.T) {
	for _, first := range []bool{true, false} {
		server := newAltotest(t)
		var change atomic.Bool
		change.Store(first)
		retag := strings.NewReplacer(`"tag":"1"`, `"tag":"2"`, "pid-2", "pid-9")
		web := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == atCosts && change.Swap(false) {
				if err := server.Publish([]byte(retag.Replace(labNetwork)), []byte(retag.Replace(labCosts))); err != nil {
					t.Error(err)
				}
			}
			server.ServeHTTP(w, r)
		}))
		source, err := altoclient.NewSource(altoclient.SourceConfig{
			Name: "lab", Directory: web.URL + atDirectory, Client: newTestClient(t, altoclient.Config{}), Updates: altoclient.UpdatesPoll,
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
		if !first {
			change.Store(true)
			if err := guide.Refresh(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		l.eventually(t, "the new pair", func() bool {
			_, name := guide.Current().Name(guide.Current().PID(host2))
			return l.guided() && name == "pid-9"
		})
		if status := l.wantStatus(t, altoclient.StateOK); status.Skews != 1 || status.VersionTag.Tag != "2" || status.Dropped != 0 {
			t.Errorf("status is %+v", status)
		}
	}
}

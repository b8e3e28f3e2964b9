package discovery

import (
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/altracker/altracker/altoclient"
)

// shelf is a Guide that only keeps what it is given.
type shelf struct {
	sources map[string]*altoclient.Source
	err     error
}

func (s *shelf) Add(sources ...*altoclient.Source) error {
	for _, source := range sources {
		s.sources[source.Name()] = source
	}
	return s.err
}

func (s *shelf) Remove(names ...string) {
	for _, n := range names {
		delete(s.sources, n)
	}
}

// String tells the sources with their requesters.
func (s *shelf) String() string {
	var list []string
	for name, source := range s.sources {
		list = append(list, fmt.Sprint(strings.TrimPrefix(name, namePrefix), source.Requesters()))
	}
	slices.Sort(list)
	return strings.Join(list, " ")
}

type rosterWorld struct {
	*roster
	*shelf
	now time.Time
}

func newRosterWorld(t *testing.T, servers int, domain string) *rosterWorld {
	s := &shelf{sources: map[string]*altoclient.Source{}}
	client := altoclient.NewClient(altoclient.Config{})
	t.Cleanup(client.Close)
	config := FollowerConfig{
		Guide: s, MaxServers: servers, Domain: domain, Stay: time.Minute, Idle: time.Hour, MaxAge: 24 * time.Hour,
		Log: slog.New(slog.DiscardHandler),
		Open: func(name, uri string, requesters []netip.Prefix) (*altoclient.Source, error) {
			return altoclient.NewSource(altoclient.SourceConfig{Name: name, Directory: uri, Requesters: requesters, Client: client})
		},
	}
	return &rosterWorld{roster: newRoster(config, new(followerCounts)), shelf: s, now: newClock().now()}
}

// found has the roster learn of servers of p, for ten minutes.
func (w *rosterWorld) found(p string, uris ...string) {
	prefix := netip.MustParsePrefix(p)
	w.learn(netip.PrefixFrom(prefix.Addr(), prefix.Addr().BitLen()), Result{URIs: uris, Prefix: prefix, TTL: 10 * time.Minute}, nil, w.now)
}

func (w *rosterWorld) after(d time.Duration) []netip.Prefix {
	w.now = w.now.Add(d)
	return w.tend(w.now)
}

func (w *rosterWorld) want(t *testing.T, want string) {
	t.Helper()
	w.after(0)
	if got := w.String(); got != want {
		t.Errorf("sources are %s, want %s", got, want)
	}
}

func TestServersGuideWhatTheyWereFoundFor(t *testing.T) {
	w := newRosterWorld(t, 10, "")
	w.found("192.0.2.0/24", "https://a.example/")
	if got := w.String(); got != "a.example[192.0.2.0/24]" {
		t.Errorf("%s: a source must never be without requesters", got)
	}
	w.found("198.51.0.0/16", "https://a.example/")
	w.found("203.0.0.0/8", "https://b.example/")
	w.found("2001:db8::/32", "https://b.example:8443/")
	w.found("192.0.3.0/24", "https://b.example/other")
	w.want(t, "a.example[192.0.2.0/24 198.51.0.0/16] b.example#2[192.0.3.0/24] b.example:8443[2001:db8::/32] b.example[203.0.0.0/8]")
	w.found("203.0.0.0/8", "https://a.example/") // the records have changed
	w.want(t, "a.example[192.0.2.0/24 198.51.0.0/16 203.0.0.0/8] b.example#2[192.0.3.0/24] b.example:8443[2001:db8::/32]")
}

func TestTheLongerPrefixIsTheBetterClaim(t *testing.T) {
	w := newRosterWorld(t, 10, "")
	w.found("10.0.0.0/8", "https://a.example/")
	w.found("10.128.0.0/10", "https://b.example/")
	w.found("10.128.0.0/16", "https://a.example/")
	w.want(t, "a.example[10.0.0.0/9 10.128.0.0/16 10.192.0.0/10] b.example[10.129.0.0/16 10.130.0.0/15 10.132.0.0/14 10.136.0.0/13 10.144.0.0/12 10.160.0.0/11]")
}

func TestAServerWithNothingLeftGoes(t *testing.T) {
	w := newRosterWorld(t, 10, "")
	w.found("10.0.0.0/16", "https://a.example/")
	w.found("10.0.0.0/17", "https://b.example/")
	w.found("10.0.128.0/17", "https://b.example/")
	f := &Follower{config: w.config, roster: w.roster, again: make(chan netip.Prefix, 10), keeper: keeper{config: w.config, roster: w.roster}}
	f.config.Now = func() time.Time { return w.now.Add(10 * time.Minute) }
	f.tend() // all are due, and one of them goes
	if got := w.String(); got != "b.example[10.0.0.0/17 10.0.128.0/17]" || len(w.claims) != 2 || len(f.again) != 2 {
		t.Errorf("sources are %s, %d claims, %d asked for", got, len(w.claims), len(f.again))
	}
}

func TestAppendWithoutLeavesOutHolesOnly(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		p := netip.MustParsePrefix("10.20.0.0/16")
		var holes []netip.Prefix
		for range r.IntN(6) {
			addr := netip.AddrFrom4([4]byte{10, 20, byte(r.Uint32()), byte(r.Uint32())})
			holes = append(holes, netip.PrefixFrom(addr, 17+r.IntN(16)).Masked())
		}
		list := appendWithout(nil, p, holes)
		for range 100 {
			addr := netip.AddrFrom4([4]byte{10, byte(20 + r.IntN(2)), byte(r.Uint32()), byte(r.Uint32())})
			holds := func(q netip.Prefix) bool { return q.Contains(addr) }
			if got, want := slices.ContainsFunc(list, holds), p.Contains(addr) && !slices.ContainsFunc(holes, holds); got != want {
				t.Fatalf("%v without %v is %v: %v in it: %v", p, holes, list, addr, got)
			}
		}
	}
}

func TestTheLeastUsefulServerGoes(t *testing.T) {
	w := newRosterWorld(t, 2, "")
	w.found("10.1.0.0/16", "https://a.example/")
	w.found("10.2.0.0/16", "https://b.example/")
	w.found("10.3.0.0/16", "https://c.example/")
	w.want(t, "a.example[10.1.0.0/16] b.example[10.2.0.0/16]") // both have just come
	w.after(2 * time.Minute)
	w.servers["https://a.example/"].touched.Store(true)
	w.after(0)
	w.found("10.3.0.0/16", "https://c.example/")
	w.want(t, "a.example[10.1.0.0/16] c.example[10.3.0.0/16]")
	if c := w.counts; c.opened.Load() != 3 || c.evicted.Load() != 1 || c.refused.Load() != 1 {
		t.Errorf("opened %d, evicted %d, refused %d", c.opened.Load(), c.evicted.Load(), c.refused.Load())
	}
	if len(w.claims) != 2 {
		t.Errorf("%d claims", len(w.claims))
	}
}

func TestClaimsAreAskedForAgainWhileTheyAreOfUse(t *testing.T) {
	w := newRosterWorld(t, 10, "")
	p := netip.MustParsePrefix("10.1.0.0/16")
	w.found("10.1.0.0/16", "https://a.example/")
	if due := w.after(10*time.Minute - time.Second); due != nil {
		t.Errorf("due %v too early", due)
	}
	if due := w.after(time.Second); !slices.Equal(due, []netip.Prefix{p}) {
		t.Errorf("due %v", due)
	}
	w.claims[p].asking = true
	if due := w.after(time.Second); due != nil {
		t.Errorf("due %v while it is being asked", due)
	}
	w.learn(p, Result{URIs: []string{"https://a.example/"}, Prefix: p, TTL: 2 * time.Hour}, nil, w.now)
	w.want(t, "a.example[10.1.0.0/16]")
	// Nobody has been guided for longer than Idle.
	if due := w.after(2 * time.Hour); due != nil {
		t.Errorf("due %v", due)
	}
	w.want(t, "")
	if len(w.claims) != 0 {
		t.Errorf("%d claims", len(w.claims))
	}
}

func TestClaimsOutliveFailuresUntilTheyAreTooOld(t *testing.T) {
	w := newRosterWorld(t, 10, "")
	p := netip.MustParsePrefix("10.1.0.0/16")
	w.found("10.1.0.0/16", "https://a.example/")
	confirmed := w.now
	w.after(10 * time.Minute)
	for i := range 100 {
		w.learn(p, Result{}, errors.New("time-out"), w.now)
		w.servers["https://a.example/"].touched.Store(true)
		w.want(t, "a.example[10.1.0.0/16]")
		pause := claimRetry << min(i, maxDoubled)
		if w.now.Add(pause).Sub(confirmed) >= w.config.MaxAge {
			break
		}
		if due := w.after(pause - time.Second); due != nil {
			t.Errorf("due %v after %v", due, pause-time.Second)
		}
		if due := w.after(time.Second); len(due) != 1 {
			t.Errorf("due %v", due)
		}
	}
	w.claims[p].asking = true // whoever asks takes his time
	w.after(confirmed.Add(w.config.MaxAge - time.Second).Sub(w.now))
	w.want(t, "a.example[10.1.0.0/16]")
	w.after(time.Second)
	w.want(t, "")
	w.learn(p, Result{}, errors.New("time-out"), w.now)

	for name, learn := range map[string]func(){
		"gone":    func() { w.learn(p, Result{}, nil, w.now) },
		"refused": func() { w.learn(p, Result{}, &LookupError{Err: errors.New("REFUSED")}, w.now) },
		"moved to the /8": func() {
			w.learn(p, Result{URIs: []string{"https://b.example/"}, Prefix: netip.MustParsePrefix("10.0.0.0/8"), TTL: time.Hour}, nil, w.now)
		},
	} {
		w.found("10.1.0.0/16", "https://a.example/")
		learn()
		w.after(0)
		if strings.Contains(w.String(), "a.example") {
			t.Errorf("%s: %s", name, w)
		}
	}
	w.want(t, "b.example[10.0.0.0/8]")
}

func TestTheServerOfTheDomainGuidesWhomItLikes(t *testing.T) {
	w := newRosterWorld(t, 1, "example.net")
	if due := w.after(0); len(due) != 1 || due[0].IsValid() {
		t.Fatalf("due %v", due)
	}
	w.learn(netip.Prefix{}, Result{URIs: []string{"https://own.example/"}, TTL: time.Hour}, nil, w.now)
	w.want(t, "own.example[]")
	// It gives way to nobody, and is asked for again although nobody uses it.
	w.after(10 * time.Minute)
	w.found("10.1.0.0/16", "https://a.example/")
	w.want(t, "own.example[]")
	w.found("10.2.0.0/16", "https://own.example/") // it needs no such claim
	w.want(t, "own.example[]")
	if due := w.after(3 * time.Hour); len(due) != 1 || due[0].IsValid() {
		t.Errorf("due %v", due)
	}
	w.learn(netip.Prefix{}, Result{}, nil, w.now)
	w.want(t, "")
	if due := w.after(claimRetry); len(due) != 1 {
		t.Errorf("due %v", due)
	}
}

func TestServersThatCannotBeOpenedAreShunned(t *testing.T) {
	w := newRosterWorld(t, 10, "")
	w.err = errors.New("there is one of that name")
	w.found("10.1.0.0/16", "https://a.example/")
	if len(w.servers) != 0 || len(w.claims) != 0 {
		t.Errorf("%d servers, %d claims", len(w.servers), len(w.claims))
	}
	w.err, w.sources = nil, map[string]*altoclient.Source{}
	w.found("10.1.0.0/16", "https://a.example/", "https://b.example/")
	w.want(t, "b.example[10.1.0.0/16]")
	w.after(shunTime)
	w.found("10.1.0.0/16", "https://a.example/", "https://b.example/")
	w.want(t, "a.example[10.1.0.0/16]")
	if len(w.shunned) != 0 {
		t.Errorf("shunned %v", w.shunned)
	}
}

func TestClaimsAreBounded(t *testing.T) {
	w := newRosterWorld(t, 10, "")
	for i := range maxClaims + 10 {
		w.found(fmt.Sprintf("10.%d.%d.0/24", i/256, i%256), "https://a.example/")
	}
	if len(w.claims) != maxClaims || w.counts.refused.Load() != 10 {
		t.Errorf("%d claims, %d refused", len(w.claims), w.counts.refused.Load())
	}
}

// TestAnswersThatWereKeptConfirmNothing: what a Finder has from its cache is as old as
// the question to the DNS.
func TestAnswersThatWereKeptConfirmNothing(t *testing.T) {
	w := newRosterWorld(t, 10, "")
	p := netip.MustParsePrefix("10.1.0.0/16")
	asked := w.now.Add(-20 * time.Hour)
	w.learn(p, Result{URIs: []string{"https://a.example/"}, Prefix: p, Asked: asked, TTL: 10 * time.Hour}, nil, w.now)
	w.want(t, "a.example[10.1.0.0/16]")
	w.after(4*time.Hour - time.Second)
	w.servers["https://a.example/"].touched.Store(true)
	w.want(t, "a.example[10.1.0.0/16]")
	w.after(time.Second)
	w.want(t, "")
}

package discovery

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// clock is a clock that is moved by hand.
type clock struct{ at atomic.Int64 }

func newClock() *clock {
	c := new(clock)
	c.at.Store(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC).UnixNano())
	return c
}

func (c *clock) now() time.Time          { return time.Unix(0, c.at.Load()) }
func (c *clock) advance(d time.Duration) { c.at.Add(int64(d)) }

func newTestFinder(t testing.TB, s *nameServer, change func(*FinderConfig)) *Finder {
	t.Helper()
	config := FinderConfig{Resolver: newTestDNS(t, s.addr), LookupsPerSecond: 10000, RetryPause: time.Millisecond}
	if change != nil {
		change(&config)
	}
	f, err := NewFinder(config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(f.Close)
	return f
}

// settled has the cache show what was put into it.
func (f *Finder) settled() { f.cache.findings.Wait() }

func terminal(name string, order, preference int, uri string) string {
	return fmt.Sprintf(`%s 600 IN NAPTR %d %d "u" "ALTO:https" "!.*!%s!" .`, name, order, preference, uri)
}

func to(name string, order, preference int, next string) string {
	return fmt.Sprintf(`%s 600 IN NAPTR %d %d "" "ALTO:https" "" %s`, name, order, preference, next)
}

func TestDomainDiscovery(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		records []string
		http    bool
		want    string
		fails   string
	}{
		"one server": {
			records: []string{terminal("example.net.", 100, 10, "https://alto.example.net/ird")},
			want:    "https://alto.example.net/ird",
		},
		"by preference": {
			records: []string{
				terminal("example.net.", 100, 20, "https://alto2.example.net/ird"),
				terminal("example.net.", 100, 10, "https://alto1.example.net/ird"),
			},
			want: "https://alto1.example.net/ird https://alto2.example.net/ird",
		},
		"a higher order does not count": {
			records: []string{
				terminal("example.net.", 200, 1, "https://alto2.example.net/ird"),
				terminal("example.net.", 100, 10, "https://alto1.example.net/ird"),
			},
			want: "https://alto1.example.net/ird",
		},
		"unless the lower one leads nowhere": {
			records: []string{
				to("example.net.", 100, 10, "nowhere.example.net."),
				terminal("example.net.", 200, 1, "https://alto2.example.net/ird"),
			},
			want: "https://alto2.example.net/ird",
		},
		"records of other applications": {
			records: []string{
				`example.net. 600 IN NAPTR 1 1 "s" "SIP+D2U" "" _sip._udp.example.net.`,
				`example.net. 600 IN NAPTR 1 1 "s" "ALTO:https" "" _alto._tcp.example.net.`,
				`example.net. 600 IN NAPTR 1 1 "a" "ALTO:https" "" alto.example.net.`,
				`example.net. 600 IN NAPTR 1 1 "p" "ALTO:https" "!.*!https://p.example/!" .`,
				terminal("example.net.", 100, 10, "https://alto.example.net/ird"),
			},
			want: "https://alto.example.net/ird",
		},
		"no http unless allowed": {
			records: []string{`example.net. 600 IN NAPTR 1 1 "u" "ALTO:http" "!.*!http://alto.example.net/!" .`},
		},
		"http where allowed": {
			records: []string{`example.net. 600 IN NAPTR 1 1 "u" "ALTO:http" "!.*!http://alto.example.net/!" .`},
			http:    true,
			want:    "http://alto.example.net/",
		},
		"https before http, whatever the order": {
			records: []string{
				`example.net. 600 IN NAPTR 1 1 "u" "ALTO:http" "!.*!http://alto.example.net/!" .`,
				terminal("example.net.", 2, 2, "https://alto.example.net/"),
			},
			http: true,
			want: "https://alto.example.net/",
		},
		"by way of other names": {
			records: []string{
				to("example.net.", 1, 1, "A.example.net."),
				to("a.example.net.", 1, 2, "b.example.net."),
				terminal("b.example.net.", 1, 1, "https://b.example.net/"),
				terminal("a.example.net.", 1, 1, "https://a.example.net/"),
			},
			want: "https://a.example.net/ https://b.example.net/",
		},
		"the expression is applied to the first name": {
			records: []string{
				to("example.net.", 1, 1, "a.example.org."),
				`a.example.org. 600 IN NAPTR 1 1 "u" "ALTO:https" "!^(.*)$!https://alto.\\1/!" .`,
			},
			want: "https://alto.example.net/",
		},
		"in a circle": {
			records: []string{to("example.net.", 1, 1, "a.example.net."), to("a.example.net.", 1, 1, "example.net.")},
			fails:   "circle",
		},
		"to itself": {
			records: []string{to("example.net.", 1, 1, "example.net."), terminal("example.net.", 1, 2, "https://a.example/")},
			want:    "https://a.example/",
		},
		"too far": {
			records: []string{
				to("example.net.", 1, 1, "a.example.net."), to("a.example.net.", 1, 1, "b.example.net."), to("b.example.net.", 1, 1, "c.example.net."),
				to("c.example.net.", 1, 1, "d.example.net."), terminal("d.example.net.", 1, 1, "https://d.example/"),
			},
			fails: "too far",
		},
		"a bad expression beside a good one": {
			records: []string{
				`example.net. 600 IN NAPTR 1 1 "u" "ALTO:https" "!(!x!" .`,
				terminal("example.net.", 1, 2, "https://alto.example.net/ird"),
			},
			want: "https://alto.example.net/ird",
		},
		"only a bad expression": {
			records: []string{`example.net. 600 IN NAPTR 1 1 "u" "ALTO:https" "!(!x!" .`},
			fails:   "regexp",
		},
		"a URI of another scheme": {
			records: []string{terminal("example.net.", 1, 1, "http://alto.example.net/")},
			fails:   "https",
		},
		"nothing": {},
	} {
		t.Run(name, func(t *testing.T) {
			s := startNameServer(t, tt.records...)
			f := newTestFinder(t, s, func(c *FinderConfig) { c.AllowHTTP = tt.http })
			got, err := f.Domain(t.Context(), "Example.NET")
			if strings.Join(got.URIs, " ") != tt.want || got.Prefix.IsValid() {
				t.Errorf("%+v, want %s", got, tt.want)
			}
			if tt.fails == "" && err != nil || tt.fails != "" && (err == nil || !strings.Contains(err.Error(), tt.fails) || Temporary(err)) {
				t.Errorf("error %v, want %q", err, tt.fails)
			}
			if len(s.questions()) > maxLookups {
				t.Error("too many questions")
			}
		})
	}
}

func TestManyWaysAreNotAllGone(t *testing.T) {
	s := startNameServer(t)
	for i := range 20 {
		s.add(t, to("example.net.", 1, i, fmt.Sprintf("n%d.example.net.", i)))
	}
	f := newTestFinder(t, s, nil)
	_, err := f.Domain(t.Context(), "example.net.")
	if n := len(s.questions()); n != maxLookups || err == nil {
		t.Errorf("%d questions, want %d; %v", n, maxLookups, err)
	}
}

func address(s string) netip.Prefix {
	a := netip.MustParseAddr(s)
	return netip.PrefixFrom(a, a.BitLen())
}

func TestPrefixDiscoveryClimbsTheLadder(t *testing.T) {
	rungs := names(t, "198.51.100.3/32")
	for at, prefix := range []string{"198.51.100.3/32", "198.51.100.0/24", "198.51.0.0/16", "198.0.0.0/8"} {
		s := startNameServer(t, terminal(rungs[at], 100, 10, "https://alto.example.net/ird"))
		got, err := newTestFinder(t, s, nil).Prefix(t.Context(), address("198.51.100.3"))
		if err != nil || got.Prefix != netip.MustParsePrefix(prefix) || got.TTL.Round(time.Second) != 10*time.Minute {
			t.Errorf("%+v, %v; want that of %s", got, err, prefix)
		}
		if asked := s.questions(); !slices.Equal(asked, rungs[:at+1]) {
			t.Errorf("asked %q, want %q", asked, rungs[:at+1])
		}
	}
	s := startNameServer(t)
	got, err := newTestFinder(t, s, nil).Prefix(t.Context(), address("2001:db8::20"))
	if err != nil || got.URIs != nil {
		t.Errorf("%+v, %v", got, err)
	}
	if asked := s.questions(); !slices.Equal(asked, names(t, "2001:db8::20/128")) {
		t.Errorf("asked %q", asked)
	}
	if _, err := newTestFinder(t, s, nil).Prefix(t.Context(), netip.MustParsePrefix("198.0.0.0/7")); !errors.Is(err, ErrTooShort) {
		t.Error(err)
	}
}

func TestPrefixDiscoveryRetriesOnlyAfterAllWereTried(t *testing.T) {
	t.Parallel()
	rungs := names(t, "198.51.100.3/32")
	for _, f := range []fault{servfail, silence} {
		// A failure does not hold up the next name.
		s := startNameServer(t, terminal(rungs[0], 1, 1, "https://a.example/"), terminal(rungs[2], 1, 1, "https://c.example/"))
		s.break_(rungs[0], f)
		got, err := newTestFinder(t, s, nil).Prefix(t.Context(), address("198.51.100.3"))
		if err != nil || got.Prefix.Bits() != 16 {
			t.Errorf("%+v, %v", got, err)
		}
		if asked := s.questions(); !slices.Equal(asked, rungs[:3]) {
			t.Errorf("asked %q", asked)
		}
	}
	// Nothing else there: the ones that failed are tried again, the others not.
	s := startNameServer(t)
	s.break_(rungs[0], servfail)
	s.break_(rungs[1], refused)
	s.break_(rungs[2], servfail)
	finder := newTestFinder(t, s, nil)
	_, err := finder.Prefix(t.Context(), address("198.51.100.3"))
	if err == nil || !Temporary(err) {
		t.Errorf("error %v", err)
	}
	want := slices.Concat(rungs, []string{rungs[0], rungs[2]}, []string{rungs[0], rungs[2]})
	if asked := s.questions(); !slices.Equal(asked, want) {
		t.Errorf("asked %q, want %q", asked, want)
	}
	// It comes back between the rounds.
	s = startNameServer(t, terminal(rungs[0], 1, 1, "https://a.example/"))
	s.break_(rungs[0], servfail)
	finder = newTestFinder(t, s, func(c *FinderConfig) { c.RetryPause = 50 * time.Millisecond })
	time.AfterFunc(20*time.Millisecond, func() { s.break_(rungs[0], 0) })
	if got, err := finder.Prefix(t.Context(), address("198.51.100.3")); err != nil || got.Prefix.Bits() != 32 {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestFindingsAreKeptForAsLongAsTheDNSSays(t *testing.T) {
	rungs := names(t, "198.51.100.3/32")
	s := startNameServer(t,
		`100.51.198.in-addr.arpa. 300 IN NAPTR 1 1 "u" "ALTO:https" "!.*!https://a.example/!" .`,
		`100.51.198.in-addr.arpa. 900 IN SOA ns.example. me.example. 1 2 3 4 120`)
	c := newClock()
	f := newTestFinder(t, s, func(config *FinderConfig) { config.Now = c.now; config.Floor = time.Second })
	find := func(addr string, want ...string) {
		t.Helper()
		got, err := f.Prefix(t.Context(), address(addr))
		if err != nil || len(got.URIs) != 1 || got.Prefix.Bits() != 24 {
			t.Errorf("%s: %+v, %v", addr, got, err)
		}
		f.settled()
		if asked := s.questions(); !slices.Equal(asked, want) {
			t.Errorf("%s: asked %q, want %q", addr, asked, want)
		}
	}
	find("198.51.100.3", rungs[0], rungs[1])
	find("198.51.100.3")
	find("198.51.100.4", "4.100.51.198.in-addr.arpa.") // the /24 is known
	c.advance(119 * time.Second)
	find("198.51.100.3")
	c.advance(2 * time.Second) // the bad news are over
	find("198.51.100.3", rungs[0])
	c.advance(60 * time.Second)
	find("198.51.100.3")
	c.advance(120 * time.Second) // the good news are over, too
	find("198.51.100.3", rungs[0], rungs[1])
}

func TestFloorAndCeilingBoundTheTTL(t *testing.T) {
	s := startNameServer(t,
		`short.example. 0 IN NAPTR 1 1 "u" "ALTO:https" "!.*!https://a.example/!" .`,
		`long.example. 2000000000 IN NAPTR 1 1 "u" "ALTO:https" "!.*!https://a.example/!" .`)
	c := newClock()
	f := newTestFinder(t, s, func(config *FinderConfig) { config.Now = c.now })
	for domain, want := range map[string]time.Duration{"short.example": time.Minute, "long.example": 24 * time.Hour} {
		if got, err := f.Domain(t.Context(), domain); err != nil || got.TTL != want {
			t.Errorf("%s: %v, %v", domain, got.TTL, err)
		}
	}
	// Bad news without a SOA record, and failures.
	s.break_("broken.example.", servfail)
	_, _ = f.Domain(t.Context(), "none.example")
	_, _ = f.Domain(t.Context(), "broken.example")
	f.settled()
	s.questions()
	c.advance(59 * time.Second)
	_, _ = f.Domain(t.Context(), "none.example")
	if asked := s.questions(); asked != nil {
		t.Errorf("asked %q", asked)
	}
	c.advance(2 * time.Second)
	_, _ = f.Domain(t.Context(), "none.example")
	if _, ok := f.cache.get("broken.example."); ok {
		t.Error("a failure is remembered for longer than the floor")
	}
	c.advance(15 * time.Minute)
	_, _ = f.Domain(t.Context(), "none.example")
	if asked := s.questions(); !slices.Equal(asked, []string{"none.example."}) {
		t.Errorf("asked %q", asked)
	}
}

func TestNothingIsBelowANameThatDoesNotExist(t *testing.T) {
	s := startNameServer(t, `198.in-addr.arpa. 900 IN SOA ns.example. me.example. 1 2 3 4 600`,
		`7.77.198.in-addr.arpa. 900 IN PTR host.example.`)
	f := newTestFinder(t, s, nil)
	find := func(addr string) []string {
		if _, err := f.Prefix(t.Context(), address(addr)); err != nil {
			t.Error(err)
		}
		f.settled()
		return s.questions()
	}
	find("198.51.100.3") // 51.198.in-addr.arpa and all below do not exist
	if asked := find("198.51.200.9"); asked != nil {
		t.Errorf("asked %q below what does not exist", asked)
	}
	find("198.77.7.1") // 7.77.198.in-addr.arpa does, without records
	if asked := find("198.77.7.2"); !slices.Equal(asked, []string{"2.7.77.198.in-addr.arpa."}) {
		t.Errorf("asked %q", asked)
	}
}

// held answers when it is let go.
type held struct {
	Resolver
	asked   atomic.Int64
	release chan struct{}
}

func (h *held) Records(ctx context.Context, _ string) (Answer, error) {
	h.asked.Add(1)
	select {
	case <-h.release:
	case <-ctx.Done():
	}
	return Answer{TTL: -1}, ctx.Err()
}

func TestOneQuestionAtATimeForAName(t *testing.T) {
	h := &held{release: make(chan struct{})}
	f, err := NewFinder(FinderConfig{Resolver: h, LookupsPerSecond: 1000})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var started, done sync.WaitGroup
	for range 10 {
		started.Add(1)
		done.Go(func() {
			started.Done()
			_, _ = f.Domain(t.Context(), "example.net")
		})
	}
	started.Wait()
	time.Sleep(20 * time.Millisecond) // the others cannot be seen waiting
	close(h.release)
	done.Wait()
	if n := h.asked.Load(); n > 2 {
		t.Errorf("%d questions for ten that asked at once", n)
	}
}

func TestLookupsPerSecondAreBounded(t *testing.T) {
	t.Parallel()
	s := startNameServer(t)
	f := newTestFinder(t, s, func(c *FinderConfig) { c.LookupsPerSecond = 4 })
	ctx, cancel := context.WithTimeout(t.Context(), 600*time.Millisecond)
	defer cancel()
	for i := range 20 {
		_, _ = f.Domain(ctx, fmt.Sprintf("n%d.example", i))
	}
	if n := len(s.questions()); n < 4 || n > 7 {
		t.Errorf("%d questions in 0.6 s, want the 4 there were in stock and 2 more", n)
	}
}

func TestNewFinderNamesTheFieldAtFault(t *testing.T) {
	r := &held{}
	for want, config := range map[string]FinderConfig{
		"resolver":   {},
		"per second": {Resolver: r, LookupsPerSecond: -1},
		"floor":      {Resolver: r, Floor: time.Hour, Ceiling: time.Minute},
		"cache":      {Resolver: r, CacheSize: -1},
	} {
		if _, err := NewFinder(config); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want something of %s", err, want)
		}
	}
}

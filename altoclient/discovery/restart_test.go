package discovery

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

const nearby, everyRung = "198.51.100.3", "198.51.100.3/32"

// discoverAndStop has a Follower with a memory find the server of nearby, for ten minutes,
// and stops it. Nobody answers after that.
func discoverAndStop(t *testing.T, change func(*FollowerConfig)) *followerWorld {
	t.Helper()
	_, server, uri := startALTO(t)
	dns := startNameServer(t, `example.com. 60 IN A 127.0.0.1`, terminal("100.51.198.in-addr.arpa.", 1, 1, uri))
	w := &followerWorld{dns: dns, clock: newClock(), cache: t.TempDir()}
	w.start(t, change, server)
	w.Ask(netip.MustParseAddr(nearby))
	await(t, "the address is guided", func() bool { return w.guidedBy(nearby) != "" })
	w.stop()
	server.Close()
	for _, name := range append(names(t, everyRung), "example.com.", "example.net.") {
		dns.break_(name, servfail)
	}
	dns.questions()
	return w
}

func memoryAt(path string) func(*FollowerConfig) {
	return func(c *FollowerConfig) { c.Memory = path }
}

func TestARestartNeedsNeitherTheDNSNorTheServer(t *testing.T) {
	remember := memoryAt(filepath.Join(t.TempDir(), "servers"))
	w := discoverAndStop(t, remember)
	w.clock.advance(9 * time.Minute)
	w = w.restart(t, remember)
	await(t, "the address is guided", func() bool { return strings.HasSuffix(w.guidedBy(nearby), " near") })
	if asked := w.dns.questions(); len(asked) > 0 && slices.ContainsFunc(asked, func(n string) bool { return strings.HasSuffix(n, ".arpa.") }) {
		t.Errorf("asked %q within the TTL", asked)
	}
	if got := w.guidedBy("203.0.113.1"); got != "" {
		t.Errorf("somebody else is guided by %q", got)
	}

	// The TTL goes on from where it was: after a minute the DNS is asked, in vain. That
	// changes nothing.
	w.clock.advance(61 * time.Second)
	for i := range uint64(4) {
		await(t, "the DNS is asked", func() bool {
			w.clock.advance(5 * time.Second)
			return w.Stats().Failed > i
		})
		if got := w.guidedBy(nearby); got == "" {
			t.Fatalf("after %d failures nobody guides", i+1)
		}
	}
}

// TestWhatHasExpiredIsAskedFor: the last server that is known guides on while nobody
// can say whether it is still the right one, and not for longer.
func TestWhatHasExpiredIsAskedFor(t *testing.T) {
	for name, tt := range map[string]struct {
		recover func(w *followerWorld)
		guided  bool
	}{
		"the DNS does not answer": {func(*followerWorld) {}, true},
		"it answers as before": {func(w *followerWorld) {
			for _, name := range names(t, everyRung) {
				w.dns.break_(name, 0)
			}
		}, true},
		"it knows of no server any more": {func(w *followerWorld) {
			w.dns.remove("100.51.198.in-addr.arpa.")
			for _, name := range names(t, everyRung) {
				w.dns.break_(name, 0)
			}
		}, false},
	} {
		t.Run(name, func(t *testing.T) {
			remember := memoryAt(filepath.Join(t.TempDir(), "servers"))
			w := discoverAndStop(t, remember)
			tt.recover(w)
			w.clock.advance(11 * time.Minute)
			w = w.restart(t, remember)
			await(t, "the DNS is asked", func() bool { return w.Stats().Failed+w.Stats().Found+w.Stats().Nothing == 1 })
			asked := slices.DeleteFunc(w.dns.questions(), func(name string) bool { return name == "example.com." })
			if asked[0] != "100.51.198.in-addr.arpa." {
				t.Errorf("asked %q, want the ladder from the /24 on", asked)
			}
			await(t, "its answer is heeded", func() bool { return (w.guidedBy(nearby) != "") == tt.guided })
		})
	}
}

func TestWhatTheDNSNoLongerConfirmsIsGivenUpInTheEnd(t *testing.T) {
	remember := memoryAt(filepath.Join(t.TempDir(), "servers"))
	w := discoverAndStop(t, remember)
	w.clock.advance(23 * time.Hour)
	w = w.restart(t, remember)
	await(t, "the DNS is asked", func() bool { return w.Stats().Failed == 1 && w.guidedBy(nearby) != "" })
	w.clock.advance(time.Hour)
	await(t, "it is given up", func() bool { return w.Stats().Servers == 0 && w.guidedBy(nearby) == "" })
	w = w.restart(t, remember)
	await(t, "the follower runs", func() bool { return w.Stats().Servers == 0 })
	if got := w.guidedBy(nearby); got != "" {
		t.Errorf("what was given up is back: %q", got)
	}
}

func TestWhatIsTooOldIsAskedForWhateverItsTTL(t *testing.T) {
	remember := memoryAt(filepath.Join(t.TempDir(), "servers"))
	w := discoverAndStop(t, remember)
	w.clock.advance(5 * time.Minute)
	w = w.restart(t, func(c *FollowerConfig) {
		remember(c)
		c.MaxAge = 5 * time.Minute
	})
	await(t, "the DNS is asked", func() bool { return w.Stats().Failed == 1 })
	if got := w.guidedBy(nearby); got != "" || w.Stats().Servers != 0 {
		t.Errorf("guided by %q", got)
	}
}

func TestTheServerOfAnotherDomainIsNotRestored(t *testing.T) {
	_, server, uri := startALTO(t)
	dns := startNameServer(t, `example.com. 60 IN A 127.0.0.1`, terminal("example.net.", 1, 1, uri), terminal("example.org.", 1, 1, uri))
	remember := memoryAt(filepath.Join(t.TempDir(), "servers"))
	domain := func(name string) func(*FollowerConfig) {
		return func(c *FollowerConfig) {
			remember(c)
			c.Domain = name
		}
	}
	w := &followerWorld{dns: dns, clock: newClock(), cache: t.TempDir()}
	w.start(t, domain("Example.NET"), server)
	await(t, "everybody is guided", func() bool { return w.guidedBy("203.0.113.1") != "" })
	w.stop()
	dns.break_("example.net.", servfail)
	dns.break_("example.org.", servfail)
	dns.questions()

	for name, want := range map[string]bool{"example.net.": true, "example.org": false, "": false} {
		list, err := readMemory(rememberedPath(remember))
		if err != nil || len(list) != 1 {
			t.Fatalf("%v, %v", list, err)
		}
		k := keeper{config: FollowerConfig{Domain: name, MaxAge: time.Hour}}
		if got := k.config.follows(list[0].Found); got != want {
			t.Errorf("domain %q: restored %v, want %v", name, got, want)
		}
	}
	w = w.restart(t, domain("example.net"), server)
	await(t, "everybody is guided", func() bool { return w.guidedBy("203.0.113.1") != "" })
	if asked := dns.questions(); slices.Contains(asked, "example.net.") {
		t.Errorf("asked %q within the TTL", asked)
	}
	w = w.restart(t, domain("example.org"), server)
	await(t, "the DNS is asked for the other domain", func() bool { return slices.Contains(dns.questions(), "example.org.") })
	if got := w.guidedBy("203.0.113.1"); got != "" {
		t.Errorf("guided by %q", got)
	}
}

func rememberedPath(change func(*FollowerConfig)) string {
	var c FollowerConfig
	change(&c)
	return c.Memory
}

func TestDomainsOfTheNetworkAreLearntAnew(t *testing.T) {
	_, server, uri := startALTO(t)
	dns := startNameServer(t, `example.com. 60 IN A 127.0.0.1`, terminal("example.net.", 1, 1, uri))
	var learnt atomic.Int64
	var changed atomic.Bool
	w := startFollower(t, dns, func(c *FollowerConfig) {
		c.Domains = func(context.Context) ([]string, error) {
			if learnt.Add(1) == 1 {
				return nil, errors.New("lease: permission denied")
			}
			return []string{"none.example", "Example.NET"}, errors.New("resolv.conf: permission denied")
		}
		c.DomainsChanged = func() bool { return changed.Load() && learnt.Load() == 3 }
	}, server)
	await(t, "the first look-up fails", func() bool { return w.Stats().Failed == 1 })
	w.clock.advance(claimRetry)
	await(t, "everybody is guided", func() bool { return w.guidedBy("203.0.113.1") != "" })
	if asked := dns.questions(); !slices.Equal(asked[:2], []string{"none.example.", "example.net."}) {
		t.Errorf("asked %q", asked)
	}
	w.clock.advance(10 * time.Minute)
	await(t, "they are learnt again", func() bool { return learnt.Load() == 3 })
	changed.Store(true) // no time passes
	await(t, "they are learnt at once when something has changed", func() bool { return learnt.Load() == 4 })
}

func TestOthersAreToldWhichServersAreFollowed(t *testing.T) {
	_, server, uri := startALTO(t)
	dns := startNameServer(t, `example.com. 60 IN A 127.0.0.1`, terminal("100.51.198.in-addr.arpa.", 1, 1, uri))
	told := make(chan string, 1000)
	w := startFollower(t, dns, func(c *FollowerConfig) {
		c.Prune = func(followed []string) { told <- fmt.Sprint(followed) }
	}, server)
	if got := <-told; got != "[]" {
		t.Errorf("at the start: %s", got)
	}
	w.Ask(netip.MustParseAddr(nearby))
	await(t, "the address is guided", func() bool { return w.guidedBy(nearby) != "" })
	w.clock.advance(savePeriod)
	if got := <-told; got != "["+uri+"]" {
		t.Errorf("after a server was found: %s", got)
	}
	dns.remove("100.51.198.in-addr.arpa.")
	w.clock.advance(10 * time.Minute)
	await(t, "nobody is followed", func() bool {
		w.clock.advance(savePeriod)
		select {
		case got := <-told:
			return got == "[]"
		default:
			return false
		}
	})
}

// TestServersKeepTheirNames: what a source has kept is found again by its name.
func TestServersKeepTheirNames(t *testing.T) {
	w := newRosterWorld(t, 10, "")
	w.found("192.0.2.0/24", "https://a.example/1")
	w.found("192.0.3.0/24", "https://a.example/2")
	w.found("10.0.0.0/8", "https://a.example/3", "https://b.example/")
	w.after(time.Second)
	w.servers["https://a.example/2"].used = w.now.Add(time.Second) // so that it comes first
	list := w.remember()
	if list[0].Name != "discovered:a.example#2" || len(list) != 3 {
		t.Fatalf("%+v", list)
	}
	again := newRosterWorld(t, 10, "")
	for _, m := range list {
		again.restore(m, w.now)
	}
	if got, want := again.String(), w.String(); got != want {
		t.Errorf("sources are %s, want %s", got, want)
	}
	for uri, s := range w.servers {
		if other := again.servers[uri]; other == nil || other.name != s.name {
			t.Errorf("%s is called %+v, want %s", uri, other, s.name)
		}
	}
	if c := again.claims[netip.MustParsePrefix("10.0.0.0/8")]; len(c.uris) != 2 || !c.expires.Equal(w.claims[c.prefix].expires) {
		t.Errorf("%+v", c)
	}
}

func TestAClockThatWasSetBackMakesNothingYounger(t *testing.T) {
	w := newRosterWorld(t, 10, "")
	w.found("192.0.2.0/24", "https://a.example/")
	m := w.remember()[0]
	m.Expires = m.Expires.Add(1000 * time.Hour)
	earlier := w.now.Add(-1000 * time.Hour)
	again := newRosterWorld(t, 10, "")
	again.restore(m, earlier)
	if c := again.claims[m.Prefix]; c.confirmed.After(earlier) || c.expires.After(earlier.Add(24*time.Hour)) {
		t.Errorf("%+v", c)
	}
}

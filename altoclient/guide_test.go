package altoclient

import (
	"context"
	"fmt"
	"net/http"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// staticSource has one PID of one prefix.
func staticSource(t testing.TB, name, prefix string) *Source {
	t.Helper()
	return NewStaticSource(name, newSnapshot(t, `{"pid-`+name+`":{"ipv4":["`+prefix+`"]}}`, "", SnapshotConfig{}), nil)
}

func runGuide(t *testing.T, g *Guide) (end func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- g.Run(ctx) }()
	end = sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Run returns %v", err)
		}
	})
	t.Cleanup(end)
	return end
}

func names(g *Guide) (list []string) {
	for _, s := range g.Sources() {
		list = append(list, s.Name)
	}
	return list
}

func TestGuideTakesSourcesAndLosesThem(t *testing.T) {
	for _, running := range []bool{false, true} {
		t.Run(fmt.Sprintf("running=%t", running), func(t *testing.T) {
			a, b, c := staticSource(t, "a", "10.0.0.0/8"), staticSource(t, "b", "10.0.0.0/9"), staticSource(t, "c", "11.0.0.0/8")
			g, err := NewGuide(nil, a)
			if err != nil {
				t.Fatal(err)
			}
			if running {
				runGuide(t, g)
				<-g.Ready()
			}
			for _, step := range []struct {
				name string
				do   func() error
				want string
				at   map[string]string
			}{
				{"add", func() error { return g.Add(b, c) }, "a b c", map[string]string{"10.0.0.1": "a/pid-a", "11.0.0.1": "c/pid-c"}},
				{"another order", func() error { return g.Set(b, c, a) }, "b c a", map[string]string{"10.0.0.1": "b/pid-b", "10.200.0.1": "a/pid-a"}},
				{"remove", func() error { g.Remove("b", "nobody"); return nil }, "c a", map[string]string{"10.0.0.1": "a/pid-a"}},
				{"another one of the name", func() error { return g.Set(staticSource(t, "a", "12.0.0.0/8"), c) }, "a c", map[string]string{"10.0.0.1": "/", "12.0.0.1": "a/pid-a"}},
				{"nothing", func() error { return g.Set() }, "", map[string]string{"12.0.0.1": "/"}},
			} {
				before := g.Current()
				if err := step.do(); err != nil {
					t.Fatalf("%s: %v", step.name, err)
				}
				if got := strings.Join(names(g), " "); got != step.want {
					t.Errorf("%s: sources %q, want %q", step.name, got, step.want)
				}
				for addr, want := range step.at {
					if got := placed(g.Current(), addr); got != want {
						t.Errorf("%s: %s is %s, want %s", step.name, addr, got, want)
					}
				}
				if now := g.Current(); now.Epoch() <= before.Epoch() || now.Version() <= before.Version() {
					t.Errorf("%s: epoch %d after %d, version %d after %d", step.name, now.Epoch(), before.Epoch(), now.Version(), before.Version())
				}
			}
			version := g.Current().Version()
			for name, do := range map[string]func() error{
				"two of one name":    func() error { return g.Add(staticSource(t, "x", "1.0.0.0/8"), staticSource(t, "x", "2.0.0.0/8")) },
				"one twice":          func() error { s := staticSource(t, "y", "1.0.0.0/8"); return g.Set(s, s) },
				"one that was there": func() error { return g.Add(b) },
			} {
				if err := do(); err == nil {
					t.Errorf("%s: no error", name)
				}
			}
			if g.Current().Version() != version || len(names(g)) != 0 {
				t.Error("what was refused has changed something")
			}
		})
	}
}

func TestGuideRunsItsSourcesForAsLongAsItHasThem(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := newFakeServer()
		client := NewClient(Config{HTTP: &http.Client{Transport: server}})
		source := func(name string) *Source {
			s, err := NewSource(SourceConfig{Name: name, Directory: "http://h/directory", Client: client, Interval: time.Minute})
			if err != nil {
				t.Fatal(err)
			}
			return s
		}
		g, err := NewGuide(nil, source("one"))
		if err != nil {
			t.Fatal(err)
		}
		end := runGuide(t, g)
		<-g.Ready()
		if err := g.Add(source("two")); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if s := g.Sources(); s[1].State != StateOK || placed(g.Current(), "10.0.0.1") != "one/a" {
			t.Errorf("an added source does not run: %+v", s[1])
		}
		g.Remove("one")
		if got := placed(g.Current(), "10.0.0.1"); got != "two/a" {
			t.Errorf("10.0.0.1 is %s, want two/a", got)
		}
		server.set(func() {})
		time.Sleep(time.Hour)
		asked, _ := server.log()
		if n := len(asked); n > 3*61 || n < 3*40 { // three documents, every 60 to 75 seconds
			t.Errorf("%d requests in an hour, want those of one source", n)
		}
		end()
		if err := g.Add(source("late")); err != nil { // nobody runs it any more
			t.Error(err)
		}
		synctest.Wait() // the bubble fails if a goroutine is left
	})
}

// TestGuideTakesSourcesWhileItStarts is for the race detector.
func TestGuideTakesSourcesWhileItStarts(t *testing.T) {
	client := NewClient(Config{HTTP: &http.Client{Transport: newFakeServer()}})
	for range 100 {
		g, err := NewGuide(nil)
		if err != nil {
			t.Fatal(err)
		}
		var sources [20]*Source
		for i := range sources {
			if sources[i], err = NewSource(SourceConfig{Name: strconv.Itoa(i), Directory: "http://h/directory", Client: client}); err != nil {
				t.Fatal(err)
			}
		}
		var adding sync.WaitGroup
		adding.Go(func() {
			for _, s := range sources {
				if err := g.Add(s); err != nil {
					t.Error(err)
				}
			}
		})
		end := runGuide(t, g)
		adding.Wait()
		end()
	}
}

func TestGuideIsReadyWhenWhatIsMissingIsRemoved(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hangs := newSource(SourceConfig{Name: "hangs", MaxAge: time.Hour, Poll: time.Second})
		hangs.fetch = func(ctx context.Context, _ bool) (fetched, error) { <-ctx.Done(); return fetched{}, ctx.Err() }
		g, err := NewGuide(nil, hangs)
		if err != nil {
			t.Fatal(err)
		}
		runGuide(t, g)
		synctest.Wait()
		select {
		case <-g.Ready():
			t.Error("ready before the source has answered")
		default:
		}
		g.Remove("hangs")
		synctest.Wait()
		select {
		case <-g.Ready():
		default:
			t.Error("not ready though no source is left")
		}
	})
}

// TestGuideAnswersWhileItChanges is for the race detector, and checks that every
// Atlas agrees with itself.
func TestGuideAnswersWhileItChanges(t *testing.T) {
	rows, err := NewRowCache(1 << 20)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	g, err := NewGuide(rows, staticSource(t, "fixed", "10.0.0.0/8"))
	if err != nil {
		t.Fatal(err)
	}
	runGuide(t, g)
	ctx, cancel := context.WithCancel(t.Context())
	var readers sync.WaitGroup
	for range 4 {
		readers.Go(func() {
			addr := netip.MustParseAddr("10.1.2.3")
			for ctx.Err() == nil {
				atlas := g.Current()
				pid := atlas.PID(addr)
				source, name := atlas.Name(pid)
				ends, costs, _ := atlas.Row(pid, false)
				if source == "" || name == "" || len(costs) != len(ends) || ends[len(ends)-1] != uint32(atlas.PIDs())+1 {
					t.Errorf("PID %d is %s/%s, row up to %v of %d PIDs", pid, source, name, ends, atlas.PIDs())
					return
				}
			}
		})
	}
	var added []string
	for i := range 1000 {
		if len(added) == 0 || i%3 > 0 {
			name := fmt.Sprint(i)
			if err := g.Add(staticSource(t, name, fmt.Sprintf("10.%d.%d.0/24", i%4, i%7))); err != nil {
				t.Fatal(err)
			}
			added = append(added, name)
		} else {
			g.Remove(added[0])
			added = added[1:]
		}
		if len(added) > 20 {
			g.Remove(added[:10]...)
			added = added[10:]
		}
	}
	cancel()
	readers.Wait()
	if got := names(g); !slices.Equal(got[1:], added) || got[0] != "fixed" {
		t.Errorf("sources %v, want %v", got, added)
	}
}

func TestStatusWarnsOfWhatMakesNoSense(t *testing.T) {
	view := newSnapshot(t, `{"a":{"ipv4":["10.0.0.0/8"]},"world":{"ipv4":["0.0.0.0/0"]}}`, "", SnapshotConfig{})
	onlyDefault := newSnapshot(t, `{"a":{},"world":{"ipv4":["0.0.0.0/0"]}}`, "", SnapshotConfig{})
	for name, tt := range map[string]struct {
		config SourceConfig
		view   View
		want   []string
	}{
		"nothing":                         {SourceConfig{}, view, nil},
		"patterns that match":             {SourceConfig{Internal: []string{"a*"}, Requesters: prefixes("10.1.0.0/16", "8.0.0.0/6")}, view, nil},
		"no pattern":                      {SourceConfig{Internal: []string{}}, view, nil},
		"a pattern that matches nothing":  {SourceConfig{Internal: []string{"a", "pid-*"}}, view, []string{`"pid-*"`}},
		"requesters outside the map":      {SourceConfig{Requesters: prefixes("2001:db8::/32", "10.0.0.0/9")}, view, []string{"2001:db8::/32 is in no PID"}},
		"a map of nothing but everything": {SourceConfig{}, onlyDefault, []string{"guides nobody"}},
	} {
		got := tt.config.warnings(tt.view)
		if !slices.EqualFunc(got, tt.want, strings.Contains) {
			t.Errorf("%s: %q, want %q", name, got, tt.want)
		}
	}

	one, two := staticSource(t, "one", "10.0.0.0/8"), staticSource(t, "two", "10.1.0.0/16")
	g, err := NewGuide(nil, one, two)
	if err != nil {
		t.Fatal(err)
	}
	if s := g.Sources(); len(s[0].Warnings) != 0 || len(s[1].Warnings) != 1 || !strings.Contains(s[1].Warnings[0], "before it") {
		t.Errorf("warnings %q and %q, want one about the source that is never asked", s[0].Warnings, s[1].Warnings)
	}
}

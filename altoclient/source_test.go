package altoclient

import (
	"context"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

var errDown = errors.New("server is down")

// script is an injected fetch: what it answers may be changed between refreshes.
type script struct {
	mu     sync.Mutex
	got    fetched
	err    error
	calls  []time.Time
	forced int
}

func (s *script) fetch(_ context.Context, bypass bool) (fetched, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls = append(s.calls, time.Now())
	if bypass {
		s.forced++
	}
	return s.got, s.err
}

// answer sets what fetch answers from now on.
func (s *script) answer(got fetched, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.got, s.err = got, err
}

// past returns when fetch was called.
func (s *script) past() []time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.calls)
}

// runSource runs a source on a script within a synctest bubble.
func runSource(t *testing.T, s *script, config SourceConfig) *Source {
	t.Helper()
	config.Name, config.Directory, config.Client = "isp", "http://h/directory", NewClient(Config{})
	source, err := NewSource(config)
	if err != nil {
		t.Fatal(err)
	}
	source.fetch = s.fetch
	source.jitter = func(d time.Duration) time.Duration { return d }
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- source.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Run returns %v when cancelled", err)
		}
	})
	synctest.Wait()
	return source
}

func wantState(t *testing.T, s *Source, state State, hasMap bool) {
	t.Helper()
	if got := s.Status(); got.State != state || (s.Current() != nil) != hasMap {
		t.Errorf("state %s with map %v, want %s with map %v (%+v)", got.State, s.Current() != nil, state, hasMap, got)
	}
}

func intervals(times []time.Time) []time.Duration {
	var list []time.Duration
	for i := 1; i < len(times); i++ {
		list = append(list, times[i].Sub(times[i-1]))
	}
	return list
}

func TestSourceRefreshesByFreshness(t *testing.T) {
	snapshot := newSnapshot(t, `{"a":{"ipv4":["10.0.0.0/8"]}}`, `{"a":{"a":1}}`, SnapshotConfig{})
	for name, tt := range map[string]struct {
		fresh freshness
		want  time.Duration
	}{
		"as the server says":      {freshness{10 * time.Minute, true}, 10 * time.Minute},
		"not below the floor":     {freshness{0, true}, 30 * time.Second},
		"not above the ceiling":   {freshness{24 * time.Hour, true}, time.Hour},
		"the server says nothing": {freshness{}, 5 * time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &script{got: fetched{snapshot: snapshot, fresh: tt.fresh}}
				source := runSource(t, s, SourceConfig{})
				if len(s.past()) != 1 {
					t.Fatalf("%d fetches at the start, want one at once", len(s.past()))
				}
				if got := source.Status().NextRefresh; got != tt.want {
					t.Errorf("next refresh in %v, want %v", got, tt.want)
				}
				time.Sleep(3*tt.want + time.Second)
				for _, d := range intervals(s.past()) {
					if d != tt.want {
						t.Errorf("refreshed after %v, want %v", d, tt.want)
					}
				}
				if len(s.past()) != 4 {
					t.Errorf("%d fetches, want 4", len(s.past()))
				}
				wantState(t, source, StateOK, true)
			})
		})
	}
}

func TestSourceBacksOffAndKeepsTheLastGoodMap(t *testing.T) {
	snapshot := newSnapshot(t, `{"a":{"ipv4":["10.0.0.0/8"]}}`, "", SnapshotConfig{})
	synctest.Test(t, func(t *testing.T) {
		s := &script{err: errDown}
		source := runSource(t, s, SourceConfig{MaxAge: 2 * time.Hour})
		wantState(t, source, StateFailed, false)
		time.Sleep(time.Hour)
		want := []time.Duration{1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900}
		got := intervals(s.past())
		if len(got) < len(want) {
			t.Fatalf("retried after %v, want %v seconds", got, want)
		}
		for i := range want {
			if got[i] != want[i]*time.Second {
				t.Errorf("retry %d after %v, want %v", i+1, got[i], want[i]*time.Second)
			}
		}

		s.answer(fetched{snapshot: snapshot}, nil)
		time.Sleep(16 * time.Minute)
		wantState(t, source, StateOK, true)
		if got := source.Status().LastError; got != "" {
			t.Errorf("last error is still %q", got)
		}

		s.answer(fetched{}, errDown)
		time.Sleep(time.Hour)
		wantState(t, source, StateStale, true)
		status := source.Status()
		if status.LastError != errDown.Error() || status.Age < 50*time.Minute || status.Failures == 0 {
			t.Errorf("status is %+v", status)
		}

		time.Sleep(2 * time.Hour) // past the hard limit
		wantState(t, source, StateFailed, false)

		s.answer(fetched{snapshot: snapshot}, nil)
		time.Sleep(16 * time.Minute)
		wantState(t, source, StateOK, true)
	})
}

func TestSourceExpiresTheMapOnTime(t *testing.T) {
	snapshot := newSnapshot(t, `{"a":{"ipv4":["10.0.0.0/8"]}}`, "", SnapshotConfig{})
	synctest.Test(t, func(t *testing.T) {
		s := &script{got: fetched{snapshot: snapshot, fresh: freshness{time.Hour, true}}}
		source := runSource(t, s, SourceConfig{MaxAge: 10 * time.Minute}) // long before the next refresh
		time.Sleep(10*time.Minute - time.Second)
		wantState(t, source, StateOK, true)
		time.Sleep(2 * time.Second)
		wantState(t, source, StateFailed, false)
		if len(s.past()) != 1 {
			t.Errorf("%d fetches, want 1: the refresh is not due", len(s.past()))
		}
	})
}

func TestSourceObeysRetryAfterWithinReason(t *testing.T) {
	for asked, want := range map[time.Duration]time.Duration{
		7 * time.Minute:       7 * time.Minute,
		1000 * 24 * time.Hour: time.Hour,
	} {
		synctest.Test(t, func(t *testing.T) {
			s := &script{err: &StatusError{Status: http.StatusServiceUnavailable, RetryAfter: asked}}
			source := runSource(t, s, SourceConfig{})
			if got := source.Status().NextRefresh; got != want {
				t.Errorf("asked for %v, retries in %v, want %v", asked, got, want)
			}
		})
	}
}

func TestSourceRefreshesOnDemand(t *testing.T) {
	snapshot := newSnapshot(t, `{"a":{"ipv4":["10.0.0.0/8"]}}`, "", SnapshotConfig{})
	synctest.Test(t, func(t *testing.T) {
		s := &script{got: fetched{snapshot: snapshot}}
		source := runSource(t, s, SourceConfig{})
		if err := source.Refresh(t.Context()); err != nil || s.forced != 1 {
			t.Errorf("Refresh: %v, %d fetches past caches", err, s.forced)
		}
		s.answer(fetched{}, errDown)
		if err := source.Refresh(t.Context()); !errors.Is(err, errDown) {
			t.Errorf("Refresh: %v, want %v", err, errDown)
		}
	})
}

func TestSourceTellsOfChangesOnly(t *testing.T) {
	one := newSnapshot(t, `{"a":{"ipv4":["10.0.0.0/8"]}}`, "", SnapshotConfig{})
	two := newSnapshot(t, `{"a":{"ipv4":["10.0.0.0/8"]}}`, `{"a":{"a":1}}`, SnapshotConfig{})
	three := newSnapshot(t, `{"a":{"ipv4":["11.0.0.0/8"]}}`, "", SnapshotConfig{})
	source := newSource(SourceConfig{Name: "isp", MaxAge: time.Hour})
	told := 0
	source.Notify(func() { told++ })
	for _, step := range []struct {
		name      string
		got       fetched
		err       error
		told      int
		numbering uint64
	}{
		{"the first attempt, though it fails", fetched{}, errDown, 1, 0},
		{"the first map", fetched{snapshot: one}, nil, 2, 1},
		{"the same map", fetched{snapshot: one}, nil, 2, 1},
		{"a failure", fetched{}, errDown, 2, 1},
		{"other costs", fetched{snapshot: two}, nil, 3, 1},
		{"other prefixes", fetched{snapshot: three}, nil, 4, 2},
	} {
		source.settle(step.got, step.err, time.Minute)
		if told != step.told || source.opinion.numbering != step.numbering {
			t.Errorf("%s: told %d times, numbering %d; want %d, %d",
				step.name, told, source.opinion.numbering, step.told, step.numbering)
		}
	}
}

func TestSourceConfigNamesMistakes(t *testing.T) {
	client := newClient(t, Config{})
	for text, config := range map[string]SourceConfig{
		"name":                       {Directory: "http://h/", Client: client},
		"directory or network_map":   {Name: "a"},
		"directory excludes":         {Name: "a", Directory: "http://h/", NetworkMap: "x", Client: client},
		"invalid control":            {Name: "a", Directory: "http://user:secret@h/\x7f", Client: client},
		"not a URL of http or https": {Name: "a", Directory: "ftp://h/", Client: client},
		"client":                     {Name: "a", Directory: "http://h/"},
		"internal":                   {Name: "a", NetworkMap: "x", Internal: []string{"[a"}},
		"max age":                    {Name: "a", NetworkMap: "x", MaxAge: -1},
		"ceiling":                    {Name: "a", NetworkMap: "x", Floor: time.Hour, Ceiling: time.Minute},
	} {
		if _, err := NewSource(config); err == nil || !strings.Contains(err.Error(), text) || strings.Contains(err.Error(), "secret") {
			t.Errorf("error %v does not say %q", err, text)
		}
	}
}

func TestSourceReadsFilesAgainWhenTheyChange(t *testing.T) {
	dir := t.TempDir()
	network, costs := filepath.Join(dir, "network.json"), filepath.Join(dir, "costs.json")
	put := func(path, doc string) {
		t.Helper()
		if err := os.WriteFile(path, []byte(doc), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	pids := `{"a":{"ipv4":["10.0.0.0/8"]}}`
	put(network, networkMapDoc(pids))
	put(costs, costMapDoc(Numerical, `{"a":{"a":1}}`))
	f := &files{paths: [3]string{network, costs}}
	first, err := f.fetch(t.Context(), false)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := f.fetch(t.Context(), false); err != nil || again.snapshot != first.snapshot {
		t.Errorf("unchanged files: another snapshot, %v", err)
	}

	info, err := os.Stat(costs)
	if err != nil {
		t.Fatal(err)
	}
	put(costs, costMapDoc(Numerical, `{"a":{"a":2}}`)) // of the same size
	if err := os.Chtimes(costs, time.Time{}, info.ModTime()); err != nil {
		t.Fatal(err)
	}
	if again, err := f.fetch(t.Context(), false); err != nil || again.snapshot != first.snapshot {
		t.Errorf("files of the same size and time are read again, %v", err)
	}
	if forced, err := f.fetch(t.Context(), true); err != nil || forced.snapshot.CostMap().Cost(1, 1) != 2 {
		t.Errorf("files are not read again when told to, %v", err)
	}

	put(costs, costMapDoc(Numerical, `{"a":{"a":17}}`))
	second, err := f.fetch(t.Context(), false)
	if err != nil || second.snapshot.CostMap().Cost(1, 1) != 17 {
		t.Errorf("changed costs: %v", err)
	}

	for name, doc := range map[string]string{
		"corrupt": `{'meta'`,
		"skewed":  strings.Replace(costMapDoc(Numerical, `{}`), `"tag":"1"`, `"tag":"other"`, 1),
	} {
		put(costs, doc)
		for range 2 { // the second time without reading
			got, err := f.fetch(t.Context(), false)
			if err == nil || !strings.Contains(err.Error(), costs) || got.snapshot != nil {
				t.Errorf("%s costs: %v, want an error that names the file and no snapshot", name, err)
			}
		}
	}

	if err := os.Remove(network); err != nil {
		t.Fatal(err)
	}
	if _, err := f.fetch(t.Context(), false); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("missing file: %v", err)
	}
	put(network, networkMapDoc(pids))
	put(costs, costMapDoc(Numerical, `{"a":{"a":17}}`))
	if got, err := f.fetch(t.Context(), false); err != nil || got.snapshot != second.snapshot {
		t.Errorf("files are back as they were: %v, same snapshot %v", err, got.snapshot == second.snapshot)
	}
}

func TestSourceLabelsPIDsByAFile(t *testing.T) {
	dir := t.TempDir()
	network, properties := filepath.Join(dir, "network.json"), filepath.Join(dir, "properties.json")
	put := func(path, doc string) {
		t.Helper()
		if err := os.WriteFile(path, []byte(doc), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	put(network, networkMapDoc(`{"a":{"ipv4":["10.0.0.0/8"]}}`))
	doc := func(tag, isp string) string {
		return `{"meta":{"dependent-vtags":[{"resource-id":"map","tag":"` + tag + `"}]},"property-map":{"map.pid:a":{".isp":"` + isp + `"}}}`
	}
	f := &files{paths: [3]string{network, "", properties}}
	if _, err := f.fetch(t.Context(), false); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("missing file: %v", err)
	}
	var last *Snapshot
	for _, isp := range []string{"one", "two", "twain"} {
		put(properties, doc("1", isp))
		got, err := f.fetch(t.Context(), true)
		if err != nil {
			t.Fatal(err)
		}
		if _, texts := got.snapshot.Labels("isp"); !slices.Equal(texts, []string{"", isp}) || got.snapshot == last {
			t.Errorf("ISPs %q, want %s", texts, isp)
		}
		last = got.snapshot
		if again, err := f.fetch(t.Context(), true); err != nil || again.snapshot != last {
			t.Errorf("the same files: another snapshot, %v", err)
		}
	}
	for name, text := range map[string]string{"corrupt": `{`, "skewed": doc("other", "one")} {
		put(properties, text)
		got, err := f.fetch(t.Context(), false)
		if err == nil || !strings.Contains(err.Error(), properties) || got.snapshot != nil {
			t.Errorf("%s properties: %v, want an error that names the file and no snapshot", name, err)
		}
		if want := name == "skewed"; (got.skews == 1) != want || errors.Is(err, ErrSkew) != want {
			t.Errorf("%s properties: %d skews, %v", name, got.skews, err)
		}
	}
}

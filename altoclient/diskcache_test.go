package altoclient

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// fakeServer is an ALTO server without a network, so that it works in a bubble of
// synctest.
type fakeServer struct {
	mu    sync.Mutex
	down  bool
	pids  string
	costs string // empty: the cost map fails
	asked []string
	tags  []string // of asked, those with If-None-Match
}

func (s *fakeServer) set(f func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f()
	s.asked, s.tags = nil, nil
}

// log returns the paths asked for since the last set, and those of conditional
// requests.
func (s *fakeServer) log() (asked, conditional []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.asked), slices.Clone(s.tags)
}

func (s *fakeServer) RoundTrip(req *http.Request) (*http.Response, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked = append(s.asked, req.URL.Path)
	if s.down {
		return nil, errDown
	}
	answer := func(status int, mediaType, body string) (*http.Response, error) {
		etag := fmt.Sprintf("\"%x\"", sha256.Sum256([]byte(body)))
		if tag := req.Header.Get("If-None-Match"); tag != "" {
			s.tags = append(s.tags, req.URL.Path)
			if tag == etag {
				status, body = http.StatusNotModified, ""
			}
		}
		return &http.Response{
			StatusCode: status,
			Header:     http.Header{"Content-Type": {mediaType}, "Etag": {etag}, "Location": {"/directory"}},
			Body:       io.NopCloser(strings.NewReader(body)),
			Request:    req,
		}, nil
	}
	switch {
	case req.URL.Path == "/":
		return answer(http.StatusFound, "text/plain", "moved")
	case req.URL.Path == "/directory":
		return answer(http.StatusOK, MediaTypeDirectory, fakeDirectory)
	case req.URL.Path == "/networkmap":
		return answer(http.StatusOK, MediaTypeNetworkMap, networkMapDoc(s.pids))
	case req.URL.Path == "/costmap" && s.costs != "":
		return answer(http.StatusOK, MediaTypeCostMap, costMapDoc(Numerical, s.costs))
	}
	return answer(http.StatusInternalServerError, "text/plain", "sorry")
}

const fakeDirectory = `{"meta":{"cost-types":{"num":{"cost-mode":"numerical","cost-metric":"routingcost"}},"default-alto-network-map":"map"},"resources":{
"map":{"uri":"networkmap","media-type":"application/alto-networkmap+json"},
"costs":{"uri":"costmap","media-type":"application/alto-costmap+json","uses":["map"],"capabilities":{"cost-type-names":["num"]}}}}`

func newFakeServer() *fakeServer {
	return &fakeServer{pids: `{"a":{"ipv4":["10.0.0.0/8"]},"b":{"ipv4":["11.0.0.0/8"]}}`, costs: `{"a":{"a":1,"b":5}}`}
}

// life is one run of a program with one source.
type life struct {
	*Source
	end func()
}

func begin(t *testing.T, server *fakeServer, config SourceConfig) life {
	t.Helper()
	if config.Name == "" {
		config.Name = "isp"
	}
	if config.Directory == "" {
		config.Directory = "http://user:secret@h/?token=hidden"
	}
	client := newClient(t, Config{HTTP: &http.Client{Transport: server}})
	config.Client = client
	source, err := NewSource(config)
	if err != nil {
		t.Fatal(err)
	}
	source.jitter = func(d time.Duration) time.Duration { return d }
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- source.Run(ctx) }()
	var once sync.Once
	end := func() {
		once.Do(func() {
			cancel()
			if err := <-done; err != nil {
				t.Errorf("Run returns %v", err)
			}
		})
	}
	t.Cleanup(end)
	synctest.Wait()
	return life{source, end}
}

func (l life) want(t *testing.T, state State, origin Origin, pids int) Status {
	t.Helper()
	s := l.Status()
	if s.State != state || s.Origin != origin || s.PIDs != pids {
		t.Errorf("state %q, origin %q, %d PIDs, want %q, %q, %d; %+v", s.State, s.Origin, s.PIDs, state, origin, pids, s)
	}
	return s
}

// folder returns the source's folder in a cache.
func folder(t *testing.T, dir string) string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(dir, "*", manifestName))
	found = slices.DeleteFunc(found, func(path string) bool { return strings.Contains(path, ".damaged") })
	if err != nil || len(found) != 1 {
		t.Fatalf("manifests %v, %v, want one", found, err)
	}
	return filepath.Dir(found[0])
}

func fileNames(t *testing.T, dir string) (list []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		list = append(list, e.Name())
	}
	return list
}

func TestCacheGuidesAfterARestartWithoutServer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dir, server := t.TempDir(), newFakeServer()
		first := begin(t, server, SourceConfig{Cache: dir})
		if s := first.want(t, StateOK, "", 2); s.CacheError != "" {
			t.Error(s.CacheError)
		}
		first.end()

		server.set(func() { server.down = true })
		time.Sleep(time.Hour)
		second := begin(t, server, SourceConfig{Cache: dir})
		s := second.want(t, StateStale, OriginDisk, 2)
		if s.Age < time.Hour || !s.HasCosts || s.CacheError != "" || s.LastError == "" || s.VersionTag.Tag != "1" {
			t.Errorf("status %+v", s)
		}
		if got := second.Current().(*Snapshot).Cost(1, 2); got != 5 {
			t.Errorf("cost is %v, want 5", got)
		}
		server.set(func() { server.down = false })
		time.Sleep(15 * time.Minute)
		second.want(t, StateOK, "", 2)
	})
}

func TestCacheMakesAnUnchangedMapCostA304AfterARestart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dir, server := t.TempDir(), newFakeServer()
		begin(t, server, SourceConfig{Cache: dir}).end()
		server.set(func() {})
		second := begin(t, server, SourceConfig{Cache: dir})
		s := second.want(t, StateOK, "", 2)
		if s.Fetches != 1 || s.Unchanged != 1 || s.Age != 0 {
			t.Errorf("status %+v, want one fetch that found nothing new", s)
		}
		_, conditional := server.log()
		if want := []string{"/networkmap", "/costmap"}; !slices.Equal(conditional, want) {
			t.Errorf("validators were sent for %v, want %v", conditional, want)
		}
		second.end()

		server.set(func() { server.pids, server.costs = `{"a":{"ipv4":["10.0.0.0/8"]},"b":{},"c":{}}`, `{"a":{"a":7}}` })
		third := begin(t, server, SourceConfig{Cache: dir})
		third.want(t, StateOK, "", 3)
		third.end()
		if names := fileNames(t, folder(t, dir)); len(names) != 4 { // directory, two maps, manifest
			t.Errorf("files %v, want 4", names)
		}
		server.set(func() { server.down = true })
		begin(t, server, SourceConfig{Cache: dir}).want(t, StateStale, OriginDisk, 3)
	})
}

func TestCacheCountsTheAgeAcrossRestarts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dir, server := t.TempDir(), newFakeServer()
		config := SourceConfig{Cache: dir, MaxAge: 3 * time.Hour, Interval: time.Hour}
		first := begin(t, server, config)
		time.Sleep(90 * time.Minute) // a refresh after one hour
		first.end()
		server.set(func() { server.down = true })
		time.Sleep(time.Hour)
		second := begin(t, server, config) // 1:30 h after the refresh
		if s := second.want(t, StateStale, OriginDisk, 2); s.Age != 90*time.Minute {
			t.Errorf("age is %v, want 1h30m", s.Age)
		}
		time.Sleep(89 * time.Minute)
		second.want(t, StateStale, OriginDisk, 2)
		time.Sleep(2 * time.Minute) // past the limit
		second.want(t, StateFailed, "", 0)
		second.end()

		third := begin(t, server, config)
		if s := third.want(t, StateFailed, "", 0); !strings.Contains(s.CacheError, "last known to be right") {
			t.Errorf("cache error %q", s.CacheError)
		}
		server.set(func() { server.down = false })
		time.Sleep(time.Hour)
		third.want(t, StateOK, "", 2)
	})
}

func TestCachePutsAsideWhatIsDamagedOrForeign(t *testing.T) {
	alter := func(change func(text []byte) []byte) func(t *testing.T, path string) {
		return func(t *testing.T, path string) {
			text, err := os.ReadFile(path)
			if err == nil {
				err = os.WriteFile(path, change(text), 0o600)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	flip := alter(func(text []byte) []byte { text[len(text)/2] ^= 1; return text })
	cut := alter(func(text []byte) []byte { return text[:len(text)/2] })
	longer := alter(func(text []byte) []byte { return append(text, ' ') })
	empty := alter(func([]byte) []byte { return nil })
	remove := func(t *testing.T, path string) {
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
	}
	for name, tt := range map[string]struct {
		file   string // empty: the largest document
		damage func(t *testing.T, path string)
		want   string
	}{
		"a document with a wrong bit":       {"", flip, "another content"},
		"a document that ends early":        {"", cut, "another size"},
		"a document that goes on":           {"", longer, "another size"},
		"a document that is gone":           {"", remove, "no such file"},
		"a manifest with a wrong bit":       {manifestName, flip, "checksum"},
		"a manifest that ends early":        {manifestName, cut, "checksum"},
		"an empty manifest":                 {manifestName, empty, "does not begin"},
		"something else under the name":     {manifestName, alter(func([]byte) []byte { return []byte("hello\nworld\n") }), "does not begin"},
		"a manifest of another source":      {manifestName, alter(remade(func(m *manifest) { m.Source = "other" })), `source "other"`},
		"a manifest of another server":      {manifestName, alter(remade(func(m *manifest) { m.Directory = "http://elsewhere/" })), "elsewhere"},
		"a manifest that leads elsewhere":   {manifestName, alter(remade(func(m *manifest) { m.Documents[0].Sum = "../../secret" })), "sha256"},
		"a manifest that lacks a document":  {manifestName, alter(remade(func(m *manifest) { m.Documents = m.Documents[:1] })), "was not kept"},
		"a document that is not what it is": {manifestName, alter(remade(func(m *manifest) { m.Documents[3].MediaType = "text/html" })), "media type"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				dir, server := t.TempDir(), newFakeServer()
				begin(t, server, SourceConfig{Cache: dir}).end()
				kept := folder(t, dir)
				file := tt.file
				if file == "" {
					for _, f := range fileNames(t, kept) {
						if f != manifestName {
							file = f
						}
					}
				}
				tt.damage(t, filepath.Join(kept, file))

				server.set(func() { server.down = true })
				second := begin(t, server, SourceConfig{Cache: dir})
				s := second.want(t, StateFailed, "", 0)
				if !strings.Contains(s.CacheError, tt.want) || !strings.Contains(s.CacheError, kept) {
					t.Errorf("cache error %q, want %q and the folder in it", s.CacheError, tt.want)
				}
				if _, err := os.Stat(filepath.Join(kept+".damaged", manifestName)); err != nil {
					t.Errorf("the folder is not put aside: %v", err)
				}
				server.set(func() { server.down = false })
				time.Sleep(time.Minute)
				second.want(t, StateOK, "", 2)
				second.end()
				server.set(func() { server.down = true })
				begin(t, server, SourceConfig{Cache: dir}).want(t, StateStale, OriginDisk, 2)
			})
		})
	}
}

// remade returns a manifest with a change and a right checksum.
func remade(change func(m *manifest)) func([]byte) []byte {
	return func(text []byte) []byte {
		m, err := parseManifest(text)
		if err != nil {
			panic(err)
		}
		change(&m)
		text, err = m.append(nil)
		if err != nil {
			panic(err)
		}
		return text
	}
}

func TestCacheThatCannotBeWrittenHarmsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dir, server := t.TempDir(), newFakeServer()
		blocked := filepath.Join(dir, "cache")
		if err := os.WriteFile(blocked, nil, 0o600); err != nil { // a file where the folder should be
			t.Fatal(err)
		}
		source := begin(t, server, SourceConfig{Cache: blocked, Interval: time.Hour})
		if s := source.want(t, StateOK, "", 2); !strings.Contains(s.CacheError, blocked) {
			t.Errorf("cache error %q, want one that names the folder", s.CacheError)
		}
		time.Sleep(time.Hour + time.Second) // between two refreshes from now on
		if source.want(t, StateOK, "", 2).CacheError == "" {
			t.Error("the error is gone though nothing has changed")
		}
		if err := os.Remove(blocked); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Hour)
		if s := source.want(t, StateOK, "", 2); s.CacheError != "" {
			t.Errorf("the folder can be written now, yet %q", s.CacheError)
		}
		source.end()
		server.set(func() { server.down = true })
		begin(t, server, SourceConfig{Cache: blocked}).want(t, StateStale, OriginDisk, 2)
	})
}

func TestCacheKeepsTwoSourcesOfOneServerApart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dir, server := t.TempDir(), newFakeServer()
		begin(t, server, SourceConfig{Name: "../one", Cache: dir}).end()
		server.set(func() { server.pids = `{"a":{},"b":{},"c":{}}` })
		begin(t, server, SourceConfig{Name: "../two", Cache: dir}).end()
		server.set(func() { server.down = true })
		begin(t, server, SourceConfig{Name: "../one", Cache: dir}).want(t, StateStale, OriginDisk, 2)
		begin(t, server, SourceConfig{Name: "../two", Cache: dir}).want(t, StateStale, OriginDisk, 3)
		begin(t, server, SourceConfig{Name: "three", Cache: dir}).want(t, StateFailed, "", 0)
	})
}

func TestCacheHoldsNoCredentials(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dir, server := t.TempDir(), newFakeServer()
		begin(t, server, SourceConfig{Cache: dir}).end()
		kept := folder(t, dir)
		for _, name := range fileNames(t, kept) {
			text, err := os.ReadFile(filepath.Join(kept, name))
			if err != nil {
				t.Fatal(err)
			}
			for _, secret := range []string{"secret", "hidden", "user"} {
				if bytes.Contains(text, []byte(secret)) {
					t.Errorf("%s holds %q", name, secret)
				}
			}
		}
	})
}

func TestCacheIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dir, server := t.TempDir(), newFakeServer()
		source := begin(t, server, SourceConfig{Cache: dir, CacheBytes: 600}) // the directory alone fits
		if s := source.want(t, StateOK, "", 2); !strings.Contains(s.CacheError, ErrTooLarge.Error()) {
			t.Errorf("cache error %q", s.CacheError)
		}
		source.end()
		if found, _ := filepath.Glob(filepath.Join(dir, "*", "*")); len(found) > 3 {
			t.Errorf("files %v", found)
		}
	})
}

func TestCacheKeepsTheLastGoodMaps(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dir, server := t.TempDir(), newFakeServer()
		source := begin(t, server, SourceConfig{Cache: dir, Interval: time.Hour})
		server.set(func() { server.pids, server.costs = `{"new":{"ipv4":["12.0.0.0/8"]}}`, "" }) // half an update
		time.Sleep(90 * time.Minute)
		source.want(t, StateStale, "", 2)
		source.end()
		server.set(func() { server.down = true })
		again := begin(t, server, SourceConfig{Cache: dir})
		again.want(t, StateStale, OriginDisk, 2)
		if got := again.Current().PID(netip.MustParseAddr("11.1.1.1")); got != 2 {
			t.Errorf("PID is %d, want 2", got)
		}
	})
}

func FuzzParseManifest(f *testing.F) {
	good, err := manifest{Source: "a", Documents: []keptDocument{{URL: "http://h/", Size: 1}}}.append(nil)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Add([]byte(manifestForm + "\n"))
	f.Add([]byte("{}"))
	f.Fuzz(func(t *testing.T, text []byte) {
		m, err := parseManifest(text)
		if err != nil {
			return
		}
		again, err := m.append(nil)
		if err != nil {
			t.Fatalf("parsed, but cannot be written: %v", err)
		}
		if _, err := parseManifest(again); err != nil {
			t.Fatal(err)
		}
		for _, d := range m.Documents {
			if d.Sum != filepath.Base(d.Sum) && d.Sum != "" {
				t.Errorf("document %q is in another folder", d.Sum)
			}
		}
	})
}

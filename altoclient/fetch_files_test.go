package altoclient

import (
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"
)

func TestFilesCountWhatIsReadAndNotWhatIsLookedAt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "network.json")
		put := func(doc string) {
			t.Helper()
			if err := os.WriteFile(path, []byte(doc), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		source, err := NewSource(SourceConfig{Name: "files", NetworkMap: path})
		if err != nil {
			t.Fatal(err)
		}
		g, err := NewGuide(nil, source)
		if err != nil {
			t.Fatal(err)
		}
		runGuide(t, g)
		time.Sleep(time.Second) // to change files between two looks at them
		for _, step := range []struct {
			name                         string
			do                           func()
			fetches, failures, unchanged uint64
			state                        State
		}{
			{"missing", func() {}, 1, 1, 0, StateFailed},
			{"there", func() { put(networkMapDoc(`{"a":{}}`)) }, 2, 1, 0, StateOK},
			{"the same, written anew", func() { put(networkMapDoc(`{"a":{} }`)) }, 3, 1, 1, StateOK},
			{"broken", func() { put(`{`) }, 4, 2, 1, StateStale},
			{"good again", func() { put(networkMapDoc(`{"a":{},"b":{}}`)) }, 5, 2, 1, StateOK},
			{"gone", func() { _ = os.Remove(path) }, 6, 3, 1, StateStale},
		} {
			step.do()
			time.Sleep(time.Minute)
			s := source.Status()
			if s.Fetches != step.fetches || s.Failures != step.failures || s.Unchanged != step.unchanged || s.State != step.state {
				t.Errorf("%s: %d fetches, %d failures, %d unchanged, %s; want %d, %d, %d, %s", step.name,
					s.Fetches, s.Failures, s.Unchanged, s.State, step.fetches, step.failures, step.unchanged, step.state)
			}
		}
	})
}

package main

import (
	"context"
	"io"
	"log/slog"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/altracker/altracker/altoclient"
	"github.com/altracker/altracker/altoclient/altotest"
	"github.com/altracker/altracker/cmd/altracker/config"
)

func TestSourcesTellThatTheirMapComesFromDisk(t *testing.T) {
	server, err := altotest.NewServer([]byte(labNetwork), []byte(labCosts()))
	if err != nil {
		t.Fatal(err)
	}
	web := httptest.NewServer(server)
	defer web.Close()
	sources := []config.Source{{Name: "lab", Directory: web.URL + "/directory", Internal: []string{"*", "no-such-*"}}}
	cache := t.TempDir()

	live := func(want altoclient.State) string {
		t.Helper()
		g, err := newGuidance(sources, cache, slog.New(slog.NewTextHandler(io.Discard, nil)))
		if err != nil {
			t.Fatal(err)
		}
		defer g.close()
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- g.Run(ctx) }()
		<-g.Ready()
		cancel()
		if err := <-done; err != nil {
			t.Fatal(err)
		}
		s := g.statuses()[0]
		if s.State != string(want) || s.PIDs == 0 || g.current() == nil {
			t.Errorf("source is %+v, want state %s and a map", s, want)
		}
		return s.Note
	}
	if note := live(altoclient.StateOK); strings.Contains(note, "disk") || !strings.Contains(note, `"no-such-*"`) {
		t.Errorf("note is %q", note)
	}
	web.Close()
	if note := live(altoclient.StateStale); !strings.Contains(note, "kept on disk") {
		t.Errorf("note is %q, want one that tells of the disk", note)
	}
}

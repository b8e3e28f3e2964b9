package altoserver

import (
	"context"
	"fmt"
	"os"
	"sync"
	"time"
)

// Files names the map files to serve.
type Files struct {
	NetworkMap string
	CostMaps   []string
}

// Load reads and checks the files.
func (f Files) Load() (*Content, error) {
	network, err := os.ReadFile(f.NetworkMap)
	if err != nil {
		return nil, err
	}
	var costs [][]byte
	for _, path := range f.CostMaps {
		doc, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		costs = append(costs, doc)
	}
	content, err := NewContent(network, costs...)
	if err != nil {
		return nil, fmt.Errorf("%s and its cost maps: %w", f.NetworkMap, err)
	}
	return content, nil
}

// version is what changes when the files do, as far as their directory tells.
func (f Files) version() string {
	text := ""
	for _, path := range append([]string{f.NetworkMap}, f.CostMaps...) {
		info, err := os.Stat(path)
		if err != nil {
			text += err.Error() + "\n"
			continue
		}
		text += fmt.Sprintln(info.Size(), info.ModTime().UnixNano())
	}
	return text
}

// Watcher is a task that publishes files to a Server whenever they change. Files
// that are wrong leave the Server as it is.
type Watcher struct {
	Server *Server
	Files  Files

	// Poll is how often the files are looked at; 0 means 2 seconds.
	Poll time.Duration

	// Reloaded, if not nil, is called after each attempt to load, with the error
	// or nil.
	Reloaded func(error)

	mu  sync.Mutex
	err error
}

// Err returns why the files could not be loaded last, nil if they could.
func (w *Watcher) Err() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.err
}

// Run loads the files once more, since they may have changed since the Server was
// built, and then whenever they change. It returns nil when ctx is done.
func (w *Watcher) Run(ctx context.Context) error {
	poll := w.Poll
	if poll == 0 {
		poll = 2 * time.Second
	}
	ticker := time.NewTicker(poll)
	defer ticker.Stop()
	for seen := ""; ; {
		// Read the version first: a change in between is then loaded twice, not
		// never.
		if now := w.Files.version(); now != seen {
			seen = now
			w.reload()
		}
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
	}
}

func (w *Watcher) reload() {
	content, err := w.Files.Load()
	if err == nil {
		w.Server.Publish(content)
	}
	w.mu.Lock()
	w.err = err
	w.mu.Unlock()
	if w.Reloaded != nil {
		w.Reloaded(err)
	}
}

package altoserver

import (
	"context"
	"fmt"
	"os"
	"slices"
	"sync"
	"time"
)

// Files names the map files to serve.
type Files struct {
	NetworkMap   string
	CostMaps     []string
	PropertyMaps []string
}

// Load reads and checks the files. Errors name the file at fault.
func (f Files) Load() (*Content, error) {
	network, err := read(f.NetworkMap)
	if err != nil {
		return nil, err
	}
	costs, err := read(f.CostMaps...)
	if err != nil {
		return nil, err
	}
	properties, err := read(f.PropertyMaps...)
	if err != nil {
		return nil, err
	}
	content, err := (&Content{}).with(network[0], costs)
	if err != nil {
		return nil, err
	}
	return content.withProperties(properties)
}

func read(paths ...string) ([]document, error) {
	var docs []document
	for _, path := range paths {
		body, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		docs = append(docs, document{path, body})
	}
	return docs, nil
}

// version is what changes when the files do, as far as their directory tells.
func (f Files) version() string {
	text := ""
	for _, path := range slices.Concat([]string{f.NetworkMap}, f.CostMaps, f.PropertyMaps) {
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

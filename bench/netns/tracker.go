package netns

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// URL is where clients announce.
const URL = "http://" + Announces + "/announce"

// patience is how long programs may take to be ready.
const patience = time.Minute

// Track starts altracker at the bridge and waits until it is ready. Its configuration has
// to listen where [Announces] and [Admin] say.
func (l *Lab) Track(ctx context.Context, configuration []byte) error {
	ctx, stop := context.WithTimeout(ctx, patience)
	defer stop()
	path := filepath.Join(l.work, "altracker.yaml")
	if err := os.WriteFile(path, configuration, 0o600); err != nil {
		return err
	}
	p, err := l.start(l.hub, "altracker", l.config.Altracker, "serve", "--config", path)
	if err != nil {
		return err
	}
	return until(ctx, func() error { return l.Ask(ctx, "/readyz", nil) }, p)
}

// Ask asks the tracker's admin API. answer may be nil.
func (l *Lab) Ask(ctx context.Context, path string, answer any) error {
	client := caller(l.hub)
	defer client.CloseIdleConnections()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+Admin+path, nil)
	if err != nil {
		return err
	}
	reply, err := client.Do(request)
	if err != nil {
		return err
	}
	defer reply.Body.Close()
	text, err := io.ReadAll(reply.Body)
	if err != nil {
		return err
	}
	if reply.StatusCode != http.StatusOK {
		return fmt.Errorf("altracker: %s: %s: %s", path, reply.Status, text)
	}
	if answer == nil {
		return nil
	}
	return json.Unmarshal(text, answer)
}

// Wait repeats try until it succeeds, for as long as the Lab's programs run.
func (l *Lab) Wait(ctx context.Context, try func() error) error {
	l.mu.Lock()
	programs := slices.Clone(l.processes)
	l.mu.Unlock()
	return until(ctx, try, programs...)
}

// caller returns an HTTP client that connects from a namespace.
func caller(s space) *http.Client {
	return &http.Client{Transport: &http.Transport{DialContext: s.dial}, Timeout: 10 * time.Second}
}

// pace is how often what is waited for is looked at.
const pace = 200 * time.Millisecond

// until repeats try until it succeeds; the programs have to run meanwhile.
func until(ctx context.Context, try func() error, programs ...*process) error {
	tick := time.NewTicker(pace)
	defer tick.Stop()
	for {
		last := try()
		if last == nil {
			return nil
		}
		for _, p := range programs {
			if err := p.failure(); err != nil {
				return err
			}
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return fmt.Errorf("%w: %w", context.Cause(ctx), last)
		}
	}
}

package trackertest

import (
	"testing"

	"github.com/altracker/altracker/tracker"
	"github.com/altracker/altracker/tracker/swarm"
)

// Handlers returns how to make the handlers that a frontend is played with: the
// plain one, and a real tracker without a map.
func Handlers(t *testing.T) map[string]func() tracker.Handler {
	return map[string]func() tracker.Handler{
		"plain": func() tracker.Handler { return NewPlain() },
		"tracker": func() tracker.Handler {
			store, err := swarm.New(swarm.Config{PeerIDs: true})
			if err != nil {
				t.Fatal(err)
			}
			tr, err := tracker.New(tracker.Config{Store: store})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(tr.Close)
			return tr
		},
	}
}

package mapdiff

import (
	"bytes"
	"testing"

	"github.com/altracker/altracker/altoclient"
)

// FuzzCompare compares maps with each other and with themselves.
func FuzzCompare(f *testing.F) {
	read := func(network, costs []byte) *altoclient.Snapshot {
		n, err := altoclient.ParseNetworkMap(bytes.NewReader(network), altoclient.Limits{PIDs: 50, Prefixes: 200})
		if err != nil {
			return nil
		}
		c, err := altoclient.ParseCostMap(bytes.NewReader(costs), n, altoclient.Limits{})
		if err != nil {
			c = nil
		}
		m, err := altoclient.NewSnapshot(n, c, altoclient.SnapshotConfig{})
		if err != nil {
			return nil
		}
		return m
	}
	f.Fuzz(func(t *testing.T, networkA, costsA, networkB, costsB []byte) {
		a, b := read(networkA, costsA), read(networkB, costsB)
		if a == nil || b == nil {
			return
		}
		for _, m := range []*altoclient.Snapshot{a, b} {
			if d := Compare(m, m, Config{Top: -1}); !d.Alike() {
				t.Errorf("a map differs from itself: %s", describe(d))
			}
		}
		there, back := Compare(a, b, Config{Top: -1}), Compare(b, a, Config{Top: -1})
		if there.Alike() != back.Alike() || there.Moved.Prefixes != back.Moved.Prefixes || there.Costs.Changed != back.Costs.Changed ||
			len(there.Added) != len(back.Removed) || len(there.Removed) != len(back.Added) || len(there.Renamed) != len(back.Renamed) {
			t.Errorf("there %s\nback  %s", describe(there), describe(back))
		}
	})
}

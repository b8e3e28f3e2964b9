package altotest

import (
	"bytes"
	"testing"
)

// FuzzBodyFaults spoils documents of any kind. Those faults that no client may
// overlook must leave no good document.
func FuzzBodyFaults(f *testing.F) {
	f.Fuzz(func(t *testing.T, body []byte) {
		for fault, spoil := range bodyFaults {
			spoiled := spoil(bytes.Clone(body))
			switch fault {
			case Truncated:
				if len(spoiled) != len(body)/2 {
					t.Errorf("%s: %d bytes of %d", fault, len(spoiled), len(body))
				}
			case SingleQuoted:
				if bytes.IndexByte(spoiled, '"') >= 0 {
					t.Errorf("%s: %q", fault, spoiled)
				}
			case NullCosts, StringCosts, NaNCosts, NegativeCosts, HugeCosts:
				if cost.Match(spoiled) {
					t.Errorf("%s leaves a cost in %q", fault, spoiled)
				}
			}
		}
	})
}

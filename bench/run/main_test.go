package run

import (
	"testing"

	"go.uber.org/goleak"
)

// TestMain wants nothing of a series to outlive it: servers, clients, trackers.
func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

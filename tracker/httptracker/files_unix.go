//go:build unix

package httptracker

import (
	"math"

	"golang.org/x/sys/unix"
)

// openFiles returns how many files the process may have open. Go has raised the soft
// limit to the hard one.
func openFiles() int {
	var limit unix.Rlimit
	if unix.Getrlimit(unix.RLIMIT_NOFILE, &limit) != nil {
		return 1024 // POSIX's usual
	}
	return int(min(uint64(limit.Cur), math.MaxInt32)) //nolint:unconvert // FreeBSD's is signed
}

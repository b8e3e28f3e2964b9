//go:build !unix

package httptracker

import "math"

// openFiles returns how many files the process may have open: no limit is known here.
func openFiles() int { return math.MaxInt32 }

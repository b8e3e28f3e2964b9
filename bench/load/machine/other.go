//go:build !linux

package machine

import (
	"errors"
	"runtime"
	"time"
)

var errLinux = errors.New("on Linux only")

// Of reads what a process has used.
func Of(pid int) (Usage, error) { return Usage{}, errLinux }

// Processors reads what all processors together have done.
func Processors() (busy, all time.Duration, err error) { return 0, 0, errLinux }

// Own gives the calling goroutine a thread of its own.
func Own(cpus []int, nice int) error {
	runtime.LockOSThread()
	if nice != 0 {
		return errLinux
	}
	return Check(cpus)
}

// Check tells whether this process may run on some processors.
func Check(cpus []int) error {
	if len(cpus) > 0 {
		return errLinux
	}
	return nil
}

// Apart returns two different processors that this process may run on.
func Apart() (a, b int, err error) { return 0, 0, errLinux }

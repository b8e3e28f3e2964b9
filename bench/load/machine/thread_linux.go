package machine

import (
	"fmt"
	"runtime"
	"slices"

	"golang.org/x/sys/unix"
)

// Own gives the calling goroutine a thread of its own that runs on some processors
// only (nil: on any), and with a niceness (0: as it is; below 0 is for root).
// Processes that the goroutine starts inherit both. The thread ends with the
// goroutine, which must not unlock it.
func Own(cpus []int, nice int) error {
	runtime.LockOSThread()
	// A sleep is not to be stretched by the 50 microseconds of slack that Linux
	// grants itself: requests of an open loop have a timetable.
	_ = unix.Prctl(unix.PR_SET_TIMERSLACK, 1, 0, 0, 0)
	if nice != 0 {
		if err := unix.Setpriority(unix.PRIO_PROCESS, unix.Gettid(), nice); err != nil {
			return fmt.Errorf("niceness %d: %w", nice, err)
		}
	}
	if len(cpus) == 0 {
		return nil
	}
	set, err := setOf(cpus)
	if err != nil {
		return err
	}
	if err := unix.SchedSetaffinity(0, &set); err != nil {
		return fmt.Errorf("processors %v: %w", cpus, err)
	}
	return nil
}

// Check tells whether this process may run on some processors.
func Check(cpus []int) error {
	set, err := setOf(cpus)
	if err != nil {
		return err
	}
	var may unix.CPUSet
	if err := unix.SchedGetaffinity(0, &may); err != nil {
		return fmt.Errorf("processors of this process: %w", err)
	}
	for _, c := range cpus {
		if set.IsSet(c) && !may.IsSet(c) {
			return fmt.Errorf("processor %d: this process may not run on it", c)
		}
	}
	return nil
}

func setOf(cpus []int) (set unix.CPUSet, err error) {
	for _, c := range cpus {
		if c < 0 || c >= len(set)*64 {
			return set, fmt.Errorf("processor %d: there is none", c)
		}
		set.Set(c)
	}
	return set, nil
}

// Apart returns two different processors that this process may run on.
func Apart() (a, b int, err error) {
	var may unix.CPUSet
	if err := unix.SchedGetaffinity(0, &may); err != nil {
		return 0, 0, fmt.Errorf("processors of this process: %w", err)
	}
	var found []int
	for c := 0; c < len(may)*64 && len(found) < 2; c++ {
		if may.IsSet(c) {
			found = append(found, c)
		}
	}
	if len(found) < 2 {
		return 0, 0, fmt.Errorf("this process may run on %d processor: want two", len(found))
	}
	slices.Sort(found)
	return found[0], found[1], nil
}

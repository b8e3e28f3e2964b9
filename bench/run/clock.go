package run

import (
	"runtime"
	"time"
)

// clock measures what one run takes of its goroutine's thread, which is its own from
// startClock to stop.
type clock struct {
	began time.Time
	spent float64 // processor seconds of the thread by then; NaN where it cannot be told
}

func startClock() clock {
	runtime.LockOSThread()
	return clock{time.Now(), threadSeconds()}
}

func (c clock) stop() (wall, cpu float64) {
	wall, cpu = time.Since(c.began).Seconds(), threadSeconds()-c.spent
	runtime.UnlockOSThread()
	return wall, cpu
}

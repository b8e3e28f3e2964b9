// Package machine tells and decides what a measurement needs of the machine: which
// processors threads and processes run on, and what a process has used of processor
// time and memory. All of it is Linux's; elsewhere it is an error that says so.
package machine

import "time"

// Usage is what a process has used since it started, and the memory it holds.
type Usage struct {
	User, System time.Duration // of all its threads, to within 10 ms
	Resident     int64         // bytes of memory
	Peak         int64         // bytes of memory at most, ever
}

// CPU returns the processor time.
func (u Usage) CPU() time.Duration { return u.User + u.System }

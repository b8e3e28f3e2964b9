package run

import "fmt"

// Error is a run that failed.
type Error struct {
	Scenario, Policy string
	Seed             uint64
	Err              error
}

func (e *Error) Error() string {
	return fmt.Sprintf("scenario %s, policy %s, seed %d: %v", e.Scenario, e.Policy, e.Seed, e.Err)
}

func (e *Error) Unwrap() error { return e.Err }

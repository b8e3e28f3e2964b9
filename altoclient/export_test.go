package altoclient

import "time"

// RaceDetector tells that the race detector runs.
const RaceDetector = raceDetector

// Hasten has the source repeat what failed after a twentieth of the time.
func (s *Source) Hasten() { s.jitter = func(d time.Duration) time.Duration { return d / 20 } }

//go:build race

package altoclient

const raceDetector = true

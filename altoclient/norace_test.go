//go:build !race

package altoclient

const raceDetector = false

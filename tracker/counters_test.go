package tracker

import (
	"math"
	"testing"
	"unsafe"
)

func TestLanesAddUpWhateverTheirNumbers(t *testing.T) {
	var c counters
	for _, lane := range []int{0, 1, lanes - 1, lanes, -1, math.MaxInt, math.MinInt} {
		c.lane(lane).add(announces, 3)
	}
	if got := c.sum(announces); got != 21 {
		t.Errorf("%d announces, want 21", got)
	}
}

// Neighbours are fetched in pairs of lines of 64 bytes.
func TestLanesShareNoCacheLine(t *testing.T) {
	if size := unsafe.Sizeof(lane{}); size%128 != 0 || size < unsafe.Sizeof(lane{}.n) {
		t.Errorf("a lane has %d bytes", size)
	}
	var c counters
	if c.lane(0) == c.lane(1) || c.lane(0) == c.lane(-1) || c.lane(-1) == c.lane(-2) {
		t.Error("workers that are told apart count in one place")
	}
}

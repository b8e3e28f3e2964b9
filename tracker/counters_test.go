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

// What two workers write to, or one writes to and others read, must not be fetched
// together: pairs of lines of 64 bytes are.
func TestLanesShareNoCacheLine(t *testing.T) {
	tr, err := New(Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer tr.Close()
	owner := map[uintptr]int{}
	claim := func(who int, start unsafe.Pointer, size uintptr) {
		for l := uintptr(start) / 128; l <= (uintptr(start)+size-1)/128; l++ {
			if other, ok := owner[l]; ok && other != who {
				t.Errorf("%d and %d share a line", who, other)
			}
			owner[l] = who
		}
	}
	claim(-1, unsafe.Pointer(tr), unsafe.Offsetof(tr.counters))
	for i := range lanes {
		n := &tr.counters.lane(i).n
		claim(i, unsafe.Pointer(n), unsafe.Sizeof(*n))
	}
}

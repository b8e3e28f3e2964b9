package altoclient

import (
	"bytes"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"
)

func TestRestingReaderRestsBetweenParts(t *testing.T) {
	for _, c := range []struct{ bytes, rests int }{{0, 0}, {1, 0}, {restBytes, 1}, {restBytes + 1, 1}, {6 * restBytes, 6}, {20 * restBytes, 7}} {
		synctest.Test(t, func(t *testing.T) {
			text := strings.Repeat("x", c.bytes)
			start := time.Now()
			got, err := io.ReadAll(resting(strings.NewReader(text), time.Second, 7*time.Second))
			if err != nil || string(got) != text {
				t.Errorf("%d bytes: read %d, %v", c.bytes, len(got), err)
			}
			if took := time.Since(start); took != time.Duration(c.rests)*time.Second {
				t.Errorf("%d bytes: rested for %v, want %d seconds", c.bytes, took, c.rests)
			}
		})
	}
	if err := iotest.TestReader(resting(bytes.NewReader(make([]byte, 3*restBytes)), time.Nanosecond, time.Second), make([]byte, 3*restBytes)); err != nil {
		t.Error(err)
	}
	if r := io.Reader(strings.NewReader("")); resting(r, 0, time.Second) != r {
		t.Error("a reader that shall not rest is not what it was")
	}
}

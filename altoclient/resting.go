package altoclient

import (
	"io"
	"time"
)

// restingReader rests after every restBytes.
type restingReader struct {
	r    io.Reader
	rest time.Duration
	left int // bytes until the next rest
}

// restBytes takes a few hundred microseconds to parse.
const restBytes = 64 << 10

// resting returns r, with rests unless they are of no time.
func resting(r io.Reader, rest time.Duration) io.Reader {
	if rest <= 0 {
		return r
	}
	return &restingReader{r, rest, restBytes}
}

func (x *restingReader) Read(p []byte) (int, error) {
	if x.left <= 0 {
		time.Sleep(x.rest)
		x.left += restBytes
	}
	n, err := x.r.Read(p[:min(len(p), restBytes)])
	x.left -= n
	return n, err
}

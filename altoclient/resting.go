package altoclient

import (
	"io"
	"time"
)

// restingReader rests after every restBytes, until it has rested for long enough in all.
type restingReader struct {
	r    io.Reader
	rest time.Duration
	most time.Duration // that it may yet rest
	left int           // bytes until the next rest
}

// restBytes takes less time to parse than schedulers let one thread go on while others wait.
const restBytes = 8 << 10

// resting returns r, with rests unless they are of no time, and of so much time in all.
func resting(r io.Reader, rest, most time.Duration) io.Reader {
	if rest <= 0 {
		return r
	}
	return &restingReader{r, rest, most, restBytes}
}

func (x *restingReader) Read(p []byte) (int, error) {
	if x.left <= 0 && x.most >= x.rest {
		time.Sleep(x.rest)
		x.most -= x.rest
		x.left += restBytes
	}
	n, err := x.r.Read(p[:min(len(p), restBytes)])
	x.left -= n
	return n, err
}

package load

import (
	"fmt"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// Latencies are kept to within 0.1 %, from a microsecond to a minute; what is longer
// counts as a minute.
const (
	lowest  = 1_000
	highest = 60_000_000_000
	figures = 3
)

// maxTexts bounds how many different errors of a tracker are told apart.
const maxTexts = 100

// otherTexts stands for all errors beyond.
const otherTexts = "(other errors)"

// window is when what happens counts, in the generator's clock.
type window struct{ from, until int64 }

func (w window) holds(t int64) bool { return t >= w.from && t < w.until }

// tally is what a worker has counted. Requests count by when they were due, whenever
// their reply comes. (The rate counts replies by when they come: watch.go.)
type tally struct {
	sent     int64        // requests due in the window
	lost     int64        // of those, without a reply
	late     int64        // replies after the request was given up, or repeated
	answered [kinds]int64 // requests due in the window, and replied to without an error
	failed   int64        // requests due in the window, and refused

	announced int64 // answered announces but for stopped ones, which need no peers
	peers     int64 // in their replies
	possible  int64 // in replies of a tracker that always gives what it has

	wrong    [problems]int64
	examples [problems]string
	errors   map[string]int64
	latency  *hdrhistogram.Histogram // of replies to requests due in the window, nanoseconds
}

func newTally() tally {
	return tally{errors: map[string]int64{}, latency: hdrhistogram.New(lowest, highest, figures)}
}

// blame counts a wrong reply. The first of each kind is told of in full.
func (t *tally) blame(p problem, format string, args ...any) {
	if t.wrong[p]++; t.wrong[p] == 1 {
		t.examples[p] = fmt.Sprintf(format, args...)
	}
}

// refuse counts an error that the tracker answered with.
func (t *tally) refuse(text []byte) {
	n, known := t.errors[string(text)]
	switch {
	case known:
		t.errors[string(text)] = n + 1
	case len(t.errors) < maxTexts:
		t.errors[fmt.Sprintf("%.200s", text)]++
	default:
		t.errors[otherTexts]++
	}
}

func (t *tally) record(latency int64) {
	_ = t.latency.RecordValue(min(max(latency, 0), highest)) // fails beyond highest only
}

// add adds what another worker has counted.
func (t *tally) add(o *tally) {
	t.sent += o.sent
	t.lost += o.lost
	t.late += o.late
	t.failed += o.failed
	t.announced += o.announced
	t.peers += o.peers
	t.possible += o.possible
	for k := range kinds {
		t.answered[k] += o.answered[k]
	}
	for p := range problems {
		if t.wrong[p] == 0 {
			t.examples[p] = o.examples[p]
		}
		t.wrong[p] += o.wrong[p]
	}
	for text, n := range o.errors {
		t.errors[text] += n
	}
	t.latency.Merge(o.latency)
}

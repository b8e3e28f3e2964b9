package altoserver

import (
	"bufio"
	"bytes"
	"cmp"
	"fmt"
	"net/http"
	"time"
)

// eventWriter writes server-sent events.
type eventWriter struct {
	buffer *bufio.Writer
	out    *patientWriter
}

func newEventWriter(w http.ResponseWriter, stall time.Duration) *eventWriter {
	out := &patientWriter{w: w, control: http.NewResponseController(w), stall: stall}
	return &eventWriter{bufio.NewWriterSize(out, 64<<10), out}
}

// event writes one event; errors wait for flush.
func (e *eventWriter) event(name string, data []byte) {
	fmt.Fprintf(e.buffer, "event: %s\n", name)
	for len(data) > 0 {
		line := data
		if i := bytes.IndexAny(data, "\r\n"); i >= 0 { // white space of JSON
			line, data = data[:i], data[i+1:]
		} else {
			data = nil
		}
		_, _ = e.buffer.WriteString("data: ")
		_, _ = e.buffer.Write(line)
		_ = e.buffer.WriteByte('\n')
	}
	_ = e.buffer.WriteByte('\n')
}

// comment shows that the server lives (RFC 8895 section 6.8).
func (e *eventWriter) comment() { _, _ = e.buffer.WriteString(":\n\n") }

func (e *eventWriter) flush() error {
	return cmp.Or(e.buffer.Flush(), e.out.control.Flush())
}

// patientWriter waits for a slow client as long as it takes anything at all.
type patientWriter struct {
	w       http.ResponseWriter
	control *http.ResponseController
	stall   time.Duration
}

func (p *patientWriter) Write(b []byte) (int, error) {
	// A writer without deadlines is one of a test.
	_ = p.control.SetWriteDeadline(time.Now().Add(p.stall))
	return p.w.Write(b)
}

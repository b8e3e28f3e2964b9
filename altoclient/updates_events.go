package altoclient

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
)

// MediaTypeEventStream is that of update streams (RFC 8895 section 6.1).
const MediaTypeEventStream = "text/event-stream"

// eventReader reads server-sent events (WHATWG HTML, section 9.2). It holds no
// event: the data of one goes through it to whoever decodes it, however long its
// lines are.
//
// Of the fields only event and data are used; ids have no meaning in ALTO (RFC
// 8895 section 5.1). The event field must come before the data, as there it does.
type eventReader struct {
	r     *bufio.Reader
	limit int64 // bytes of data of one event
	open  *eventData
	begun bool // something was read
	afterCR
}

// afterCR tells that the last line ended in a CR, and may yet end in a LF.
type afterCR bool

// maxEventName bounds the line that names an event.
const maxEventName = 4096

func newEventReader(r io.Reader, limit int64) *eventReader {
	return &eventReader{r: bufio.NewReaderSize(r, 64<<10), limit: limit}
}

// next returns the name and the data of the next event. What is left of the data
// of the one before is skipped. The error is io.EOF if the stream ends.
func (e *eventReader) next() (name string, data io.Reader, err error) {
	if e.open != nil {
		if _, err := io.Copy(io.Discard, e.open); err != nil {
			return "", nil, err
		}
		e.open = nil
	}
	for {
		field, err := e.field()
		switch {
		case err != nil:
			return "", nil, err
		case field == "": // the end of an event without data, or a comment
			name = ""
		case field == "event":
			if name, err = e.value(); err != nil {
				return "", nil, err
			}
			continue
		case field == "data":
			e.open = &eventData{events: e}
			return name, e.open, nil
		}
		if err := e.skipLine(); err != nil {
			return "", nil, err
		}
	}
}

// field reads the name of the field of a line, and the colon and space after it.
// It is empty for a line that is; comments are fields called ":".
func (e *eventReader) field() (string, error) {
	if err := e.startLine(); err != nil {
		return "", err
	}
	var name []byte
	for {
		c, err := e.r.ReadByte()
		if err != nil {
			return "", err
		}
		switch c {
		case '\r', '\n':
			return string(name), e.r.UnreadByte()
		case ':':
			if len(name) == 0 {
				return ":", nil
			}
			return string(name), e.skipSpace()
		}
		if len(name) < len("event")+1 { // what is longer is none of ours
			name = append(name, c)
		}
	}
}

// startLine skips what may be left of the end of the line before.
func (e *eventReader) startLine() error {
	if !e.begun {
		e.begun = true
		if mark, err := e.r.Peek(3); err == nil && bytes.Equal(mark, []byte("\xef\xbb\xbf")) {
			_, _ = e.r.Discard(len(mark)) // they are in the buffer
		}
	}
	if !e.afterCR {
		return nil
	}
	c, err := e.r.ReadByte()
	if err != nil {
		return err
	}
	e.afterCR = false
	if c != '\n' {
		return e.r.UnreadByte()
	}
	return nil
}

func (e *eventReader) skipSpace() error {
	c, err := e.r.ReadByte()
	if err != nil || c == ' ' {
		return err
	}
	return e.r.UnreadByte()
}

// value reads the rest of a line that must be short.
func (e *eventReader) value() (string, error) {
	var line []byte
	for {
		part, end, err := e.part()
		if err != nil {
			return "", err
		}
		if line = append(line, part...); len(line) > maxEventName {
			return "", fmt.Errorf("the name of an event has more than %d bytes: %w", maxEventName, ErrTooLarge)
		}
		if end {
			return string(line), nil
		}
	}
}

func (e *eventReader) skipLine() error {
	for {
		if _, end, err := e.part(); end || err != nil {
			return err
		}
	}
}

// part returns what the buffer has of the rest of a line, and whether that is all
// of it. It is valid until the next read.
func (e *eventReader) part() (part []byte, end bool, err error) {
	if _, err := e.r.Peek(1); err != nil {
		return nil, false, err
	}
	part, _ = e.r.Peek(e.r.Buffered())
	i := bytes.IndexAny(part, "\r\n")
	if i < 0 {
		_, _ = e.r.Discard(len(part))
		return part, false, nil
	}
	e.afterCR = part[i] == '\r'
	_, _ = e.r.Discard(i + 1)
	return part[:i], true, nil
}

// eventData is the data of one event, its lines joined by line feeds.
type eventData struct {
	events *eventReader
	rest   []byte // read, but not handed on
	inLine bool   // the line has not ended
	lines  int
	read   int64
	err    error
}

var errLateName = errors.New("an event is named after its data")

func (d *eventData) Read(p []byte) (int, error) {
	for len(d.rest) == 0 && d.err == nil {
		d.err = d.fill()
	}
	if len(d.rest) == 0 {
		return 0, d.err
	}
	n := copy(p, d.rest)
	d.rest = d.rest[n:]
	return n, nil
}

func (d *eventData) fill() error {
	if d.lines == 0 {
		d.lines, d.inLine = 1, true
	}
	if !d.inLine {
		return d.nextLine()
	}
	part, end, err := d.events.part()
	if err != nil {
		return cut(err)
	}
	d.inLine = !end
	return d.take(part)
}

// nextLine finds the next line of the data, or their end.
func (d *eventData) nextLine() error {
	field, err := d.events.field()
	switch {
	case err != nil:
		return cut(err)
	case field == "data":
		d.lines++
		d.inLine = true
		return d.take([]byte("\n"))
	case field == "event":
		return errLateName
	}
	if err := d.events.skipLine(); err != nil {
		return cut(err)
	}
	if field == "" {
		return io.EOF
	}
	return nil
}

func (d *eventData) take(part []byte) error {
	if d.read += int64(len(part)); d.read > d.events.limit {
		return fmt.Errorf("event: %w", tooManyBytes(d.events.limit))
	}
	d.rest = part
	return nil
}

// cut tells an event that is cut off from a stream that ends.
func cut(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

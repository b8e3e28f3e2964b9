package altoclient

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

// events reads a whole stream as lines of name and quoted data.
func events(r io.Reader, limit int64) (string, error) {
	var b strings.Builder
	e := newEventReader(r, limit)
	for {
		name, data, err := e.next()
		if err == io.EOF {
			return b.String(), nil
		}
		if err != nil {
			return b.String(), err
		}
		text, err := io.ReadAll(data)
		if err != nil {
			return b.String(), err
		}
		fmt.Fprintf(&b, "%s %q\n", name, text)
	}
}

func TestEventReader(t *testing.T) {
	for _, tt := range []struct{ name, stream, want string }{
		{"one line", "event: a\ndata: x\n\n", "a \"x\"\n"},
		{"several lines", "event: a\ndata: {\ndata:  1\ndata:}\n\n", "a \"{\\n 1\\n}\"\n"},
		{"CR LF", "event: a\r\ndata: x\r\ndata: y\r\n\r\nevent: b\r\ndata: z\r\n\r\n", "a \"x\\ny\"\nb \"z\"\n"},
		{"CR", "event: a\rdata: x\r\revent: b\rdata: y\r\r", "a \"x\"\nb \"y\"\n"},
		{"comments", ": hello\nevent: a\n:\ndata: x\n:again\ndata: y\n\n:\n\n", "a \"x\\ny\"\n"},
		{"no name", "data: x\n\n", " \"x\"\n"},
		{"name without data", "event: a\n\ndata: x\n\n", " \"x\"\n"},
		{"the last name counts", "event: a\nevent: b\ndata: x\n\n", "b \"x\"\n"},
		{"other fields", "id: 1\nevent: a\nretry: 5\ndata: x\nid: 2\nevents: c\ndatas: d\n\n", "a \"x\"\n"},
		{"no colon", "event: a\ndata\ndata\n\n", "a \"\\n\"\n"},
		{"only one space is no data", "event:a\ndata:  x\n\n", "a \" x\"\n"},
		{"byte order mark", "\xef\xbb\xbfevent: a\ndata: x\n\n", "a \"x\"\n"},
		{"nothing", "", ""},
		{"blank lines", "\n\n\r\n", ""},
	} {
		for size, r := range map[string]io.Reader{"whole": strings.NewReader(tt.stream), "bytes": iotest.OneByteReader(strings.NewReader(tt.stream))} {
			if got, err := events(r, 100); got != tt.want || err != nil {
				t.Errorf("%s, %s: %q, %v, want %q", tt.name, size, got, err, tt.want)
			}
		}
	}
}

func TestEventReaderRefuses(t *testing.T) {
	for _, tt := range []struct {
		name, stream string
		want         error
	}{
		{"cut within data", "event: a\ndata: x", io.ErrUnexpectedEOF},
		{"cut between lines", "event: a\ndata: x\n", io.ErrUnexpectedEOF},
		{"too large", "event: a\ndata: " + strings.Repeat("x", 60) + "\ndata: " + strings.Repeat("x", 60) + "\n\n", ErrTooLarge},
		{"a long name", "event: " + strings.Repeat("x", 5000) + "\ndata: x\n\n", ErrTooLarge},
		{"a late name", "data: x\nevent: a\n\n", errLateName},
	} {
		if got, err := events(strings.NewReader(tt.stream), 100); !errors.Is(err, tt.want) {
			t.Errorf("%s: %q, %v, want %v", tt.name, got, err, tt.want)
		}
	}
}

func TestEventReaderSkipsWhatNobodyReads(t *testing.T) {
	e := newEventReader(strings.NewReader("event: a\ndata: "+strings.Repeat("x", 200_000)+"\n\nevent: b\ndata: y\n\n"), 1<<20)
	for _, want := range []string{"a", "b"} {
		if name, _, err := e.next(); name != want || err != nil {
			t.Errorf("event %q, %v, want %q", name, err, want)
		}
	}
}

// TestEventReaderHandsOnWhatIsThere reads an event from a stream that goes on
// without end and without another byte.
func TestEventReaderHandsOnWhatIsThere(t *testing.T) {
	r, w := io.Pipe()
	defer r.Close()
	go func() { _, _ = io.WriteString(w, "event: a\r\ndata: x\r\n\r\n") }()
	_, data, err := newEventReader(r, 100).next()
	if err != nil {
		t.Fatal(err)
	}
	if text, err := io.ReadAll(data); string(text) != "x" || err != nil {
		t.Errorf("%q, %v", text, err)
	}
}

func FuzzEventReader(f *testing.F) {
	f.Add("event: a\ndata: x\n\n")
	f.Add("\xef\xbb\xbf: c\r\rdata\rdata:\n\r\n")
	f.Fuzz(func(t *testing.T, stream string) {
		whole, err := events(strings.NewReader(stream), 1000)
		bytes, err2 := events(iotest.OneByteReader(strings.NewReader(stream)), 1000)
		if (err == nil) != (err2 == nil) || err == nil && whole != bytes {
			t.Errorf("%q, %v, byte by byte %q, %v", whole, err, bytes, err2)
		}
	})
}

func BenchmarkEventReader(b *testing.B) {
	stream := "event: a\ndata: " + strings.Repeat("x", 40<<20) + "\n\n"
	b.SetBytes(int64(len(stream)))
	for b.Loop() {
		_, data, err := newEventReader(strings.NewReader(stream), 1<<30).next()
		if err != nil {
			b.Fatal(err)
		}
		if _, err := io.Copy(io.Discard, data); err != nil {
			b.Fatal(err)
		}
	}
}

package altotest

import (
	"bytes"
	"net/http"
	"regexp"
	"strings"
)

// The faults of an update stream (RFC 8895). They are for Break with the path
// [UpdateStream], and strike the streams that are opened after it.
const (
	StreamCut        Fault = "stream cut"                 // within the first change of a map
	StreamSilent     Fault = "silent stream"              // nothing after the first message, not even comments
	StreamForeign    Fault = "unknown substream"          // changes are of substreams that nobody asked for
	StreamSkewed     Fault = "changes of an unknown tag"  // cost maps come, and change, for a network map that nobody has
	StreamNonsense   Fault = "changes that make no sense" // their values have the wrong types
	StreamEndless    Fault = "endless event"              // the first change never ends
	StreamWithoutMap Fault = "cost maps held back"        // network maps change, cost maps do not
)

// UpdateStream is the path of the update streams.
const UpdateStream = "/updates"

// StreamFaults returns all faults of update streams.
func StreamFaults() []Fault {
	return []Fault{StreamCut, StreamSilent, StreamForeign, StreamSkewed, StreamNonsense, StreamEndless, StreamWithoutMap}
}

// waits tells whether a good answer may take for ever, so that there is no waiting
// for it to be spoilt.
func waits(r *http.Request) bool {
	return r.URL.Path == UpdateStream || strings.HasPrefix(r.URL.Path, "/tips/") && r.Method == http.MethodGet
}

// spoilStream is spoil for answers that may take for ever.
func (s *Server) spoilStream(fault Fault, w http.ResponseWriter, r *http.Request) {
	for _, f := range StreamFaults() {
		if f == fault {
			s.inner.ServeHTTP(&spoiltStream{ResponseWriter: w, fault: fault, r: r}, r)
			return
		}
	}
	empty := &recorder{status: http.StatusOK, headers: http.Header{"Content-Type": {"text/event-stream"}}}
	s.spoil(fault, w, r, empty)
}

// spoiltStream passes events on, gone wrong. The server writes small events whole.
type spoiltStream struct {
	http.ResponseWriter
	fault  Fault
	r      *http.Request
	writes int
}

// Unwrap is for [http.ResponseController].
func (s *spoiltStream) Unwrap() http.ResponseWriter { return s.ResponseWriter }

var (
	eventName = regexp.MustCompile(`(?m)^(event: [^,\n]+),.*$`)
	isUpdate  = regexp.MustCompile(`(?m)^event: [^,\n]+,`)
	patched   = regexp.MustCompile(`(?m)^(event: application/merge-patch.*\ndata: \{)`)
)

func (s *spoiltStream) Write(b []byte) (int, error) {
	s.writes++
	update := isUpdate.Match(b)
	out := b
	switch {
	case s.fault == StreamSilent && s.writes > 1:
		return len(b), nil
	case s.fault == StreamCut && update:
		_, _ = s.ResponseWriter.Write(b[:len(b)-len(b)/4])
		_ = http.NewResponseController(s.ResponseWriter).Flush()
		panic(http.ErrAbortHandler)
	case s.fault == StreamEndless && update:
		s.endless(b)
	case s.fault == StreamForeign:
		out = eventName.ReplaceAll(b, []byte("$1,nobody"))
	case s.fault == StreamSkewed:
		out = ofAnotherMap(b)
	case s.fault == StreamNonsense:
		out = patched.ReplaceAll(b, []byte(`$1"network-map":7,"cost-map":7,`))
	case s.fault == StreamWithoutMap:
		out = withoutCosts(b)
	}
	if _, err := s.ResponseWriter.Write(out); err != nil {
		return 0, err
	}
	return len(b), nil
}

func (s *spoiltStream) endless(b []byte) {
	_, _ = s.ResponseWriter.Write(append(bytes.TrimRight(b, "\n"), '\n'))
	line := []byte("data: " + strings.Repeat(" ", 1<<15) + "\n")
	for s.r.Context().Err() == nil {
		if _, err := s.ResponseWriter.Write(line); err != nil {
			break
		}
	}
	panic(http.ErrAbortHandler)
}

// ofAnotherMap makes the events of cost maps depend on another network map.
func ofAnotherMap(b []byte) []byte {
	var out []byte
	for event := range bytes.SplitAfterSeq(b, []byte("\n\n")) {
		if bytes.Contains(event, []byte(`"dependent-vtags"`)) {
			event = tag.ReplaceAll(event, []byte(`$1"skewed"`))
		}
		out = append(out, event...)
	}
	return out
}

func withoutCosts(b []byte) []byte {
	var kept []byte
	for event := range bytes.SplitAfterSeq(b, []byte("\n\n")) {
		if !bytes.Contains(event, []byte(`"cost-map"`)) {
			kept = append(kept, event...)
		}
	}
	return kept
}

package altotest

import (
	"bytes"
	"compress/gzip"
	"io"
	"math"
	"net/http"
	"strconv"
	"time"

	"github.com/altracker/altracker/altoclient"
)

// Fault is one way for an answer to go wrong.
type Fault string

// The faults there are. The body of an answer that is only disturbed is that of
// the answer there would have been.
const (
	Hang                Fault = "hang"              // no answer until the client goes
	SlowHeader          Fault = "slow header"       // the answer comes after Server.Delay
	SlowLoris           Fault = "slow loris"        // a header that never ends, a byte each Server.Delay; HTTP/1 only
	SlowBody            Fault = "slow body"         // one byte, and Server.Delay before the next
	Refused             Fault = "connection closed" // before any answer
	Reset               Fault = "connection cut"    // within the body
	Truncated           Fault = "truncated"         // half the body, as if it were all
	ServerError         Fault = "500"
	Unavailable         Fault = "503"                 // with Retry-After: 7
	UnavailableForYears Fault = "503 for years"       // with an absurd Retry-After
	ErrorDocument       Fault = "error document"      // 400 with an ALTO error
	ErrorDocumentAs200  Fault = "error document, 200" // the same, with status 200
	WrongMediaType      Fault = "wrong media type"    // text/html, the right body
	NoMediaType         Fault = "no media type"       // the right body
	Directory           Fault = "directory instead"   // the directory instead of the map
	Corrupt             Fault = "corrupt JSON"        // a byte in the middle is wrong
	SingleQuoted        Fault = "single quotes"       // as from str() of a dictionary
	Empty               Fault = "empty body"
	Null                Fault = "null"          // the JSON value
	Trailing            Fault = "two documents" // the right body, twice
	SkewedTag           Fault = "skewed tag"    // every version tag is another one
	Unasked304          Fault = "304"           // whether there were validators or not
	RedirectLoop        Fault = "redirect loop"
	Moved               Fault = "moved"                 // 307 to Server.Elsewhere
	Endless             Fault = "endless body"          // white space for ever
	TwoGiB              Fault = "2 GiB"                 // white space, and the header says how much
	Bomb                Fault = "gzip bomb"             // a little that unpacks to 2 GiB of white space
	WrongTypes          Fault = "wrong types"           // the member that matters is a number
	NoDefault           Fault = "no default"            // directory only: the default network map is not there
	Nested              Fault = "nested prefixes"       // network maps only: not refused, normal
	NullCosts           Fault = "null costs"            // cost maps only: costs are null
	StringCosts         Fault = "string costs"          // cost maps only: costs are strings
	NaNCosts            Fault = "NaN costs"             // cost maps only: costs are NaN, which JSON does not have
	HugeCosts           Fault = "costs out of range"    // cost maps only: costs are 1e400
	NegativeCosts       Fault = "negative costs"        // cost maps only: not refused unless they are ranks
	DuplicatePIDs       Fault = "duplicate PIDs"        // maps only: the first PID comes twice
	ForeignPrefixes     Fault = "prefixes held twice"   // network maps only: PIDs share a prefix
	ForeignCosts        Fault = "costs of unknown PIDs" // cost maps only: not refused, but empty
)

// Faults returns those after which a client must not use the answer, whatever the
// resource. Those that take long are not among them.
func Faults() []Fault {
	return []Fault{
		Refused, Reset, Truncated, ServerError, Unavailable, UnavailableForYears, ErrorDocument, ErrorDocumentAs200,
		WrongMediaType, NoMediaType, Corrupt, SingleQuoted, Empty, Null, Trailing, WrongTypes, RedirectLoop, Endless,
		TwoGiB, Bomb,
	}
}

// retryAfterYears is more than fits any integer.
const retryAfterYears = "99999999999999999999"

// spoil writes the answer good, gone wrong.
func (s *Server) spoil(fault Fault, w http.ResponseWriter, r *http.Request, good *recorder) {
	h := w.Header()
	switch fault {
	case Hang:
		<-r.Context().Done()
		panic(http.ErrAbortHandler)
	case SlowHeader:
		wait(r, s.Delay)
		good.replay(w)
	case SlowLoris:
		s.drip(w)
	case SlowBody:
		good.header(w)
		for i := range good.body.Len() {
			_, _ = w.Write(good.body.Bytes()[i : i+1])
			_ = http.NewResponseController(w).Flush()
			wait(r, s.Delay)
		}
	case Refused:
		panic(http.ErrAbortHandler)
	case Reset:
		good.header(w) // with the full Content-Length
		_, _ = w.Write(good.body.Bytes()[:good.body.Len()/2])
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	case ServerError:
		http.Error(w, "out of order", http.StatusInternalServerError)
	case Unavailable:
		h.Set("Retry-After", "7")
		http.Error(w, "busy", http.StatusServiceUnavailable)
	case UnavailableForYears:
		h.Set("Retry-After", retryAfterYears)
		http.Error(w, "busy", http.StatusServiceUnavailable)
	case ErrorDocument:
		sendError(w, http.StatusBadRequest)
	case ErrorDocumentAs200:
		sendError(w, http.StatusOK)
	case WrongMediaType:
		good.headers.Set("Content-Type", "text/html; charset=utf-8")
		good.replay(w)
	case NoMediaType:
		good.headers["Content-Type"] = nil
		good.replay(w)
	case Directory:
		other := r.Clone(r.Context())
		other.URL.Path = "/directory"
		s.inner.ServeHTTP(w, other)
	case Unasked304:
		w.WriteHeader(http.StatusNotModified)
	case RedirectLoop:
		http.Redirect(w, r, r.URL.Path, http.StatusTemporaryRedirect)
	case Moved:
		http.Redirect(w, r, s.Elsewhere+r.URL.Path, http.StatusTemporaryRedirect)
	case Endless:
		good.headers.Del("Content-Length")
		good.header(w)
		writeBlank(w, r, math.MaxInt64)
	case TwoGiB:
		good.headers.Set("Content-Length", strconv.Itoa(twoGiB))
		good.header(w)
		writeBlank(w, r, twoGiB)
	case Bomb:
		good.headers.Del("Content-Length")
		good.headers.Set("Content-Encoding", "gzip")
		good.header(w)
		writeBomb(w, r)
	default:
		good.edit(bodyFaults[fault])
		good.replay(w)
	}
}

const twoGiB = 2 << 30

// writeBlank makes n bytes of white space while anybody listens.
func writeBlank(w io.Writer, r *http.Request, n int64) {
	blank := bytes.Repeat([]byte(" "), 1<<15)
	for ; n > 0 && r.Context().Err() == nil; n -= int64(len(blank)) {
		if _, err := w.Write(blank); err != nil {
			return
		}
	}
}

// writeBomb sends the same member of a gzip file again and again: together they
// are one.
func writeBomb(w io.Writer, r *http.Request) {
	const size = 1 << 20
	var member bytes.Buffer
	zipped := gzip.NewWriter(&member)
	writeBlank(zipped, r, size)
	_ = zipped.Close() // a buffer does not fail
	for n := 0; n < twoGiB && r.Context().Err() == nil; n += size {
		if _, err := w.Write(member.Bytes()); err != nil {
			return
		}
	}
}

func sendError(w http.ResponseWriter, status int) {
	w.Header().Set("Content-Type", altoclient.MediaTypeError)
	w.WriteHeader(status)
	doc := altoclient.ErrorDocument{Code: altoclient.CodeInvalidFieldValue, Field: "pids", Value: "PID9"}
	_, _ = w.Write(doc.AppendJSON(nil))
}

func wait(r *http.Request, d time.Duration) {
	select {
	case <-r.Context().Done():
	case <-time.After(d):
	}
}

// recorder keeps an answer.
type recorder struct {
	status  int
	headers http.Header
	body    bytes.Buffer
}

func (r *recorder) Header() http.Header         { return r.headers }
func (r *recorder) WriteHeader(status int)      { r.status = status }
func (r *recorder) Write(b []byte) (int, error) { return r.body.Write(b) }

// edit changes the body.
func (r *recorder) edit(change func([]byte) []byte) {
	if change == nil || r.status != http.StatusOK {
		return
	}
	body := change(bytes.Clone(r.body.Bytes()))
	r.body.Reset()
	r.body.Write(body)
	r.headers.Set("Content-Length", strconv.Itoa(len(body)))
	r.headers.Del("ETag") // another body
}

func (r *recorder) header(w http.ResponseWriter) {
	for name, values := range r.headers {
		w.Header()[name] = values
	}
	w.WriteHeader(r.status)
}

func (r *recorder) replay(w http.ResponseWriter) {
	r.header(w)
	_, _ = w.Write(r.body.Bytes())
}

package altoclient

import (
	"errors"
	"net/http"
	"strconv"
	"time"
)

// StatusError is an answer that is not the document asked for.
type StatusError struct {
	Status     int           // HTTP status
	RetryAfter time.Duration // 0: the server does not say
	Document   ErrorDocument // zero: the server does not say
}

func (e *StatusError) Error() string {
	text := "status " + strconv.Itoa(e.Status)
	if name := http.StatusText(e.Status); name != "" {
		text += " " + name
	}
	if e.Document.Code != "" {
		text += ": " + e.Document.String()
	}
	return text
}

func newStatusError(resp *http.Response) *StatusError {
	e := &StatusError{
		Status:     resp.StatusCode,
		RetryAfter: parseRetryAfter(resp.Header.Get("Retry-After"), time.Now()),
	}
	if isMediaType(resp.Header.Get("Content-Type"), MediaTypeError) {
		// One that does not parse adds nothing to the status.
		e.Document, _ = ParseErrorDocument(resp.Body)
	}
	return e
}

// retryAfter returns what a server in err's chain asked for.
func retryAfter(err error) time.Duration {
	var status *StatusError
	if errors.As(err, &status) {
		return status.RetryAfter
	}
	return 0
}

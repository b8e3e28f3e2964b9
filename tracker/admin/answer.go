package admin

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
)

// problem is an error with the status it is answered with. Its text names the
// parameter at fault.
type problem struct {
	status int
	text   string
}

func (p *problem) Error() string { return p.text }

// badParameter says what is wrong with a parameter of a request.
func badParameter(name, format string, args ...any) error {
	return &problem{http.StatusBadRequest, name + ": " + fmt.Sprintf(format, args...)}
}

// answer serves the JSON of what f returns.
func answer(f func(*http.Request) (any, error)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v, err := f(r)
		if err != nil {
			fail(w, err)
			return
		}
		body, err := encode(v)
		if err != nil {
			fail(w, err)
			return
		}
		write(w, http.StatusOK, body)
	})
}

func fail(w http.ResponseWriter, err error) {
	status := http.StatusInternalServerError
	if p, ok := errors.AsType[*problem](err); ok {
		status = p.status
	}
	body, _ := encode(struct { // a string always encodes
		Error string `json:"error"`
	}{err.Error()})
	write(w, status, body)
}

// encode indents: answers are read by people as often as by programs.
func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

func write(w http.ResponseWriter, status int, body []byte) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(body) // an error means that the client is gone
}

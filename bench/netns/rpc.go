package netns

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
)

// sessionHeader is what Transmission wants back of its first answer, which is 409.
const sessionHeader = "X-Transmission-Session-Id"

// rpc talks JSON to a program in its namespace.
type rpc struct {
	url     string
	client  *http.Client
	session string
}

func newRPC(s space, url string) *rpc { return &rpc{url: url, client: caller(s)} }

func (r *rpc) close() { r.client.CloseIdleConnections() }

// call posts a request and reads the answer.
func (r *rpc) call(ctx context.Context, question, answer any) error {
	body, err := json.Marshal(question)
	if err != nil {
		return err
	}
	for range 2 {
		again, err := r.post(ctx, body, answer)
		if err != nil || !again {
			return err
		}
	}
	return fmt.Errorf("%s: its session changes all the time", r.url)
}

func (r *rpc) post(ctx context.Context, body []byte, answer any) (again bool, err error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, r.url, bytes.NewReader(body))
	if err != nil {
		return false, err
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set(sessionHeader, r.session)
	reply, err := r.client.Do(request)
	if err != nil {
		return false, err
	}
	defer reply.Body.Close()
	if reply.StatusCode == http.StatusConflict {
		r.session = reply.Header.Get(sessionHeader)
		return true, nil
	}
	if err := json.NewDecoder(reply.Body).Decode(answer); err != nil {
		return false, fmt.Errorf("%s: %s: %w", r.url, reply.Status, err)
	}
	return false, nil
}

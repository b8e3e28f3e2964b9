package altoserver

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/altracker/altracker/altoclient"
)

const tipsParams = "Content-Type: " + altoclient.MediaTypeTIPSParams

func openTIPS(t *testing.T, s *Server, params string) (altoclient.TIPSView, string) {
	t.Helper()
	r := ask(s, "POST", "/tips", params, tipsParams)
	v, err := altoclient.ParseTIPSView(r.Body)
	if r.StatusCode != http.StatusOK || err != nil {
		t.Fatalf("%s: %s, %v", params, r.Status, err)
	}
	u, err := url.Parse(v.URI)
	if err != nil || !u.IsAbs() {
		t.Fatalf("the URI of the view is %s, %v", v.URI, err)
	}
	return v, u.Path + "/ug"
}

func TestTIPSView(t *testing.T) {
	s := newServer(t, Config{})
	v, at := openTIPS(t, s, `{"resource-id":"num-routingcost-map"}`)
	if want := (altoclient.TIPSEdge{From: 0, To: 1}); v.Start != 1 || v.End != 1 || v.Next != want {
		t.Errorf("%+v", v)
	}
	whole := ask(s, "GET", at+"/0/1", "", "Accept: "+altoclient.MediaTypeCostMap)
	if whole.StatusCode != http.StatusOK || whole.Header.Get("Content-Type") != altoclient.MediaTypeCostMap {
		t.Fatalf("%s, %v", whole.Status, whole.Header)
	}
	costs, err := altoclient.ParseCostMap(whole.Body, nil, altoclient.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	republish(t, s, networkDoc, strings.Replace(costsDoc, "0.1", "0.7", 1))
	if body := text(t, ask(s, "GET", at+"/1/2", "")); !strings.Contains(body, `"a":{"b":0.7}`) {
		t.Errorf("change: %s", body)
	}
	again, _ := openTIPS(t, s, fmt.Sprintf(`{"resource-id":"num-routingcost-map","tag":%q}`, costs.VersionTag().Tag))
	if want := (altoclient.TIPSEdge{From: 1, To: 2}); again.URI != v.URI || again.Next != want {
		t.Errorf("to one who has version 1: %+v", again)
	}
	r := ask(s, "POST", at, `{"resource-id":"num-routingcost-map","tag":"unknown"}`, tipsParams)
	next, err := altoclient.ParseTIPSView(r.Body)
	if want := (altoclient.TIPSEdge{From: 0, To: 2}); err != nil || next.Next != want || r.Header.Get("Content-Type") != altoclient.MediaTypeMergePatch {
		t.Errorf("to one who has nothing that we know: %+v, %v", next, err)
	}
}

func TestTIPSErrors(t *testing.T) {
	s := newServer(t, Config{MaxStreams: 1})
	_, at := openTIPS(t, s, `{"resource-id":"num-routingcost-map"}`)
	for i := range maxVersions + 1 {
		republish(t, s, networkDoc, strings.Replace(costsDoc, "0.1", fmt.Sprint(i+2), 1))
	}
	if last, _ := openTIPS(t, s, `{"resource-id":"num-routingcost-map"}`); last.Start != 3 || last.End != 6 {
		t.Fatalf("%+v", last)
	}
	s.hub.polls = 1 // one waits already
	for _, tt := range []struct {
		path   string
		status int
	}{
		{at + "/0/6", 200}, {at + "/0/3", 200}, {at + "/3/4", 200},
		{at + "/1/2", 410}, {at + "/2/3", 410}, {at + "/0/2", 410},
		{at + "/3/5", 404}, {at + "/4/3", 404}, {"/tips/nothing/ug/0/1", 404},
		{at + "/7/8", 425}, {at + "/0/7", 425},
		{at + "/6/7", 429},
	} {
		if r := ask(s, "GET", tt.path, ""); r.StatusCode != tt.status {
			t.Errorf("%s: %s, want %d", tt.path, r.Status, tt.status)
		}
	}
	if r := ask(s, "GET", at+"/3/4", "", "Accept: "+altoclient.MediaTypeCostMap+", "+altoclient.MediaTypeError); r.StatusCode != http.StatusUnsupportedMediaType {
		t.Errorf("a change for one who accepts none: %s", r.Status)
	}
	for body, want := range map[string]string{
		`{}`: altoclient.CodeMissingField, `{"resource-id":"my-network-map/#"}`: altoclient.CodeInvalidFieldValue, `{`: altoclient.CodeSyntax,
	} {
		r := ask(s, "POST", "/tips", body, tipsParams)
		if doc, err := altoclient.ParseErrorDocument(r.Body); err != nil || doc.Code != want || r.StatusCode != http.StatusBadRequest {
			t.Errorf("%s: %s, %v", body, r.Status, doc)
		}
	}
	if r := ask(s, "POST", at, `{"resource-id":"lab"}`, tipsParams); r.StatusCode != http.StatusBadRequest {
		t.Errorf("another resource: %s", r.Status)
	}
}

func TestTIPSRequestsWait(t *testing.T) {
	s := newServer(t, Config{})
	_, at := openTIPS(t, s, `{"resource-id":"lab"}`)
	wait := func(ctx context.Context) chan *http.Response {
		answer := make(chan *http.Response, 1)
		go func() {
			w := httptest.NewRecorder()
			s.ServeHTTP(w, httptest.NewRequest("GET", at+"/1/2", nil).WithContext(ctx))
			answer <- w.Result()
		}()
		for deadline := time.Now().Add(5 * time.Second); ; time.Sleep(time.Millisecond) {
			s.hub.mu.Lock()
			polls := s.hub.polls
			s.hub.mu.Unlock()
			if polls == 1 {
				return answer
			}
			if time.Now().After(deadline) {
				t.Fatal("nobody waits")
			}
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	answer := wait(ctx)
	cancel()
	<-answer
	answer = wait(t.Context())
	republish(t, s, strings.Replace(networkDoc, "10.2.0.0/16", "10.3.0.0/16", 1), costsDoc)
	if body := text(t, <-answer); !strings.Contains(body, "10.3.0.0/16") {
		t.Errorf("change: %s", body)
	}
	if s.hub.polls != 0 {
		t.Errorf("%d still wait", s.hub.polls)
	}
	_, at = openTIPS(t, s, `{"resource-id":"lab"}`)
	s.Close()
	if r := ask(s, "GET", at+"/2/3", ""); r.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("of a closed server: %s", r.Status)
	}
}

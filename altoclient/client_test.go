package altoclient

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func TestClientSendsAndChecksHeaders(t *testing.T) {
	var seen http.Header
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		seen = r.Header.Clone()
		w.Header().Set("Content-Type", MediaTypeNetworkMap)
		w.Header().Set("Set-Cookie", "a=b")
		_, _ = w.Write([]byte(networkMapDoc(`{}`)))
	}))
	defer server.Close()
	c := newClient(t, Config{UserAgent: "test/1"})
	for range 2 {
		if _, err := c.NetworkMap(t.Context(), server.URL); err != nil {
			t.Fatal(err)
		}
	}
	if got := seen.Get("Accept"); got != MediaTypeNetworkMap+", "+MediaTypeError {
		t.Errorf("Accept is %q", got)
	}
	if got := seen.Get("Accept-Encoding"); got != "gzip" {
		t.Errorf("Accept-Encoding is %q", got)
	}
	if got := seen.Get("User-Agent"); got != "test/1" {
		t.Errorf("User-Agent is %q", got)
	}
	if got := seen.Get("Cookie"); got != "" {
		t.Errorf("the cookie %q comes back", got)
	}
}

func TestClientTurnsErrorDocumentsIntoErrors(t *testing.T) {
	for _, status := range []int{http.StatusOK, http.StatusBadRequest} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", MediaTypeError+"; charset=utf-8")
			w.WriteHeader(status)
			_, _ = w.Write([]byte(`{"meta":{"code":"E_GENERIC_HTTP","field":"pids","value":"x"}}`))
		}))
		_, err := newClient(t, Config{}).NetworkMap(t.Context(), server.URL)
		var e *StatusError
		if !errors.As(err, &e) || e.Status != status || e.Document != (ErrorDocument{Code: "E_GENERIC_HTTP", Field: "pids", Value: "x"}) {
			t.Errorf("with status %d the error is %v", status, err)
		}
		server.Close()
	}
}

func TestClientHidesPasswordsInErrors(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	uri := strings.Replace(server.URL, "http://", "http://user:secret@", 1)
	c := newClient(t, Config{})
	_, notFound := c.NetworkMap(t.Context(), uri)
	server.Close()
	_, refused := c.NetworkMap(t.Context(), uri)
	for _, err := range []error{notFound, refused} {
		if err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("error is %v", err)
		}
	}
}

func TestClientGetChecks(t *testing.T) {
	body := networkMapDoc(`{"a":{}}`)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", MediaTypeNetworkMap)
		_, _ = w.Write([]byte(body))
	}))
	defer server.Close()
	c := newClient(t, Config{})
	r := Resource{ID: "net", URI: server.URL, MediaType: MediaTypeNetworkMap}
	if got, err := c.Get(t.Context(), r); err != nil || string(got) != body {
		t.Errorf("have %q, %v", got, err)
	}
	body = networkMapDoc(`{"a":[]}`)
	if _, err := c.Get(t.Context(), r); err == nil {
		t.Error("an ill-typed map passes")
	}
	r.Accepts = MediaTypeNetworkMapFilter
	if _, err := c.Get(t.Context(), r); err == nil {
		t.Error("a POST resource is fetched with GET")
	}
}

func TestFreshness(t *testing.T) {
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	for _, tt := range []struct {
		name   string
		header http.Header
		want   freshness
	}{
		{"nothing", nil, freshness{}},
		{"max-age", http.Header{"Cache-Control": {"public, Max-Age=60"}}, freshness{time.Minute, true}},
		{"max-age less age", http.Header{"Cache-Control": {"max-age=60"}, "Age": {"45"}}, freshness{15 * time.Second, true}},
		{"older than max-age", http.Header{"Cache-Control": {"max-age=60"}, "Age": {"90"}}, freshness{0, true}},
		{"no-cache", http.Header{"Cache-Control": {"no-cache", "max-age=60"}}, freshness{0, true}},
		{"absurd", http.Header{"Cache-Control": {"max-age=18446744073709551615"}}, freshness{maxSeconds * time.Second, true}},
		{"not a number", http.Header{"Cache-Control": {"max-age=soon"}}, freshness{}},
		{"expires", http.Header{"Expires": {now.Add(time.Hour).Format(http.TimeFormat)}}, freshness{time.Hour, true}},
		{"expired", http.Header{"Expires": {"0"}}, freshness{0, true}},
		{"max-age before expires", http.Header{"Cache-Control": {"max-age=1"}, "Expires": {"0"}}, freshness{time.Second, true}},
	} {
		if got := parseFreshness(tt.header, now); got != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}

func TestRetryAfter(t *testing.T) {
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	for text, want := range map[string]time.Duration{
		"":                     0,
		"7":                    7 * time.Second,
		"-7":                   0,
		"x":                    0,
		"1e3":                  0,
		"99999999999999999999": maxSeconds * time.Second,
		now.Add(time.Minute).Format(http.TimeFormat):  time.Minute,
		now.Add(-time.Minute).Format(http.TimeFormat): 0,
	} {
		if got := parseRetryAfter(text, now); got != want {
			t.Errorf("Retry-After: %s is %v, want %v", text, got, want)
		}
	}
}

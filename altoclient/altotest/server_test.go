package altotest

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/altracker/altracker/altoclient"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	networkDoc = `{"meta":{"vtag":{"resource-id":"lab","tag":"1"}},"network-map":{"a":{"ipv4":["10.0.0.0/8"]},"b":{"ipv4":["0.0.0.0/0"]}}}`
	costsDoc   = `{"meta":{"dependent-vtags":[{"resource-id":"lab","tag":"1"}],"cost-type":{"cost-mode":"numerical","cost-metric":"routingcost"}},"cost-map":{"a":{"a":1,"b":2},"b":{"a":3}}}`
)

func newServer(t *testing.T) (*Server, string) {
	t.Helper()
	s, err := NewServer([]byte(networkDoc), []byte(costsDoc))
	if err != nil {
		t.Fatal(err)
	}
	s.Delay = 20 * time.Millisecond
	s.Elsewhere = "http://elsewhere.invalid"
	web := httptest.NewServer(s)
	t.Cleanup(web.Close)
	return s, web.URL
}

var client = &http.Client{
	Timeout:       time.Second,
	Transport:     &http.Transport{DisableKeepAlives: true},
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
}

// most is how much of a body is read.
const most = 1 << 20

// get returns status, media type and body; status 0 is no answer.
func get(t *testing.T, url string) (status int, mediaType, body string, err error) {
	t.Helper()
	r, err := client.Get(url)
	if err != nil {
		return 0, "", "", err
	}
	defer r.Body.Close()
	b, err := io.ReadAll(io.LimitReader(r.Body, most))
	return r.StatusCode, r.Header.Get("Content-Type"), string(b), err
}

func TestServerIsGoodUntilBroken(t *testing.T) {
	s, url := newServer(t)
	status, mediaType, body, err := get(t, url+"/networkmap")
	if status != 200 || mediaType != altoclient.MediaTypeNetworkMap || body != networkDoc || err != nil {
		t.Errorf("%d %s %s %v", status, mediaType, body, err)
	}
	s.Break("/networkmap", ServerError)
	if status, _, _, _ := get(t, url+"/networkmap"); status != 500 {
		t.Errorf("broken: %d", status)
	}
	if status, _, _, _ := get(t, url+"/directory"); status != 200 {
		t.Errorf("another path: %d", status)
	}
	s.Break("", Unavailable)
	if status, _, _, _ := get(t, url+"/directory"); status != 503 {
		t.Errorf("all paths: %d", status)
	}
	s.Mend()
	if status, _, _, _ := get(t, url+"/networkmap"); status != 200 {
		t.Errorf("mended: %d", status)
	}
	if n := s.Requests("/networkmap"); n != 3 {
		t.Errorf("%d requests counted, want 3", n)
	}
}

func TestFaultsDoWhatTheySay(t *testing.T) {
	s, url := newServer(t)
	for _, tt := range []struct {
		fault  Fault
		path   string
		status int
		body   string // what it must be, or part of it
		fails  bool   // the transfer does
	}{
		{Hang, "/networkmap", 0, "", true},
		{SlowHeader, "/networkmap", 200, networkDoc, false},
		{SlowLoris, "/networkmap", 0, "", true},
		{SlowBody, "/networkmap", 200, `{"meta`, true},
		{Refused, "/networkmap", 0, "", true},
		{Reset, "/networkmap", 200, networkDoc[:len(networkDoc)/2], true},
		{Truncated, "/networkmap", 200, networkDoc[:len(networkDoc)/2], false},
		{UnavailableForYears, "/networkmap", 503, "busy", false},
		{ErrorDocument, "/networkmap", 400, `"code"`, false},
		{ErrorDocumentAs200, "/networkmap", 200, `"code"`, false},
		{WrongMediaType, "/networkmap", 200, networkDoc, false},
		{Directory, "/networkmap", 200, `"resources"`, false},
		{SingleQuoted, "/networkmap", 200, `{'meta':{'vtag'`, false},
		{Empty, "/networkmap", 200, "", false},
		{Null, "/networkmap", 200, "null", false},
		{Trailing, "/networkmap", 200, networkDoc + networkDoc, false},
		{Unasked304, "/networkmap", 304, "", false},
		{RedirectLoop, "/networkmap", 307, "", false},
		{DuplicatePIDs, "/networkmap", 200, `"a":{"ipv4":["10.0.0.0/8"]},"a":{"ipv4":["10.0.0.0/8"]},"b"`, false},
		{ForeignPrefixes, "/networkmap", 200, `["203.0.113.0/24","0.0.0.0/0"]`, false},
		{SkewedTag, "/costmap/num/routingcost", 200, `"tag":"skewed"`, false},
		{NullCosts, "/costmap/num/routingcost", 200, `{"a":{"a":null,"b":null},"b":{"a":null}}`, false},
		{StringCosts, "/costmap/num/routingcost", 200, `{"a":{"a":"5","b":"5"},"b":{"a":"5"}}`, false},
		{HugeCosts, "/costmap/num/routingcost", 200, `{"a":{"a":1e400,"b":1e400},"b":{"a":1e400}}`, false},
		{NaNCosts, "/costmap/num/routingcost", 200, `{"a":{"a":NaN,"b":NaN},"b":{"a":NaN}}`, false},
		{NegativeCosts, "/costmap/num/routingcost", 200, `{"a":{"a":-3,"b":-3},"b":{"a":-3}}`, false},
		{WrongTypes, "/networkmap", 200, `"network-map":5,"was":{"a"`, false},
		{WrongTypes, "/directory", 200, `"resources":5,`, false},
		{NoDefault, "/directory", 200, `"default-alto-network-map": "nowhere"`, false},
		{Nested, "/networkmap", 200, `{"nested":{"ipv4":["203.0.113.0/25","203.0.113.0/24"]},"a"`, false},
		{ForeignCosts, "/costmap/num/routingcost", 200, `{"nowhere":{"nowhere":1},"a"`, false},
	} {
		s.Break(tt.path, tt.fault)
		status, _, body, err := get(t, url+tt.path)
		if status != tt.status || (err != nil) != tt.fails || !bytes.Contains([]byte(body), []byte(tt.body)) {
			t.Errorf("%s: %d %s %v", tt.fault, status, body, err)
		}
	}
	hasty := client.Timeout
	client.Timeout = time.Minute // these take their time to make
	defer func() { client.Timeout = hasty }()
	for _, fault := range []Fault{Endless, TwoGiB, Bomb} {
		s.Break("/networkmap", fault)
		if _, _, body, err := get(t, url+"/networkmap"); err != nil || body != strings.Repeat(" ", most) {
			t.Errorf("%s: %d bytes, %v", fault, len(body), err)
		}
	}
	s.Break("/networkmap", Moved)
	r, err := client.Get(url + "/networkmap")
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	if status, location := r.StatusCode, r.Header.Get("Location"); status != 307 || location != s.Elsewhere+"/networkmap" {
		t.Errorf("%s: %d to %s", Moved, status, location)
	}
	s.Break("/networkmap", NoMediaType)
	if _, mediaType, _, _ := get(t, url+"/networkmap"); mediaType != "" {
		t.Errorf("%s: %s", NoMediaType, mediaType)
	}
	s.Break("/networkmap", Corrupt)
	if _, _, body, _ := get(t, url+"/networkmap"); body == networkDoc || len(body) != len(networkDoc) {
		t.Errorf("%s: %s", Corrupt, body)
	}
}

package altoserver

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"
	"time"

	jsonpatch "github.com/evanphx/json-patch/v5"

	"github.com/altracker/altracker/altoclient"
)

const streamParams = "Content-Type: " + altoclient.MediaTypeUpdateStreamParams

// listener reads an update stream.
type listener struct {
	t       *testing.T
	lines   *bufio.Scanner
	control string // URI
}

// listen opens an update stream.
func listen(t *testing.T, url, params string) *listener {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	t.Cleanup(cancel)
	r, err := http.NewRequestWithContext(ctx, "POST", url+"/updates", strings.NewReader(params))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", altoclient.MediaTypeUpdateStreamParams)
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = resp.Body.Close() })
	if resp.StatusCode != http.StatusOK || resp.Header.Get("Content-Type") != altoclient.MediaTypeEventStream {
		t.Fatalf("%s, %v", resp.Status, resp.Header)
	}
	l := &listener{t: t, lines: bufio.NewScanner(resp.Body)}
	name, data := l.next()
	var first struct {
		URI string `json:"control-uri"`
	}
	if err := json.Unmarshal([]byte(data), &first); err != nil || name != altoclient.MediaTypeUpdateStreamControl || first.URI == "" {
		t.Fatalf("the first event is %s: %s", name, data)
	}
	l.control = url + first.URI
	return l
}

// next returns the next event, nothing at the end of the stream.
func (l *listener) next() (name, data string) {
	l.t.Helper()
	for l.lines.Scan() {
		switch line := l.lines.Text(); {
		case strings.HasPrefix(line, "event: "):
			name = line[len("event: "):]
		case strings.HasPrefix(line, "data: "):
			data += line[len("data: "):]
		case line == "" && name != "":
			return name, data
		}
	}
	return "", ""
}

func (l *listener) want(name string, contains ...string) {
	l.t.Helper()
	have, data := l.next()
	for _, part := range contains {
		if !strings.Contains(data, part) {
			l.t.Fatalf("event %s has %s, want %s", have, data, part)
		}
	}
	if have != name {
		l.t.Fatalf("event is %q: %s, want %s", have, data, name)
	}
}

func post(t *testing.T, url, body string) (status int, text string) {
	t.Helper()
	resp, err := http.Post(url, altoclient.MediaTypeUpdateStreamParams, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(b)
}

// served is a server on the network.
func served(t *testing.T, config Config) (*Server, string) {
	t.Helper()
	s := newServer(t, config)
	return s, servedAt(t, s)
}

// servedAt puts s on the network until the test is over.
func servedAt(t *testing.T, s *Server) string {
	t.Helper()
	web := httptest.NewServer(s)
	t.Cleanup(func() {
		s.Close()
		web.Close()
		http.DefaultClient.CloseIdleConnections()
	})
	return web.URL
}

func republish(t *testing.T, s *Server, network, costs string) {
	t.Helper()
	content, err := NewContent([]byte(network), []byte(costs), []byte(ranksDoc))
	if err != nil {
		t.Fatal(err)
	}
	s.Publish(content)
}

const mergeOf = altoclient.MediaTypeMergePatch + ","

func TestUpdateStream(t *testing.T) {
	s, url := served(t, Config{})
	l := listen(t, url, `{"add":{"net":{"resource-id":"lab","tag":"1"},"routing":{"resource-id":"num-routingcost-map"}}}`)
	l.want(altoclient.MediaTypeCostMap+",routing", `"vtag":{"resource-id":"num-routingcost-map"`, `"b":0.1`)
	republish(t, s, networkDoc, strings.Replace(costsDoc, "0.1", "0.7", 1))
	l.want(mergeOf+"routing", `"cost-map":{"a":{"b":0.7}}}`, `"meta":{"vtag":{"tag":`)
	republish(t, s, networkDoc, strings.Replace(costsDoc, `"b":0.1,`, "", 1))
	l.want(mergeOf+"routing", `"cost-map":{"a":{"b":null}}}`)

	network := strings.Replace(strings.Replace(networkDoc, `"tag":"1"`, `"tag":"2"`, 1), "10.2.0.0/16", "10.3.0.0/16", 1)
	costs := strings.Replace(costsDoc, `"tag":"1"`, `"tag":"2"`, 1)
	republish(t, s, network, costs)
	l.want(mergeOf+"net", `{"meta":{"vtag":{"tag":"2"}},"network-map":{"b":{"ipv4":["10.3.0.0/16"]}}}`)
	l.want(mergeOf+"routing", `"dependent-vtags":[{"resource-id":"lab","tag":"2"}]`, `"a":{"b":0.1}`)
}

func TestUpdateStreamSendsInFull(t *testing.T) {
	s, url := served(t, Config{})
	l := listen(t, url, `{"add":{"x":{"resource-id":"lab","tag":"old","incremental-changes":false}},"remove":["nothing"]}`)
	l.want(altoclient.MediaTypeNetworkMap+",x", `"10.2.0.0/16"`)
	republish(t, s, strings.Replace(networkDoc, "10.2.0.0/16", "10.3.0.0/16", 1), costsDoc)
	l.want(altoclient.MediaTypeNetworkMap+",x", `"10.3.0.0/16"`)
}

func TestStreamControl(t *testing.T) {
	s, url := served(t, Config{})
	l := listen(t, url, `{"add":{"net":{"resource-id":"lab"},"hops":{"resource-id":"ord-routingcost-map"}}}`)
	l.want(altoclient.MediaTypeNetworkMap + ",net")
	l.want(altoclient.MediaTypeCostMap + ",hops")
	if status, text := post(t, l.control, `{"remove":["hops"]}`); status != http.StatusAccepted || text != "" {
		t.Fatalf("%d %s", status, text)
	}
	l.want(altoclient.MediaTypeUpdateStreamControl, `{"stopped":["hops"]}`)
	for _, tt := range []struct{ body, field, value string }{
		{`{"remove":["properties"]}`, "remove", "properties"},
		{`{"remove":["p","q","net"]}`, "remove", `["p","q"]`},
		{`{"add":{"hops":{"resource-id":"lab"}}}`, "add", "hops"}, // it has been used
		{`{"add":{"a b":{"resource-id":"lab"}}}`, "add", "a b"},
		{`{"add":{"x":{"resource-id":"lab"}},"remove":[]}`, "remove", "[]"},
		{`{"add":{"x":{"resource-id":"lab"}},"remove":["x"]}`, "remove", "x"},
		{`{"add":{"x":{"resource-id":"nothing"}}}`, "add/x/resource-id", "nothing"},
		{`{"add":{"x":{}}}`, "add/x/resource-id", ""},
		{`{}`, "add", ""},
	} {
		status, text := post(t, l.control, tt.body)
		doc, err := altoclient.ParseErrorDocument(strings.NewReader(text))
		if status != http.StatusBadRequest || err != nil || doc.Field != tt.field || doc.Value != tt.value {
			t.Errorf("%s: %d %s", tt.body, status, text)
		}
	}
	if status, _ := post(t, l.control, `{"add":{"again":{"resource-id":"lab"}},"remove":["net","hops"]}`); status != http.StatusAccepted {
		t.Errorf("status %d", status)
	}
	l.want(altoclient.MediaTypeUpdateStreamControl, `{"stopped":["net"]}`)
	l.want(altoclient.MediaTypeNetworkMap + ",again")
	if status, _ := post(t, l.control, `{"remove":[]}`); status != http.StatusAccepted {
		t.Errorf("status %d", status)
	}
	l.want(altoclient.MediaTypeUpdateStreamControl, `{"stopped":["again"]}`)
	l.want("")
	for range 100 {
		if status, _ := post(t, l.control, `{"remove":[]}`); status == http.StatusNotFound {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Errorf("a closed stream can be controlled; %d streams", len(s.hub.streams))
}

func TestWrongStreamRequests(t *testing.T) {
	s := newServer(t, Config{MaxStreams: 1})
	for _, tt := range []struct {
		body, code string
	}{
		{`{}`, altoclient.CodeMissingField},
		{`{"add":{}}`, altoclient.CodeMissingField},
		{`{"add":{"x":{"resource-id":"my-networkmap/#"}}}`, altoclient.CodeInvalidFieldValue},
		{`{"add":7}`, altoclient.CodeInvalidFieldType},
		{`{"add":`, altoclient.CodeSyntax},
	} {
		r := ask(s, "POST", "/updates", tt.body, streamParams)
		if doc, err := altoclient.ParseErrorDocument(r.Body); r.StatusCode != http.StatusBadRequest || err != nil || doc.Code != tt.code {
			t.Errorf("%s: %s, %v", tt.body, r.Status, doc)
		}
	}
	if r := ask(s, "GET", "/updates", ""); r.StatusCode != http.StatusMethodNotAllowed || r.Header.Get("Allow") != "POST" {
		t.Errorf("GET: %s", r.Status)
	}
	s.hub.streams["one"] = &stream{}
	if r := ask(s, "POST", "/updates", `{"add":{"x":{"resource-id":"lab"}}}`, streamParams); r.StatusCode != http.StatusServiceUnavailable || r.Header.Get("Retry-After") == "" {
		t.Errorf("one too many: %s", r.Status)
	}
}

func TestStreamsEndWithTheServer(t *testing.T) {
	s, url := served(t, Config{KeepAlive: time.Millisecond})
	l := listen(t, url, `{"add":{"net":{"resource-id":"lab","tag":"1"}}}`)
	s.Close()
	l.want("")
	s.Close()
}

// gate is a client that takes nothing until it is told to.
type gate struct {
	*httptest.ResponseRecorder
	asked, open chan struct{}
}

func (g *gate) Write(b []byte) (int, error) {
	g.asked <- struct{}{}
	<-g.open
	return g.ResponseRecorder.Write(b)
}

func TestSlowReaderGetsOneChangeForMany(t *testing.T) {
	s := newServer(t, Config{})
	g := &gate{httptest.NewRecorder(), make(chan struct{}), make(chan struct{})}
	r := httptest.NewRequest("POST", "/updates", strings.NewReader(`{"add":{"c":{"resource-id":"num-routingcost-map"}}}`))
	r.Header.Set("Content-Type", altoclient.MediaTypeUpdateStreamParams)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		s.ServeHTTP(g, r.WithContext(ctx))
	}()
	write := func() {
		<-g.asked
		g.open <- struct{}{}
	}
	change := func(cost int) {
		republish(t, s, networkDoc, strings.Replace(costsDoc, "0.1", fmt.Sprint(cost), 1))
	}
	write() // the whole map
	change(1)
	<-g.asked
	for cost := 2; cost <= 20; cost++ {
		change(cost)
	}
	g.open <- struct{}{}
	write()
	cancel()
	<-done
	body := g.Body.String()
	if n := strings.Count(body, "event: "+mergeOf+"c"); n != 2 || !strings.Contains(body, `"a":{"b":1}`) || !strings.Contains(body, `"a":{"b":20}`) {
		t.Errorf("%d changes: %s", n, body)
	}
}

func TestReaderThatTakesNothingIsLetGo(t *testing.T) {
	s, url := served(t, Config{Stall: 50 * time.Millisecond, KeepAlive: 10 * time.Millisecond})
	conn, err := net.Dial("tcp", strings.TrimPrefix(url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := conn.(*net.TCPConn).SetReadBuffer(4096); err != nil {
		t.Fatal(err)
	}
	body := `{"add":{"net":{"resource-id":"lab"}}}`
	fmt.Fprintf(conn, "POST /updates HTTP/1.1\r\nHost: x\r\n%s\r\nContent-Length: %d\r\n\r\n%s", streamParams, len(body), body)
	streams := func() int {
		s.hub.mu.Lock()
		defer s.hub.mu.Unlock()
		return len(s.hub.streams)
	}
	for deadline := time.Now().Add(5 * time.Second); streams() != 1; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("no stream")
		}
	}
	// A few times this are more than the sockets hold.
	var pids bytes.Buffer
	for i := range 20_000 {
		fmt.Fprintf(&pids, `"pid-%d":{"ipv4":["10.%d.%d.%d/32"]},`, i, i>>16, i>>8&255, i&255)
	}
	large, err := NewContent(fmt.Appendf(nil, `{"meta":{"vtag":{"resource-id":"lab","tag":"2"}},"network-map":{%s"w":{"ipv4":["0.0.0.0/0"]}}}`, pids.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	small := s.content.Load()
	for deadline, n := time.Now().Add(10*time.Second), 0; streams() != 0; n++ {
		if time.Now().After(deadline) {
			t.Fatal("the stream is still there")
		}
		s.Publish([]*Content{large, small}[n%2])
		time.Sleep(time.Millisecond)
	}
}

func randomValue(r *rand.Rand, depth int) any {
	switch n := r.IntN(5); {
	case depth > 0 && n < 3:
		object := map[string]any{}
		for range r.IntN(4) {
			object[string(rune('a'+r.IntN(4)))] = randomValue(r, depth-1)
		}
		return object
	case n == 3:
		return []any{float64(r.IntN(3)), nil}
	}
	return float64(r.IntN(4))
}

func sameJSON(t *testing.T, a, b []byte) bool {
	t.Helper()
	var x, y any
	if err := errors.Join(json.Unmarshal(a, &x), json.Unmarshal(b, &y)); err != nil {
		t.Fatal(err)
	}
	return reflect.DeepEqual(x, y)
}

func TestDiffsAreUndoneByMerging(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 1000 {
		old, _ := json.Marshal(map[string]any{"x": randomValue(r, 3)})
		now, _ := json.Marshal(map[string]any{"x": randomValue(r, 3), "y": 1})
		patch, ok := diffDocuments(old, now)
		if !ok {
			t.Fatalf("no patch from %s to %s", old, now)
		}
		got, err := jsonpatch.MergePatch(old, patch)
		if err != nil || !sameJSON(t, got, now) {
			t.Fatalf("%s with %s is %s, %v, want %s", old, patch, got, err, now)
		}
	}
	if _, ok := diffDocuments([]byte(`{}`), []byte(`{"a":{"b":null}}`)); ok {
		t.Error("a merge patch defined something as null")
	}
}

func TestCostDiffsAreUndoneByMerging(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	content := func() *Content {
		groups, rows := map[string]any{}, map[string]any{}
		var pids []string
		for _, pid := range []string{"a", "b", "c", "d", "e"} {
			if r.IntN(4) > 0 {
				pids = append(pids, pid)
				groups[pid] = map[string]any{}
			}
		}
		for _, src := range pids {
			row := map[string]any{src: 1}
			for _, dst := range pids {
				if r.IntN(3) > 0 {
					row[dst] = r.IntN(5)
				}
			}
			rows[src] = row
		}
		meta := map[string]any{"vtag": map[string]any{"resource-id": "lab", "tag": fmt.Sprint(r.Uint32())}}
		network, _ := json.Marshal(map[string]any{"meta": meta, "network-map": groups})
		costs, _ := json.Marshal(map[string]any{"meta": map[string]any{"cost-type": map[string]any{"cost-mode": "numerical", "cost-metric": "routingcost"}}, "cost-map": rows})
		c, err := NewContent(network, costs)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	for range 500 {
		from, to := content(), content()
		r, _ := to.resource(subject{id: "num-routingcost-map"})
		old, _ := from.resource(subject{id: "num-routingcost-map"})
		patch, ok := diffCostMaps(old, r)
		if !ok {
			t.Fatal("no patch")
		}
		got, err := jsonpatch.MergePatch(old.body, patch)
		if err != nil {
			t.Fatal(err)
		}
		if !sameJSON(t, got, r.body) {
			t.Fatalf("%s with %s is %s, want %s", old.body, patch, got, r.body)
		}
	}
}

package altoclient_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/go-json-experiment/json"

	"github.com/altracker/altracker/altoclient"
)

// pusher is a server of a network map and of one resource of costs that wants to
// be asked, whose updates are scripted: it sends what the test pushes, byte for
// byte, over update streams and in TIPS views.
type pusher struct {
	t     *testing.T
	input string // what must be asked of the costs

	mu      sync.Mutex // guards what follows
	log     []pushed
	whole   map[string]string // by id: what is fetched, and what streams and views begin with
	views   []openView
	changed chan struct{}
}

// pushed is one version of a resource.
type pushed struct{ id, mediaType, body string }

// openView is a TIPS view: its first version, and where in the log the next ones
// may be.
type openView struct {
	first pushed
	since int
}

var wholeType = map[string]string{pushedNetwork: altoclient.MediaTypeNetworkMap, pushedCosts: altoclient.MediaTypeCostMap}

const (
	pushedNetwork = "net"
	pushedCosts   = "multi"
)

const pusherDirectory = `{"meta":{"default-alto-network-map":"net","cost-types":{
	"rc":{"cost-metric":"routingcost","cost-mode":"numerical"},"ow":{"cost-metric":"delay-ow","cost-mode":"numerical"}}},"resources":{
	"net":{"uri":"/net","media-type":"application/alto-networkmap+json"},
	"multi":{"uri":"/multi","media-type":"application/alto-costmap+json","accepts":"application/alto-costmapfilter+json","uses":["net"],
		"capabilities":{"max-cost-types":2,"cost-type-names":["rc","ow"],
		"calendar-attributes":[{"cost-type-names":["ow"],"time-interval-size":3600,"number-of-intervals":3}]}},
	"sse":{"uri":"/updates","media-type":"text/event-stream","accepts":"application/alto-updatestreamparams+json","uses":["net","multi"],
		"capabilities":{"incremental-change-media-types":{"multi":"application/merge-patch+json,application/json-patch+json"}}},
	"tips":{"uri":"/tips","media-type":"application/alto-tips+json","accepts":"application/alto-tipsparams+json","uses":["net","multi"],
		"capabilities":{"incremental-change-media-types":{"multi":"application/merge-patch+json,application/json-patch+json"}}}}}`

func newPusher(t *testing.T, input, network, costs string) *pusher {
	t.Helper()
	return &pusher{t: t, input: input, changed: make(chan struct{}), whole: map[string]string{pushedNetwork: network, pushedCosts: costs}}
}

// push has everybody receive another version.
func (p *pusher) push(id, mediaType, body string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.log = append(p.log, pushed{id, mediaType, body})
	close(p.changed)
	p.changed = make(chan struct{})
}

// serves sets what is fetched, and begun with, from now on.
func (p *pusher) serves(id, body string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.whole[id] = body
}

func (p *pusher) state() ([]pushed, <-chan struct{}) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.log, p.changed
}

func (p *pusher) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	switch path := r.URL.Path; {
	case path == "/directory":
		p.send(w, altoclient.MediaTypeDirectory, pusherDirectory)
	case path == "/net":
		p.fetch(w, pushedNetwork)
	case path == "/multi":
		p.want(string(body))
		p.fetch(w, pushedCosts)
	case path == "/updates":
		p.stream(w, r, body)
	case path == "/tips":
		p.view(w, body)
	case strings.HasPrefix(path, "/view/") && r.Method == http.MethodGet:
		p.edge(w, r)
	case strings.HasPrefix(path, "/view/"):
		p.next(w, strings.Split(path, "/")[2], body)
	default:
		http.NotFound(w, r)
	}
}

func (p *pusher) send(w http.ResponseWriter, mediaType, body string) {
	w.Header().Set("Content-Type", mediaType)
	w.Header().Set("Cache-Control", "max-age=3600")
	_, _ = io.WriteString(w, body)
}

func (p *pusher) fetch(w http.ResponseWriter, id string) {
	first, _ := p.begin(id)
	p.send(w, first.mediaType, first.body)
}

// begin returns the whole document, and where in the log it is.
func (p *pusher) begin(id string) (pushed, int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return pushed{id, wholeType[id], p.whole[id]}, len(p.log)
}

func (p *pusher) want(input string) {
	if input != p.input {
		p.t.Errorf("the costs are asked for by %s, want %s", input, p.input)
	}
}

// stream sends both documents, and what comes after them (RFC 8895).
func (p *pusher) stream(w http.ResponseWriter, r *http.Request, body []byte) {
	var params altoclient.UpdateStreamParams
	if err := json.Unmarshal(body, &params); err != nil {
		p.t.Error(err)
	}
	ids := make(map[string]string)
	for id, add := range params.Add {
		ids[add.ResourceID] = id
		if add.ResourceID == pushedCosts {
			p.want(string(add.Input))
			if add.Tag != "" {
				p.t.Errorf("tag %q of costs that are asked for", add.Tag)
			}
		} else if add.Input != nil {
			p.t.Errorf("input of the network map: %s", add.Input)
		}
	}
	w.Header().Set("Content-Type", altoclient.MediaTypeEventStream)
	_, _ = io.WriteString(w, "event: application/alto-updatestreamcontrol+json\ndata: {\"control-uri\":null}\n\n")
	event := func(u pushed) { _, _ = fmt.Fprintf(w, "event: %s,%s\ndata: %s\n\n", u.mediaType, ids[u.id], u.body) }
	network, _ := p.begin(pushedNetwork)
	costs, sent := p.begin(pushedCosts)
	event(network)
	event(costs)
	for {
		log, changed := p.state()
		for ; sent < len(log); sent++ {
			event(log[sent])
		}
		_ = http.NewResponseController(w).Flush()
		select {
		case <-changed:
		case <-r.Context().Done():
			return
		}
	}
}

// view opens a TIPS view (RFC 9569 section 6): its first edge is the first version.
func (p *pusher) view(w http.ResponseWriter, body []byte) {
	var params altoclient.TIPSParams
	if err := json.Unmarshal(body, &params); err != nil {
		p.t.Error(err)
	}
	if params.ResourceID == pushedCosts {
		p.want(string(params.Input))
	}
	first, since := p.begin(params.ResourceID)
	p.mu.Lock()
	p.views = append(p.views, openView{first, since})
	id := strconv.Itoa(len(p.views) - 1)
	p.mu.Unlock()
	p.send(w, altoclient.MediaTypeTIPS, fmt.Sprintf(`{"tips-view-uri":"http://host/view/%s",%s`, id, p.summary(id)[1:]))
}

// versions returns all that a view has.
func (p *pusher) versions(view string) ([]pushed, <-chan struct{}) {
	i, _ := strconv.Atoi(view)
	p.mu.Lock()
	defer p.mu.Unlock()
	v := p.views[i]
	list := []pushed{v.first}
	for _, u := range p.log[v.since:] {
		if u.id == v.first.id {
			list = append(list, u)
		}
	}
	return list, p.changed
}

// next recommends an edge: the question must not be asked again (RFC 9569 section
// 7.4.1).
func (p *pusher) next(w http.ResponseWriter, view string, body []byte) {
	var params altoclient.TIPSParams
	if err := json.Unmarshal(body, &params); err != nil || params.Input != nil {
		p.t.Errorf("next edge: %s, %v", body, err)
	}
	p.send(w, altoclient.MediaTypeMergePatch, p.summary(view))
}

func (p *pusher) summary(view string) string {
	list, _ := p.versions(view)
	return fmt.Sprintf(`{"tips-view-summary":{"updates-graph-summary":{"start-seq":1,"end-seq":%d,"start-edge-rec":{"seq-i":0,"seq-j":1}}}}`, len(list))
}

func (p *pusher) edge(w http.ResponseWriter, r *http.Request) {
	parts := strings.Split(r.URL.Path, "/") // view/ID/ug/I/J
	to, _ := strconv.Atoi(parts[len(parts)-1])
	for {
		list, changed := p.versions(parts[2])
		if to <= len(list) {
			p.send(w, list[to-1].mediaType, list[to-1].body)
			return
		}
		select {
		case <-changed:
		case <-r.Context().Done():
			return
		}
	}
}

// inMemory is a transport to a server that needs no network, so that time can be
// that of a synctest bubble.
type inMemory struct{ http.Handler }

func (m inMemory) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body == nil {
		r.Body = http.NoBody
	}
	body, end := io.Pipe()
	answer := &memoryAnswer{header: make(http.Header), begun: make(chan int, 1), body: end}
	go func() {
		m.ServeHTTP(answer, r)
		answer.WriteHeader(http.StatusOK)
		_ = end.Close()
	}()
	select {
	case status := <-answer.begun:
		stop := context.AfterFunc(r.Context(), func() { _ = body.CloseWithError(r.Context().Err()) })
		return &http.Response{
			StatusCode: status, Header: answer.sent, Request: r, ContentLength: -1,
			Body: &memoryBody{body, stop},
		}, nil
	case <-r.Context().Done():
		_ = body.CloseWithError(r.Context().Err())
		return nil, r.Context().Err()
	}
}

// memoryBody is the end of the pipe that the client reads from.
type memoryBody struct {
	*io.PipeReader
	stop func() bool
}

func (b *memoryBody) Close() error {
	b.stop()
	return b.PipeReader.Close()
}

type memoryAnswer struct {
	header, sent http.Header
	once         sync.Once
	begun        chan int
	body         *io.PipeWriter
}

func (a *memoryAnswer) Header() http.Header { return a.header }

func (a *memoryAnswer) WriteHeader(status int) {
	a.once.Do(func() {
		a.sent = a.header.Clone()
		a.begun <- status
	})
}

func (a *memoryAnswer) Write(b []byte) (int, error) {
	a.WriteHeader(http.StatusOK)
	return a.body.Write(b)
}

func (a *memoryAnswer) Flush() { a.WriteHeader(http.StatusOK) }

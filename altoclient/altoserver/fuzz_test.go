package altoserver

import (
	"bytes"
	"context"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/altracker/altracker/altoclient"
)

// newFuzzServer has all kinds of maps.
func newFuzzServer(f *testing.F) *Server {
	f.Helper()
	calendar := hourly(time.Date(2026, 1, 5, 0, 0, 0, 0, time.UTC), `,"repeated":2`)
	return New(withProperties(f, contentOf(f, networkDoc, costsDoc, ranksDoc, calendar), labProperties), Config{MaxPairs: 1000})
}

// wantAnswer wants an answer that parses, or an error document that does.
func wantAnswer(t *testing.T, r *http.Response, parse func(*http.Response) error) {
	t.Helper()
	switch r.StatusCode {
	case http.StatusOK:
		if err := parse(r); err != nil {
			t.Error(err)
		}
	case http.StatusRequestEntityTooLarge:
	default:
		doc, err := altoclient.ParseErrorDocument(r.Body)
		if err != nil || r.StatusCode != http.StatusBadRequest || !strings.HasPrefix(doc.Code, "E_") {
			t.Errorf("%s, %v, %v", r.Status, doc, err)
		}
	}
}

func FuzzNetworkMapFilter(f *testing.F) {
	s := newFuzzServer(f)
	f.Fuzz(func(t *testing.T, body string) {
		r := ask(s, "POST", "/networkmap/filtered", body, "Content-Type: "+altoclient.MediaTypeNetworkMapFilter)
		wantAnswer(t, r, func(r *http.Response) error {
			m, err := altoclient.ParseNetworkMap(r.Body, altoclient.Limits{})
			if err == nil && m.PIDs() > 3 {
				t.Errorf("%d PIDs of three", m.PIDs())
			}
			return err
		})
	})
}

func FuzzCostMapFilter(f *testing.F) {
	s := newFuzzServer(f)
	f.Fuzz(func(t *testing.T, body string) {
		for _, path := range []string{pathCostMaps, "/costmap/num/routingcost", atDelay} {
			r := ask(s, "POST", path+pathFiltered, body, costFilter)
			wantAnswer(t, r, func(r *http.Response) error {
				m, err := altoclient.ParseMultiCostMap(r.Body, nil, costNames, altoclient.Limits{})
				if err == nil {
					wantCostsOf(t, s, m, func(name string) uint32 { return s.content.Load().sets[0].pids[name] })
				}
				return err
			})
		}
	})
}

func FuzzEndpointCosts(f *testing.F) {
	s := newFuzzServer(f)
	f.Fuzz(func(t *testing.T, body string) {
		r := ask(s, "POST", pathEndpointCosts, body, "Content-Type: "+altoclient.MediaTypeEndpointCostsParams)
		wantAnswer(t, r, func(r *http.Response) error {
			m, err := altoclient.ParseMultiEndpointCosts(r.Body, costNames, altoclient.Limits{})
			if err == nil {
				wantCostsOf(t, s, m, func(name string) uint32 {
					addr, _ := altoclient.ParseEndpoint(name)
					return s.content.Load().sets[0].network.PID(addr)
				})
			}
			return err
		})
	})
}

var costNames = map[string]altoclient.CostType{"num-delay-ow": {Metric: "delay-ow", Mode: altoclient.Numerical}}

// wantCostsOf wants each cost of an answer to be the one of the map that it comes
// from, in each slot.
func wantCostsOf(t *testing.T, s *Server, m *altoclient.MultiCostMap, pid func(name string) uint32) {
	t.Helper()
	for _, column := range m.Columns() {
		k, ok := s.content.Load().sets[0].cost(column.Type)
		if !ok {
			continue // ranks, which are the answer's own
		}
		slots := k.Slots
		if column.Calendar.Intervals == 0 {
			slots = []*altoclient.CostMap{k.now()}
		}
		for slot, costs := range column.Slots {
			for src := range uint32(m.PIDs() + 1) {
				for dst := range uint32(m.PIDs() + 1) {
					got, want := costs.Cost(src, dst), slots[slot].Cost(pid(m.Name(src)), pid(m.Name(dst)))
					if got == got && got != want {
						t.Errorf("%v from %s to %s is %v, want %v", column.Type, m.Name(src), m.Name(dst), got, want)
					}
				}
			}
		}
	}
}

func FuzzEndpointProperties(f *testing.F) {
	s := newFuzzServer(f)
	f.Fuzz(func(t *testing.T, body string) {
		r := ask(s, "POST", pathEndpointProperties, body, "Content-Type: "+altoclient.MediaTypeEndpointPropertiesParams)
		wantAnswer(t, r, func(r *http.Response) error {
			_, err := altoclient.ParseEndpointProperties(r.Body, altoclient.Limits{})
			return err
		})
	})
}

func FuzzPropertyMapFilter(f *testing.F) {
	s := newFuzzServer(f)
	f.Fuzz(func(t *testing.T, body string) {
		for path, whole := range map[string]*altoclient.PropertyMap{
			"/propmap/property-map": s.content.Load().properties[0].parsed,
			"/propmap":              s.content.Load().pids,
		} {
			r := ask(s, "POST", path+pathFiltered, body, propertyFilter)
			wantAnswer(t, r, func(r *http.Response) error {
				m, err := altoclient.ParsePropertyMap(r.Body, altoclient.Limits{})
				if err != nil {
					return err
				}
				for domain, properties := range m.Mappings() {
					for _, property := range properties {
						if !slices.Contains(whole.Mappings()[domain], property) {
							t.Errorf("%s of %s, which the whole map does not have", property, domain)
						}
					}
				}
				return nil
			})
		}
	})
}

func FuzzUpdateStream(f *testing.F) {
	s := newFuzzServer(f)
	gone, cancel := context.WithCancel(context.Background())
	cancel()
	f.Fuzz(func(t *testing.T, open, control string) {
		r := httptest.NewRequest("POST", pathUpdates, strings.NewReader(open))
		r.Header.Set("Content-Type", altoclient.MediaTypeUpdateStreamParams)
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r.WithContext(gone))
		wantAnswer(t, w.Result(), func(r *http.Response) error {
			if got := text(t, r); !strings.HasPrefix(got, "event: "+altoclient.MediaTypeUpdateStreamControl+"\n") {
				t.Errorf("the first event is %.100s", got)
			}
			return nil
		})
		if len(s.hub.streams) != 0 {
			t.Errorf("%d streams are open", len(s.hub.streams))
		}

		st := &stream{active: make(map[string]*substream), used: make(map[string]bool)}
		id, _ := s.hub.enter(st, 1)
		defer s.hub.leave(id)
		answer := ask(s, "POST", pathStreams+"/"+id, control, streamParams)
		if answer.StatusCode != http.StatusAccepted {
			wantAnswer(t, answer, func(*http.Response) error { t.Error("status 200"); return nil })
		}
		active, _, _ := st.take(s.latest())
		if slices.ContainsFunc(active, func(sub *substream) bool { return !idPattern.MatchString(sub.id) }) {
			t.Errorf("substreams %+v", active)
		}
	})
}

func FuzzTIPS(f *testing.F) {
	s := newFuzzServer(f)
	f.Fuzz(func(t *testing.T, body string) {
		view := s.hub.view(s.latest(), s.latest().resources()[0])
		for _, path := range []string{pathTIPS, pathTIPS + "/" + view.id + "/ug"} {
			wantAnswer(t, ask(s, "POST", path, body, tipsParams), func(r *http.Response) error {
				_, err := altoclient.ParseTIPSView(r.Body)
				return err
			})
		}
		if len(s.hub.views) > len(s.latest().resources()) {
			t.Errorf("%d views", len(s.hub.views))
		}
	})
}

func FuzzParseTest(f *testing.F) {
	f.Fuzz(func(t *testing.T, text string) {
		c, err := altoclient.ParseConstraint(text)
		plain, err2 := parseTest(text, false)
		indexed, err3 := parseTest(text, true)
		if (err == nil) != (err2 == nil) || err == nil && (plain.Constraint != c && c.Value == c.Value || plain.index != 0) {
			t.Errorf("%q is %v, %v; a plain constraint %+v, %v", text, c, err, plain, err2)
		}
		if err2 == nil && err3 != nil {
			t.Errorf("%q passes without indexes: %v", text, err3)
		}
		if err3 == nil && indexed.index < 0 {
			t.Errorf("%q has the index %d", text, indexed.index)
		}
	})
}

// FuzzContent reads map files. What passes is served, and understood.
func FuzzContent(f *testing.F) {
	f.Fuzz(func(t *testing.T, network, costs, properties []byte) {
		content, err := NewContent(network, costs)
		if err != nil {
			return
		}
		if more, err := content.WithProperties(properties); err == nil {
			content = more
		}
		for path, p := range content.pages {
			var err error
			switch p.mediaType {
			case altoclient.MediaTypeNetworkMap:
				_, err = altoclient.ParseNetworkMap(bytes.NewReader(p.body), altoclient.Limits{})
			case altoclient.MediaTypeCostMap:
				_, err = altoclient.ParseCostMap(bytes.NewReader(p.body), content.sets[0].network, altoclient.Limits{})
			case altoclient.MediaTypePropertyMap:
				_, err = altoclient.ParsePropertyMap(bytes.NewReader(p.body), altoclient.Limits{})
			}
			if err != nil {
				t.Errorf("%s: %v", path, err)
			}
		}
		s := New(content, Config{})
		wantAnswer(t, ask(s, "POST", "/propmap/filtered", `{"entities":[]}`, propertyFilter), func(r *http.Response) error {
			_, err := altoclient.ParsePropertyMap(r.Body, altoclient.Limits{})
			return err
		})
	})
}

package altoserver

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/altracker/altracker/altoclient"
)

// hourly is a calendar of three hours that begins at start: from a to b 10, 20 and
// undefined, to itself 1 all the time, to the world nothing at all.
func hourly(start time.Time, more string) string {
	return `{"meta":{"cost-type":{"cost-mode":"numerical","cost-metric":"delay-ow"},"calendar-response-attributes":[{
		"calendar-start-time":"` + start.UTC().Format(http.TimeFormat) + `","time-interval-size":3600,"number-of-intervals":3` + more + `}]},
		"cost-map":{"a":{"a":[1,1,1],"b":[10,20,null],"world":[null,null,null]}}}`
}

const (
	delayType = `{"cost-mode":"numerical","cost-metric":"delay-ow"}`
	delayHead = `{"meta":{"dependent-vtags":[{"resource-id":"lab","tag":"1"}],"cost-type":` + delayType
	atDelay   = "/costmap/num/delay-ow"
)

func TestServerGivesCalendarsToWhoAsks(t *testing.T) {
	start := time.Date(2026, 1, 5, 0, 0, 0, 0, time.UTC)
	s := New(contentOf(t, networkDoc, costsDoc, hourly(start, `,"repeated":7`)), Config{})
	attributes := func(names string) string {
		return `"calendar-response-attributes":[{` + names + `"calendar-start-time":"Mon, 05 Jan 2026 00:00:00 GMT","time-interval-size":3600,"number-of-intervals":3,"repeated":7}]`
	}
	for _, tt := range []struct{ name, path, body, want string }{
		{"one type", atDelay + "/filtered", `{"cost-type":` + delayType + `,"calendared":[true]}`,
			delayHead + `,` + attributes("") + `},"cost-map":{"a":{"a":[1,1,1],"b":[10,20,null]}}}`},
		{"who says no", atDelay + "/filtered", `{"cost-type":` + delayType + `,"calendared":[false],"pids":{"srcs":["a"],"dsts":["a"]}}`,
			delayHead + `},"cost-map":{"a":{"a":1}}}`},
		{"who says nothing", atDelay + "/filtered", `{"cost-type":` + delayType + `,"pids":{"srcs":["a"],"dsts":["a"]}}`,
			delayHead + `},"cost-map":{"a":{"a":1}}}`},
		{"several types, one of which has none", pathCostMaps + "/filtered", `{"multi-cost-types":` + typed("num-routingcost", "num-delay-ow") + `,"calendared":[true,true]}`,
			`{"meta":{"dependent-vtags":[{"resource-id":"lab","tag":"1"}],"cost-type":{},"multi-cost-types":` + typed("num-routingcost", "num-delay-ow") +
				`,` + attributes(`"cost-type-names":["num-delay-ow"],`) + `},"cost-map":{"a":{"a":[1,[1,1,1]],"b":[0.1,[10,20,null]],"world":[9,null]},"b":{"a":[5,null],"b":[1,null]}}}`},
		{"a constraint on the other type", pathCostMaps + "/filtered", `{"multi-cost-types":` + typed("num-delay-ow", "num-routingcost") + `,"calendared":[true,false],"constraints":["[1] lt 1"]}`,
			`{"meta":{"dependent-vtags":[{"resource-id":"lab","tag":"1"}],"cost-type":{},"multi-cost-types":` + typed("num-delay-ow", "num-routingcost") +
				`,` + attributes(`"cost-type-names":["num-delay-ow"],`) + `},"cost-map":{"a":{"b":[[10,20,null],0.1]}}}`},
	} {
		r := ask(s, "POST", tt.path, tt.body, costFilter)
		if got := text(t, r); r.StatusCode != http.StatusOK || got != tt.want {
			t.Errorf("%s: %s %s\nwant %s", tt.name, r.Status, got, tt.want)
		}
	}
	r := ask(s, "POST", "/endpointcost", `{"cost-type":`+delayType+`,"calendared":[true],"endpoints":{"srcs":["ipv4:10.1.0.1"],"dsts":["ipv4:10.2.0.1"]}}`,
		"Content-Type: "+altoclient.MediaTypeEndpointCostsParams)
	want := `{"meta":{"cost-type":` + delayType + `,` + attributes("") + `},"endpoint-cost-map":{"ipv4:10.1.0.1":{"ipv4:10.2.0.1":[10,20,null]}}}`
	if got := text(t, r); got != want {
		t.Errorf("endpoints: %s %s\nwant %s", r.Status, got, want)
	}
	for _, tt := range []struct{ name, body, want string }{
		{"too few", `{"multi-cost-types":` + typed("num-routingcost", "num-delay-ow") + `,"calendared":[true]}`, "E_INVALID_FIELD_VALUE, field calendared, value [true]"},
		{"none", `{"cost-type":` + delayType + `,"calendared":[]}`, "E_INVALID_FIELD_VALUE, field calendared, value []"},
		{"no list", `{"cost-type":` + delayType + `,"calendared":true}`, "E_INVALID_FIELD_TYPE, field calendared"},
		{"a number", `{"cost-type":` + delayType + `,"calendared":[1]}`, "E_INVALID_FIELD_VALUE, field calendared, value 1"},
		{"a test of it", `{"cost-type":` + delayType + `,"calendared":[true],"constraints":["ge 1"]}`, "E_INVALID_FIELD_VALUE, field constraints, value ge 1"},
		{"a test of it among others", `{"multi-cost-types":` + typed("num-routingcost", "num-delay-ow") + `,"calendared":[false,true],"or-constraints":[["ge 1","[1] ge 1"]]}`,
			"E_INVALID_FIELD_VALUE, field or-constraints, value [1] ge 1"},
	} {
		wantFault(t, tt.name, ask(s, "POST", pathCostMaps+"/filtered", tt.body, costFilter), tt.want)
	}
}

func TestDirectoryAnnouncesCalendars(t *testing.T) {
	start := time.Date(2026, 1, 5, 0, 0, 0, 0, time.UTC)
	client, dir := visit(t, contentOf(t, networkDoc, costsDoc, hourly(start, "")))
	delay := altoclient.CostType{Metric: "delay-ow", Mode: altoclient.Numerical}
	want := altoclient.CalendarOffer{CostType: delay, Interval: time.Hour, Intervals: 3}
	for _, id := range []string{"num-delay-ow-map-filtered", "multi-cost-map-filtered", "endpoint-cost"} {
		r, _ := dir.Resource(id)
		if got, ok := r.Calendar(delay); !ok || got != want || len(r.Calendars) != 1 {
			t.Errorf("%s offers %+v", id, r.Calendars)
		}
	}
	for _, id := range []string{"num-delay-ow-map", "num-routingcost-map-filtered"} {
		if r, _ := dir.Resource(id); len(r.Calendars) > 0 {
			t.Errorf("%s offers %+v", id, r.Calendars)
		}
	}
	r, ok := dir.CostCalendar("lab", delay)
	if !ok {
		t.Fatal("no calendar")
	}
	m, err := client.MultiCostMap(t.Context(), r, altoclient.MultiCostFilter{CostTypes: []altoclient.CostType{delay}, Calendared: []bool{true}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	c, _ := m.Column(delay)
	if got := c.At(start.Add(90*time.Minute)).Cost(m.Number("a"), m.Number("b")); got != 20 || c.Calendar.Intervals != 3 {
		t.Errorf("in the second hour %v, calendar %+v", got, c.Calendar)
	}
}

// singleCosts asks for the full map: what holds now.
func singleCosts(t *testing.T, s *Server) (doc, etag string, maxAge int) {
	t.Helper()
	r := ask(s, "GET", atDelay, "")
	age, err := strconv.Atoi(strings.TrimPrefix(r.Header.Get("Cache-Control"), "max-age="))
	if err != nil {
		t.Fatal(err)
	}
	_, doc, _ = strings.Cut(text(t, r), `"cost-map":`)
	return doc, r.Header.Get("ETag"), age
}

func TestFullMapGoesWithTheCalendar(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now().Add(time.Hour)
		s := New(contentOf(t, networkDoc, costsDoc, hourly(start, `,"repeated":2`)), Config{MaxAge: time.Hour * 24})
		last, etags := "", make(map[string]string)
		for _, tt := range []struct {
			after  time.Duration
			want   string
			maxAge time.Duration
		}{
			{0, `{"a":{"a":1,"b":10}}}`, 2 * time.Hour}, // it has not begun
			{time.Hour + 15*time.Minute, `{"a":{"a":1,"b":10}}}`, 45 * time.Minute},
			{2 * time.Hour, `{"a":{"a":1,"b":20}}}`, time.Hour},
			{3*time.Hour + time.Second, `{"a":{"a":1}}}`, time.Hour - time.Second},
			{4 * time.Hour, `{"a":{"a":1,"b":10}}}`, time.Hour}, // again
			{6 * time.Hour, `{"a":{"a":1}}}`, 24 * time.Hour},   // the last slot of all
			{60 * time.Hour, `{"a":{"a":1}}}`, 24 * time.Hour},  // it is over
		} {
			time.Sleep(time.Until(start.Add(tt.after - time.Hour)))
			doc, etag, age := singleCosts(t, s)
			if doc != tt.want || age != int(tt.maxAge/time.Second) {
				t.Errorf("after %v: %s, max-age %d; want %s, %v", tt.after, doc, age, tt.want, tt.maxAge)
			}
			if known, ok := etags[doc]; ok && known != etag || (doc == last) != (etag == etags[last]) {
				t.Errorf("after %v: ETag %s", tt.after, etag)
			}
			last, etags[doc] = doc, etag
			r := ask(s, "POST", atDelay+"/filtered", `{"cost-type":`+delayType+`}`, costFilter)
			if got := text(t, r); !strings.HasSuffix(got, tt.want) {
				t.Errorf("after %v the filtered map is %s", tt.after, got)
			}
			if r := ask(s, "GET", "/networkmap", ""); r.Header.Get("Cache-Control") != "max-age=86400" {
				t.Errorf("the network map has %s", r.Header.Get("Cache-Control"))
			}
		}
	})
}

// watched is a client whose answer can be looked at while it comes.
type watched struct {
	*httptest.ResponseRecorder
	mu sync.Mutex
}

func watch() *watched { return &watched{ResponseRecorder: httptest.NewRecorder()} }

func (w *watched) Write(b []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.ResponseRecorder.Write(b)
}

// sofar is what has come.
func (w *watched) sofar() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.Body.String()
}

// TestUpdatesGoWithTheCalendar has a stream and a long poll wait for the border.
func TestUpdatesGoWithTheCalendar(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		s := New(contentOf(t, networkDoc, costsDoc, hourly(start, "")), Config{KeepAlive: 100 * time.Hour})
		ctx, cancel := context.WithCancel(t.Context())
		stream, poll := watch(), watch()
		done := make(chan struct{}, 2)
		go func() {
			r := httptest.NewRequest("POST", "/updates", strings.NewReader(`{"add":{"d":{"resource-id":"num-delay-ow-map"}}}`))
			r.Header.Set("Content-Type", altoclient.MediaTypeUpdateStreamParams)
			s.ServeHTTP(stream, r.WithContext(ctx))
			done <- struct{}{}
		}()
		_, at := openTIPS(t, s, `{"resource-id":"num-delay-ow-map"}`)
		go func() {
			s.ServeHTTP(poll, httptest.NewRequest("GET", at+"/1/2", nil).WithContext(ctx))
			done <- struct{}{}
		}()
		time.Sleep(time.Hour - time.Second)
		synctest.Wait()
		if poll.sofar() != "" || strings.Contains(stream.sofar(), altoclient.MediaTypeMergePatch) {
			t.Errorf("before the border: %s, %s", poll.sofar(), stream.sofar())
		}
		time.Sleep(time.Second)
		synctest.Wait()
		const change = `"cost-map":{"a":{"b":20}}`
		if !strings.Contains(poll.sofar(), change) || !strings.Contains(stream.sofar(), change) {
			t.Errorf("after the border: %s, %s", poll.sofar(), stream.sofar())
		}
		time.Sleep(time.Hour)
		synctest.Wait()
		if !strings.Contains(stream.sofar(), `"cost-map":{"a":{"b":null}}`) {
			t.Errorf("after two hours: %s", stream.sofar())
		}
		cancel()
		<-done
		<-done
	})
}

func TestPublishedMapsReplaceACalendar(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		s := New(contentOf(t, networkDoc, costsDoc, hourly(start, "")), Config{})
		time.Sleep(time.Hour)
		s.Publish(contentOf(t, networkDoc, costsDoc, delayDoc))
		if doc, _, _ := singleCosts(t, s); !strings.Contains(doc, `"b":200`) {
			t.Errorf("costs are %s", doc)
		}
	})
}

func TestShortSlotsHoldForASecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := New(contentOf(t, networkDoc, strings.Replace(hourly(time.Now(), `,"repeated":1000`), "3600", "0.1", 1)), Config{})
		first := s.latest()
		time.Sleep(500 * time.Millisecond)
		if s.latest() != first {
			t.Error("another Content after half a second")
		}
		time.Sleep(500 * time.Millisecond)
		if s.latest() == first {
			t.Error("the same Content after a second")
		}
	})
}

func TestContentRefusesCalendars(t *testing.T) {
	good := hourly(time.Unix(0, 0), "")
	two := `{"meta":{"multi-cost-types":` + typed("num-delay-ow", "num-hopcount") + `,"calendar-response-attributes":[
		{"cost-type-names":["num-delay-ow"],"calendar-start-time":"Thu, 01 Jan 1970 00:00:00 GMT","time-interval-size":60,"number-of-intervals":2},
		{"cost-type-names":["num-hopcount"],"calendar-start-time":"Thu, 01 Jan 1970 00:00:00 GMT","time-interval-size":3600,"number-of-intervals":1}]},
		"cost-map":{"a":{"b":[[1,2],[3]]}}}`
	contentOf(t, networkDoc, two)
	for _, tt := range []struct{ name, doc, text string }{
		{"too few values", strings.Replace(good, "[1,1,1]", "[1,1]", 1), "/cost-map/a/a/1"},
		{"single values", strings.Replace(good, "[1,1,1]", "1", 1), "/cost-map/a/a"},
		{"no start", strings.Replace(good, "calendar-start-time", "start", 1), "calendar-start-time"},
		{"unknown PIDs", strings.Replace(good, `"world"`, `"moon"`, 1), "does not have"},
		{"names of their own", strings.Replace(two, `["num-hopcount"]`, `["hops"]`, 1), `"hops" is not known`},
		{"no list of cost types", `{"meta":{"multi-cost-types":{}},"cost-map":{}}`, "/meta/multi-cost-types"},
		{"a cost type twice", `{"meta":{"multi-cost-types":` + typed("num-hopcount", "num-hopcount") + `},"cost-map":{}}`, "twice"},
		{"a cost type that is there", `{"meta":{"multi-cost-types":` + typed("num-hopcount", "num-routingcost") + `},"cost-map":{}}`, "a second cost map of routingcost"},
	} {
		if _, err := NewContent([]byte(networkDoc), []byte(costsDoc), []byte(tt.doc)); err == nil || !strings.Contains(err.Error(), tt.text) {
			t.Errorf("%s: %v, want an error with %q", tt.name, err, tt.text)
		}
	}
}

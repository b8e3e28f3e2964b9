package altoclient_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/altracker/altracker/altoclient"
	"github.com/altracker/altracker/altoclient/altoserver"
	"github.com/altracker/altracker/altoclient/altotest"
)

var (
	routing = altoclient.CostType{Metric: altoclient.RoutingCost, Mode: altoclient.Numerical}
	delay   = altoclient.CostType{Metric: "delay-ow", Mode: altoclient.Numerical}

	twoWeights = []altoclient.CostWeight{{Type: routing, Weight: 3}, {Type: delay}}
)

// threeDocs are a network map and two cost maps, of routingcost and delay-ow.
func threeDocs(tag, pids string, cost, late int) (network []byte, costs [][]byte) {
	network, first := pairDocs(tag, pids, cost)
	_, second := pairDocs(tag, pids, late)
	second = []byte(strings.Replace(string(second), altoclient.RoutingCost, delay.Metric, 1))
	return network, [][]byte{first, second}
}

// combined is what the two costs of threeDocs from a to the world make together.
func combined(t *testing.T, tag, pids string, cost, late int) float32 {
	t.Helper()
	network, costs := threeDocs(tag, pids, cost, late)
	content, err := altoserver.NewContent(network, costs...)
	if err != nil {
		t.Fatal(err)
	}
	client := altoclient.NewClient(altoclient.Config{HTTP: &http.Client{Transport: inMemory{altoserver.New(content, altoserver.Config{})}}})
	m, err := client.NetworkMap(t.Context(), "http://host/networkmap")
	if err != nil {
		t.Fatal(err)
	}
	var columns []altoclient.CostColumn
	for _, metric := range []string{altoclient.RoutingCost, delay.Metric} {
		c, err := client.CostMap(t.Context(), "http://host/costmap/num/"+metric, m)
		if err != nil {
			t.Fatal(err)
		}
		columns = append(columns, altoclient.NewCostColumn(c))
	}
	plan, err := altoclient.NewCostPlan(twoWeights, columns...)
	if err != nil {
		t.Fatal(err)
	}
	at := func(addr string) uint32 { return m.PID(netip.MustParseAddr(addr)) }
	return plan.At(time.Now()).Cost(at("10.1.0.1"), at("192.0.2.1"))
}

func threeContent(t *testing.T, tag, pids string, cost, late int) *altoserver.Content {
	t.Helper()
	network, costs := threeDocs(tag, pids, cost, late)
	content, err := altoserver.NewContent(network, costs...)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

const pidB = `"b":{"ipv4":["10.2.0.0/16"]},`

func TestSourceFollowsSeveralCostTypes(t *testing.T) {
	for _, mode := range []altoclient.UpdateMode{altoclient.UpdatesSSE, altoclient.UpdatesTIPS} {
		t.Run(string(mode), func(t *testing.T) {
			t.Parallel()
			server := altoserver.New(threeContent(t, "1", pidA, 5, 50), altoserver.Config{MaxAge: time.Hour, KeepAlive: 20 * time.Millisecond})
			f := runSource(t, server, altoclient.SourceConfig{Updates: mode, Costs: twoWeights, Silence: time.Minute}, altoclient.Limits{})
			f.eventually(t, "following", f.by(mode))
			f.eventually(t, "first maps", f.has("1", combined(t, "1", pidA, 5, 50)))
			fetches := f.source.Status().Fetches
			for _, step := range []struct {
				name, tag, pids string
				cost, late      int
			}{
				{"one of the costs", "1", pidA, 6, 50},
				{"the other one", "1", pidA, 6, 70},
				{"both", "1", pidA, 9, 30},
				{"a new PID", "2", pidA + pidB, 9, 31},
				{"a PID gone", "3", pidA, 2, 31},
				{"another tag alone", "4", pidA, 2, 31},
			} {
				server.Publish(threeContent(t, step.tag, step.pids, step.cost, step.late))
				f.eventually(t, step.name, f.has(step.tag, combined(t, step.tag, step.pids, step.cost, step.late)))
			}
			if s := f.source.Status(); s.Fetches != fetches || s.Resyncs != 0 || s.UpdateError != "" || s.State != altoclient.StateOK {
				t.Errorf("%d fetches meanwhile; %+v", s.Fetches-fetches, s)
			}
		})
	}
}

// TestCombinationsAgreeInAllParts has readers that never stop looking while each
// change is one of the network map and of both cost maps.
func TestCombinationsAgreeInAllParts(t *testing.T) {
	const last = 40
	want := make(map[string]float32)
	for i := range last + 1 {
		tag := fmt.Sprint("v", i)
		want[tag] = combined(t, tag, pidA, i+2, 90-i)
	}
	for _, mode := range []altoclient.UpdateMode{altoclient.UpdatesSSE, altoclient.UpdatesTIPS} {
		t.Run(string(mode), func(t *testing.T) {
			t.Parallel()
			network, costs := threeDocs("v0", pidA, 2, 90)
			server, err := altotest.NewServer(network, costs...)
			if err != nil {
				t.Fatal(err)
			}
			f := runSource(t, server, altoclient.SourceConfig{Updates: mode, Costs: twoWeights, Silence: time.Minute}, altoclient.Limits{})
			f.eventually(t, "following", f.by(mode))
			stop, wrong := make(chan struct{}), make(chan string)
			go func() { wrong <- lookUntil(stop, f.source, want) }()
			for i := 1; i <= last; i++ {
				tag := fmt.Sprint("v", i)
				network, costs := threeDocs(tag, pidA, i+2, 90-i)
				if err := server.Publish(network, costs...); err != nil {
					t.Fatal(err)
				}
				if i%8 == 0 {
					f.eventually(t, tag, f.has(tag, want[tag]))
				}
			}
			close(stop)
			if text := <-wrong; text != "" {
				t.Error(text)
			}
			if s := f.source.Status(); s.Resyncs != 0 {
				t.Errorf("%+v", s)
			}
		})
	}
}

// lookUntil returns the first combination that is wrong for its version tag.
func lookUntil(stop <-chan struct{}, source *altoclient.Source, want map[string]float32) string {
	for {
		select {
		case <-stop:
			return ""
		default:
		}
		s := source.Current().(*altoclient.Snapshot)
		cost := s.Cost(s.PID(netip.MustParseAddr("10.1.0.1")), s.PID(netip.MustParseAddr("192.0.2.1")))
		if tag := s.VersionTag().Tag; cost != want[tag] || s.CostMap().NetworkMap() != s.VersionTag() {
			return fmt.Sprintf("%s costs %v, want %v", tag, cost, want[tag])
		}
	}
}

func TestStreamFaultsWithSeveralCostTypes(t *testing.T) {
	for _, fault := range altotest.StreamFaults() {
		t.Run(string(fault), func(t *testing.T) {
			t.Parallel()
			network, costs := threeDocs("1", pidA, 5, 50)
			server, err := altotest.NewServer(network, costs...)
			if err != nil {
				t.Fatal(err)
			}
			server.Break(altotest.UpdateStream, fault)
			f := runSource(t, server, altoclient.SourceConfig{Costs: twoWeights}, altoclient.Limits{Bytes: 1 << 20})
			f.eventually(t, "first maps", f.has("1", combined(t, "1", pidA, 5, 50)))
			network, costs = threeDocs("2", pidA+pidB, 6, 40)
			if err := server.Publish(network, costs...); err != nil {
				t.Fatal(err)
			}
			f.eventually(t, "new maps", f.has("2", combined(t, "2", pidA+pidB, 6, 40)))
			server.Mend()
			f.eventually(t, "following again", f.by(altoclient.UpdatesSSE))
		})
	}
}

// TestUpdatesMustCoverAllCostTypes has a server without updates of one of them.
func TestUpdatesMustCoverAllCostTypes(t *testing.T) {
	server := altoserver.New(threeContent(t, "1", pidA, 5, 50), altoserver.Config{MaxAge: -1})
	partial := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/directory" {
			server.ServeHTTP(w, r)
			return
		}
		plain := r.Clone(r.Context())
		plain.Header.Del("Accept-Encoding")
		whole := httptest.NewRecorder()
		server.ServeHTTP(whole, plain)
		w.Header().Set("Content-Type", altoclient.MediaTypeDirectory)
		// In uses only: what else has the ids is not as far to the right.
		text := strings.NewReplacer("\n    \"num-delay-ow-map", "\n    \"none", "\n    \"multi-cost-map", "\n    \"none").Replace(whole.Body.String())
		_, _ = w.Write([]byte(text))
	})
	f := runSource(t, partial, altoclient.SourceConfig{Costs: twoWeights, Floor: 5 * time.Millisecond}, altoclient.Limits{})
	f.eventually(t, "first maps", f.has("1", combined(t, "1", pidA, 5, 50)))
	server.Publish(threeContent(t, "2", pidA, 6, 60))
	f.eventually(t, "polled maps", f.has("2", combined(t, "2", pidA, 6, 60)))
	if s := f.source.Status(); s.Updates != altoclient.UpdatesPoll || s.Applied != 0 {
		t.Errorf("%+v", s)
	}
}

// runPushed runs a source of a pusher in the time of a bubble, until the returned
// function is called.
func runPushed(t *testing.T, p *pusher, config altoclient.SourceConfig) (*altoclient.Source, func()) {
	t.Helper()
	client := altoclient.NewClient(altoclient.Config{HTTP: &http.Client{Transport: inMemory{p}}})
	config.Name, config.Directory, config.Client = "pushed", "http://host/directory", client
	source, err := altoclient.NewSource(config)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- source.Run(ctx) }()
	synctest.Wait()
	return source, func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
		synctest.Wait()
	}
}

func pushedDoc(id, tag, meta, member, value string) string {
	return fmt.Sprintf(`{"meta":{%s"vtag":{"resource-id":%q,"tag":%q}},%q:%s}`, meta, id, tag, member, value)
}

func multiMeta(network, extra string) string {
	return `"dependent-vtags":[{"resource-id":"net","tag":"` + network + `"}],"cost-type":{},` +
		`"multi-cost-types":[{"cost-mode":"numerical","cost-metric":"routingcost"},{"cost-mode":"numerical","cost-metric":"delay-ow"}],` + extra
}

const (
	twoPIDs   = `{"a":{"ipv4":["10.1.0.0/16"]},"world":{"ipv4":["0.0.0.0/0"]}}`
	threePIDs = `{"a":{"ipv4":["10.1.0.0/16"]},"b":{"ipv4":["10.2.0.0/16"]},"world":{"ipv4":["0.0.0.0/0"]}}`
	bothTypes = `{"multi-cost-types":[{"cost-mode":"numerical","cost-metric":"routingcost"},{"cost-mode":"numerical","cost-metric":"delay-ow"}]}`
)

// costNow is what the map in use says from 10.1.0.1 to addr.
func costNow(source *altoclient.Source, addr string) float32 {
	s := source.Current().(*altoclient.Snapshot)
	return s.Cost(s.PID(netip.MustParseAddr("10.1.0.1")), s.PID(netip.MustParseAddr(addr)))
}

func TestSourceFollowsMultiCostMaps(t *testing.T) {
	for _, mode := range []altoclient.UpdateMode{altoclient.UpdatesSSE, altoclient.UpdatesTIPS} {
		t.Run(string(mode), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := newPusher(t, bothTypes,
					pushedDoc("net", "1", "", "network-map", twoPIDs),
					pushedDoc("multi", "m1", multiMeta("1", ""), "cost-map", `{"a":{"a":[1,10],"world":[4,20]},"world":{"a":[null,40]}}`))
				source, stop := runPushed(t, p, altoclient.SourceConfig{Costs: []altoclient.CostWeight{{Type: routing}, {Type: delay}}, Updates: mode})
				defer stop()
				check := func(what string, want float32) {
					t.Helper()
					synctest.Wait()
					if got := costNow(source, "192.0.2.1"); got != want {
						t.Errorf("%s: cost %v, want %v", what, got, want)
					}
				}
				check("first", 1) // the medians are 4 and 20
				p.push(pushedCosts, altoclient.MediaTypeMergePatch, `{"meta":{"vtag":{"tag":"m2"}},"cost-map":{"a":{"world":[12,20]}}}`)
				check("merge patch", 1) // 12/12 and 20/20
				p.push(pushedCosts, altoclient.MediaTypeJSONPatch, `[{"op":"replace","path":"/cost-map/a/world/1","value":5},{"op":"replace","path":"/meta/vtag/tag","value":"m3"}]`)
				check("JSON Patch of one of two costs", 0.75) // 12/12 and 5/10
				// A network map without its costs changes nothing yet.
				p.push(pushedNetwork, altoclient.MediaTypeNetworkMap, pushedDoc("net", "2", "", "network-map", threePIDs))
				check("network map alone", 0.75)
				if tag := source.Current().(*altoclient.Snapshot).VersionTag().Tag; tag != "1" {
					t.Errorf("network map %s is used without its costs", tag)
				}
				p.push(pushedCosts, altoclient.MediaTypeMergePatch, `{"meta":{"vtag":{"tag":"m4"},"dependent-vtags":[{"resource-id":"net","tag":"2"}]},"cost-map":{"a":{"b":[6,30]},"world":null}}`)
				check("both", 1.25) // 12/6 and 5/10
				if got := costNow(source, "10.2.0.1"); got != 2 {
					t.Errorf("new PID: cost %v, want 2", got)
				}
				s := source.Status()
				if s.Updates != mode || s.Resyncs != 0 || s.UpdateError != "" || s.Fetches != 1 {
					t.Errorf("%+v", s)
				}
				// What makes no sense has all fetched anew.
				whole := pushedDoc("multi", "m5", multiMeta("2", ""), "cost-map", `{"a":{"a":[1,1],"world":[3,3]}}`)
				p.serves(pushedNetwork, pushedDoc("net", "2", "", "network-map", threePIDs))
				p.serves(pushedCosts, whole)
				p.push(pushedCosts, altoclient.MediaTypeMergePatch, `{"cost-map":{"a":{"world":7}}}`)
				synctest.Wait()
				if s := source.Status(); s.Resyncs == 0 || s.Fetches < 2 {
					t.Errorf("%+v", s)
				}
				check("fetched anew", 1)
			})
		})
	}
}

const askCalendar = `{"cost-type":{"cost-mode":"numerical","cost-metric":"delay-ow"},"calendared":[true]}`

// threeHours is a document of delays for three hours from start.
func threeHours(tag string, start time.Time, values string) string {
	return pushedDoc("multi", tag, calendarMeta(start), "cost-map", `{"a":{"world":`+values+`}}`)
}

func calendarMeta(start time.Time) string {
	return `"dependent-vtags":[{"resource-id":"net","tag":"1"}],"cost-type":{"cost-mode":"numerical","cost-metric":"delay-ow"},` + calendarAttributes(start) + `,`
}

func calendarAttributes(start time.Time) string {
	return `"calendar-response-attributes":[{"calendar-start-time":"` + start.UTC().Format(http.TimeFormat) + `","time-interval-size":3600,"number-of-intervals":3}]`
}

func TestUpdatesOfACalendarKeepTheSlotOfNow(t *testing.T) {
	for _, mode := range []altoclient.UpdateMode{altoclient.UpdatesSSE, altoclient.UpdatesTIPS} {
		t.Run(string(mode), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				start := time.Now().Truncate(time.Hour)
				silence := 24 * time.Hour // the streams have no keep-alive
				if mode == altoclient.UpdatesTIPS {
					silence = 10 * time.Minute
				}
				p := newPusher(t, askCalendar, pushedDoc("net", "1", "", "network-map", twoPIDs), threeHours("m1", start, "[1,2,3]"))
				source, stop := runPushed(t, p, altoclient.SourceConfig{
					Costs: []altoclient.CostWeight{{Type: delay, Calendar: true}}, Updates: mode, Silence: silence,
				})
				defer stop()
				at := func(after time.Duration, want float32) {
					t.Helper()
					time.Sleep(time.Until(start.Add(after)))
					synctest.Wait()
					if got := costNow(source, "192.0.2.1"); got != want {
						t.Errorf("after %v: cost %v, want %v (%+v)", after, got, want, source.Status())
					}
				}
				at(30*time.Minute, 1)
				at(70*time.Minute, 2)
				// An update in the second hour is of the second hour, and the third one
				// follows in its time.
				p.push(pushedCosts, altoclient.MediaTypeMergePatch, `{"meta":{"vtag":{"tag":"m2"}},"cost-map":{"a":{"world":[10,20,30]}}}`)
				at(71*time.Minute, 20)
				p.push(pushedCosts, altoclient.MediaTypeJSONPatch, `[{"op":"replace","path":"/cost-map/a/world/1","value":21}]`)
				at(72*time.Minute, 21)
				at(121*time.Minute, 30)
				// The next three hours come while these are not over: what holds first is
				// their first slot, and their borders are heeded.
				p.push(pushedCosts, altoclient.MediaTypeMergePatch, `{"meta":{"vtag":{"tag":"m3"},`+calendarAttributes(start.Add(2*time.Hour))+`},"cost-map":{"a":{"world":[100,200,300]}}}`)
				at(122*time.Minute, 100)
				at(181*time.Minute, 200)
				at(299*time.Minute, 300)
				if s := source.Status(); s.Fetches != 1 || s.Resyncs != 0 || s.Updates != mode {
					t.Errorf("%+v", s)
				}
				// Nobody says what comes after them: the server is asked.
				p.serves(pushedCosts, threeHours("m4", start.Add(5*time.Hour), "[7,8,9]"))
				at(301*time.Minute, 7)
				at(361*time.Minute, 8)
			})
		})
	}
}

// TestPlainMapsMayBecomeCalendarsByUpdate has the borders of a calendar begin with
// an update, when nobody was waiting for any.
func TestPlainMapsMayBecomeCalendarsByUpdate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now().Truncate(time.Hour)
		plain := pushedDoc("multi", "m1", strings.Replace(calendarMeta(start), calendarAttributes(start)+",", "", 1), "cost-map", `{"a":{"world":5}}`)
		p := newPusher(t, askCalendar, pushedDoc("net", "1", "", "network-map", twoPIDs), plain)
		source, stop := runPushed(t, p, altoclient.SourceConfig{Costs: []altoclient.CostWeight{{Type: delay, Calendar: true}}, Silence: 24 * time.Hour})
		defer stop()
		p.push(pushedCosts, altoclient.MediaTypeCostMap, threeHours("m2", start, "[1,2,3]"))
		for hour := range 3 {
			time.Sleep(time.Until(start.Add(time.Duration(hour)*time.Hour + time.Second)))
			synctest.Wait()
			if got := costNow(source, "192.0.2.1"); got != float32(hour+1) {
				t.Errorf("hour %d: cost %v", hour, got)
			}
		}
	})
}

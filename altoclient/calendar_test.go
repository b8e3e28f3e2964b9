package altoclient

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func at(t testing.TB, text string) time.Time {
	t.Helper()
	v, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestCalendarSlots(t *testing.T) {
	start := at(t, "2019-07-01T00:00:00Z")
	daily := Calendar{start, time.Hour, 24, 4}
	for _, tt := range []struct {
		name   string
		c      Calendar
		after  time.Duration
		slot   int
		border time.Duration // after the start; 0: none
	}{
		{"no calendar", Calendar{}, time.Hour, 0, 0},
		{"one interval", Calendar{start, time.Hour, 1, 9}, time.Hour, 0, 0},
		{"before the start", daily, -90 * time.Minute, 0, time.Hour},
		{"the start", daily, 0, 0, time.Hour},
		{"just before a border", daily, time.Hour - 1, 0, time.Hour},
		{"a border", daily, time.Hour, 1, 2 * time.Hour},
		{"the last slot of the day", daily, 23 * time.Hour, 23, 24 * time.Hour},
		{"the next day", daily, 25 * time.Hour, 1, 26 * time.Hour},
		{"the last day", daily, 73 * time.Hour, 1, 74 * time.Hour},
		{"the last slot of all", daily, 95 * time.Hour, 23, 0},
		{"after the end", daily, 1000 * time.Hour, 23, 0},
		{"repeated for as long as numbers go", Calendar{start, time.Hour, 24, 1<<31 - 1}, 24*365*time.Hour + time.Hour, 1, 24*365*time.Hour + 2*time.Hour},
		{"a tenth of a second", Calendar{start, time.Second / 10, 10, 1}, 450 * time.Millisecond, 4, time.Second / 2},
	} {
		now := start.Add(tt.after)
		if got := tt.c.Slot(now); got != tt.slot {
			t.Errorf("%s: slot %d, want %d", tt.name, got, tt.slot)
		}
		border, ok := tt.c.Border(now)
		if ok != (tt.border != 0) || ok && !border.Equal(start.Add(tt.border)) {
			t.Errorf("%s: border %v, %v, want %v after the start", tt.name, border, ok, tt.border)
		}
	}
	if end, ok := daily.End(); !ok || !end.Equal(at(t, "2019-07-05T00:00:00Z")) {
		t.Errorf("end %v", end)
	}
}

func TestCalendarOfRFC8896(t *testing.T) {
	m := parseMultiCostMap(t, readTestdata(t, "rfc8896/costmap.json"), nil)
	c, ok := m.Column(CostType{"throughputrating", Numerical})
	want := Calendar{at(t, "2019-07-01T13:00:00Z"), 2 * time.Hour, 12, 1}
	if !ok || c.Calendar != want || len(c.Slots) != 12 {
		t.Fatalf("calendar %+v with %d slots, want %+v", c.Calendar, len(c.Slots), want)
	}
	pid1, pid2 := m.Number("PID1"), m.Number("PID2")
	if got := c.At(at(t, "2019-07-01T13:15:00Z")).Cost(pid1, pid2); got != 13 {
		t.Errorf("at 13:15 PID1 to PID2 is %v, want 13", got)
	}
	if got := c.At(at(t, "2019-07-01T15:15:00Z")).Cost(pid1, pid2); got != 4 {
		t.Errorf("at 15:15 PID1 to PID2 is %v, want 4", got)
	}
}

func TestEndpointCalendarsOfRFC8896(t *testing.T) {
	names := map[string]CostType{"num-routingcost": routing, "num-owdelay": {"owdelay", Numerical}}
	for _, name := range []string{"endpointcost-1", "endpointcost-2"} {
		m, err := ParseMultiEndpointCosts(strings.NewReader(readTestdata(t, "rfc8896/"+name+".json")), names, Limits{})
		if err != nil {
			t.Fatal(err)
		}
		c, _ := m.Column(routing)
		if c.Calendar.Repeated != 4 || c.Calendar.Intervals != 24 {
			t.Errorf("%s: calendar %+v", name, c.Calendar)
		}
		src, dst := m.Number("ipv4:192.0.2.2"), m.Number("ipv4:198.51.100.34")
		if got := c.At(at(t, "2019-07-02T07:30:00Z")).Cost(src, dst); got != 400 {
			t.Errorf("%s: on the third day %v, want 400", name, got)
		}
	}
	doc := readTestdata(t, "rfc8896/endpointcost-2.json")
	m, err := ParseMultiEndpointCosts(strings.NewReader(doc), names, Limits{})
	if err != nil {
		t.Fatal(err)
	}
	if c, _ := m.Column(CostType{"owdelay", Numerical}); c.Calendar.Interval != 5*time.Minute || len(c.Slots) != 12 {
		t.Errorf("owdelay %+v with %d slots", c.Calendar, len(c.Slots))
	}
	_, err = ParseMultiEndpointCosts(strings.NewReader(doc), nil, Limits{})
	wantParseError(t, err, "/meta/calendar-response-attributes/0", "is not known")
}

func TestDirectoryOfRFC8896(t *testing.T) {
	dir := parseDirectory(t, "http://h/directory", readTestdata(t, "rfc8896/directory.json"))
	r, ok := dir.CostCalendar("my-default-network-map", routing)
	if !ok || r.ID != "filtered-cost-map-calendar" {
		t.Fatalf("resource %q, %v", r.ID, ok)
	}
	if c, ok := r.Calendar(routing); !ok || c.Interval != 2*time.Hour || c.Intervals != 12 {
		t.Errorf("calendar %+v", c)
	}
	if len(dir.Problems) > 0 {
		t.Errorf("problems: %v", dir.Problems)
	}
}

func TestCalendarRefuses(t *testing.T) {
	good := multiDoc(oneType+","+threeOf, `{"a":{"b":[1,2,3]}}`)
	parseMultiCostMap(t, good, nil)
	const place = "/meta/calendar-response-attributes/0"
	for _, tt := range []struct{ name, old, new, path, text string }{
		{"a number", "[1,2,3]", "1", "/cost-map/a/b", "want the values of a calendar"},
		{"too few values", "[1,2,3]", "[1,2]", "/cost-map/a/b/1", "want 3 values, have 2"},
		{"too many values", "[1,2,3]", "[1,2,3,4]", "/cost-map/a/b/3", "want 3 values, have more"},
		{"no date", "Mon, 01 Jul 2019 00:00:00 GMT", "2019-07-01", place + "/calendar-start-time", "not a date"},
		{"no start", `"calendar-start-time"`, `"start"`, place, "calendar-start-time is missing"},
		{"no interval", `"time-interval-size"`, `"size"`, place, "time-interval-size is missing"},
		{"an interval of nothing", `:3600`, `:0`, place, "not positive"},
		{"a negative interval", `:3600`, `:-1`, place, "not positive"},
		{"an endless interval", `:3600`, `:1e300`, place, "longer than ten years"},
		{"half an interval", `intervals":3`, `intervals":3.5`, place + "/number-of-intervals", "not a whole number"},
		{"no intervals", `intervals":3`, `intervals":0`, place, "below 1"},
		{"repeated 0 times", `intervals":3`, `intervals":3,"repeated":0`, place + "/repeated", "at least 1"},
	} {
		_, err := ParseMultiCostMap(strings.NewReader(strings.Replace(good, tt.old, tt.new, 1)), nil, nil, Limits{})
		t.Run(tt.name, func(t *testing.T) { wantParseError(t, err, tt.path, tt.text) })
	}
}

// hourly returns a network map and a plan of three hours that start at start.
func hourly(t testing.TB, start time.Time) (*NetworkMap, *CostPlan) {
	t.Helper()
	network := parseNetworkMap(t, networkMapDoc(`{"a":{"ipv4":["10.0.0.0/8"]},"b":{"ipv4":["11.0.0.0/8"]}}`))
	doc := multiDoc(oneType+","+strings.Replace(threeOf, "Mon, 01 Jul 2019 00:00:00 GMT", start.UTC().Format("Mon, 02 Jan 2006 15:04:05 GMT"), 1), `{"a":{"b":[5,null,7]}}`)
	m := parseMultiCostMap(t, doc, network)
	plan, err := NewCostPlan([]CostWeight{{Type: routing}}, m.Columns()...)
	if err != nil {
		t.Fatal(err)
	}
	return network, plan
}

func TestSnapshotGoesWithTheCalendar(t *testing.T) {
	start := at(t, "2026-01-05T00:00:00Z")
	network, plan := hourly(t, start)
	rows, err := NewRowCache(0)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	first, err := NewPlannedSnapshot(network, plan, start, SnapshotConfig{Rows: rows})
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		after time.Duration
		want  string
	}{{0, "1:- 2:-* 3:5*"}, {time.Hour, "1:- 3:-*"}, {2 * time.Hour, "1:- 2:-* 3:7*"}, {9 * time.Hour, "1:- 2:-* 3:7*"}} {
		s := first.At(start.Add(tt.after))
		if got := rowString(s.Row(1, true)); got != tt.want {
			t.Errorf("after %v: row %s, want %s", tt.after, got, tt.want)
		}
		if again := s.At(start.Add(tt.after + time.Minute)); again != s {
			t.Errorf("after %v: another Snapshot of the same slot", tt.after)
		}
		if s.NetworkMap() != network {
			t.Error("another network map")
		}
		rows.cache.Wait()
	}
	if border, ok := first.Border(start.Add(time.Minute)); !ok || !border.Equal(start.Add(time.Hour)) {
		t.Errorf("border %v, %v", border, ok)
	}
	if !plan.End().Equal(start.Add(3 * time.Hour)) {
		t.Errorf("end %v", plan.End())
	}
}

func TestSourceGoesWithTheCalendarWithoutFetching(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now().Truncate(time.Second)
		network, plan := hourly(t, start)
		snapshot, err := NewPlannedSnapshot(network, plan, start, SnapshotConfig{})
		if err != nil {
			t.Fatal(err)
		}
		s := &script{got: fetched{snapshot: snapshot, fresh: freshness{100 * time.Hour, true}}}
		source := runSource(t, s, SourceConfig{Ceiling: 100 * time.Hour, MaxAge: 100 * time.Hour})
		before := source.current()
		row := func() string { return rowString(source.Current().Row(1, true)) }
		if got, want := row(), "1:- 2:-* 3:5*"; got != want {
			t.Errorf("first hour: %s, want %s", got, want)
		}
		time.Sleep(time.Hour)
		synctest.Wait()
		if got, want := row(), "1:- 3:-*"; got != want {
			t.Errorf("second hour: %s, want %s", got, want)
		}
		after := source.current()
		if after.version == before.version || after.numbering != before.numbering {
			t.Errorf("version %d, numbering %d; before: %d, %d", after.version, after.numbering, before.version, before.numbering)
		}
		// A refresh that finds nothing new must not go back to the first hour.
		if err := source.Refresh(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := source.current(); got.version != after.version || row() != "1:- 3:-*" {
			t.Errorf("after a refresh: version %d, row %s", got.version, row())
		}
		time.Sleep(10 * time.Hour)
		synctest.Wait()
		if got, want := row(), "1:- 2:-* 3:7*"; got != want {
			t.Errorf("after the end: %s, want %s", got, want)
		}
		if n := len(s.past()); n != 2 {
			t.Errorf("%d fetches, want the first one and the one asked for", n)
		}
	})
}

func TestCostPlanHoldsCostsForASecondAtLeast(t *testing.T) {
	start := at(t, "2026-01-05T00:00:00Z")
	m := parseMultiCostMap(t, multiDoc(oneType+","+strings.Replace(threeOf, "3600", "0.1", 1), `{"a":{"b":[1,2,3]}}`), nil)
	c := m.Columns()[0]
	c.Calendar.Start, c.Calendar.Repeated = start, 1000
	plan, err := NewCostPlan([]CostWeight{{Type: routing}}, c)
	if err != nil {
		t.Fatal(err)
	}
	if border, ok := plan.Border(start); !ok || !border.Equal(start.Add(time.Second)) {
		t.Errorf("border %v, %v", border, ok)
	}
}

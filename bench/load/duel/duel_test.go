package duel

import (
	"context"
	"errors"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/altracker/altracker/bench/load"
)

func TestPlansThatComeWithTheProgramAreGood(t *testing.T) {
	names := Presets()
	if !slices.Contains(names, "udp") || !slices.Contains(names, "http") {
		t.Errorf("plans %v", names)
	}
	for _, name := range names {
		text, err := Preset(name)
		if err != nil {
			t.Fatal(err)
		}
		plan, err := ParsePlan(text)
		if err != nil || plan.About == "" || plan.Rounds != DefaultRounds || plan.PIDs != DefaultPIDs || len(plan.Servers) < 2 {
			t.Errorf("%s: %+v, %v", name, plan, err)
		}
		if !strings.HasPrefix(plan.Servers[0].Run, "altracker serve") {
			t.Errorf("%s: the first server is %+v", name, plan.Servers[0])
		}
	}
	if _, err := Preset("nope"); err == nil || !strings.Contains(err.Error(), `plan "nope": want a file, or one of`) {
		t.Error(err)
	}
}

func TestEveryMistakeInAPlanIsNamed(t *testing.T) {
	for text, wants := range map[string][]string{
		"":                    {"empty"},
		"load: x\nservrs: []": {"servrs"},
		"servers: []":         {"load: missing", "servers: none"},
		"load: x\nrounds: -1\nservers: [{name: a, run: b}]":          {"rounds: -1: want 1 to 1000"},
		"load: x\nservers: [{run: b}, {name: a}, {name: a, run: c}]": {"servers[0].name: missing", "servers[1].run: missing", `servers[2].name: "a": given before`},
		"load: x\nservers: [{name: a, run: b, files: {../x: y}}]":    {`servers[0].files: "../x": want a name without folders`},
		"load: x\nservers: [{name: a, run: b, files: {\"\": y}}]":    {`servers[0].files: ""`},
		"load: x\nservers: [{name: a, run: b, environment: {A: b}}]": {"environment"},
	} {
		_, err := ParsePlan([]byte(text))
		for _, want := range wants {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%q: have error %v, want %q", text, err, want)
			}
		}
	}
}

// contestant has results of some rounds.
func contestant(name string, perCPU ...float64) Contestant {
	c := Contestant{Name: name}
	for _, n := range perCPU {
		c.Results = append(c.Results, &load.Result{RepliesPerSecond: 2 * n, Latency: load.Latency{P99: 1}, Server: &load.Server{RepliesPerCPUSecond: n}})
	}
	return c
}

func TestRatiosAreOfTheSameRound(t *testing.T) {
	o := &Outcome{Servers: []Contestant{
		contestant("a", 100, 60, 90, 10), contestant("b", 50, 60, 30, 40), contestant("left out"), contestant("c", 10, 0, 10, 10),
	}}
	o.compare()
	want := []Ratio{
		{"a", "b", Spread{1.5, 0.25, 3}, Spread{1.5, 0.25, 3}, Spread{1, 1, 1}},
		{"a", "c", Spread{9, 1, 10}, Spread{9, 1, 10}, Spread{1, 1, 1}}, // a round without processor time does not count
		{"b", "c", Spread{4, 3, 5}, Spread{4, 3, 5}, Spread{1, 1, 1}},
	}
	if !reflect.DeepEqual(o.Ratios, want) {
		t.Errorf("have %+v\nwant %+v", o.Ratios, want)
	}
	var text strings.Builder
	o.Servers[2].LeftOut = "not installed"
	if err := o.Print(&text); err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{"a / b  1.50 (0.25–3.00)", "left out  left out: not installed"} {
		if !strings.Contains(text.String(), line) {
			t.Errorf("%q is missing:\n%s", line, text.String())
		}
	}
}

func TestProcessesDoNotOutliveTheDuel(t *testing.T) {
	dir := t.TempDir()
	p, err := start(t.Context(), []string{"/bin/sh", "-c", "echo here; exec sleep 600"}, dir, nil, 0)
	if err != nil {
		t.Skip("no shell here: ", err)
	}
	p.stop()
	if p.err == nil {
		t.Error("sleep has ended by itself")
	}
	ctx, cancel := context.WithCancel(t.Context())
	if p, err = start(ctx, []string{"/bin/sh", "-c", "exec sleep 600"}, dir, nil, 0); err != nil {
		t.Fatal(err)
	}
	cancel()
	<-p.done

	p, err = start(t.Context(), []string{"/bin/sh", "-c", "echo no such key; exit 3"}, dir, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer p.stop()
	err = p.await(t.Context(), time.Minute, func(context.Context) error { return errors.New("nobody there") })
	if err == nil || !strings.Contains(err.Error(), "exit status 3; it said:\nno such key") {
		t.Errorf("have error %v", err)
	}
	if p, err = start(t.Context(), []string{"/bin/sh", "-c", "echo no module; exit 127"}, dir, nil, 0); err != nil {
		t.Fatal(err)
	}
	defer p.stop()
	if err = p.await(t.Context(), time.Minute, func(context.Context) error { return errors.New("nobody there") }); !errors.Is(err, errMissing) || !strings.Contains(err.Error(), "no module") {
		t.Errorf("have error %v", err)
	}
	if _, err := start(t.Context(), []string{"/nowhere"}, dir, nil, 0); !errors.Is(err, os.ErrNotExist) {
		t.Error(err)
	}
}

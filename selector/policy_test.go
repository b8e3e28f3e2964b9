package selector_test

import (
	"errors"
	"iter"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/altracker/altracker/selector"
	"github.com/altracker/altracker/selector/selectortest"
)

func mustNew(t *testing.T, name string, options map[string]float64) selector.Policy {
	t.Helper()
	p, err := selector.New(name, options)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestPoliciesObeyTheLaws(t *testing.T) {
	t.Parallel()
	for _, info := range selector.Infos() {
		t.Run(info.Name, func(t *testing.T) { selectortest.Obeys(t, mustNew(t, info.Name, nil), info.Breaks...) })
	}
}

func TestPoliciesObeyTheLawsAtTheEdgeOfTheirOptions(t *testing.T) {
	t.Parallel()
	for _, info := range selector.Infos() {
		for _, o := range info.Options {
			for _, v := range []float64{o.Min, o.Max} {
				options := map[string]float64{o.Name: v}
				if o.Name == "intra_isp" {
					options["intra_pid"] = min(v, 0.75)
				}
				if o.Name == "intra_region" {
					options["intra_isp"] = max(v, 0.9)
				}
				if o.Name == "intra_pid" {
					options["intra_isp"] = max(v, 0.9)
				}
				t.Run(info.Name+"/"+o.Name, func(t *testing.T) {
					// A share of nothing or everything overrides what costs say.
					excused := append(info.Breaks, selector.LeavesHome, selector.FollowsCost, selector.HonoursCost, selector.SpillsUpward)
					selectortest.Obeys(t, mustNew(t, info.Name, options), excused...)
				})
			}
		}
	}
}

// TestHomeShare is the arithmetic of the drawn-first rule: four PIDs of 100 peers,
// a leecher in the first. The random share fills 5 of 50 places, a quarter of them
// from home; home then fills up to 75 %.
func TestHomeShare(t *testing.T) {
	w := selectortest.Square(4, func(from, to int) float32 {
		if from == to {
			return 1
		}
		return 10
	})
	w.Internal = []bool{true, true, true, true}
	v, _ := selector.Look(w, selector.Requester{PID: 1})
	for _, c := range []struct{ random, want float64 }{{0, 37.5}, {0.10, 32.5 + 1.25}} {
		l := mustNew(t, "staged", map[string]float64{"random": c.random}).List(v)
		got := selectortest.Shares(l, selectortest.Crowd{0, 100, 100, 100, 100}, 50, 5000, rand.New(rand.NewPCG(1, 1)))[1]
		if got < c.want-0.1 || got > c.want+0.1 {
			t.Errorf("random share %v: %.2f of 50 peers from home, want %v", c.random, got, c.want)
		}
	}
}

func TestStagedPlaces(t *testing.T) {
	line := func(from, to int) float32 { return float32(max(from-to, to-from)) }
	isp := selectortest.Square(5, line)
	isp.Internal = []bool{false, true, true, false, false}
	lone := selectortest.Square(3, line)
	lone.Internal = []bool{false, true, false}
	for _, c := range []struct {
		name  string
		world selectortest.World
		home  selector.PID
		want  map[string][]selector.Span
	}{
		{"internal PIDs are the ISP", isp, 2, map[string][]selector.Span{
			"home PID": {{Lo: 2, Hi: 3, Weight: 1}}, "home ISP": {{Lo: 3, Hi: 4, Weight: 1}},
			"outside": {{Lo: 1, Hi: 2, Weight: 1}, {Lo: 4, Hi: 6, Weight: 1}},
		}},
		{"without them the next tier is", selectortest.Square(5, line), 2, map[string][]selector.Span{
			"home PID": {{Lo: 2, Hi: 3, Weight: 1}}, "next tier": {{Lo: 1, Hi: 2, Weight: 1}, {Lo: 3, Hi: 4, Weight: 1}},
			"outside": {{Lo: 4, Hi: 6, Weight: 1}},
		}},
		{"also for a home PID that is not internal", isp, 5, map[string][]selector.Span{
			"home PID": {{Lo: 5, Hi: 6, Weight: 1}}, "next tier": {{Lo: 4, Hi: 5, Weight: 1}},
			"outside": {{Lo: 1, Hi: 4, Weight: 1}},
		}},
		{"an ISP of one PID has no middle stage", lone, 2, map[string][]selector.Span{
			"home PID": {{Lo: 2, Hi: 3, Weight: 1}},
			"outside":  {{Lo: 1, Hi: 2, Weight: 1}, {Lo: 3, Hi: 4, Weight: 1}},
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			v, _ := selector.Look(c.world, selector.Requester{PID: c.home})
			got := map[string][]selector.Span{}
			for _, st := range mustNew(t, "staged", nil).List(v).Steps {
				if !slices.Contains([]string{"random share", "elsewhere", "anyone"}, st.Name) {
					got[st.Name] = st.Spans
				}
			}
			if !reflect.DeepEqual(got, c.want) {
				t.Errorf("got %v\nwant %v", got, c.want)
			}
		})
	}
}

// TestDirection: a leecher is judged by what it costs to reach it, a seeder by what
// it costs to be reached from it.
func TestDirection(t *testing.T) {
	w := selectortest.Square(3, func(from, to int) float32 { return 50 })
	w.Costs[1][0] = 1 // PID 2 sends to PID 1 cheaply
	w.Costs[0][2] = 1 // PID 1 sends to PID 3 cheaply
	for seeder, want := range map[bool]selector.PID{false: 2, true: 3} {
		v, _ := selector.Look(w, selector.Requester{PID: 1, Seeder: seeder})
		first := mustNew(t, "ranked", map[string]float64{"random": 0}).List(v).Steps[0]
		if first.Spans[0].Lo != want {
			t.Errorf("seeder %v: first tier is %v, want PID %d", seeder, first.Spans, want)
		}
	}
}

// TestOnlyTheHomeCostIsKnown: what nothing is known of is dearer than home.
func TestOnlyTheHomeCostIsKnown(t *testing.T) {
	w := selectortest.Square(3, func(from, to int) float32 {
		if from == to {
			return 1
		}
		return selector.Undefined
	})
	v, _ := selector.Look(w, selector.Requester{PID: 2})
	first := mustNew(t, "ranked", map[string]float64{"random": 0}).List(v).Steps[0]
	if want := []selector.Span{{Lo: 2, Hi: 3, Weight: 1}}; !reflect.DeepEqual(first.Spans, want) {
		t.Errorf("the first tier is %v, want home alone", first.Spans)
	}
}

// cutHome is a map in which another source has cut the home PID 2 in two.
type cutHome struct{ selectortest.World }

func (cutHome) Homes(selector.PID) iter.Seq2[selector.PID, selector.PID] {
	return func(yield func(selector.PID, selector.PID) bool) { _ = yield(2, 3) && yield(4, 5) }
}

func TestHomeInPieces(t *testing.T) {
	w := selectortest.Square(5, func(int, int) float32 { return 1 })
	w.Internal = []bool{true, true, true, true, false}
	v, _ := selector.Look(cutHome{w}, selector.Requester{PID: 2})
	l := mustNew(t, "staged", nil).List(v)
	home := []selector.Span{{Lo: 2, Hi: 3, Weight: 1}, {Lo: 4, Hi: 5, Weight: 1}}
	isp := []selector.Span{{Lo: 1, Hi: 2, Weight: 1}, {Lo: 3, Hi: 4, Weight: 1}}
	if !reflect.DeepEqual(l.Home, home) || !reflect.DeepEqual(l.Steps[1].Spans, home) || !reflect.DeepEqual(l.Steps[2].Spans, isp) {
		t.Errorf("list %+v", l)
	}
}

func TestNobodyGuides(t *testing.T) {
	w := selectortest.Square(2, func(int, int) float32 { return 1 })
	for _, home := range []selector.PID{0, 3} {
		if v, ok := selector.Look(w, selector.Requester{PID: home}); ok {
			t.Errorf("PID %d has view %+v", home, v)
		}
	}
}

func TestMatrixWeights(t *testing.T) {
	costs := []float32{0, 1, 4, 16}
	w := selectortest.Square(4, func(from, to int) float32 { return costs[max(from-to, to-from)] })
	w.Internal = []bool{true, true, true, true}
	v, _ := selector.Look(w, selector.Requester{PID: 1})
	steps := mustNew(t, "matrix", nil).List(v).Steps
	want := []selector.Span{{Lo: 2, Hi: 3, Weight: 1}, {Lo: 3, Hi: 4, Weight: 0.5}, {Lo: 4, Hi: 5, Weight: 0.25}}
	if got := steps[2].Spans; !reflect.DeepEqual(got, want) {
		t.Errorf("costs 1, 4, 16 weigh %v, want %v", got, want)
	}
	w.Ranks = true
	v, _ = selector.Look(w, selector.Requester{PID: 1})
	if got := mustNew(t, "matrix", map[string]float64{"gamma": 3}).List(v).Steps[2].Spans; !reflect.DeepEqual(got, want) {
		t.Errorf("ranks weigh %v, want %v", got, want)
	}
}

func TestNewRefusesWhatIsWrongByName(t *testing.T) {
	for _, c := range []struct {
		policy  string
		options map[string]float64
		want    []string
	}{
		{"nearest", nil, []string{"nearest", "one of random, adaptive, biased"}},
		{"staged", map[string]float64{"intra_pdi": 0.5}, []string{"intra_pdi", "intra_pid"}},
		{"staged", map[string]float64{"random": 1.5}, []string{"random", "1.5", "from 0 to 1"}},
		{"staged", map[string]float64{"intra_pid": 0.95}, []string{"intra_pid", "at most intra_isp"}},
		{"random", map[string]float64{"random": 0}, []string{"random", "none"}},
	} {
		_, err := selector.New(c.policy, c.options)
		if err == nil {
			t.Errorf("%s with %v was accepted", c.policy, c.options)
			continue
		}
		var option *selector.OptionError
		var unknown *selector.UnknownError
		if !errors.As(err, &option) && !errors.As(err, &unknown) {
			t.Errorf("%v is neither an OptionError nor an UnknownError", err)
		}
		for _, s := range c.want {
			if !strings.Contains(err.Error(), s) {
				t.Errorf("%q does not say %q", err, s)
			}
		}
	}
}

package selector_test

import (
	"errors"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/altracker/altracker/selector"
	"github.com/altracker/altracker/selector/selectortest"
)

// ofSource is a map of a source of another name.
type ofSource struct {
	selectortest.World
	source string
}

func (o ofSource) Name(pid selector.PID) (source, name string) {
	_, name = o.World.Name(pid)
	return o.source, name
}

func flatISP(pids int) selectortest.World {
	w := selectortest.Square(pids, func(from, to int) float32 { return float32(1 + 9*min(1, max(from-to, to-from))) })
	w.Internal = make([]bool, pids)
	for i := range w.Internal {
		w.Internal[i] = i < pids-1
	}
	return w
}

// TestSourcesHaveOptionsOfTheirOwn: the published overrides of the Yale walk-through.
func TestSourcesHaveOptionsOfTheirOwn(t *testing.T) {
	p, err := selector.Spec{Name: "staged", Options: map[string]float64{"random": 0}, Sources: map[string]map[string]float64{
		"ct":     {"intra_pid": 0.90, "intra_isp": 0.95},
		"cernet": {"intra_pid": 0.50, "intra_isp": 0.70},
	}}.Build()
	if err != nil {
		t.Fatal(err)
	}
	for source, want := range map[string][2]float64{"ct": {45, 47.5}, "cernet": {25, 35}, "another": {37.5, 45}} {
		v, _ := selector.Look(ofSource{flatISP(4), source}, selector.Requester{PID: 1})
		shares := selectortest.Shares(p.List(v), selectortest.Crowd{0, 100, 100, 100, 100}, 50, 2000, rand.New(rand.NewPCG(1, 1)))
		isp := shares[1] + shares[2] + shares[3]
		if d := shares[1] - want[0]; d > 0.1 || d < -0.1 {
			t.Errorf("%s: %.2f of 50 peers from home, want %v", source, shares[1], want[0])
		}
		if d := isp - want[1]; d > 0.1 || d < -0.1 {
			t.Errorf("%s: %.2f of 50 peers from the ISP, want %v", source, isp, want[1])
		}
	}
}

func TestMixedIsAnotherPolicyBehindARandomShare(t *testing.T) {
	v, _ := selector.Look(flatISP(5), selector.Requester{PID: 1})
	crowd := selectortest.Crowd{0, 500, 500, 500, 500, 500}
	shares := func(s selector.Spec) []float64 {
		t.Helper()
		p, err := s.Build()
		if err != nil {
			t.Fatal(err)
		}
		return selectortest.Shares(p.List(v), crowd, 50, 1000, rand.New(rand.NewPCG(1, 1)))
	}
	alone := shares(selector.Spec{Name: "ranked", Options: map[string]float64{"random": 0.3}})
	mixed := shares(selector.Spec{Name: "mixed", Of: "ranked", Options: map[string]float64{"random": 0.3}})
	if d := alone[1] - mixed[1]; d > 0.5 || d < -0.5 {
		t.Errorf("of home: %.2f peers by ranked with a random share, %.2f by the mixture", alone[1], mixed[1])
	}
	// All of biased but a random third: k of the inner policy is an option of the mixture.
	third := shares(selector.Spec{Name: "mixed", Of: "biased", Options: map[string]float64{"random": 0.3, "k": 10}})
	if outside := third[5]; outside < 9 || outside > 14 { // 3 of the random 15, and 10 places kept
		t.Errorf("%.2f peers from outside", outside)
	}
}

func TestMixedRefuses(t *testing.T) {
	for _, c := range []struct {
		spec selector.Spec
		want string
	}{
		{selector.Spec{Name: "mixed", Of: "mixed"}, "mixed of mixed"},
		{selector.Spec{Name: "mixed", Of: "nearest"}, `policy "nearest"`},
		{selector.Spec{Name: "staged", Of: "ranked"}, "only mixed"},
		{selector.Spec{Name: "mixed", Of: "ranked", Options: map[string]float64{"gamma": 1}}, "gamma"},
	} {
		if _, err := c.spec.Build(); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: %v, want it to say %q", c.spec, err, c.want)
		}
	}
}

func TestMistakesNameTheSource(t *testing.T) {
	_, err := selector.Spec{Name: "staged", Sources: map[string]map[string]float64{"isp": {"intra_pid": 2}}}.Build()
	var option *selector.OptionError
	if !errors.As(err, &option) || option.Source != "isp" || option.Option != "intra_pid" {
		t.Errorf("got %v", err)
	}
}

func TestStableMarksWhatLeavesHome(t *testing.T) {
	v, _ := selector.Look(flatISP(4), selector.Requester{PID: 2})
	for _, name := range selector.Names()[1:] {
		for _, st := range mustNew(t, name, map[string]float64{"stable": 1}).List(v).Steps {
			home := len(st.Spans) == 1 && st.Spans[0].Lo == 2 && st.Spans[0].Hi == 3
			if st.Stable == home {
				t.Errorf("%s: step %q over %v is stable: %v", name, st.Name, st.Spans, st.Stable)
			}
		}
		for _, st := range mustNew(t, name, nil).List(v).Steps {
			if st.Stable {
				t.Errorf("%s: step %q is stable though nobody asked for it", name, st.Name)
			}
		}
	}
}

// TestDearHomesAreNotPreferred: a mobile network that wants its traffic elsewhere.
func TestDearHomesAreNotPreferred(t *testing.T) {
	w := flatISP(4)
	w.Costs[1][0] = 0.5 // from PID 2 to PID 1: cheaper than PID 1 to itself
	v, _ := selector.Look(w, selector.Requester{PID: 1})
	l := mustNew(t, "staged", nil).List(v)
	if st := l.Steps[1]; st.Name != "nearest PIDs" || st.Spans[0].Lo != 2 || st.Target != 0.75 {
		t.Errorf("the first stage is %+v", st)
	}
	shares := selectortest.Shares(l, selectortest.Crowd{0, 100, 100, 100, 100}, 40, 1000, rand.New(rand.NewPCG(1, 1)))
	if shares[1] > 5 || shares[2] < 25 {
		t.Errorf("shares %v", shares)
	}
}

// TestRegions: a stage between the home PID and its ISP.
func TestRegions(t *testing.T) {
	w := flatISP(6) // five PIDs of the ISP, one outside
	w.Tags = map[string][]string{"region": {"north", "north", "south", "", "north", "north"}}
	crowd := selectortest.Crowd{0, 200, 200, 200, 200, 200, 200}
	shares := func(home selector.PID, region float64) []float64 {
		v, _ := selector.Look(w, selector.Requester{PID: home})
		l := mustNew(t, "staged", map[string]float64{"random": 0, "intra_pid": 0.5, "intra_region": region}).List(v)
		return selectortest.Shares(l, crowd, 100, 500, rand.New(rand.NewPCG(1, 1)))
	}
	got := shares(1, 0.8)
	if north := got[2] + got[5]; got[1] != 50 || north != 30 || got[3]+got[4] != 10 || got[6] != 10 {
		t.Errorf("with a region: %v", got)
	}
	for home, region := range map[selector.PID]float64{4: 0.8, 1: 0} {
		if got := shares(home, region); got[home] != 50 || got[6] != 10 {
			t.Errorf("home %d, region %v: %v", home, region, got)
		}
	}
}

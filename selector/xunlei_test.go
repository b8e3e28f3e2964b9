package selector_test

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"github.com/altracker/altracker/selector"
	"github.com/altracker/altracker/selector/selectortest"
)

// trial is the trial of draft-lee-alto-chinatelecom-trial in small: PIDs 1 to 3 are
// MANs of the province, the others are what the tracker knows as places of other
// provinces and ISPs. Nothing is known of PID 9.
func trial() selectortest.World {
	w := selectortest.Square(9, func(from, to int) float32 {
		if from <= 3 && to <= 3 {
			return 1
		}
		return 2
	})
	w.Internal = []bool{true, true, true, false, false, false, false, false, false}
	w.Tags = map[string][]string{
		"isp":      {"ct", "ct", "ct", "ct", "ct", "ct", "ct", "unicom", ""},
		"province": {"z", "z", "z", "y", "y", "y", "x", "y", ""},
		"city":     {"a", "b", "c", "d", "d", "e", "f", "d", ""},
	}
	return w
}

// ringsOf says whom a list draws from in turn: the PIDs of each ring by name. It fails t
// unless each ring is drawn from by class: fast, then medium and unknown, then slow.
func ringsOf(t *testing.T, w selectortest.World, l selector.List) (rings []string) {
	t.Helper()
	steps := l.Steps[:len(l.Steps)-1]
	for ; len(steps) >= 3; steps = steps[3:] {
		name, _, _ := strings.Cut(steps[0].Name, ", ")
		for i, c := range []struct {
			name string
			set  selector.Classes
		}{
			{"fast", selector.ClassesOf(selector.Fast)},
			{"medium", selector.ClassesOf(selector.Medium, selector.Unknown)},
			{"slow", selector.ClassesOf(selector.Slow)},
		} {
			if st := steps[i]; st.Name != name+", "+c.name || st.Classes != c.set || st.Target != 1 || !reflect.DeepEqual(st.Spans, steps[0].Spans) {
				t.Errorf("step %+v, want the %s ones of %q", st, c.name, name)
			}
		}
		rings = append(rings, fmt.Sprint(name, " ", pidsOf(steps[0].Spans, len(w.Costs))))
	}
	if len(steps) > 0 {
		t.Errorf("steps %+v are left", steps)
	}
	return rings
}

func pidsOf(spans []selector.Span, last int) (pids []int) {
	for _, s := range spans {
		for pid := s.Lo; pid < s.Hi && int(pid) <= last; pid++ {
			pids = append(pids, int(pid))
		}
	}
	return pids
}

func listFor(t *testing.T, policy string, w selector.Map, home selector.PID, options map[string]float64) selector.List {
	t.Helper()
	v, ok := selector.Look(w, selector.Requester{PID: home})
	if !ok {
		t.Fatalf("PID %d has no view", home)
	}
	return mustNew(t, policy, options).List(v)
}

// TestXunleiTierTable is the table of the draft's section 5.2, row by row.
func TestXunleiTierTable(t *testing.T) {
	w := trial()
	for _, c := range []struct {
		policy string
		home   selector.PID
		most   int
		want   []string
	}{
		{"xunlei-native", 1, 500, []string{"same ISP [1 2 3 4 5 6 7]", "elsewhere [0 8 9]"}},
		{"xunlei-native", 8, 500, []string{"same ISP [8]", "elsewhere [0 1 2 3 4 5 6 7 9]"}},
		{"xunlei-native", 9, 500, []string{"anywhere [0 1 2 3 4 5 6 7 8 9]"}},

		// the admitted fault: outside before the neighbouring MANs
		{"xunlei-alto", 1, 120, []string{"home PID [1]", "outside [0 4 5 6 7 8 9]", "home ISP [2 3]"}},
		{"xunlei-alto", 3, 120, []string{"home PID [3]", "outside [0 4 5 6 7 8 9]", "home ISP [1 2]"}},
		{"xunlei-alto", 4, 500, []string{"same city [4 5]", "same province [6]", "same ISP [7]", "elsewhere [0 1 2 3 8 9]"}},
		{"xunlei-alto", 8, 500, []string{"same city [8]", "elsewhere [0 1 2 3 4 5 6 7 9]"}},
		{"xunlei-alto", 9, 500, []string{"anywhere [0 4 5 6 7 8 9]", "elsewhere [1 2 3]"}},

		{"xunlei-fixed", 1, 120, []string{"home PID [1]", "cost 1 [2 3]", "cost 2 [4 5 6 7 8 9]"}},
		{"xunlei-fixed", 4, 500, []string{"same city [4 5]", "same province [6]", "same ISP [7]", "elsewhere [0 1 2 3 8 9]"}},
	} {
		t.Run(fmt.Sprintf("%s/%d", c.policy, c.home), func(t *testing.T) {
			l := listFor(t, c.policy, w, c.home, map[string]float64{"random": 0})
			var got []string
			for _, ring := range ringsOf(t, w, l) {
				if !strings.HasSuffix(ring, "[]") {
					got = append(got, ring)
				}
			}
			if !reflect.DeepEqual(got, c.want) {
				t.Errorf("rings\n%q, want\n%q", got, c.want)
			}
			if l.Most != c.most {
				t.Errorf("replies of %d at most, want %d", l.Most, c.most)
			}
		})
	}
}

// TestXunleiLevelsFallTogether: what the map does not tell makes no difference.
func TestXunleiLevelsFallTogether(t *testing.T) {
	for _, c := range []struct {
		name string
		tags []string // the properties that there are
		want []string // for a requester in PID 4
	}{
		{"none", nil, []string{"anywhere [0 4 5 6 7 8 9]", "elsewhere [1 2 3]"}},
		{"ISPs", []string{"isp"}, []string{"same ISP [4 5 6 7]", "elsewhere [0 1 2 3 8 9]"}},
		{"ISPs and cities", []string{"isp", "city"}, []string{"same city [4 5]", "same ISP [6 7]", "elsewhere [0 1 2 3 8 9]"}},
		{"provinces", []string{"province"}, []string{"same province [4 5 6 8]", "anywhere [0 7 9]", "elsewhere [1 2 3]"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := trial()
			tags := map[string][]string{}
			for _, property := range c.tags {
				tags[property] = w.Tags[property]
			}
			w.Tags = tags
			if got := ringsOf(t, w, listFor(t, "xunlei-alto", w, 4, nil)); !reflect.DeepEqual(got, c.want) {
				t.Errorf("rings\n%q, want\n%q", got, c.want)
			}
		})
	}
}

// TestXunleiTakesRegionsForProvinces where a map has no provinces.
func TestXunleiTakesRegionsForProvinces(t *testing.T) {
	w := trial()
	w.Tags["region"] = w.Tags["province"]
	want := listFor(t, "xunlei-alto", w, 4, nil)
	delete(w.Tags, "province")
	if got := listFor(t, "xunlei-alto", w, 4, nil); !reflect.DeepEqual(got, want) {
		t.Errorf("list %+v\nwant %+v", got, want)
	}
}

// TestXunleiControlArm: the trial's other arm was a map of one PID that holds all
// addresses. With it the tracker is what it was before ALTO.
func TestXunleiControlArm(t *testing.T) {
	for _, internal := range [][]bool{nil, {false}, {true}} {
		w := selectortest.Square(1, func(int, int) float32 { return 1 })
		w.Internal = internal
		for _, isp := range []string{"", "ct"} {
			w.Tags = map[string][]string{"isp": {isp}}
			before, after := listFor(t, "xunlei-native", w, 1, nil), listFor(t, "xunlei-alto", w, 1, nil)
			if !reflect.DeepEqual(before, after) {
				t.Errorf("internal %v, ISP %q: before\n%+v\nafter\n%+v", internal, isp, before, after)
			}
		}
	}
}

// TestXunleiFixedHonoursTheMap: an operator may want a PID's traffic elsewhere.
func TestXunleiFixedHonoursTheMap(t *testing.T) {
	w := trial()
	w.Costs[0][0] = 5
	want := []string{"cost 1 [2 3]", "cost 2 [4 5 6 7 8 9]", "cost 5 [1]"}
	if got := ringsOf(t, w, listFor(t, "xunlei-fixed", w, 1, map[string]float64{"random": 0})); !reflect.DeepEqual(got, want) {
		t.Errorf("rings %q, want %q", got, want)
	}
}

// crowdOf makes so many peers of each kind.
func crowdOf(counts map[selectortest.Peer]int) (peers []selectortest.Peer) {
	for p, n := range counts {
		for range n {
			peers = append(peers, p)
		}
	}
	return peers
}

// TestXunleiRepliesByClass: strictly by ring, in a ring by class, equals at random; a
// peer of unknown class is drawn as one of medium class is.
func TestXunleiRepliesByClass(t *testing.T) {
	fast, medium, slow := selector.Fast, selector.Medium, selector.Slow
	peers := crowdOf(map[selectortest.Peer]int{
		{PID: 1, Class: fast}: 10, {PID: 1, Class: medium}: 20, {PID: 1, Class: selector.Unknown}: 20, {PID: 1, Class: slow}: 30,
		{PID: 2, Class: fast}: 10, {PID: 4, Class: fast}: 10, {PID: 8, Class: medium}: 10,
	})
	for _, c := range []struct {
		policy string
		want   int
		fixed  map[selectortest.Peer]int // what is in every reply
		even   []selectortest.Peer       // what shares the rest evenly
		rest   float64
	}{
		{
			"xunlei-alto", 30, map[selectortest.Peer]int{{PID: 1, Class: fast}: 10},
			[]selectortest.Peer{{PID: 1, Class: medium}, {PID: 1, Class: selector.Unknown}}, 19,
		},
		{
			"xunlei-native", 50, map[selectortest.Peer]int{{PID: 1, Class: fast}: 10, {PID: 2, Class: fast}: 10, {PID: 4, Class: fast}: 10},
			[]selectortest.Peer{{PID: 1, Class: medium}, {PID: 1, Class: selector.Unknown}}, 20,
		},
		{
			"xunlei-alto", 95, map[selectortest.Peer]int{
				{PID: 1, Class: fast}: 10, {PID: 1, Class: medium}: 20, {PID: 1, Class: selector.Unknown}: 20, {PID: 1, Class: slow}: 30, {PID: 4, Class: fast}: 10,
			},
			[]selectortest.Peer{{PID: 8, Class: medium}}, 5,
		},
		{
			"xunlei-fixed", 100, map[selectortest.Peer]int{
				{PID: 1, Class: fast}: 10, {PID: 1, Class: medium}: 20, {PID: 1, Class: selector.Unknown}: 20, {PID: 1, Class: slow}: 30,
				{PID: 2, Class: fast}: 10, {PID: 4, Class: fast}: 10,
			}, nil, 0,
		},
	} {
		l := listFor(t, c.policy, trial(), 1, map[string]float64{"random": 0})
		rng := rand.New(rand.NewPCG(8, 8))
		const walks = 2000
		sums := map[selectortest.Peer]float64{}
		for range walks {
			got := selectortest.Choose(l, peers, c.want, rng)
			for p, n := range c.fixed {
				if got[p] != n {
					t.Fatalf("%s: %d of %+v in a reply of %d, want %d: %v", c.policy, got[p], p, c.want, n, got)
				}
			}
			for p, n := range got {
				sums[p] += float64(n) / walks
			}
		}
		for _, p := range c.even {
			if want := c.rest / float64(len(c.even)); sums[p] < want-0.3 || sums[p] > want+0.3 {
				t.Errorf("%s: %.2f of %+v in a reply of %d, want %.2f", c.policy, sums[p], p, c.want, want)
			}
		}
	}
}

// TestXunleiCaps: 500 peers, and 120 for requesters of the trial's province.
func TestXunleiCaps(t *testing.T) {
	crowd := selectortest.Crowd{0, 400, 400, 400, 400, 400, 400, 400, 400, 400}
	rng := rand.New(rand.NewPCG(9, 9))
	for _, c := range []struct {
		policy  string
		home    selector.PID
		options map[string]float64
		want    int
	}{
		{"xunlei-native", 1, nil, 500},
		{"xunlei-alto", 1, nil, 120},
		{"xunlei-alto", 4, nil, 500},
		{"xunlei-fixed", 1, nil, 120},
		{"xunlei-fixed", 4, nil, 500},
		{"xunlei-alto", 1, map[string]float64{"most_alto": 60}, 60},
		{"xunlei-alto", 4, map[string]float64{"most": 200}, 200},
	} {
		l := listFor(t, c.policy, trial(), c.home, c.options)
		if got := selectortest.Fill(l, crowd, 1000, rng).Total(); got != c.want {
			t.Errorf("%s, PID %d: a reply of %d, want %d", c.policy, c.home, got, c.want)
		}
	}
}

// TestXunleiRandomShare: the draft has none, so there is none unless it is asked for;
// what the draft wants has RFC 5632's.
func TestXunleiRandomShare(t *testing.T) {
	for _, c := range []struct {
		policy  string
		options map[string]float64
		want    float64
	}{
		{"xunlei-native", nil, 0},
		{"xunlei-alto", nil, 0},
		{"xunlei-fixed", nil, 0.10},
		{"xunlei-native", map[string]float64{"random": 0.2}, 0.2},
		{"xunlei-alto", map[string]float64{"random": 0.2}, 0.2},
		{"xunlei-fixed", map[string]float64{"random": 0}, 0},
	} {
		first := listFor(t, c.policy, trial(), 1, c.options).Steps[0]
		got := 0.0
		if first.Name == "random share" {
			got = first.Target
		}
		if got != c.want {
			t.Errorf("%s with %v: a random share of %v, want %v", c.policy, c.options, got, c.want)
		}
	}
}

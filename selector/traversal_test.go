package selector_test

import (
	"errors"
	"math/rand/v2"
	"reflect"
	"testing"

	"github.com/altracker/altracker/selector"
	"github.com/altracker/altracker/selector/selectortest"
)

// figure2 is the tree of draft-yang-tracker-peer-selection-00, figure 2: ISP1 is cut by
// upload capacity into n4 and n5; ISP2 is n2, ISP3 is n3.
func figure2() selector.Spec {
	high := selector.ClassesOf(selector.Fast)
	low := selector.ClassesOf(selector.Unknown, selector.Slow, selector.Medium)
	return selector.Spec{
		Name: "traversal",
		Tree: []selector.Node{
			{Name: "n1", Where: map[string][]string{"isp": {"ISP1"}}},
			{Name: "n2", Where: map[string][]string{"isp": {"ISP2"}}},
			{Name: "n3", Where: map[string][]string{"isp": {"ISP3"}}},
			{Name: "n4", In: "n1", Classes: high},
			{Name: "n5", In: "n1", Classes: low},
		},
		Lists: []selector.TraversalList{
			{Home: "n4", Fill: []selector.Fill{{Node: "n4", To: 0.50}, {Node: "n5", To: 0.80}, {Node: "n2", To: 0.95}, {Node: "n3", To: 1}}},
			{Home: "n5", Fill: []selector.Fill{{Node: "n4", To: 0.20}, {Node: "n5", To: 0.60}, {Node: "n2", To: 0.95}, {Node: "n3", To: 1}}},
		},
	}
}

// threeISPs is a world of six PIDs, two of each ISP, and a crowd that fills every bin.
func threeISPs() (selectortest.World, []selectortest.Peer) {
	w := selectortest.Square(6, func(from, to int) float32 { return float32(1 + max(from-to, to-from)) })
	w.Tags = map[string][]string{"isp": {"ISP1", "ISP1", "ISP2", "ISP2", "ISP3", "ISP3"}}
	var peers []selectortest.Peer
	for pid := selector.PID(1); pid <= 6; pid++ {
		for i := range 400 {
			peers = append(peers, selectortest.Peer{PID: pid, Class: selector.Class(i % selector.NumClasses), Seeder: i%5 == 0})
		}
	}
	return w, peers
}

func TestFigure2(t *testing.T) {
	w, peers := threeISPs()
	p, err := figure2().Build()
	if err != nil {
		t.Fatal(err)
	}
	for class, want := range map[selector.Class][4]int{ // n4, n5, n2, n3 of a hundred
		selector.Fast:    {50, 30, 15, 5},
		selector.Slow:    {20, 40, 35, 5},
		selector.Unknown: {20, 40, 35, 5},
	} {
		v, _ := selector.Look(w, selector.Requester{PID: 2, Class: class})
		l := p.List(v)
		if !l.ByClass {
			t.Error("the list does not say that it hangs on the class")
		}
		var got [4]int
		for peer, n := range selectortest.Choose(l, peers, 100, rand.New(rand.NewPCG(1, 1))) {
			switch {
			case peer.PID <= 2 && peer.Class == selector.Fast:
				got[0] += n
			case peer.PID <= 2:
				got[1] += n
			case peer.PID <= 4:
				got[2] += n
			default:
				got[3] += n
			}
		}
		if got != want {
			t.Errorf("class %v: %v of n4, n5, n2, n3; want %v", class, got, want)
		}
	}
}

// TestFigure3 writes the peering matrix of figure 3 as a list: 75 % from PID1, and the
// rest by the sibling distribution 50/30/20.
func TestFigure3(t *testing.T) {
	node := func(name string) selector.Node { return selector.Node{Name: name, PIDs: []string{name}} }
	p, err := selector.Spec{
		Name: "traversal",
		Tree: []selector.Node{node("pid-1"), node("pid-2"), node("pid-3"), node("pid-4")},
		Lists: []selector.TraversalList{{Home: "pid-1", Fill: []selector.Fill{
			{Node: "pid-1", To: 0.75}, {Node: "pid-2", To: 0.875}, {Node: "pid-3", To: 0.95}, {Node: "pid-4", To: 1},
		}}},
	}.Build()
	if err != nil {
		t.Fatal(err)
	}
	v, _ := selector.Look(flatISP(4), selector.Requester{PID: 1})
	got := selectortest.Fill(p.List(v), selectortest.Crowd{0, 300, 300, 300, 300}, 200, rand.New(rand.NewPCG(1, 1)))
	if want := (selectortest.Crowd{0, 150, 25, 15, 10}); !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestNodesNarrowDown(t *testing.T) {
	w, peers := threeISPs()
	w.Internal = []bool{true, true, true, true, false, false}
	no := false
	tree := []selector.Node{
		{Name: "seeds", Roles: selector.Seeders},
		{Name: "fast seeds", In: "seeds", Classes: selector.ClassesOf(selector.Fast, selector.Medium)},
		{Name: "fastest seeds of 2", In: "fast seeds", Classes: selector.ClassesOf(selector.Fast), PIDs: []string{"pid-2", "pid-5"}},
		{Name: "abroad", Internal: &no},
		{Name: "impossible", In: "seeds", Roles: selector.Leechers},
		{Name: "unknown property", Where: map[string][]string{"planet": {"mars"}}},
	}
	for node, fits := range map[string]func(selectortest.Peer) bool{
		"seeds":      func(p selectortest.Peer) bool { return p.Seeder },
		"fast seeds": func(p selectortest.Peer) bool { return p.Seeder && p.Class >= selector.Medium },
		"fastest seeds of 2": func(p selectortest.Peer) bool {
			return p.Seeder && p.Class == selector.Fast && (p.PID == 2 || p.PID == 5)
		},
		"abroad": func(p selectortest.Peer) bool { return p.PID >= 5 },
	} {
		p, err := selector.Spec{Name: "traversal", Tree: tree, Lists: []selector.TraversalList{{Fill: []selector.Fill{
			{Node: "impossible", To: 0.5}, {Node: "unknown property", To: 0.5}, {Node: node, To: 1},
		}}}}.Build()
		if err != nil {
			t.Fatal(err)
		}
		v, _ := selector.Look(w, selector.Requester{PID: 1})
		l := p.List(v)
		l.Outside = nil
		total := 0
		for peer, n := range selectortest.Choose(l, peers, 20, rand.New(rand.NewPCG(1, 1))) {
			total += n
			if !fits(peer) {
				t.Errorf("%s: drew %+v", node, peer)
			}
		}
		if total != 20 {
			t.Errorf("%s: %d peers", node, total)
		}
	}
}

// TestTheFirstListHolds: lists are tried in order, the one of no home last; without it
// a list is generated.
func TestTheFirstListHolds(t *testing.T) {
	w, _ := threeISPs()
	spec := figure2()
	spec.Lists = append(spec.Lists,
		selector.TraversalList{Home: "n1", Fill: []selector.Fill{{Node: "n3", To: 1}}},
		selector.TraversalList{Home: "n2", Fill: []selector.Fill{{To: 1}}})
	first := func(r selector.Requester) string {
		p, err := spec.Build()
		if err != nil {
			t.Fatal(err)
		}
		v, _ := selector.Look(w, r)
		return p.List(v).Steps[0].Name
	}
	if got := first(selector.Requester{PID: 1, Class: selector.Fast}); got != "n4" {
		t.Errorf("a fast peer of ISP1 starts with %q", got)
	}
	if got := first(selector.Requester{PID: 3}); got != "root" {
		t.Errorf("ISP2 starts with %q", got)
	}
	if got := first(selector.Requester{PID: 5}); got != "home PID" {
		t.Errorf("ISP3, without a list, starts with %q", got)
	}
	spec.Lists = append(spec.Lists, selector.TraversalList{Fill: []selector.Fill{{Node: "n2", To: 1}}})
	if got := first(selector.Requester{PID: 5}); got != "n2" {
		t.Errorf("ISP3 starts with %q", got)
	}
}

func TestTreesAndListsAreChecked(t *testing.T) {
	node := func(name, in string) selector.Node { return selector.Node{Name: name, In: in} }
	list := func(home string, fill ...selector.Fill) []selector.TraversalList {
		return []selector.TraversalList{{Home: home, Fill: fill}}
	}
	for name, c := range map[string]struct {
		spec selector.Spec
		want []string
	}{
		"no name":         {selector.Spec{Tree: []selector.Node{node("", "")}}, []string{"tree[0].name"}},
		"twice":           {selector.Spec{Tree: []selector.Node{node("a", ""), node("a", "")}}, []string{"tree[1].name"}},
		"no parent":       {selector.Spec{Tree: []selector.Node{node("a", "b")}}, []string{"tree[0].in"}},
		"a circle":        {selector.Spec{Tree: []selector.Node{node("a", "b"), node("b", "a")}}, []string{"tree[0].in", "tree[1].in"}},
		"a bad pattern":   {selector.Spec{Tree: []selector.Node{{Name: "a", PIDs: []string{"["}}}}, []string{"tree[0].pids"}},
		"no such node":    {selector.Spec{Lists: list("x", selector.Fill{Node: "y", To: 1})}, []string{"lists[0].home", "lists[0].fill[0].node"}},
		"decreasing":      {selector.Spec{Lists: list("", selector.Fill{To: 0.5}, selector.Fill{To: 0.4}, selector.Fill{To: 1})}, []string{"lists[0].fill[1].to"}},
		"beyond all":      {selector.Spec{Lists: list("", selector.Fill{To: 1.5})}, []string{"lists[0].fill[0].to", "lists[0].fill"}},
		"not to the end":  {selector.Spec{Lists: list("", selector.Fill{To: 0.9})}, []string{"lists[0].fill"}},
		"nothing at all":  {selector.Spec{Lists: list("")}, []string{"lists[0].fill"}},
		"two for one":     {selector.Spec{Lists: append(list("", selector.Fill{To: 1}), list("", selector.Fill{To: 1})...)}, []string{"lists[1].home"}},
		"no mistake here": {figure2(), nil},
	} {
		c.spec.Name = "traversal"
		_, err := c.spec.Build()
		var got []string
		if err != nil {
			for _, e := range err.(interface{ Unwrap() []error }).Unwrap() {
				var tree *selector.TreeError
				if !errors.As(e, &tree) {
					t.Fatalf("%s: %v is no TreeError", name, e)
				}
				got = append(got, tree.Where)
			}
		}
		if !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: mistakes at %v, want %v", name, got, c.want)
		}
	}
}

func TestConfiguredListsObeyTheLaws(t *testing.T) {
	p, err := figure2().Build()
	if err != nil {
		t.Fatal(err)
	}
	selectortest.Obeys(t, p)
}

// Package selectortest judges policies: it holds the laws that every one of them
// obeys, a map to try them on, and the plainest possible walk along a list.
package selectortest

import (
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"github.com/altracker/altracker/selector"
)

// laws that a policy may be excused from.
var laws = map[selector.Law]func(*testing.T, judged){
	selector.FollowsCost:  followsCost,
	selector.LeavesHome:   leavesHome,
	selector.Unbiased:     unbiased,
	selector.HonoursCost:  honoursCost,
	selector.SpillsUpward: spillsUpward,
}

// Obeys fails t unless p obeys every law but the excused ones.
func Obeys(t *testing.T, p selector.Policy, excused ...selector.Law) {
	t.Helper()
	judged{Policy: p}.obeys(t, excused)
}

// ObeysAdvised fails t unless what p advises on a census obeys every law but the excused
// ones.
func ObeysAdvised(t *testing.T, p selector.Adviser, c selector.Census, excused ...selector.Law) {
	t.Helper()
	judged{p, &c}.obeys(t, excused)
}

func (p judged) obeys(t *testing.T, excused []selector.Law) {
	t.Helper()
	t.Run("lists are well formed", func(t *testing.T) { wellFormed(t, p) })
	t.Run("same view, same list", func(t *testing.T) { repeatable(t, p) })
	t.Run("replies are full", func(t *testing.T) { full(t, p) })
	t.Run("an undefined cost is no better than the dearest", func(t *testing.T) { wary(t, p) })
	t.Run("PIDs in another order are served alike", func(t *testing.T) { permuted(t, p) })
	t.Run("what swarms share can be told apart", func(t *testing.T) { shared(t, p) })
	for law, check := range laws {
		if !slices.Contains(excused, law) {
			t.Run(string(law), func(t *testing.T) { check(t, p) })
		}
	}
}

// judged is a policy or, with a census, what an adviser makes of it on the map of each view.
type judged struct {
	selector.Policy
	census *selector.Census
}

func (p judged) List(v selector.View) selector.List {
	if p.census == nil {
		return p.Policy.List(v)
	}
	return p.Policy.(selector.Adviser).Advise(v.Network(), *p.census).List(v)
}

// turned is p with PIDs 1 to n in the opposite order.
func (p judged) turned(n int) judged {
	if p.census == nil {
		return p
	}
	c := *p.census
	c.Populations = slices.Clone(c.Populations)
	slices.Reverse(c.Populations)
	for i := range c.Populations {
		c.Populations[i].PID = selector.PID(n+1) - c.Populations[i].PID
	}
	return judged{p.Policy, &c}
}

// population returns what the census says of a PID.
func (p judged) population(pid int) (of selector.Population) {
	if p.census != nil {
		for _, one := range p.census.Populations {
			if one.PID == selector.PID(pid) {
				of = one
			}
		}
	}
	of.PID = 0
	return of
}

// alike tells whether the census tells PIDs apart by nothing, as is so without one.
func (p judged) alike(a, b int) bool { return p.population(a) == p.population(b) }

// alikeByPeer tells whether it tells them apart by no more than the number of their peers.
func (p judged) alikeByPeer(a, b int) bool {
	one, other := p.population(a), p.population(b)
	l, s := one.Count()
	m, r := other.Count()
	if (l+s == 0) != (m+r == 0) {
		return false
	}
	for c := range selector.NumClasses {
		if int(one.Leechers[c])*(m+r) != int(other.Leechers[c])*(l+s) || int(one.Seeders[c])*(m+r) != int(other.Seeders[c])*(l+s) {
			return false
		}
	}
	return true
}

// worlds is a variety of maps, friendly and not.
func worlds() map[string]World {
	line := func(from, to int) float32 { return float32(1 + 3*abs(from-to)) }
	flat := func(int, int) float32 { return 1 }
	oneWay := func(from, to int) float32 { return float32(10*from + to) }
	holes := func(from, to int) float32 {
		if (from+to)%3 == 0 {
			return selector.Undefined
		}
		return float32(from * to)
	}
	ranks := Square(5, line)
	ranks.Ranks = true
	isp := Square(6, line)
	isp.Internal = []bool{true, true, true, false, false, false}
	alone := Square(4, line)
	alone.Internal = []bool{true, false, false, false}
	return map[string]World{
		"one PID":          Square(1, flat),
		"two equal PIDs":   Square(2, flat),
		"a line":           Square(8, line),
		"one-way costs":    Square(5, oneWay),
		"undefined costs":  Square(7, holes),
		"nothing defined":  Square(4, func(int, int) float32 { return selector.Undefined }),
		"negative costs":   Square(4, func(from, to int) float32 { return float32(to - from) }),
		"free costs":       Square(4, func(from, to int) float32 { return float32(abs(from - to)) }),
		"huge costs":       Square(3, func(from, to int) float32 { return math.MaxFloat32 / float32(from+to) }),
		"ranks":            ranks,
		"an ISP":           isp,
		"an ISP of a PID":  alone,
		"two hundred PIDs": Square(200, line),
	}
}

func abs(n int) int { return max(n, -n) }

// views yields every view of every world.
func views(t *testing.T, see func(t *testing.T, w World, v selector.View)) {
	for name, w := range worlds() {
		t.Run(name, func(t *testing.T) {
			for home := range min(len(w.Costs), 8) {
				for _, seeder := range []bool{false, true} {
					v, ok := selector.Look(w, selector.Requester{PID: selector.PID(home + 1), Seeder: seeder})
					if !ok {
						t.Fatalf("PID %d has no view", home+1)
					}
					see(t, w, v)
				}
			}
		})
	}
}

func wellFormed(t *testing.T, p judged) {
	views(t, func(t *testing.T, w World, v selector.View) {
		l := p.List(v)
		if len(l.Steps) == 0 {
			t.Fatal("no steps")
		}
		target := 0.0
		for _, st := range l.Steps {
			if st.Name == "" {
				t.Errorf("a step to %v has no name", st.Target)
			}
			if !(st.Target >= target && st.Target <= 1) {
				t.Errorf("step %q has target %v after %v", st.Name, st.Target, target)
			}
			target = st.Target
			checkSpans(t, st.Name, st.Spans)
		}
		if target != 1 {
			t.Errorf("the last target is %v, want 1", target)
		}
		checkSpans(t, "outside", l.Outside)
		if weight(l.Outside, v.Home) > 0 {
			t.Error("the home PID is outside")
		}
		last := l.Steps[len(l.Steps)-1]
		if last.Spare > 0 || last.Roles != 0 || last.Classes != 0 {
			t.Errorf("the last step leaves out somebody: %+v", last)
		}
		if l.Most < 0 || l.Most > 0 && l.Most < 4 {
			t.Errorf("a reply holds at most %d peers", l.Most)
		}
		for pid := range len(w.Costs) + 1 {
			if weight(last.Spans, selector.PID(pid)) == 0 {
				t.Errorf("the last step leaves out PID %d", pid)
			}
		}
	})
}

func checkSpans(t *testing.T, name string, spans []selector.Span) {
	end := selector.PID(0)
	for _, sp := range spans {
		if sp.Lo < end || sp.Hi <= sp.Lo {
			t.Errorf("%q: span %d to %d is empty or out of order", name, sp.Lo, sp.Hi)
		}
		if w := float64(sp.Weight); !(w > 0) || math.IsInf(w, 0) {
			t.Errorf("%q: span %d to %d weighs %v", name, sp.Lo, sp.Hi, w)
		}
		end = sp.Hi
	}
}

func repeatable(t *testing.T, p judged) {
	views(t, func(t *testing.T, _ World, v selector.View) {
		if a, b := p.List(v), p.List(v); !reflect.DeepEqual(a, b) {
			t.Errorf("%+v, then %+v", a, b)
		}
	})
}

// shared holds advice on a selector.Sharer's promise: its terms are of a policy that can be
// compared, follow from a glance, and make its list.
func shared(t *testing.T, p judged) {
	if p.census == nil {
		return
	}
	views(t, func(t *testing.T, _ World, v selector.View) {
		sharer, ok := p.Policy.(selector.Adviser).Advise(v.Network(), *p.census).(selector.Sharer)
		if !ok {
			return
		}
		terms := sharer.Terms(selector.Glance(v.Network(), selector.Requester{PID: v.Home, Seeder: v.Seeder, Class: v.Class}))
		if !reflect.ValueOf(terms.Policy).Comparable() {
			t.Errorf("%#v cannot be compared", terms.Policy)
		}
		if a, b := terms.List(v), p.List(v); !reflect.DeepEqual(a, b) {
			t.Errorf("by its terms %+v, by itself %+v", a, b)
		}
	})
}

func full(t *testing.T, p judged) {
	rng := rand.New(rand.NewPCG(1, 1))
	views(t, func(t *testing.T, w World, v selector.View) {
		crowd := make(Crowd, len(w.Costs)+1)
		for i := range crowd {
			crowd[i] = rng.IntN(9)
		}
		for _, want := range []int{1, 10, 50} {
			l := p.List(v)
			got := Fill(l, crowd, want, rng)
			if l.Most > 0 {
				want = min(want, l.Most)
			}
			if n := min(want, crowd.Total()); got.Total() != n {
				t.Errorf("%d peers of %v, want %d", got.Total(), crowd, n)
			}
		}
	})
}

// mean is enough walks for a standard error of about a hundredth of a peer.
const mean = 4000

// unbiased: one home PID, and others at one cost: a PID of 30 peers gets three
// times what a PID of 10 gets.
func unbiased(t *testing.T, p judged) {
	w := Square(4, func(int, int) float32 { return 5 })
	v, _ := selector.Look(w, selector.Requester{PID: 1})
	crowd := Crowd{0, 40, 30, 10, 60}
	shares := Shares(p.List(v), crowd, 20, mean, rand.New(rand.NewPCG(2, 2)))
	per := func(pid int) float64 { return shares[pid] / float64(crowd[pid]) }
	for _, pair := range [][2]int{{2, 3}, {2, 4}, {3, 4}} {
		a, b := pair[0], pair[1]
		if ratio := per(b) / per(a); p.alikeByPeer(a, b) && (ratio < 0.9 || ratio > 1.1) {
			t.Errorf("a peer of PID %d is told %.2f times as often as one of PID %d at the same cost", b, ratio, a)
		}
	}
}

// permuted turns the numbering of PIDs around: what a PID gets must not hang on its
// number.
func permuted(t *testing.T, p judged) {
	const n = 6
	cost := func(from, to int) float32 { return float32(abs(from-to))*3 + 1 }
	turned := func(from, to int) float32 { return cost(n+1-from, n+1-to) }
	crowd := Crowd{0, 25, 5, 40, 25, 15, 30}
	reversed := append(Crowd{0}, crowd[1:]...)
	slices.Reverse(reversed[1:])
	shares := func(p judged, cost func(from, to int) float32, home selector.PID, crowd Crowd) []float64 {
		v, _ := selector.Look(Square(n, cost), selector.Requester{PID: home})
		return Shares(p.List(v), crowd, 30, mean, rand.New(rand.NewPCG(6, 6)))
	}
	as, turnedAs := shares(p, cost, 2, crowd), shares(p.turned(n), turned, n-1, reversed)
	for pid := 1; pid <= n; pid++ {
		if a, b := as[pid], turnedAs[n+1-pid]; math.Abs(a-b) > 0.05*max(a, b)+0.1 {
			t.Errorf("PID %d gets %.2f peers, %.2f under another number", pid, a, b)
		}
	}
}

func wary(t *testing.T, p judged) {
	w := Square(3, func(from, to int) float32 { return float32(abs(from-to))*4 + 1 })
	w.Costs[1][0], w.Costs[0][1] = selector.Undefined, selector.Undefined
	v, _ := selector.Look(w, selector.Requester{PID: 1})
	shares := Shares(p.List(v), Crowd{0, 30, 30, 30}, 20, mean, rand.New(rand.NewPCG(3, 3)))
	if p.alike(2, 3) && shares[2] > 1.1*shares[3]+0.1 {
		t.Errorf("undefined cost: %.2f peers, dearest cost: %.2f", shares[2], shares[3])
	}
}

func followsCost(t *testing.T, p judged) {
	w := Square(6, func(from, to int) float32 { return float32(abs(from-to))*2 + 1 })
	for _, seeder := range []bool{false, true} {
		v, _ := selector.Look(w, selector.Requester{PID: 1, Seeder: seeder})
		shares := Shares(p.List(v), Crowd{0, 25, 25, 25, 25, 25, 25}, 30, mean, rand.New(rand.NewPCG(4, 4)))
		for pid := 2; pid < len(shares); pid++ {
			if shares[pid] > shares[pid-1]*1.05+0.05 {
				t.Errorf("seeder %v: PID %d gets %.2f peers, the cheaper PID %d %.2f", seeder, pid, shares[pid], pid-1, shares[pid-1])
			}
		}
	}
}

func leavesHome(t *testing.T, p judged) {
	w := Square(4, func(from, to int) float32 { return float32(abs(from-to))*9 + 1 })
	v, _ := selector.Look(w, selector.Requester{PID: 2})
	shares := Shares(p.List(v), Crowd{0, 500, 500, 500, 500}, 50, 200, rand.New(rand.NewPCG(5, 5)))
	if away := 50 - shares[2]; away < 0.99 {
		t.Errorf("of 50 peers %.2f are from outside the home PID", away)
	}
}

// honoursCost: the operator wants the traffic of the home PID elsewhere (RFC 7971 section
// 3.1.4), and states that a PID of its network is cheaper than the home PID is to itself.
func honoursCost(t *testing.T, p judged) {
	w := Square(4, func(from, to int) float32 { return 5 })
	w.Internal = []bool{true, true, true, false}
	w.Costs[1][0], w.Costs[0][1] = 1, 1
	for _, seeder := range []bool{false, true} {
		v, _ := selector.Look(w, selector.Requester{PID: 1, Seeder: seeder})
		shares := Shares(p.List(v), Crowd{0, 40, 40, 40, 40}, 20, mean/4, rand.New(rand.NewPCG(7, 7)))
		if shares[1] > 1.1*shares[2]+0.1 {
			t.Errorf("seeder %v: %.2f peers of the home PID, %.2f of a cheaper one", seeder, shares[1], shares[2])
		}
	}
}

// spillsUpward: of the places that a home PID of two peers cannot fill, the ISP around it gets
// as much as in proportion.
func spillsUpward(t *testing.T, p judged) {
	w := Square(4, func(from, to int) float32 {
		switch {
		case from == to:
			return 1
		case from < 4 && to < 4:
			return 5
		}
		return 20
	})
	w.Internal = []bool{true, true, true, false}
	w.Tags = map[string][]string{"isp": {"home", "home", "home", "away"}}
	v, _ := selector.Look(w, selector.Requester{PID: 1})
	shares := Shares(p.List(v), Crowd{0, 2, 60, 60, 120}, 20, mean/4, rand.New(rand.NewPCG(8, 8)))
	if around := shares[2] + shares[3]; p.alikeByPeer(2, 3) && p.alikeByPeer(3, 4) && around < 0.95*shares[4]-0.1 {
		t.Errorf("%.2f peers of the ISP, %.2f of as many outside", around, shares[4])
	}
}

package selector_test

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"testing"

	"github.com/altracker/altracker/selector"
	"github.com/altracker/altracker/selector/selectortest"
)

// census counts peers by PID: leechers and seeders of each from PID 1 on, all of one class.
func census(class selector.Class, counts ...[2]uint32) (c selector.Census) {
	c.Upload = [selector.NumClasses]float64{0, 10e3, 100e3, 1e6}
	for i, n := range counts {
		p := selector.Population{PID: selector.PID(i + 1)}
		p.Leechers[class], p.Seeders[class] = n[0], n[1]
		if n != [2]uint32{} {
			c.Populations = append(c.Populations, p)
		}
	}
	return c
}

func advised(t testing.TB, name string, options map[string]float64, m selector.Map, c selector.Census) selector.Policy {
	t.Helper()
	p, err := selector.New(name, options)
	if err != nil {
		t.Fatal(err)
	}
	return p.(selector.Adviser).Advise(m, c)
}

// oneISP is a line of PIDs of one ISP: the farther, the dearer.
func oneISP(pids int) selectortest.World {
	w := selectortest.Square(pids, func(from, to int) float32 { return float32(1 + 4*max(from-to, to-from)) })
	w.Internal = make([]bool, pids)
	for i := range w.Internal {
		w.Internal[i] = true
	}
	return w
}

// TestAdvisersObeyTheLaws: the map of each law has from one to two hundred PIDs, so that
// censuses know of PIDs that it does not have, and not of all that it has.
func TestAdvisersObeyTheLaws(t *testing.T) {
	t.Parallel()
	for _, info := range selector.Infos() {
		adviser, ok := mustNew(t, info.Name, nil).(selector.Adviser)
		if !ok {
			continue
		}
		for name, c := range map[string]selector.Census{
			"nobody":        {},
			"small":         census(selector.Unknown, [2]uint32{3, 1}, [2]uint32{0, 2}, [2]uint32{1, 0}),
			"alike":         census(selector.Medium, [2]uint32{9, 3}, [2]uint32{90, 30}, [2]uint32{900, 300}, [2]uint32{30, 10}, [2]uint32{3, 1}, [2]uint32{60, 20}),
			"large":         census(selector.Medium, [2]uint32{900, 300}, [2]uint32{500, 10}, [2]uint32{70, 700}, [2]uint32{8, 8}, [2]uint32{60, 1}, [2]uint32{40, 40}),
			"sparse":        census(selector.Slow, [2]uint32{}, [2]uint32{2, 0}, [2]uint32{}, [2]uint32{}, [2]uint32{0, 1}, [2]uint32{}, [2]uint32{5, 5}),
			"one-sided":     census(selector.Slow, [2]uint32{50, 0}, [2]uint32{50, 0}, [2]uint32{50, 0}, [2]uint32{0, 50}, [2]uint32{0, 50}, [2]uint32{0, 50}),
			"seeders only":  census(selector.Fast, [2]uint32{0, 30}, [2]uint32{0, 20}, [2]uint32{0, 10}, [2]uint32{0, 40}),
			"leechers only": census(selector.Slow, [2]uint32{30, 0}, [2]uint32{20, 0}, [2]uint32{10, 0}, [2]uint32{40, 0}),
		} {
			t.Run(info.Name+"/"+name, func(t *testing.T) {
				selectortest.ObeysAdvised(t, adviser, c, info.Breaks...)
			})
		}
	}
}

// TestAdviceIsReproducible: the same map and census, the same lists.
func TestAdviceIsReproducible(t *testing.T) {
	w, c := oneISP(30), crowded(30, 1)
	for _, name := range []string{"matching", "budget"} {
		one, other := advised(t, name, nil, w, c), advised(t, name, nil, w, c)
		for home := selector.PID(1); home <= 30; home++ {
			v, _ := selector.Look(w, selector.Requester{PID: home})
			if a, b := one.List(v), other.List(v); !reflect.DeepEqual(a, b) {
				t.Fatalf("%s, home %d: %+v, then %+v", name, home, a, b)
			}
		}
	}
}

// crowded is a census of so many PIDs, of all classes.
func crowded(pids int, seed uint64) selector.Census {
	c := selector.Census{Upload: [selector.NumClasses]float64{0, 1e4, 1e5, 1e6}}
	rng := rand.New(rand.NewPCG(1, seed))
	for pid := range pids {
		p := selector.Population{PID: selector.PID(pid + 1)}
		for class := range selector.NumClasses {
			p.Leechers[class], p.Seeders[class] = rng.Uint32N(40), rng.Uint32N(10)
		}
		p.Leechers[selector.Unknown]++
		c.Populations = append(c.Populations, p)
	}
	return c
}

// plane is a map of PIDs at random places of an ISP, in no order, all pairs of another cost.
type plane struct {
	selectortest.World
	x, y []float64
}

func newPlane(pids int) (p plane) {
	rng := rand.New(rand.NewPCG(7, 7))
	for range pids {
		p.x, p.y = append(p.x, rng.Float64()), append(p.y, rng.Float64())
	}
	p.World = selectortest.World{Costs: make([][]float32, pids), Internal: make([]bool, pids)} // costs are worked out when asked for
	for i := range p.Internal {
		p.Internal[i] = true
	}
	return p
}

func (p plane) distance(a, b selector.PID) float64 {
	dx, dy := p.x[a-1]-p.x[b-1], p.y[a-1]-p.y[b-1]
	return dx*dx + dy*dy
}

// Row implements [selector.Map].
func (p plane) Row(home selector.PID, _ bool) (ends []selector.PID, costs []float32, internal []bool) {
	ends, costs = make([]selector.PID, len(p.x)), make([]float32, len(p.x))
	for i := range p.x {
		ends[i], costs[i] = selector.PID(i+2), float32(0.01+p.distance(home, selector.PID(i+1)))
	}
	return ends, costs, p.Internal
}

func BenchmarkAdvise(b *testing.B) {
	for _, pids := range []int{20, 200, 2000, 10_000} {
		w, c := newPlane(pids), crowded(pids, 1)
		for _, name := range []string{"budget", "matching"} {
			p := mustNewB(b, name).(selector.Adviser)
			b.Run(fmt.Sprintf("policy=%s/pids=%d", name, pids), func(b *testing.B) {
				for b.Loop() {
					p.Advise(w, c)
				}
			})
		}
	}
}

// BenchmarkAdvisedList compiles lists after advice.
func BenchmarkAdvisedList(b *testing.B) {
	for _, pids := range []int{12, 1700, 10_000} {
		w, c := newPlane(pids), crowded(pids, 1)
		v, _ := selector.Look(w, selector.Requester{PID: 1})
		for _, name := range []string{"budget", "matching"} {
			p := advised(b, name, nil, w, c)
			b.Run(fmt.Sprintf("policy=%s/pids=%d", name, pids), func(b *testing.B) {
				for b.Loop() {
					p.List(v)
				}
			})
		}
	}
}

// BenchmarkList compiles lists on maps whose costs are all different, so that every run is
// one PID, and those of ranks one step each.
func BenchmarkList(b *testing.B) {
	for _, pids := range []int{12, 1700, 10_000} {
		w := newPlane(pids)
		clear(w.Internal[pids/2:])
		v, _ := selector.Look(w, selector.Requester{PID: 1})
		for _, name := range selector.Names() {
			b.Run(fmt.Sprintf("policy=%s/pids=%d", name, pids), func(b *testing.B) {
				p := mustNewB(b, name)
				for b.Loop() {
					p.List(v)
				}
			})
		}
	}
}

func mustNewB(b *testing.B, name string) selector.Policy {
	p, err := selector.New(name, nil)
	if err != nil {
		b.Fatal(err)
	}
	return p
}

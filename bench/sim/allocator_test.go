package sim

import (
	"math"
	"math/rand/v2"
	"testing"
)

// TestAllocatorAgreesWithFillingByRounds compares it with the slow, obvious way, and
// checks that each flow has what holds it back.
func TestAllocatorAgreesWithFillingByRounds(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range 500 {
		capacity, flows := randomDemands(rng)
		a := newAllocator(capacity)
		got, want := make([]float64, len(flows)), make([]float64, len(flows))
		for range 2 { // the second time on what the first left behind
			a.allocate(flows, got)
		}
		fillByRounds(capacity, flows, want)
		for i := range want {
			if math.Abs(got[i]-want[i]) > 1e-9*want[i] {
				t.Fatalf("flow %d of %d has %v, want %v", i, len(flows), got[i], want[i])
			}
		}
		checkMaxMin(t, capacity, flows, got)
	}
}

// randomDemands makes up to 20 peers and 6 links between them, some without limit, and
// up to 60 flows, all of as different sizes as a swarm's can be.
func randomDemands(rng *rand.Rand) (capacity []float64, flows []demand) {
	size := func() float64 { return math.Exp(8 * rng.Float64()) }
	peers, links := 2+rng.IntN(19), rng.IntN(7)
	for range 2*peers + links {
		c := size()
		if rng.IntN(5) == 0 {
			c *= 100
		}
		capacity = append(capacity, c)
	}
	for range 1 + rng.IntN(60) {
		f := demand{up: int32(rng.IntN(peers)), down: int32(peers + rng.IntN(peers)), weight: 0.01 + rng.Float64(), limit: math.Inf(1)}
		if rng.IntN(3) == 0 {
			f.limit = size()
		}
		for l := range links {
			if rng.IntN(3) == 0 {
				f.path = append(f.path, int32(2*peers+l))
			}
		}
		flows = append(flows, f)
	}
	return capacity, withLimits(capacity, flows)
}

// withLimits bounds each flow by the links it crosses.
func withLimits(capacity []float64, flows []demand) []demand {
	for i := range flows {
		for _, l := range flows[i].links() {
			flows[i].limit = min(flows[i].limit, capacity[l])
		}
	}
	return flows
}

func (f *demand) links() []int32 { return append([]int32{f.up, f.down}, f.path...) }

// fillByRounds finds, round by round, who stops growing first.
func fillByRounds(capacity []float64, flows []demand, rates []float64) {
	left := append([]float64(nil), capacity...)
	settled := make([]bool, len(flows))
	for range flows {
		at, who := math.Inf(1), -1
		for i := range flows {
			if settled[i] {
				continue
			}
			level := flows[i].limit / flows[i].weight
			for _, l := range flows[i].links() {
				weight := 0.0
				for j := range flows {
					for _, m := range flows[j].links() {
						if m == l && !settled[j] {
							weight += flows[j].weight
						}
					}
				}
				level = min(level, left[l]/weight)
			}
			if level < at {
				at, who = level, i
			}
		}
		settled[who], rates[who] = true, at*flows[who].weight
		for _, l := range flows[who].links() {
			left[l] = max(0, left[l]-rates[who])
		}
	}
}

// checkMaxMin: no link carries more than it can; each flow has its limit, or crosses a full
// link on which no flow has more for its weight.
func checkMaxMin(t *testing.T, capacity []float64, flows []demand, rates []float64) {
	t.Helper()
	load, most := make([]float64, len(capacity)), make([]float64, len(capacity))
	for i := range flows {
		for _, l := range flows[i].links() {
			load[l] += rates[i]
			most[l] = max(most[l], rates[i]/flows[i].weight)
		}
	}
	for l := range load {
		if load[l] > capacity[l]*(1+1e-9) {
			t.Fatalf("link %d carries %v of %v", l, load[l], capacity[l])
		}
	}
	for i := range flows {
		held := rates[i] >= flows[i].limit*(1-1e-9)
		for _, l := range flows[i].links() {
			held = held || load[l] >= capacity[l]*(1-1e-9) && rates[i]/flows[i].weight >= most[l]*(1-1e-9)
		}
		if !held {
			t.Fatalf("nothing keeps flow %d at %v", i, rates[i])
		}
	}
}

func TestAllocatorGivesWholeLinksToLoneFlowsAndHalvesToTwo(t *testing.T) {
	check := func(capacity []float64, flows []demand, want ...float64) {
		t.Helper()
		got := make([]float64, len(flows))
		newAllocator(capacity).allocate(withLimits(capacity, flows), got)
		for i := range want {
			if math.Abs(got[i]-want[i]) > 1e-9 {
				t.Errorf("rates are %v, want %v", got, want)
				return
			}
		}
	}
	far := math.Inf(1)
	check([]float64{4, 9, 10, 10}, []demand{{up: 0, down: 2, weight: 1, limit: far}}, 4)
	check([]float64{4, 9, 10, 10}, []demand{{up: 0, down: 2, weight: 1, limit: far}, {up: 0, down: 3, weight: 3, limit: far}}, 1, 3)
	check([]float64{4, 9, 10, 10}, []demand{{up: 0, down: 2, weight: 1, limit: far}, {up: 1, down: 2, weight: 1, limit: far}}, 4, 6)
	check([]float64{4, 9, 10, 10}, []demand{{up: 0, down: 2, weight: 1, limit: 0.5}, {up: 0, down: 3, weight: 1, limit: far}}, 0.5, 3.5)
	check([]float64{4, 9, 10, 10, 2}, []demand{{up: 0, down: 2, path: []int32{4}, weight: 1, limit: far}, {up: 0, down: 3, weight: 1, limit: far}}, 2, 2)
	check([]float64{4, 9, 10, 10, 2}, []demand{{up: 0, down: 2, path: []int32{4}, weight: 1, limit: far}, {up: 1, down: 3, path: []int32{4}, weight: 1, limit: far}}, 1, 1)
}

func TestAllocatorReusesItsMemory(t *testing.T) {
	capacity, flows := randomDemands(rand.New(rand.NewPCG(3, 4)))
	a, rates := newAllocator(capacity), make([]float64, len(flows))
	a.allocate(flows, rates)
	if n := testing.AllocsPerRun(100, func() { a.allocate(flows, rates) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

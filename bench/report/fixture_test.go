package report

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/altracker/altracker/bench/stats"
)

// habit is how a made-up policy behaves: what the figures of its runs scatter about.
type habit struct {
	policy            string
	local, slow, tail float64
}

var habits = []habit{
	{"random", 0, 1, 1},
	{"biased", 0.34, 1.02, 1.06},
	{"staged", 0.66, 1.05, 1.12},
	{"xunlei-alto", 0.95, 1.62, 2.1},
	{"adaptive", 0.91, 0.97, 0.98},
}

// stage is a made-up scenario.
type stage struct {
	name, set string
	places    []Node
	links     [][2]int
	pidsEach  int
}

func abilene() stage {
	s := stage{name: "abilene", set: "design", pidsEach: 1}
	for _, c := range []struct {
		name     string
		lat, lon float64
	}{
		{"Seattle", 47.6, -122.3}, {"Sunnyvale", 37.4, -122.0}, {"Los Angeles", 34.0, -118.2}, {"Denver", 39.7, -105.0}, {"Kansas City", 39.1, -94.6}, {"Houston", 29.8, -95.4},
		{"Indianapolis", 39.8, -86.2}, {"Atlanta", 33.7, -84.4}, {"Chicago", 41.9, -87.6}, {"Washington", 38.9, -77.0}, {"New York", 40.7, -74.0},
	} {
		s.places = append(s.places, Node{c.name, len(s.places), c.lat, c.lon})
	}
	s.links = [][2]int{{0, 1}, {0, 3}, {1, 2}, {1, 3}, {2, 5}, {3, 4}, {4, 5}, {4, 6}, {5, 7}, {6, 7}, {6, 8}, {7, 9}, {8, 10}, {9, 10}}
	return s
}

// fourteen is a network without coordinates: ISPs around two providers.
func fourteen() stage {
	s := stage{name: "fourteen-isps", set: "confirm", pidsEach: 4}
	for i := range 14 {
		s.places = append(s.places, Node{fmt.Sprintf("isp-%d", i+1), i, math.NaN(), math.NaN()})
	}
	for i := range 14 {
		s.links = append(s.links, [2]int{i, (i + 1) % 14}, [2]int{i, (i * i) % 14})
	}
	return s
}

// makeRuns writes made-up runs into dir: two scenarios, five policies, some seeds.
func makeRuns(t testing.TB, dir string, seeds uint64) []Record {
	t.Helper()
	about := About{Command: "altbench run abilene fourteen-isps --seeds 5 --out out", Machine: "2 processors, linux/amd64", Scenarios: []Scenario{
		{"abilene", "design", "The eleven places of Abilene, each a PID and an ISP, 220 peers on cable and fibre, one seed of 20 Mbit/s.", "completion −10 to −23 %, hops per byte 5.5 to 0.89 (P4P, SIGCOMM 2008)"},
		{"fourteen-isps", "confirm", "Fourteen ISPs of four PIDs, 50 peers each, all arriving at once.", ""},
	}}
	var records []Record
	for _, s := range []stage{abilene(), fourteen()} {
		for _, h := range habits {
			for seed := uint64(1); seed <= seeds; seed++ {
				r, d := s.run(h, seed)
				records = append(records, r)
				if err := WriteDetail(dir, d); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	if err := WriteResults(dir, about, records); err != nil {
		t.Fatal(err)
	}
	return records
}

// run makes up one run. What belongs to the seed is drawn first, so that runs are paired.
func (s stage) run(h habit, seed uint64) (Record, *Detail) {
	const file = 64 << 20
	world := rand.New(rand.NewPCG(seed, 1))
	own := rand.New(rand.NewPCG(seed, uint64(len(h.policy)*31)))
	d := &Detail{Scenario: s.name, Policy: h.policy, Seed: seed, Nodes: s.places}
	r := Blank()
	var all []float64
	for i, node := range s.places {
		isp := ISP{Name: node.Name, TransitP95: file / 60 * (1.2 - h.local) * math.Exp(0.1*own.NormFloat64())}
		rate := 1 + 0.4*world.Float64()
		for range 20 + 3*i {
			isp.Completion = append(isp.Completion, 140*rate*h.slow*math.Exp(0.3*world.NormFloat64()*h.tail))
		}
		if h.policy == "xunlei-alto" && i == 3 {
			isp.Unfinished = 2
		}
		isp.P50 = stats.Median(isp.Completion)
		all = append(all, isp.Completion...)
		d.ISPs = append(d.ISPs, isp)
		r.Unfinished += isp.Unfinished
		for j := range s.pidsEach {
			d.PIDs = append(d.PIDs, PID{fmt.Sprintf("%s/%d", node.Name, j), i})
		}
	}
	var within, total float64
	for from := range d.PIDs {
		for to := range d.PIDs {
			bytes := file * 25 / float64(len(d.PIDs)) * (1 - h.local) * math.Exp(0.4*own.NormFloat64())
			if from == to {
				bytes += file * 22 * h.local
				within += bytes
			} else {
				d.ISPs[d.PIDs[from].ISP].Egress += bytes
				d.ISPs[d.PIDs[to].ISP].Ingress += bytes
			}
			total += bytes
			d.Traffic.Add(from, to, bytes)
		}
	}
	for _, l := range s.links {
		load := file * 30 * (1.1 - h.local) * math.Exp(0.7*own.NormFloat64())
		d.Links = append(d.Links, Link{A: l[0], B: l[1], Capacity: 1e8, Bytes: [2]float64{load, load / 2}, Peak: min(load/(file*45), 1)})
	}
	all = stats.Known(all)
	r.Scenario, r.Policy, r.Seed, r.Mode, r.Set = s.name, h.policy, seed, "sim", s.set
	r.Peers, r.Leechers, r.FileBytes, r.TMin = len(all)+1, len(all)+r.Unfinished, file, 78
	r.Eta, r.IntraPIDShare, r.IntraISPShare = h.local+0.02*own.NormFloat64(), within/total, min(1, within/total+0.02)
	r.RedundancyMedian, r.RedundancyMax = 1+18*(1-h.local), 1.4+27*(1-h.local)
	r.UnitBDP, r.MLU, r.SeedCopies, r.StartupP50 = 3.1*(1.05-h.local), 0.9-0.5*h.local, 1.8+3*max(0, h.local-0.9), 6*h.slow
	r.CompletionP50, r.CompletionP95, r.CompletionP99 = stats.Quantile(all, 0.5), stats.Quantile(all, 0.95), stats.Quantile(all, 0.99)
	r.CompletionMax = slices.Max(all)
	r.ISPsLosingTime, r.ISPsLosingTraffic, r.Components = 0, 0, 1
	if h.slow > 1.05 {
		r.ISPsLosingTime = float64(len(s.places))
	}
	r.WallSeconds, r.CPUSeconds, r.Commit = 3.2, 3.1, "0123456789ab"
	return r, d
}

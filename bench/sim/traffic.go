package sim

import (
	"math"
	"time"
)

// pair is an ordered pair of places that some flow crosses, or crossed.
type pair struct {
	from, to      int32
	path          []int32 // all links
	narrow        []int32 // those with a capacity, in the allocator's numbers
	weight, limit float64
	bytes, bin    float64 // sent so far, without and within the bin that is open
}

// traffic is the network's side of a run: what each pair of places has of it, and what
// passed between them.
type traffic struct {
	network Network
	client  Client
	base    int32 // the allocator's number of link 0
	places  int
	numbers []int32 // of pairs, by from*places+to; 0 for none, else one more
	pairs   []pair

	binLinks []int
	groups   []int
	grouped  int
	linkBins [][]float32
	transit  [][]float32
}

func newTraffic(c Config) *traffic {
	t := &traffic{network: c.Network, client: c.Client, base: int32(2 * len(c.Peers)), binLinks: c.BinLinks, groups: c.Groups}
	for _, p := range c.Peers {
		t.places = max(t.places, p.Place+1)
	}
	for _, g := range c.Groups {
		t.grouped = max(t.grouped, g+1)
	}
	t.numbers = make([]int32, t.places*t.places)
	t.linkBins = make([][]float32, len(c.Network.Capacity))
	return t
}

// pair returns the number of the pair of two places.
func (t *traffic) pair(from, to int32) int32 {
	n := &t.numbers[int(from)*t.places+int(to)]
	if *n == 0 {
		t.pairs = append(t.pairs, t.newPair(from, to))
		*n = int32(len(t.pairs))
	}
	return *n - 1
}

func (t *traffic) newPair(from, to int32) pair {
	p := pair{from: from, to: to}
	rtt := t.client.AccessRTT
	if t.network.RTT != nil {
		rtt += max(0, t.network.RTT(int(from), int(to)))
	}
	p.weight = 1 / rtt.Seconds()
	p.limit = t.client.Window / rtt.Seconds()
	if t.network.Path != nil {
		p.path = t.network.Path(int(from), int(to))
	}
	for _, l := range p.path {
		if !math.IsInf(t.network.Capacity[l], 1) {
			p.narrow = append(p.narrow, t.base+l)
			p.limit = min(p.limit, t.network.Capacity[l])
		}
	}
	return p
}

// closeBin books what passed since the last time to bin number i.
func (t *traffic) closeBin(i int) {
	for _, l := range t.binLinks {
		for len(t.linkBins[l]) <= i {
			t.linkBins[l] = append(t.linkBins[l], 0)
		}
	}
	if t.groups != nil {
		for len(t.transit) <= i {
			t.transit = append(t.transit, make([]float32, t.grouped*t.grouped))
		}
	}
	for k := range t.pairs {
		p := &t.pairs[k]
		if p.bin == 0 {
			continue
		}
		for _, l := range p.path {
			if t.linkBins[l] != nil {
				t.linkBins[l][i] += float32(p.bin)
			}
		}
		if t.groups != nil {
			t.transit[i][t.groups[p.from]*t.grouped+t.groups[p.to]] += float32(p.bin)
		}
		p.bytes += p.bin
		p.bin = 0
	}
}

// matrix returns the bytes of all pairs of places.
func (t *traffic) matrix() [][]float64 {
	rows, all := make([][]float64, t.places), make([]float64, t.places*t.places)
	for i := range rows {
		rows[i] = all[i*t.places : (i+1)*t.places : (i+1)*t.places]
	}
	for _, p := range t.pairs {
		rows[p.from][p.to] = p.bytes + p.bin
	}
	return rows
}

// linkBytes returns the bytes that crossed each link.
func (t *traffic) linkBytes() []float64 {
	links := make([]float64, len(t.network.Capacity))
	for _, p := range t.pairs {
		for _, l := range p.path {
			links[l] += p.bytes + p.bin
		}
	}
	return links
}

func seconds(d time.Duration) float64 { return d.Seconds() }

func duration(s float64) time.Duration {
	if s < 0 {
		return Never
	}
	return time.Duration(math.Round(s * 1e9))
}

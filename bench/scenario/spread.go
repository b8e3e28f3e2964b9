package scenario

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/altracker/altracker/bench/topo"
)

// spread deals peers out to the nodes of g and returns how many each one has.
func (p *Peers) spread(g *topo.Graph, rng *rand.Rand) ([]int, error) {
	where := p.Where
	if len(where) == 0 {
		where = []Where{{}}
	}
	shares := make([]float64, len(where))
	for i := range where {
		shares[i] = or(where[i].Share, 1)
	}
	counts := make([]int, len(g.Nodes))
	for i, n := range apportion(p.Total, shares) {
		nodes := matching(g, where[i].At)
		if len(nodes) == 0 {
			return nil, fmt.Errorf("peers.where[%d].at: %q: no node of the graph is called so", i, where[i].At)
		}
		for j, k := range where[i].deal(g, nodes, n, rng) {
			counts[nodes[j]] += k
		}
	}
	return counts, nil
}

// matching returns the nodes whose name has a pattern. The network that sells transit to
// everybody has no peers.
func matching(g *topo.Graph, pattern string) (nodes []int) {
	for i, n := range g.Nodes {
		if n.Name != transitName && matches(pattern, n.Name) {
			nodes = append(nodes, i)
		}
	}
	return nodes
}

// deal returns how many of peers are in each of nodes.
func (w *Where) deal(g *topo.Graph, nodes []int, peers int, rng *rand.Rand) []int {
	weights := make([]float64, len(nodes))
	degree := degrees(g)
	for i, node := range nodes {
		weights[i] = 1
		if w.Spread == "degree" {
			weights[i] = float64(degree[node])
		}
	}
	switch {
	case w.Spread == "zipf" && w.By == "isp":
		w.byISP(g, nodes, weights, rng)
	case w.Spread == "zipf":
		for i, rank := range rng.Perm(len(nodes)) {
			weights[i] = w.zipf(rank)
		}
	}
	if w.Spread == "uniform" {
		counts := make([]int, len(nodes))
		for range peers {
			counts[rng.IntN(len(nodes))]++
		}
		return counts
	}
	return apportion(peers, weights)
}

// byISP gives each ISP its weight by rank, evenly over its nodes.
func (w *Where) byISP(g *topo.Graph, nodes []int, weights []float64, rng *rand.Rand) {
	size := map[int]float64{}
	var isps []int
	for _, node := range nodes {
		isp := g.Nodes[node].ISP
		if size[isp] == 0 {
			isps = append(isps, isp)
		}
		size[isp]++
	}
	weight := map[int]float64{}
	for i, rank := range rng.Perm(len(isps)) {
		weight[isps[i]] = w.zipf(rank)
	}
	for i, node := range nodes {
		isp := g.Nodes[node].ISP
		weights[i] = weight[isp] / size[isp]
	}
}

func (w *Where) zipf(rank int) float64 { return math.Pow(float64(rank+1), -or(w.S, 1)) }

// apportion splits n in proportion to weights; what does not divide goes to the first
// whose running sum passes a half, so that the parts sum up to n.
func apportion(n int, weights []float64) []int {
	total := 0.0
	for _, w := range weights {
		total += w
	}
	parts := make([]int, len(weights))
	sum, dealt := 0.0, 0
	for i, w := range weights {
		sum += w
		upTo := int(math.Floor(float64(n)*sum/total + 0.5))
		if i == len(weights)-1 {
			upTo = n
		}
		parts[i] = upTo - dealt
		dealt = upTo
	}
	return parts
}

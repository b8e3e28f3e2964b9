package run

import (
	"math"
	"slices"

	"github.com/altracker/altracker/bench/stats"
)

// grouping deals peers and places out to groups: PIDs, ISPs, or countries. A group of
// less than 0 is none, and what has none is outside every group.
type grouping struct {
	of     []int // place -> group
	groups int
}

// member is what counts of a peer for locality.
type member struct {
	place    int
	copied   bool    // has everything from the start
	received float64 // bytes of use
}

// flows is what groups sent to each other, and to themselves.
type flows struct {
	total, inside float64
	in, out       []float64 // over the border, by group
}

func (g grouping) flows(bytes [][]float64) flows {
	f := flows{in: make([]float64, g.groups), out: make([]float64, g.groups)}
	for a, row := range bytes {
		for b, n := range row {
			f.total += n
			from, to := g.of[a], g.of[b]
			if from == to && from >= 0 {
				f.inside += n
				continue
			}
			if from >= 0 {
				f.out[from] += n
			}
			if to >= 0 {
				f.in[to] += n
			}
		}
	}
	return f
}

// share is what stayed inside groups.
func (f flows) share() float64 { return f.inside / f.total }

// census is how many peers a group has.
type census struct {
	peers, leechers int
	copied          bool    // somebody had everything from the start
	received        float64 // by its leechers
	most            float64 // by one of them
}

func (g grouping) census(members []member) []census {
	groups := make([]census, g.groups)
	for _, m := range members {
		if group := g.of[m.place]; group >= 0 {
			c := &groups[group]
			c.peers++
			if m.copied {
				c.copied = true
				continue
			}
			c.leechers++
			c.received += m.received
			c.most = max(c.most, m.received)
		}
	}
	return groups
}

// unbiased is intra_rand, the share that stays inside if each peer receives from all
// others alike: the sum over groups of what it received times (peers-1)/(all-1). Where all
// complete that is the closed form of data-methods 5.2.
func (g grouping) unbiased(members []member) float64 {
	inside, total := 0.0, 0.0
	for _, c := range g.census(members) {
		inside += c.received * float64(c.peers-1) / float64(len(members)-1)
		total += c.received
	}
	return inside / (total + outside(g, members))
}

// outside is what peers of no group received.
func outside(g grouping, members []member) (bytes float64) {
	for _, m := range members {
		if g.of[m.place] < 0 && !m.copied {
			bytes += m.received
		}
	}
	return bytes
}

// limit is intra_max: each group that had no copy imports what its best-served peer has,
// which is one copy if one of its peers completed. Where all complete that is 1 - K/L.
func (g grouping) limit(members []member) float64 {
	imported, total := 0.0, 0.0
	for _, c := range g.census(members) {
		if !c.copied {
			imported += c.most
		}
		total += c.received
	}
	out := outside(g, members)
	return 1 - (imported+out)/(total+out)
}

// eta is where a share lies between unbiased (0) and the limit (1). It is NaN if there is
// nothing between them: one group, or groups of one peer.
func (g grouping) eta(share float64, members []member) float64 {
	low, high := g.unbiased(members), g.limit(members)
	if !(high-low > 1e-9) {
		return math.NaN()
	}
	return (share - low) / (high - low)
}

// redundancy returns how many copies of the file came into each group that has leechers
// and had none, in ascending order; at least 1 each if one of them completed.
func (g grouping) redundancy(f flows, members []member, file float64) (copies []float64) {
	for group, c := range g.census(members) {
		if c.leechers > 0 && !c.copied {
			copies = append(copies, f.in[group]/file)
		}
	}
	slices.Sort(copies)
	return copies
}

// median and most of sorted values; NaN of none.
func medianAndMost(sorted []float64) (median, most float64) {
	return stats.Quantile(sorted, 0.5), stats.Quantile(sorted, 1)
}

package selector

import (
	"cmp"
	"slices"
)

// bins is the sites of a swarm as the plan of one source sees them: each on its own or,
// where they are too many, those together that the source's costs hardly tell apart.
type bins struct {
	list  []bin
	of    []int // by site
	homes []int // the bins of PIDs that the source guides
}

// bin is sites that are all guided by the source of the plan, or none of them.
type bin struct {
	pid, other     PID // the most populous ones, whose costs stand for all; other is 0 where there is but one
	guided         bool
	place          int // among homes
	peers          float64
	supply, demand float64
	sites          []int
}

// mostBins is how many PIDs a plan tells apart: to match so many takes some tens of
// milliseconds. landmarks is how many PIDs say which of the others are neighbours.
const (
	mostBins  = 200
	landmarks = 32
)

func newBins(network Map, sites []site, source string) bins {
	b := bins{of: make([]int, len(sites))}
	for _, i := range inOrder(network, sites, source) {
		s := sites[i]
		b.list = append(b.list, bin{guided: s.source == source, peers: s.peers, supply: s.supply, demand: s.demand, sites: []int{i}})
	}
	for len(b.list) > mostBins && b.join(len(b.list)-mostBins) {
	}
	for i := range b.list {
		one := &b.list[i]
		slices.SortStableFunc(one.sites, func(i, j int) int { return cmp.Compare(sites[j].peers, sites[i].peers) })
		if one.pid = sites[one.sites[0]].pid; len(one.sites) > 1 {
			one.other = sites[one.sites[1]].pid
		}
		for _, site := range one.sites {
			b.of[site] = i
		}
		if one.guided {
			one.place = len(b.homes)
			b.homes = append(b.homes, i)
		}
	}
	return b
}

// inOrder returns sites so that those next to each other are near each other: in the
// order of PIDs if each has a bin of its own, else by the nearest of the most populous PIDs
// that the source guides, and by the cost to it.
func inOrder(network Map, sites []site, source string) []int {
	order, guided := make([]int, len(sites)), []int(nil)
	for i, s := range sites {
		if order[i] = i; s.source == source {
			guided = append(guided, i)
		}
	}
	if len(sites) <= mostBins {
		return order
	}
	slices.SortStableFunc(guided, func(i, j int) int { return cmp.Compare(sites[j].peers, sites[i].peers) })
	type neighbour struct {
		landmark int
		cost     float64
	}
	nearest := make([]neighbour, len(sites))
	for l, i := range guided[:min(landmarks, len(guided))] {
		v, _ := Look(network, Requester{PID: sites[i].pid})
		runs := v.priced()
		for k, s := range sites {
			if cost := costTo(runs, s.pid); l == 0 || cost < nearest[k].cost {
				nearest[k] = neighbour{l, cost}
			}
		}
	}
	slices.SortStableFunc(order, func(i, j int) int {
		if a, b := sites[i].source == source, sites[j].source == source; a != b {
			if a {
				return -1
			}
			return 1
		}
		return cmp.Or(cmp.Compare(nearest[i].landmark, nearest[j].landmark), cmp.Compare(nearest[i].cost, nearest[j].cost))
	})
	return order
}

// join puts up to so many pairs of neighbours together, those with the fewest peers, each bin
// at most once. It tells whether there was any.
func (b *bins) join(most int) bool {
	var pairs []int
	for i := 0; i+1 < len(b.list); i++ {
		if b.list[i].guided == b.list[i+1].guided {
			pairs = append(pairs, i)
		}
	}
	slices.SortStableFunc(pairs, func(i, j int) int {
		return cmp.Compare(b.list[i].peers+b.list[i+1].peers, b.list[j].peers+b.list[j+1].peers)
	})
	first, taken := make([]bool, len(b.list)), make([]bool, len(b.list))
	for _, i := range pairs[:min(most, len(pairs))] {
		if !taken[i] && !taken[i+1] {
			first[i], taken[i], taken[i+1] = true, true, true
		}
	}
	var joined []bin
	for i := 0; i < len(b.list); i++ {
		one := b.list[i]
		if first[i] {
			i++
			one = one.and(b.list[i])
		}
		joined = append(joined, one)
	}
	b.list = joined
	return len(pairs) > 0
}

// and returns two bins as one.
func (b bin) and(c bin) bin {
	b.peers, b.supply, b.demand = b.peers+c.peers, b.supply+c.supply, b.demand+c.demand
	b.sites = append(slices.Clip(b.sites), c.sites...)
	return b
}

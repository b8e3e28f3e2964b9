package scenario

import (
	"math/rand/v2"
	"net/netip"
	"slices"

	"github.com/altracker/altracker/bench/topo"
)

// spoil puts into a draft what is wrong with the map.
func (d *draft) spoil(w *World, rng *rand.Rand) {
	m := &w.Scenario.Map
	switch m.Fault {
	case "wrong":
		d.move(or(m.Share, 0.2), rng, func(int) []int { return d.all() })
	case "stale":
		d.move(or(m.Share, 0.2), rng, d.siblings)
	case "permuted":
		for _, row := range d.costs {
			rng.Shuffle(len(row), func(i, j int) { row[i], row[j] = row[j], row[i] })
		}
	case "inverted":
		invert(d.costs)
	case "poisoned":
		d.poison(w)
	}
}

func (d *draft) all() []int {
	all := make([]int, len(d.places))
	for i := range all {
		all[i] = i
	}
	return all
}

// siblings are the PIDs of the ISP of one of them; all PIDs if it is the only one.
func (d *draft) siblings(pid int) []int {
	isp := d.graph.Nodes[pid].ISP
	same := slices.DeleteFunc(d.all(), func(other int) bool { return d.graph.Nodes[other].ISP != isp })
	if len(same) < 2 {
		return d.all()
	}
	return same
}

// move puts a share of all prefixes into another PID, drawn of those that among returns.
func (d *draft) move(share float64, rng *rand.Rand, among func(pid int) []int) {
	type stray struct {
		to     int
		prefix netip.Prefix
	}
	var strays []stray
	for pid := range d.places {
		others := slices.DeleteFunc(among(pid), func(other int) bool { return other == pid })
		if len(others) == 0 {
			continue
		}
		var stay []netip.Prefix
		for _, p := range d.places[pid] {
			if rng.Float64() < share {
				strays = append(strays, stray{others[rng.IntN(len(others))], p})
			} else {
				stay = append(stay, p)
			}
		}
		d.places[pid] = stay
	}
	for _, s := range strays {
		d.places[s.to] = append(d.places[s.to], s.prefix)
	}
}

// invert makes the least cost the greatest, and the other way round.
func invert(costs [][]float64) {
	least, most := costs[0][0], costs[0][0]
	for _, row := range costs {
		least, most = min(least, slices.Min(row)), max(most, slices.Max(row))
	}
	for _, row := range costs {
		for i := range row {
			row[i] = least + most - row[i]
		}
	}
}

// poison makes the first leecher's address a PID of its own, which costs nothing.
func (d *draft) poison(w *World) {
	host := w.Peers[0].Addr.Addr()
	for _, p := range w.Peers {
		if !p.Seed {
			host = p.Addr.Addr()
			break
		}
	}
	d.pids = append(d.pids, "poison")
	d.places = append(d.places, []netip.Prefix{netip.PrefixFrom(host, 32)})
	for i := range d.costs {
		d.costs[i] = append(d.costs[i], 0)
	}
	d.costs = append(d.costs, make([]float64, len(d.pids)))
}

// broken returns the graph without the links of most use, as many as have failed. A link
// that the graph hangs by does not fail.
func (m *Map) broken(g *topo.Graph, rng *rand.Rand) (*topo.Graph, error) {
	routes, err := g.Route()
	if err != nil {
		return nil, err
	}
	use := make([]int, len(g.Links))
	for a := range g.Nodes {
		for b := range g.Nodes {
			for _, l := range routes.Path(a, b) {
				use[l/2]++
			}
		}
	}
	order := rng.Perm(len(g.Links)) // ties fall by chance
	slices.SortStableFunc(order, func(a, b int) int { return use[b] - use[a] })
	left := *g
	for failed, i := 0, 0; failed < or(m.Links, 1) && i < len(order); i++ {
		without := left
		without.Links = slices.DeleteFunc(slices.Clone(left.Links), func(l topo.Link) bool { return l == g.Links[order[i]] })
		if _, err := without.Route(); err == nil {
			left = without
			failed++
		}
	}
	return &left, nil
}

package report

import (
	"errors"
	"fmt"
	"os"
	"slices"
)

// portrait is the details of one policy in one scenario, all seeds together.
type portrait struct {
	policy     string
	completion []float64
	unfinished int
	isps       map[uint64]map[string]ISP // by seed and name, without Completion

	// Of the runs whose network is that of the group's first: in scenarios that draw
	// another for each seed, sums of links and PIDs mean nothing.
	alike         int
	traffic       [][]float64 // bytes from and to rows of network
	within, moved float64     // bytes within a PID, bytes in all
	carried       []float64   // bytes by links, both ways
	peak          []float64   // utilisation by links, sum over runs
}

// network is what portraits of a group have in common.
type network struct {
	isps  []string // names, those with most leechers first
	rows  rows     // of traffic matrices
	nodes []Node
	links []Link // without what they carried
}

// portray reads the details of a group. Runs without any are left out; missing counts
// them.
func (g *group) portray(dir string) (all []*portrait, net network, missing int, err error) {
	leechers := map[string]int{}
	var first *Detail
	for i := range g.rows {
		q := &portrait{policy: g.rows[i].policy, isps: map[uint64]map[string]ISP{}}
		for _, seed := range g.rows[i].seeds {
			d, err := ReadDetail(dir, g.name, q.policy, seed)
			if errors.Is(err, os.ErrNotExist) {
				missing++
				continue
			} else if err != nil {
				return nil, net, 0, err
			}
			if first == nil {
				first, net = d, network{rows: rowsOf(d), nodes: d.Nodes, links: d.Links}
			}
			q.add(d, leechers)
			if d.alike(first) {
				q.addNetwork(d, net.rows)
			}
		}
		all = append(all, q)
	}
	for name := range leechers {
		net.isps = append(net.isps, name)
	}
	slices.SortFunc(net.isps, func(a, b string) int {
		if d := leechers[b] - leechers[a]; d != 0 {
			return d
		}
		return naturally(a, b)
	})
	return all, net, missing, nil
}

func (q *portrait) add(d *Detail, leechers map[string]int) {
	isps := map[string]ISP{}
	for _, isp := range d.ISPs {
		q.completion = append(q.completion, isp.Completion...)
		q.unfinished += isp.Unfinished
		leechers[isp.Name] += len(isp.Completion) + isp.Unfinished
		isp.Completion = nil
		isps[isp.Name] = isp
	}
	q.isps[d.Seed] = isps
}

func (q *portrait) addNetwork(d *Detail, r rows) {
	q.alike++
	if q.traffic == nil {
		q.traffic = make([][]float64, len(r.names))
		for i := range q.traffic {
			q.traffic[i] = make([]float64, len(r.names))
		}
	}
	for i, bytes := range d.Traffic.Bytes {
		from, to := d.Traffic.From[i], d.Traffic.To[i]
		q.traffic[r.of[from]][r.of[to]] += bytes
		if q.moved += bytes; from == to {
			q.within += bytes
		}
	}
	if q.carried == nil {
		q.carried, q.peak = make([]float64, len(d.Links)), make([]float64, len(d.Links))
	}
	for i, l := range d.Links {
		q.carried[i] += l.Bytes[0] + l.Bytes[1]
		q.peak[i] += l.Peak
	}
}

// alike tells whether two runs have the same PIDs, nodes and links.
func (d *Detail) alike(e *Detail) bool {
	return slices.Equal(d.PIDs, e.PIDs) && slices.EqualFunc(d.ISPs, e.ISPs, func(a, b ISP) bool { return a.Name == b.Name }) &&
		slices.EqualFunc(d.Nodes, e.Nodes, func(a, b Node) bool { return a.Name == b.Name }) &&
		slices.EqualFunc(d.Links, e.Links, func(a, b Link) bool { return a.A == b.A && a.B == b.B })
}

// label names a link for readers.
func (n *network) label(i int) string {
	l := n.links[i]
	return fmt.Sprintf("%s – %s", n.nodes[l.A].Name, n.nodes[l.B].Name)
}

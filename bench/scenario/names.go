package scenario

import (
	"fmt"
	"strings"

	"github.com/altracker/altracker/bench/topo"
)

// pidNames names each node as RFC 7285 section 10.1 allows a PID to be called, no two
// alike.
func pidNames(g *topo.Graph) []string {
	names := make([]string, len(g.Nodes))
	taken := map[string]bool{}
	for i, n := range g.Nodes {
		base := plain(n.Name)
		name := base
		for k := 2; taken[name]; k++ {
			name = fmt.Sprintf("%s-%d", base, k)
		}
		taken[name], names[i] = true, name
	}
	return names
}

// plain leaves of a name what PIDs may be called by, and at most 48 of it.
func plain(name string) string {
	clean := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '-', r == '_':
			return r
		}
		return '-'
	}, name)
	clean = strings.Trim(clean, "-")
	if clean == "" {
		return "node"
	}
	return clean[:min(len(clean), 48)]
}

// ispNames names each ISP: after its only node, or after the graph.
func ispNames(g *topo.Graph) []string {
	nodes := map[int][]int{}
	isps := 0
	for i, n := range g.Nodes {
		nodes[n.ISP] = append(nodes[n.ISP], i)
		isps = max(isps, n.ISP+1)
	}
	names := make([]string, isps)
	several := 0
	for isp := range names {
		if len(nodes[isp]) > 1 {
			several++
		}
	}
	for isp := range names {
		switch {
		case len(nodes[isp]) == 1:
			names[isp] = g.Nodes[nodes[isp][0]].Name
		case several == 1:
			names[isp] = g.Name
		default:
			names[isp] = fmt.Sprintf("isp-%d", isp+1)
		}
	}
	return names
}

package topo

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"strconv"
)

// ReadNodeLink reads a network in the node-link JSON of NetworkX, as TopoHub publishes it:
// nodes with pos (longitude and latitude), edges with dist in kilometres, and
// graph.demands, by source and target. Links have no capacity: +Inf. Demands are in Mbit/s.
// Where positions are no degrees, as in some networks of SNDlib, neither they nor distances
// mean anything, and are left out.
func ReadNodeLink(r io.Reader, name string) (*Graph, error) {
	var file struct {
		Graph struct {
			Demands map[string]map[string]float64
		}
		Nodes []struct {
			ID   int
			Name string
			Pos  []float64
		}
		Edges []struct {
			Source, Target int
			Dist           *float64
		}
	}
	if err := json.NewDecoder(r).Decode(&file); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	placed := true
	for _, n := range file.Nodes {
		placed = placed && len(n.Pos) == 2 && math.Abs(n.Pos[0]) <= 180 && math.Abs(n.Pos[1]) <= 90
	}
	g, at := &Graph{Name: name}, map[int]int{}
	for i, n := range file.Nodes {
		if _, ok := at[n.ID]; ok {
			return nil, fmt.Errorf("%s: nodes[%d]: a second node %d", name, i, n.ID)
		}
		node := Node{Name: n.Name, Lat: math.NaN(), Lon: math.NaN()}
		if placed {
			node.Lon, node.Lat = n.Pos[0], n.Pos[1]
		}
		at[n.ID] = len(g.Nodes)
		g.Nodes = append(g.Nodes, node)
	}
	for i, e := range file.Edges {
		a, ok := at[e.Source]
		b, ok2 := at[e.Target]
		if !ok || !ok2 {
			return nil, fmt.Errorf("%s: edges[%d]: joins nodes %d and %d, of which one is not there", name, i, e.Source, e.Target)
		}
		delay := TrunkDelay
		if placed && e.Dist != nil && *e.Dist >= 0 {
			delay = CableDelay(*e.Dist)
		}
		g.Links = append(g.Links, Link{A: a, B: b, Capacity: math.Inf(1), Delay: delay})
	}
	for _, from := range slices.Sorted(maps.Keys(file.Graph.Demands)) {
		for _, to := range slices.Sorted(maps.Keys(file.Graph.Demands[from])) {
			a, okA := node(at, from)
			b, okB := node(at, to)
			if !okA || !okB {
				return nil, fmt.Errorf("%s: graph.demands: from node %s to node %s, of which one is not there", name, from, to)
			}
			g.Demands = append(g.Demands, Demand{a, b, file.Graph.Demands[from][to] * 1e6 / 8})
		}
	}
	return g, g.Check()
}

func node(at map[int]int, id string) (int, bool) {
	n, err := strconv.Atoi(id)
	i, ok := at[n]
	return i, ok && err == nil
}

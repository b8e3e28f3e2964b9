package topo

import (
	"bytes"
	"compress/gzip"
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"strings"
)

//go:embed networks
var networks embed.FS

// A Listing names an embedded network and says what it is.
type Listing struct{ Name, About string }

// Builtins lists the embedded networks that scenarios are about. The others of SNDlib, and
// all of the Internet Topology Zoo, are there by their names, too; where both have one, the
// Zoo's has "zoo/" before it.
func Builtins() []Listing {
	return []Listing{
		{"abilene", "Internet2 in the USA, 12 nodes, with demands (SNDlib); the network of the P4P paper"},
		{"germany50", "a national network, 50 nodes, with demands (SNDlib)"},
		{"nobel-germany", "a national backbone, 17 nodes, with demands (SNDlib)"},
		{"france", "a national network, 25 nodes, with demands (SNDlib)"},
		{"cost266", "Europe, 37 nodes, with demands (SNDlib)"},
		{"geant2009", "the European research network, 34 nodes, with speeds (Topology Zoo)"},
		{"iij", "a commercial network of Japan and the USA, 37 nodes, with speeds (Topology Zoo)"},
		{"deutschetelekom", "a commercial network around the world, 30 nodes: the largest of the four parts that its map falls in; no speeds (Topology Zoo)"},
		{"lhcone", "autonomous systems of research networks with their relations, inferred (OpenALTO)"},
		{"bindal", "14 ISPs at one transit provider (Bindal et al. 2006)"},
		{"chinatelecom", "11 metropolitan networks and the rest of the country (draft-lee-alto-chinatelecom-trial)"},
		{"comcast-coarse", "21 regions and the rest of the Internet (RFC 5632, coarse)"},
		{"comcast-fine", "the same with 55 access networks a region (RFC 5632, fine)"},
		{"isp1700", "a network of 1,700 nodes, as many as the largest ALTO map reported has PIDs"},
	}
}

// Builtin returns an embedded network.
func Builtin(name string) (*Graph, error) {
	switch name {
	case "bindal":
		return bindal(), nil
	case "chinatelecom":
		return province(), nil
	case "comcast-coarse":
		return cable(name, 0), nil
	case "comcast-fine":
		return cable(name, 55), nil
	case "isp1700":
		return provider(), nil
	case "lhcone":
		return embedded("networks/lhcone/LHCOne-final-augment.yaml.gz", func(r io.Reader) (*Graph, error) { return ReadLHCONE(r, name) })
	}
	if !strings.HasPrefix(name, "zoo/") {
		g, err := embedded("networks/sndlib/"+name+".json.gz", func(r io.Reader) (*Graph, error) { return ReadNodeLink(r, name) })
		if !errors.Is(err, fs.ErrNotExist) {
			return withCapacities(g), err
		}
	}
	g, err := embedded("networks/topology-zoo/topologies.jsonl.gz", func(r io.Reader) (*Graph, error) {
		return readZoo(r, strings.TrimPrefix(name, "zoo/"))
	})
	if g == nil && err == nil {
		return nil, fmt.Errorf("no network %q is embedded", name)
	}
	return g, err
}

// embedded reads a packed file.
func embedded(file string, read func(io.Reader) (*Graph, error)) (*Graph, error) {
	packed, err := networks.ReadFile(file)
	if err != nil {
		return nil, err
	}
	r, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, err
	}
	return read(r)
}

// Capacities of the networks of SNDlib, whose files here have none. That of Abilene is its
// own, with one narrow link; the others are assumed to have what was usual at the time.
const (
	abileneCapacity = 9920e6 / 8
	abileneNarrow   = 2480e6 / 8 // from Atlanta M5 to Atlanta
	usualCapacity   = 10e9 / 8
)

func withCapacities(g *Graph) *Graph {
	if g == nil {
		return nil
	}
	for i := range g.Links {
		l := &g.Links[i]
		switch names := g.Nodes[l.A].Name + g.Nodes[l.B].Name; {
		case !math.IsInf(l.Capacity, 1):
		case g.Name != "abilene":
			l.Capacity = usualCapacity
		case strings.Contains(names, "ATLAM5") && strings.Contains(names, "ATLAng"):
			l.Capacity = abileneNarrow
		default:
			l.Capacity = abileneCapacity
		}
	}
	return g
}

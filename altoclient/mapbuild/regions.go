package mapbuild

import (
	"math"
	"net/netip"
	"slices"
	"strconv"

	"go.yaml.in/yaml/v3"
)

// Regions is a map as an operator describes it, in a YAML file:
//
//	costs:                  # by tier; any may be left out
//	  same_pid: 1           # inside a region (1)
//	  same_parent: 5        # between regions of one parent (what same_isp is)
//	  same_isp: 10          # between internal regions (10)
//	  default: 100          # between all others, and to everywhere else (100)
//	regions:
//	  - name: east          # without prefixes: only a parent, no PID
//	    internal: true
//	  - name: vienna
//	    parent: east        # and internal as it is
//	    prefixes: [192.0.2.0/25, "2001:db8:1::/48"]
//	  - name: peer
//	    prefixes: [198.51.100.0/24]
//	pairs:                  # costs that are not those of their tier
//	  - {from: vienna, to: peer, cost: 20}
//	  - {from: peer, to: default, cost: 90, one_way: true}
//
// A region with prefixes is a PID of its name. Prefixes may lie inside those of
// other regions: the longest one counts. What is in none is in the PID "default".
// The tier same_parent is that of two regions with the same parent, and of a region
// and its parent. A region is internal if it, or else its parent, is said to be.
type Regions struct {
	costs   tiers
	regions []region
	index   map[string]int
	pairs   []override
}

// tiers are costs; NaN where the file says nothing.
type tiers struct{ samePID, sameParent, sameISP, others float32 }

type region struct {
	name, parent string
	internal     bool
	own          bool // internal was said here
	prefixes     []located
	key          string
	node, up     *yaml.Node // of the region, of its parent's name
	isParent     bool
}

// located is a prefix and where it stands.
type located struct {
	prefix netip.Prefix
	key    string
	node   *yaml.Node
}

// An override is the cost from one region to another.
type override struct {
	from, to string
	cost     float32
	oneWay   bool
	key      string
	node     *yaml.Node
}

const defaultName = "default"

// ParseRegions reads the text of a file. The error is [Mistakes]: all there are, each
// with its dotted key and line.
func ParseRegions(text []byte) (*Regions, error) {
	unknown := float32(math.NaN())
	r := &Regions{costs: tiers{1, unknown, 10, 100}, index: make(map[string]int)}
	d := new(document)
	d.read(text, func(root *yaml.Node) { r.take(d, root) })
	if len(d.mistakes) == 0 {
		r.check(d)
	}
	if len(d.mistakes) > 0 {
		slices.SortStableFunc(d.mistakes, func(a, b Mistake) int { return a.Line - b.Line })
		return nil, d.mistakes
	}
	if math.IsNaN(float64(r.costs.sameParent)) {
		r.costs.sameParent = r.costs.sameISP
	}
	return r, nil
}

// take reads the whole file: this is the table of all keys.
func (r *Regions) take(d *document, root *yaml.Node) {
	const wantCost = "want a cost, a number not below 0"
	d.section("", root, map[string]take{
		"costs": func(key string, n *yaml.Node) {
			d.section(key, n, map[string]take{
				"same_pid":    parsed(d, &r.costs.samePID, wantCost, cost),
				"same_parent": parsed(d, &r.costs.sameParent, wantCost, cost),
				"same_isp":    parsed(d, &r.costs.sameISP, wantCost, cost),
				"default":     parsed(d, &r.costs.others, wantCost, cost),
			})
		},
		"regions": d.each(func(key string, n *yaml.Node) {
			region := region{key: key, node: n}
			d.section(key, n, map[string]take{
				"name": parsed(d, &region.name, "want a name of 1 to 64 letters, digits, '-', ':', '@' or '_'", name),
				"parent": func(key string, n *yaml.Node) {
					region.up = n
					parsed(d, &region.parent, "want the name of a region", name)(key, n)
				},
				"internal": func(key string, n *yaml.Node) {
					region.own = true
					parsed(d, &region.internal, "want true or false", boolean)(key, n)
				},
				"prefixes": d.each(func(key string, n *yaml.Node) {
					p := located{key: key, node: n}
					parsed(d, &p.prefix, "want an address prefix such as 192.0.2.0/24, without bits beyond its length", prefix)(key, n)
					region.prefixes = append(region.prefixes, p)
				}),
			})
			r.regions = append(r.regions, region)
		}),
		"pairs": d.each(func(key string, n *yaml.Node) {
			o := override{key: key, node: n, cost: float32(math.NaN())}
			d.section(key, n, map[string]take{
				"from":    parsed(d, &o.from, "want the name of a region", name),
				"to":      parsed(d, &o.to, "want the name of a region", name),
				"cost":    parsed(d, &o.cost, wantCost, cost),
				"one_way": parsed(d, &o.oneWay, "want true or false", boolean),
			})
			r.pairs = append(r.pairs, o)
		}),
	})
}

func cost(s string) (float32, bool) {
	v, err := strconv.ParseFloat(s, 32)
	return float32(v), err == nil && v >= 0 && !math.IsInf(v, 0)
}

func name(s string) (string, bool) { return s, validName(s) }

func boolean(s string) (bool, bool) { return s == "true", s == "true" || s == "false" }

func prefix(s string) (netip.Prefix, bool) {
	p, err := netip.ParsePrefix(s)
	return p, err == nil && p == p.Masked() && !p.Addr().Is4In6()
}
